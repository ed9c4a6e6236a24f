"""What scenarios cannot say of this procedure: the words that the citizen is sent."""
from __future__ import annotations

from functools import cache

import pytest
from sqlalchemy import select

from webapp.models import Message, StaffNotice, db
from webapp.scenarios.read import read_scenario
from webapp.scenarios.run import ScenarioRun
from webapp.scenarios.sandbox import Sandbox
from webapp.settings import ROOT

FOLDER = ROOT / "processes" / "dali-ducha"
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
