"""What scenarios cannot say of this procedure: filings that are refused, what is kept, what the writer is sent."""
from __future__ import annotations

from datetime import UTC, date, datetime
from functools import cache

import pytest
from sqlalchemy import func, select

from webapp.cases.errors import Invalid
from webapp.cases.file_case import file_case
from webapp.cases.promises import promises
from webapp.domain.clock import SHANGHAI
from webapp.models import Case, Consultation, Filing, LedgerEntry, Message, StaffNotice, db
from webapp.scenarios.read import read_scenario
from webapp.scenarios.run import ScenarioRun
from webapp.scenarios.sandbox import Sandbox
from webapp.settings import ROOT

PROCEDURE = "liaoning-yijian"
FOLDER = ROOT / "processes" / PROCEDURE
WRITER = {"kind": "person", "name": "王明", "id_number": "210102198001010011", "occupation": "教师", "phone": "13900000001", "email": "wang@example.org"}
OPINION = {"channel": "web", "type": "suggestion", "title": "热线", "text": "建议全天有人接听。", "claimant": WRITER}
OCCUPATIONS = "公务员 事业单位工作人员 专业技术人员 企业管理人员 工人 农民 学生 教师 医生 律师 文体人员 现役军人 自由职业者 个人经营者 无业人员 退(离)休人员 其他".split()


@cache
def sandbox() -> Sandbox:
    return Sandbox.of_procedure(ROOT, PROCEDURE)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI).astimezone(UTC)


def open_one(kind: str = "rule", procedure: str = PROCEDURE) -> int:
    row = Consultation(procedure=procedure, kind=kind, title="草案", opens=date(2026, 3, 2), closes=date(2026, 3, 31), created_at=at("2026-03-01 09:00"))
    db.session.add(row)
    db.session.flush()
    return row.id


def refused(env, given: dict, consultation: int | None) -> set[tuple[str, str]]:
    with pytest.raises(Invalid) as found:
        file_case(env, PROCEDURE, given, consultation=consultation)
    assert db.session.scalar(select(func.count()).select_from(Case)) == 0
    return {(field, code) for field, code, _, _ in found.value.fields}


@pytest.mark.parametrize(("when", "taken"), [("2026-03-01 23:59:59", False), ("2026-03-02 00:00", True), ("2026-03-31 23:59:59", True),
                                             ("2026-04-01 00:00", False), ("2027-03-15 09:00", False)])
def test_the_window_ends_at_midnight_of_its_last_day(when, taken):
    with sandbox().fresh() as (env, clock):
        on = open_one()
        clock.move(at(when))
        if taken:
            file_case(env, PROCEDURE, OPINION, consultation=on)
            assert db.session.scalar(select(Case.consultation)) == "rule"
        else:
            assert refused(env, OPINION, on) == {("consultation", "window")}


@pytest.mark.parametrize("channel", ["letter", "email"])
def test_letters_too_come_within_the_window(channel):
    with sandbox().fresh() as (env, clock):
        on = open_one()
        clock.move(at("2026-04-01 00:00"))
        assert refused(env, OPINION | {"channel": channel}, on) == {("consultation", "window")}


def test_an_opinion_is_on_a_consultation_of_this_procedure():
    with sandbox().fresh() as (env, clock):
        another = open_one(procedure="another")
        clock.move(at("2026-03-02 09:00"))
        for on in (None, 999, another):
            assert refused(env, OPINION, on) == {("consultation", "unknown_consultation")}


@pytest.mark.parametrize("field", ["title", "text", *WRITER])
def test_every_field_of_the_form_is_required(field):
    given = {k: v for k, v in OPINION.items() if k != field} | {"claimant": {k: v for k, v in WRITER.items() if k != field}}
    with sandbox().fresh() as (env, clock):
        on = open_one()
        clock.move(at("2026-03-02 09:00"))
        if field == "kind":
            file_case(env, PROCEDURE, given, consultation=on)
        else:
            assert refused(env, given, on) == {(field if field in OPINION else f"claimant_{field}", "required")}


