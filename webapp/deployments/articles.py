"""The law made visible: for each article what implements it, for each element the article it comes from, and what neither names."""
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
    """One rule of an article: a paraphrase of our own, and what fulfils it. `missing` are names that nothing has."""

    id: str
    n: int
    zh: str
    en: str
    by: tuple[str, ...]
    why_zh: str = ""
    why_en: str = ""
    missing: tuple[str, ...] = ()


@dataclass
class Matrix:
    """Both ways: `articles` in the text's order, `elements` (element -> articles it cites), and `problems`."""

    articles: list[Article]
    elements: dict[str, tuple[str, ...]] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)


def matrix_of(deployed: Deployed, content: Path) -> Matrix:
    """The matrix of a deployed procedure. A problem is an article that nothing fulfils, or a name that nothing has."""
    source = deployed.bundle.get("articles.toml")
    if source is None:
        return Matrix([], problems=["articles.toml is missing"])
    known = known_names(deployed, content)
    matrix = Matrix([])
    for row in tomllib.loads(source.decode("utf-8")).get("articles", []):
        by = tuple(row.get("by") or ())
        organisational = ORGANISATIONAL in by
        missing = tuple(name for name in by if name != ORGANISATIONAL and not _known(name, known))
        matrix.articles.append(Article(row["id"], int(row.get("n", 1)), row["zh"], row["en"], by, row.get("why_zh", ""), row.get("why_en", ""), missing))
        if not by or (by == (ORGANISATIONAL,) and not row.get("why_zh")):
            matrix.problems.append(f"{row['id']}: nothing fulfils it, and no word why")
        matrix.problems += [f"{row['id']}: there is no {name}" for name in missing if not organisational]
    for level in deployed.definition.nodes.values():
        for node in level.values():
            if node.articles:
                matrix.elements[f"{node.kind} {node.id}"] = node.articles
    return matrix


def known_names(deployed: Deployed, content: Path) -> dict[str, set[str]]:
    """What a procedure has, by the kinds that `by` may name."""
    manifest, tasks = deployed.manifest, deployed.definition.tasks()
    fields = {f"{task}.{key}" for task, nodes in tasks.items() for node in nodes for key in deployed.forms[node.form].fields}
    shared = tomllib.loads((content / "processes" / "national" / "articles.toml").read_text(encoding="utf-8"))
    return {
        "task": set(tasks), "field": fields | {f"file.{k}" for k in deployed.forms[manifest.filing.get("form", "file")].fields},
        "deadline": set(manifest.deadlines), "action": set(manifest.actions), "decision": set(deployed.definition.decisions),
        "supervision": {t["id"] for t in manifest.supervision.get("trigger", [])}, "scope": _ids(manifest.scope), "exclusion": _ids(manifest.exclusions),
        "condition": _ids(manifest.raw.get("condition", [])) | _ids(manifest.exclusions), "accountability": _ids(manifest.raw.get("accountability", [])),
        "outcome": set(OUTCOMES), "told": set(TOLD), "channel": set(manifest.filing.get("channels", [])),
        "feature": _ids(shared["features"]), "report": _ids(shared["reports"]),
    }


def _ids(rows: Iterable[dict[str, Any]]) -> set[str]:
    return {row["id"] for row in rows}


def _known(name: str, known: dict[str, set[str]]) -> bool:
    kind, _, rest = name.partition(":")
    return rest in known.get(kind, ())
