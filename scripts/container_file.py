"""Reads a Dockerfile and a .dockerignore, as far as ours use them: stages and their steps; what of a folder reaches the build."""
from __future__ import annotations

import json
import re
import shlex
from dataclasses import dataclass, field
from pathlib import PurePosixPath

WORDS = {"FROM", "WORKDIR", "ENV", "COPY", "RUN", "USER", "VOLUME", "EXPOSE", "HEALTHCHECK", "ENTRYPOINT", "CMD"}


class FileProblem(Exception):
    """A line that this reader does not know; says which."""


@dataclass(frozen=True)
class Step:
    """One instruction, its continued lines joined."""

    word: str
    text: str
    line: int

    def words(self) -> list[str]:
        """The arguments: of the JSON form, or split like a shell would."""
        return json.loads(self.text) if self.text.startswith("[") else shlex.split(self.text)

    def option(self, name: str) -> str | None:
        """The value of --name=…, if given before the arguments."""
        found = re.match(rf"(?:--\S+\s+)*?--{name}=(\S+)", self.text)
        return found[1] if found else None

    def paths(self) -> tuple[list[str], str]:
        """Of COPY: (sources, target)."""
        *sources, target = [word for word in self.words() if not word.startswith("--")]
        return sources, target


@dataclass
class Stage:
    """What stands between one FROM and the next."""

    name: str
    base: str
    steps: list[Step] = field(default_factory=list)

    def of(self, word: str) -> list[Step]:
        """Its steps of one kind, in their order."""
        return [step for step in self.steps if step.word == word]


def read_stages(text: str) -> list[Stage]:
    """The stages in their order. FileProblem for an instruction that is not known here."""
    stages: list[Stage] = []
    for step in _steps(text):
        if step.word not in WORDS:
            raise FileProblem(f"line {step.line}: {step.word} is not known here")
        if step.word == "FROM":
            base, *named = step.words()
            stages.append(Stage(named[1] if len(named) == 2 and named[0].upper() == "AS" else str(len(stages)), base))
        elif not stages:
            raise FileProblem(f"line {step.line}: {step.word} before the first FROM")
        else:
            stages[-1].steps.append(step)
    return stages


def _steps(text: str):
    pending, begun = "", 0
    for number, raw in enumerate(text.splitlines(), 1):
        line = raw.strip()
        if not line or line.startswith("#"):
            continue
        begun = begun or number
        if line.endswith("\\"):
            pending += line[:-1].rstrip() + " "
            continue
        word, _, rest = (pending + line).partition(" ")
        yield Step(word.upper(), rest.strip(), begun)
        pending, begun = "", 0


def ignorer(text: str):
    """A function path -> bool by a .dockerignore: a pattern holds for a path and all below it, the last one that holds decides."""
    rules = []
    for raw in text.splitlines():
        line = raw.strip()
        if line and not line.startswith("#"):
            rules.append((_pattern(line.removeprefix("!").strip("/")), not line.startswith("!")))

    def ignored(path: str) -> bool:
        names = [path, *(str(parent) for parent in PurePosixPath(path).parents if str(parent) != ".")]
        verdict = False
        for pattern, ignores in rules:
            if any(pattern.fullmatch(name) for name in names):
                verdict = ignores
        return verdict

    return ignored


def _pattern(text: str) -> re.Pattern:
    parts = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}
    return re.compile("".join(parts.get(each, re.escape(each)) for each in re.findall(r"\*\*/|\*\*|\*|\?|[^*?]+", text)))
