"""Every place where an expression can stand, tried with hostile ones: compiling refuses with a named problem, or what runs gives a value or a named refusal."""
from __future__ import annotations

import json
import time
import tomllib
from datetime import UTC, date, datetime

import pytest

from tests.hostile.base import base
from tests.shapes.drawing import draw
from tests.unit.test_feel_hostile import EXPRESSIONS
from webapp.answers import FormProblem, clean, compile_form
from webapp.deployments.registry import build
from webapp.engine import Act, Complete, DefinitionError, Fire, Refusal, Start, World, advance, new_state
from webapp.engine.scope import CASE_FIELDS
from webapp.feel import FeelError

NOW = datetime(2026, 3, 2, 1, tzinfo=UTC)
# what XML, TOML and JSON can hold at all; the others are tried on FEEL itself
HOSTILE = [text for text in dict.fromkeys(EXPRESSIONS) if "\0" not in text and "\ud800" not in text]
BOUND = 3.0      # seconds of processor time for compiling a definition and taking it through its course, on any machine; docs/gate.md says what is usual
MAIN = """
    start s effect.set={{start: 1}}
    task handle clerk office starts=handle ends=handle
    timer late handle handle overdue
    end told_off
    gate g
    decide asking more
    task help clerk co {each}
    end done
    end other
    s -> handle
    late -> told_off
    handle -> asking
    asking -> g
    g -> help {condition}
    g -> other else
    help -> done
"""
DMN = """<definitions xmlns="https://www.omg.org/spec/DMN/20191111/MODEL/" id="m" name="m" namespace="urn:x"><decision id="more" name="more">
<decisionTable id="t2" hitPolicy="FIRST"><input id="i2"><inputExpression id="e2"><text>INPUT</text></inputExpression></input><output id="o2" name="found"/>
<rule id="k1"><inputEntry id="n1"><text>CELL</text></inputEntry><outputEntry id="v1"><text>OUTPUT</text></outputEntry></rule>
</decisionTable></decision></definitions>"""


class Clocks:
    """Deadlines that are there and never end."""

    def view(self):
        return {"handle": {"due": date(2026, 3, 9), "started": date(2026, 3, 2), "status": "running", "extensions": 0}}

    def __getattr__(self, name):
        return lambda *args, **kwargs: None


