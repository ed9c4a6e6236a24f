"""Every kind of entry that code or a deployed procedure can write into the ledger is told in a sentence, in both languages."""
from __future__ import annotations

import ast
import re
from datetime import UTC, date, datetime
from functools import cache
from pathlib import Path
from types import SimpleNamespace

import pytest
from flask import Flask
from flask_babel import Babel

from webapp.deployments.bundle import flatten
from webapp.deployments.registry import Deployed, build
from webapp.feel.literals import texts_of
from webapp.http.ledger_words import Teller

ROOT = Path(__file__).resolve().parents[2]
PROCEDURES = sorted(p.parent.name for p in (ROOT / "processes").glob("*/procedure.toml"))
CHINESE = re.compile(r"[\u4e00-\u9fff]")


def written_by_code() -> set[str]:
    """The constant kinds of `….ledger.write(kind, …)`, `writer.write(kind, …)` and `….run(command, kind, …)`."""
    found = set()
    for path in (ROOT / "webapp").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                holder = ast.unparse(node.func.value).split(".")[-1]
                place = 0 if node.func.attr == "write" and holder in ("ledger", "writer") else 1 if node.func.attr == "run" and holder in ("work", "self") else None
                if place is not None and len(node.args) > place and isinstance(node.args[place], ast.Constant) and isinstance(node.args[place].value, str):
                    found.add(node.args[place].value)
    return found


def written_by(deployed: Deployed) -> set[str]:
    """Tasks and actions by their names, side instances that are cancelled, and what diagrams and actions name in `effect.ledger`."""
    definition = deployed.definition
    effects = [e for level in definition.nodes.values() for node in level.values() for e in node.effects]
    effects += [e for action in deployed.manifest.actions.values() for e in action.effects]
    named = {kind for name, expression in effects if name == "ledger" for kind in texts_of(expression.text, "kind") or {"note"}}
    return {*definition.tasks(), *deployed.manifest.actions, *named, *(f"{process}_cancelled" for process in definition.processes if process != deployed.manifest.process)}


@cache
def deployed(procedure: str) -> Deployed:
    return build(flatten(ROOT, procedure))


def data_for(deployed: Deployed) -> dict:
    """What an entry of any kind may hold."""
    triggers, modes = deployed.manifest.supervision.get("trigger", []), deployed.manifest.supervision.get("modes", [])
    mode = modes[-1] if modes else "network"
    return {"deadline": next(iter(deployed.manifest.deadlines)), "old": "2026-03-02", "due": str(date(2026, 3, 4)), "channel": "web", "trigger": triggers[0]["id"] if triggers else "",
            "mode": mode if isinstance(mode, str) else mode["id"], "outcome": "replied", "entries": 9, "case": "A-1", "task": next(iter(deployed.definition.tasks())),
            "moment": f"{next(iter(deployed.manifest.deadlines))} overdue every 1 w", "flags": ["missing_element"], "unit": "some/unit"}


@pytest.fixture()
def tell():
    app = Flask("webapp", root_path=str(ROOT / "webapp"))
    spoken = {"lang": "zh"}
    Babel(app, default_locale="zh", locale_selector=lambda: spoken["lang"])

    def told(deployed: Deployed, kind: str, lang: str) -> str:
        spoken["lang"] = lang
        entry = SimpleNamespace(kind=kind, data=data_for(deployed), at=datetime(2026, 3, 2, tzinfo=UTC), actor="somebody", unit=None, seq=1)
        with app.test_request_context():
            return str(Teller(deployed, {"somebody": "X"}, lambda code: "U", lang).line(entry).sentence)

    return told


def test_what_code_writes_is_found():
    assert {"filed", "closed", "moment", "lapsed", "revealed"} <= written_by_code()


@pytest.mark.parametrize("procedure", PROCEDURES)
def test_every_kind_has_a_sentence_in_both_languages(procedure, tell):
    here = deployed(procedure)
    wrong = []
    for kind in sorted(written_by_code() | written_by(here)):
        zh, en = tell(here, kind, "zh"), tell(here, kind, "en")
        if not CHINESE.search(zh) or re.search(rf"(?<![A-Za-z_]){kind}(?![A-Za-z_])", zh) or CHINESE.search(en) or "_" in en or en.strip() in ("", "X:"):
            wrong.append(f"{kind}: {zh} / {en}")
    assert not wrong, "\n".join(wrong)