def test_no_opinion_is_anonymous():
    with sandbox().fresh() as (env, clock):
        on = open_one()
        clock.move(at("2026-03-02 09:00"))
        assert ("anonymous", "unknown_field") in refused(env, OPINION | {"claimant": {"anonymous": True}}, on)
        assert refused(env, OPINION | {"claimant": {"kind": "person"}, "channel": "letter"}, on) == {("claimant_name", "required")}


def test_the_seventeen_occupations():
    form = sandbox().deployed.forms["file"]
    assert [each["value"] for each in form.fields["claimant_occupation"].component["values"]] == OCCUPATIONS and len(OCCUPATIONS) == 17
    with sandbox().fresh() as (env, clock):
        on = open_one()
        clock.move(at("2026-03-02 09:00"))
        assert refused(env, OPINION | {"claimant": WRITER | {"occupation": "宇航员"}}, on) == {("claimant_occupation", "not_an_option")}
        for each in OCCUPATIONS:
            file_case(env, PROCEDURE, OPINION | {"claimant": WRITER | {"occupation": each}}, consultation=on)


def test_only_its_own_channels_and_type():
    with sandbox().fresh() as (env, clock):
        on = open_one()
        clock.move(at("2026-03-02 09:00"))
        assert {f for f, _ in refused(env, OPINION | {"channel": "wechat"}, on)} == {"channel"}
        assert {f for f, _ in refused(env, OPINION | {"channel": "phone"}, on)} == {"channel"}
        assert {f for f, _ in refused(env, OPINION | {"type": "complaint"}, on)} == {"type"}
        file_case(env, PROCEDURE, {k: v for k, v in OPINION.items() if k not in ("channel", "type")}, consultation=on)
        assert db.session.execute(select(Case.channel, Case.type)).one() == ("web", "suggestion")


def test_a_document_promises_no_sifting():
    with sandbox().fresh() as (env, clock):
        clock.move(at("2026-03-02 09:00"))
        for kind, named in (("document", ["consider"]), ("rule", ["moderate", "consider"])):
            found = promises(env, env.registry.active(PROCEDURE, clock.now()), clock.now(), {"consultation": kind})
            assert [p.deadline for p in found] == named and all(p.local for p in found)


def play(name: str, then):
    with sandbox().fresh() as (env, clock):
        assert ScenarioRun(env, clock, read_scenario((FOLDER / "scenarios" / f"{name}.yaml").read_bytes())).run() == []
        return then()


def test_what_the_writer_wrote_stays_beside_what_is_published():
    def then():
        return (db.session.scalars(select(Filing.content)).one()["text"],
                db.session.scalars(select(LedgerEntry.data).where(LedgerEntry.kind == "published")).one())

    assert play("rule-published", then) == ("建议在第十五条写明人工坐席全天接听。", {"text": "第十五条写明人工坐席全天接听。"})
    assert play("document-shown-at-once", then)[1] == {}


@pytest.mark.parametrize("name", ["rule-withheld", "rule-rejected", "rule-edited-again", "withdrawn-at-publication"])
def test_nothing_else_publishes(name):
    assert play(name, lambda: db.session.scalars(select(LedgerEntry.seq).where(LedgerEntry.kind == "published")).all()) == []


def test_the_writer_is_told_the_result_and_why():
    def then():
        return db.session.scalars(select(Message.data).where(Message.kind == "replied")).one()

    assert play("rule-published", then) == {"text": "采纳 / Adopted", "reason": "已写入第十五条"}
    assert play("document-not-adopted", then) == {"text": "未采纳 / Not adopted", "reason": "现行规定已有"}


def test_the_late_are_reminded_once():
    found = play("considered-late", lambda: db.session.execute(select(StaffNotice.role, StaffNotice.kind)).all())
    assert sorted(tuple(row) for row in found) == [("dispatcher", "overdue"), ("unit_head", "overdue")]