def escape(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def bundle_with(place: str, text: str) -> dict[str, bytes]:
    """The procedure with the expression in one place."""
    bundle = base()
    marks = {"condition": "if round = 1", "each": "each=case.co"}
    drawn = draw("main", MAIN.format(**marks))
    bundle["forms/help.form.json"] = bundle["forms/handle.form.json"]
    dmn = {"INPUT": "1", "CELL": "-", "OUTPUT": "1"}
    if place in dmn:
        dmn[place] = text
    attribute = escape(text).replace('"', "&quot;").replace("\n", "&#10;")
    match place:
        case "condition":
            drawn = drawn.replace(b">round = 1<", f">{escape(text)}<".encode("utf-8", "surrogatepass"))
        case "each":
            drawn = drawn.replace(b'value="case.co"', f'value="{attribute}"'.encode())
        case "effect" | "moment's effect":
            node, name = (b'id="other" name="other">', "effect.set") if place == "effect" else (b'id="told_off" name="told_off">', "effect.set")
            more = f'<bpmn:extensionElements><spiffworkflow:properties><spiffworkflow:property name="{name}" value="{attribute}"/></spiffworkflow:properties></bpmn:extensionElements>'
            drawn = drawn.replace(node, node + more.encode())
    bundle["main.bpmn"] = drawn
    for key, value in dmn.items():
        dmn[key] = escape(value)
    bundle["more.dmn"] = DMN.replace("INPUT", dmn["INPUT"]).replace("CELL", dmn["CELL"]).replace("OUTPUT", dmn["OUTPUT"]).encode()
    manifest = bundle["procedure.toml"].decode().replace('message = "withdraw"', 'does = "recuse"')
    quoted = json.dumps(text, ensure_ascii=True)
    if "\\ud" in quoted.lower():
        quoted = json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
    old = {"refuse": "'case.status = \"closed\"'", "check": "'answers.handle.text = \"\" and answers.handle.decision = \"reply\"'",
           "action's effect": "'{role: \"clerk\", unit: \"office\", kind: \"remark\"}'"}.get(place)
    if old:
        assert old in manifest
        manifest = manifest.replace(old, quoted)
        tomllib.loads(manifest)
    bundle["procedure.toml"] = manifest.encode()
    return bundle


def run_through(deployed) -> None:
    """Begin a case, take the action, let the moment come, complete the task: each may be refused or be a fault of the definition, nothing else."""
    state = new_state()

    def step(command) -> None:
        nonlocal state
        facts = dict.fromkeys(CASE_FIELDS) | {"number": "X1", "title": "t" * 200, "co": ["dali/market"], "status": "open"}
        functions = {"due date": lambda *a: date(2026, 3, 9), "working days between": lambda *a: 3, "one up": lambda *a: None}
        try:
            state = advance(deployed.definition, state, command, World(NOW, date(2026, 3, 2), facts, Clocks(), {"handle": 1}, functions)).state
        except (Refusal, FeelError, RuntimeError) as error:
            assert not isinstance(error, RecursionError)

    step(Start())
    step(Act("remark", {"text": "a"}))
    rows = [r for tree in [state["inst"].get("main", {}).get("w") or {"t": []}] for r in tree["t"] if r[3]]
    for row in rows:
        step(Fire("main", row[3]))
    for row in rows:
        step(Complete("main", row[3], {"text": "a" * 300, "decision": "reply"}))
    assert len(json.dumps(state, default=str)) < 3_000_000


PLACES = ("condition", "each", "effect", "moment's effect", "refuse", "check", "action's effect", "INPUT", "CELL", "OUTPUT")


def test_there_are_enough():
    assert len(HOSTILE) >= 100


@pytest.mark.parametrize("place", PLACES)
def test_in_a_definition(place):
    built = 0
    for text in HOSTILE:
        start = time.process_time()
        try:
            deployed = build(bundle_with(place, text))
        except DefinitionError as error:
            assert error.problems and all(p.file and p.message for p in error.problems)
        else:
            built += 1
            run_through(deployed)
        assert time.process_time() - start < BOUND, text[:200]
    assert built > 20       # those that read nothing unknown do run


FORM_PLACES = {
    "hide": lambda e: {"conditional": {"hide": e}}, "required_when": lambda e: {"properties": {"required_when": e}},
    "minLength": lambda e: {"validate": {"minLength": e}}, "maxLength": lambda e: {"validate": {"maxLength": e}},
    "valuesExpression": lambda e: {"type": "select", "valuesExpression": e}, "readonly": lambda e: {"readonly": e}, "disabled": lambda e: {"disabled": e},
    "defaultValue": lambda e: {"defaultValue": e}, "label": lambda e: {"label": e}, "pattern": lambda e: {"validate": {"pattern": e[1:]}},
}


@pytest.mark.parametrize("place", FORM_PLACES)
def test_in_a_form(place):
    for text in HOSTILE:
        start = time.process_time()
        schema = {"type": "default", "components": [{"type": "textfield", "key": "s", "label": "s"}, {"type": "textfield", "key": "a", "label": "a", **FORM_PLACES[place]("=" + text)}]}
        try:
            form = compile_form(schema)
        except FormProblem as error:
            assert error.problems
        else:
            found = clean(form, {"s": "a" * 500, "a": "b"}, context={"case": dict.fromkeys(CASE_FIELDS)}, now=NOW)
            assert all(p.field and p.zh and p.en for p in found.problems)
            json.dumps(found.values, allow_nan=False)
        assert time.process_time() - start < BOUND, text[:200]
