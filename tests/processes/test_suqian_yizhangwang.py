"""What scenarios cannot say of this procedure: the words of a final reply, what the answer check writes down, and that long answers do not exhaust it."""
from __future__ import annotations

from functools import cache

import pytest
from sqlalchemy import select

from webapp.models import LedgerEntry, Message, StaffNotice, db
from webapp.scenarios.read import read_scenario
from webapp.scenarios.run import ScenarioRun
from webapp.scenarios.sandbox import Sandbox
from webapp.settings import ROOT

FOLDER = ROOT / "processes" / "suqian-yizhangwang"
FINAL = "此为最终答复"
REPLY = "所提诉求没有法律和政策依据，不予支持。"


@cache
def sandbox() -> Sandbox:
    return Sandbox.of_procedure(ROOT, "suqian-yizhangwang")


def scenario(name: str) -> str:
    return (FOLDER / "scenarios" / f"{name}.yaml").read_text(encoding="utf-8")


@pytest.mark.parametrize(("written", "sent"), [(REPLY, f"{REPLY}\n{FINAL}。"), (f"{REPLY}{FINAL}。", f"{REPLY}{FINAL}。")])
def test_a_final_reply_bears_the_words_once(written, sent):
    with sandbox().fresh() as (env, clock):
        assert ScenarioRun(env, clock, read_scenario(scenario("final-reply").replace(REPLY, written).encode())).run() == []
        assert db.session.scalars(select(Message.data).where(Message.kind == "replied")).one()["text"] == sent


def test_other_replies_are_sent_as_they_are():
    with sandbox().fresh() as (env, clock):
        assert ScenarioRun(env, clock, read_scenario(scenario("major").encode())).run() == []
        assert FINAL not in db.session.scalars(select(Message.data).where(Message.kind == "replied")).one()["text"]


def test_the_check_says_which_elements_are_missing():
    with sandbox().fresh() as (env, clock):
        assert ScenarioRun(env, clock, read_scenario(scenario("incomplete").encode())).run() == []
        found = db.session.scalars(select(LedgerEntry.data).where(LedgerEntry.kind == "flags").order_by(LedgerEntry.seq)).all()
        assert [(each.get("flags", []), each.get("missing", [])) for each in found] == [
            (["missing_element"], ["handler", "contact_time", "contact_note", "satisfied"]), ([], []), ([], [])]


def test_a_signed_case_is_put_before_the_leader():
    with sandbox().fresh() as (env, clock):
        assert ScenarioRun(env, clock, read_scenario(scenario("whole-way").encode())).run() == []
        assert len(db.session.scalars(select(StaffNotice.id).where(StaffNotice.kind == "put_before_leader", StaffNotice.role == "leader")).all()) == 1


def test_the_longest_answers_do_not_exhaust_the_check():
    long = "现场核查外墙渗水属实，" * 900
    text = scenario("joint-handling").replace("三家摊主均无营业执照，已登记。", long).replace("占道摊点已全部清理，安排专人每日巡查。", long).replace("flags: []", "flags: [copied_text]")
    with sandbox().fresh() as (env, clock):
        assert ScenarioRun(env, clock, read_scenario(text.encode())).run() == []
