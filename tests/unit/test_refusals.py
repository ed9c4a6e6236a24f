"""docs/refusals.md is the closed list of refusal codes: what the program and the manifests can raise is on it, and nothing else is."""
from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

from webapp.answers.problems import WORDS
from webapp.api.problems import STATUSES
from webapp.domain.caps import REFUSALS
from webapp.http.problems import STATUS

ROOT = Path(__file__).resolve().parents[2]
CALLS = {"Refusal": 0, "refuse": 0, "_refusal": 0, "Refused": 0, "problem": 1, "Wrong": 0, "_Bad": 0, "_problem": 0, "problem_response": 1}
CODE = re.compile(r"[a-z][a-z0-9_]*")
PLACES = ("engine", "cases", "answers", "domain", "deployments", "scenarios", "http", "api", "desk", "portal")


def documented() -> dict[str, str]:
    """code → status, of every table of the document."""
    rows = re.findall(r"^\| `([a-z0-9_]+)` \| (\d{3}) \| [^|]+ \| [^|]+ \|$", (ROOT / "docs" / "refusals.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert len(rows) == len(dict(rows)), "a code stands twice"
    return dict(rows)


def constants(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Constant) and isinstance(node.value, str) and CODE.fullmatch(node.value):
        yield node.value
    elif isinstance(node, ast.IfExp):
        yield from constants(node.body)
        yield from constants(node.orelse)


def codes_of(tree: ast.AST) -> Iterator[str]:
    """Codes given to what raises a refusal, and of (field, code, zh, en) tuples."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
            at = CALLS.get(name)
            if at is not None and len(node.args) > at:
                yield from constants(node.args[at])
        elif isinstance(node, ast.Tuple) and len(node.elts) == 4 and all(has_chinese(e) for e in node.elts[2:3]):
            yield from constants(node.elts[1])


def has_chinese(node: ast.AST) -> bool:
    return any(isinstance(n, ast.Constant) and isinstance(n.value, str) and re.search(r"[\u4e00-\u9fff]", n.value) for n in ast.walk(node))


def raised() -> dict[str, str]:
    """code → where, as far as it can be read off the text."""
    found = {}
    for place in PLACES:
        for path in (ROOT / "webapp" / place).rglob("*.py"):
            found.update({code: path.name for code in codes_of(ast.parse(path.read_text(encoding="utf-8")))})
    found.update({code: "answers" for code in WORDS} | {code: "caps" for code in REFUSALS} | {entry[0]: "api" for entry in STATUSES.values()})
    for path in (ROOT / "processes").glob("*/procedure.toml"):
        manifest = tomllib.loads(path.read_text(encoding="utf-8"))
        rules = [*manifest.get("checks", []), *(rule for action in manifest.get("actions", {}).values() for rule in action.get("refuse", []))]
        found.update({rule.get("code", "refused"): path.parent.name for rule in rules})
    return found


def test_what_can_be_raised_is_on_the_list():
    missing = {code: where for code, where in raised().items() if code not in documented()}
    assert not missing


def test_what_is_on_the_list_can_be_raised():
    assert set(documented()) - set(raised()) - {"refused"} == set()        # of a manifest's rule without a code


def test_statuses_are_those_that_are_answered():
    said = documented()
    assert {code: said[code] for code in STATUS if said.get(code) != str(STATUS[code]) and code not in ("respondent", "recused")} == {}
    assert {entry[0]: said[entry[0]] for status, entry in STATUSES.items() if said[entry[0]] != str(status)} == {}
