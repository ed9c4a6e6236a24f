"""What scenarios cannot say of this procedure: the words that the citizen is sent, and that every way of the diagram is taken by some scenario."""
from __future__ import annotations

from functools import cache

import pytest
from lxml import etree
from sqlalchemy import select

from webapp.models import LedgerEntry, Message, StaffNotice, Task, db
from webapp.scenarios.read import read_scenario
from webapp.scenarios.run import ScenarioRun
from webapp.scenarios.sandbox import Sandbox
from webapp.settings import ROOT

FOLDER = ROOT / "processes" / "dali-ducha"
BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
HANDLED = (FOLDER / "scenarios" / "answer-left-empty.yaml").read_text(encoding="utf-8")
LAST = "do: feedback, expect:"
INSPECTED = """\
scenario: inspected
procedure: dali-ducha
at: 2026-07-06 09:00
file: {channel: web, type: complaint, title: 路灯, text: 路灯坏了}
steps:
- {at: +1h, as: dali/inspection.supervisor, do: screen, with: {decision: inspect}}
- {at: +1h, as: dali/inspection.supervisor, do: inspect, with: {text: 内部情况}}
- {at: +1h, as: dali/inspection.supervisor, do: feedback, expect: {status: closed}}
"""
CONFIDENTIAL = "办理结果已通过机要渠道反馈。"


@cache
def sandbox() -> Sandbox:
    return Sandbox.of_procedure(ROOT, "dali-ducha")


def answer(text: str, given: str) -> str | None:
    """The text of the answer that the citizen is sent."""
    assert LAST in text
    scenario = read_scenario(text.replace(LAST, f"do: feedback, with: {{{given}}}, expect:").encode())
    with sandbox().fresh() as (env, clock):
        assert ScenarioRun(env, clock, scenario).run() == []
        return db.session.scalars(select(Message.data).where(Message.kind == "replied")).one().get("text")


@pytest.mark.parametrize(("given", "sent"), [
    ("how: platform, text: 修好了", "修好了"), ("text: 修好了", "修好了"), ("how: phone, text: 修好了", "修好了"), ("", "已更换灯具，路灯恢复照明。"),
    ("how: confidential, text: 机密", CONFIDENTIAL), ("sensitive: true, text: 机密", CONFIDENTIAL), ("sensitive: true", CONFIDENTIAL),
    ("sensitive: true, how: confidential, text: 机密", CONFIDENTIAL), ("sensitive: false, text: 修好了", "修好了")])
def test_answer_of_the_handling_unit(given, sent):
    assert answer(HANDLED, given) == sent


@pytest.mark.parametrize(("given", "sent"), [
    ("text: 已责令整改", "已责令整改"), ("", "督查室已实地督查并办结。"), ("sensitive: true, text: 机密", CONFIDENTIAL), ("how: confidential", CONFIDENTIAL)])
def test_answer_of_the_inspection_office(given, sent):
    assert answer(INSPECTED, given) == sent


def test_filed_with_the_office_only_where_asked():
    for given, times in (("file_with_inspection: true", 1), ("file_with_inspection: false", 0), ("", 0)):
        scenario = read_scenario(HANDLED.replace(LAST, f"do: feedback, with: {{{given}}}, expect:").encode())
        with sandbox().fresh() as (env, clock):
            assert ScenarioRun(env, clock, scenario).run() == []
            assert len(db.session.scalars(select(StaffNotice.id).where(StaffNotice.kind == "filed_with_office")).all()) == times


def test_rejection_names_basis_reason_and_the_right_body():
    scenario = read_scenario((FOLDER / "scenarios" / "rejected-dc-x-1.yaml").read_bytes())
    with sandbox().fresh() as (env, clock):
        assert ScenarioRun(env, clock, scenario).run() == []
        told = db.session.scalars(select(Message.data).where(Message.kind == "rejected")).one()
    assert told == {"basis": "dc-x-1", "reason": "属于人民法院职责", "body": "大理州中级人民法院"}


def test_every_way_is_taken():
    root = etree.fromstring((FOLDER / "dali-ducha.bpmn").read_bytes())
    flows = {f.get("id"): (f.get("sourceRef"), f.get("targetRef")) for f in root.iter(BPMN + "sequenceFlow")}
    taken: set[str] = set()
    for path in sorted((FOLDER / "scenarios").glob("*.yaml")):
        with sandbox().fresh() as (env, clock):
            ScenarioRun(env, clock, read_scenario(path.read_bytes())).run()
            opened = db.session.execute(select(Task.case_id, Task.opened_at, Task.node)).all()
            for entry in db.session.scalars(select(LedgerEntry)):
                if "passed" in entry.data:
                    here = {row.node for row in opened if row.case_id == entry.case_id and row.opened_at == entry.at}
                    taken |= _taken(root, flows, set(entry.data["passed"]), here)
    filing = {"flow_filed", "flow_body_start"}      # the first entry is `filed`, which names no nodes
    assert set(flows) - taken == filing


def _taken(root, flows: dict[str, tuple[str, str]], passed: set[str], opened: set[str]) -> set[str]:
    """The flows that one command took: from a node it passed to one that it passed, entered or opened. Of a gateway's, the one whose end it passed comes first."""
    starts = {box.get("id"): box.find(BPMN + "startEvent").get("id") for box in root.iter(BPMN + "subProcess")}
    timers = {e.get("id") for e in root.iter(BPMN + "boundaryEvent") if e.find(BPMN + "timerEventDefinition") is not None}
    gateways = {e.get("id") for e in root.iter(BPMN + "exclusiveGateway")}
    found = {name for name, (a, b) in flows.items() if (a in passed or a in timers) and (b in passed or starts.get(b) in passed or (b in opened and a not in timers))}
    for gateway in gateways:
        out = {name for name in found if flows[name][0] == gateway}
        if len(out) > 1:
            found -= {name for name in out if flows[name][1] in opened}
    return found
