"""The law made visible: for each article what implements it, what is not built yet, for each element the article it comes from, and what neither names."""
from __future__ import annotations

import tomllib
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from webapp.engine.words import OUTCOMES, TOLD

from .registry import Deployed

ORGANISATIONAL = "organisational"


@dataclass(frozen=True)
class Article:
    """One rule of an article: a paraphrase of our own, and what fulfils it. `pending` of `by` is not built yet; `missing` are names that nothing has."""

    id: str
    n: int
    zh: str
    en: str
    by: tuple[str, ...]
    why_zh: str = ""
    why_en: str = ""
    missing: tuple[str, ...] = ()
    pending: tuple[str, ...] = ()


@dataclass
class Matrix:
    """Both ways: `articles` in the text's order, `elements` (element -> articles it cites), and `problems`; `words`: what features and reports are called (zh, en)."""

    articles: list[Article]
    elements: dict[str, tuple[str, ...]] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    words: dict[str, tuple[str, str]] = field(default_factory=dict)


def matrix_of(deployed: Deployed, content: Path) -> Matrix:
    """The matrix of a deployed procedure. A problem is an article fulfilled by nothing that is built and by no people, or a name that nothing has."""
    source = deployed.bundle.get("articles.toml")
    if source is None:
        return Matrix([], problems=["articles.toml is missing"])
    shared = vocabulary(content)
    known, named = known_names(deployed, shared)
    matrix = Matrix([], words={f"{kind}:{row['id']}": (row["zh"], row["en"]) for kind in ("feature", "report") for row in shared[f"{kind}s"]})
    for row in tomllib.loads(source.decode("utf-8")).get("articles", []):
        by = tuple(row.get("by") or ())
        organisational = ORGANISATIONAL in by
        absent = tuple(name for name in by if name != ORGANISATIONAL and not _known(name, known))
        pending = tuple(name for name in absent if _known(name, named))
        missing = tuple(name for name in absent if name not in pending)
        matrix.articles.append(Article(row["id"], int(row.get("n", 1)), row["zh"], row["en"], by, row.get("why_zh", ""), row.get("why_en", ""), missing, pending))
        if organisational and not (row.get("why_zh") and row.get("why_en")):
            matrix.problems.append(f"{row['id']}: left to people, and no word why")
        if not organisational and len(absent) == len(by):
            matrix.problems.append(f"{row['id']}: nothing that is built fulfils it")
        matrix.problems += [f"{row['id']}: there is no {name}" for name in missing]
    for level in deployed.definition.nodes.values():
        for node in level.values():
            if node.articles:
                matrix.elements[f"{node.kind} {node.id}"] = node.articles
    return matrix


def vocabulary(content: Path) -> dict[str, Any]:
    """The features and reports that articles may name."""
    return tomllib.loads((content / "processes" / "national" / "articles.toml").read_text(encoding="utf-8"))


def known_names(deployed: Deployed, shared: dict[str, Any]) -> tuple[dict[str, set[str]], dict[str, set[str]]]:
    """What a procedure has, by the kinds that `by` may name; and the features and reports that have a name, built or not."""
    manifest, tasks = deployed.manifest, deployed.definition.tasks()
    fields = {f"{task}.{key}" for task, nodes in tasks.items() for node in nodes for key in deployed.forms[node.form].fields}
    known = {
        "task": set(tasks), "field": fields | {f"file.{k}" for k in deployed.forms[manifest.filing.get("form", "file")].fields},
        "deadline": set(manifest.deadlines), "action": set(manifest.actions), "decision": set(deployed.definition.decisions),
        "supervision": {t["id"] for t in manifest.supervision.get("trigger", [])}, "scope": _ids(manifest.scope), "exclusion": _ids(manifest.exclusions),
        "condition": _ids(manifest.raw.get("condition", [])) | _ids(manifest.exclusions), "accountability": _ids(manifest.raw.get("accountability", [])),
        "outcome": set(OUTCOMES), "told": set(TOLD), "channel": set(manifest.filing.get("channels", [])),
        "report": set(deployed.reports.reports), "filing": {key for key, value in manifest.filing.items() if value is True},
    }
    known["feature"] = {row["id"] for row in shared["features"] if any(is_built(place, known) for place in row.get("where", ()))}
    return known, {"feature": _ids(shared["features"]), "report": _ids(shared["reports"])}


def is_built(place: str, known: dict[str, set[str]]) -> bool:
    """Whether a feature's `where` is there for the procedure: one of its own names (`action:recuse`), or something of the product that every procedure has."""
    return _known(place, known) if ":" in place else True


def _ids(rows: Iterable[dict[str, Any]]) -> set[str]:
    return {row["id"] for row in rows}


def _known(name: str, known: dict[str, set[str]]) -> bool:
    kind, _, rest = name.partition(":")
    return rest in known.get(kind, ())
