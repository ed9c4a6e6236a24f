"""What is wrong with a definition, and what refuses a command: the two errors the engine raises."""
from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Problem:
    """One fault of a definition: the file, the element in it, what is wrong, and what would mend it. `stops`: with it nothing can be run, whenever it was deployed."""

    file: str
    element: str
    message: str
    remedy: str = ""
    stops: bool = field(default=False, compare=False)
    line: int | None = field(default=None, compare=False)       # where that could be told, from 1

    def __str__(self) -> str:
        return f"{self.file}{f':{self.line}' if self.line else ''}: {self.element}: {self.message}" + (f" ({self.remedy})" if self.remedy else "")


class DefinitionError(Exception):
    """A definition that cannot be compiled; carries every problem found, not only the first, and the nodes that could be read."""

    def __init__(self, problems: list[Problem], nodes: Iterable = ()):
        self.problems, self.nodes = list(problems), tuple(nodes)
        super().__init__("\n".join(map(str, self.problems)))


class Refusal(Exception):
    """A command that may not be carried out now. Nothing has changed. `code` is of the closed list in docs/refusals.md."""

    def __init__(self, code: str, zh: str, en: str, field: str | None = None, fields: list | None = None):
        self.code, self.zh, self.en, self.field = code, zh, en, field
        self.fields = fields or []
        super().__init__(f"{code}: {en}")
