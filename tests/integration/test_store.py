"""One transaction per command, on both databases: all of it or nothing; written once; done once."""
from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select, text
from sqlalchemy.exc import DatabaseError

from webapp.cases import case_work
from webapp.cases.do_task import claim_task, complete_task
from webapp.cases.errors import Invalid, NotFound
from webapp.cases.file_case import file_case, find_by_code
from webapp.cases.fire_moments import due_cases, fire_case
from webapp.cases.record import verify
from webapp.cases.take_action import take_action
from webapp.engine import Refusal
from webapp.models import Case, CaseState, DeadlineRow, Filing, LedgerEntry, Message, MomentRow, Outbox, Supervision, Task, db
from webapp.permissions import Citizen, find_person, may_see

FILED = {"channel": "web", "type": "complaint", "category": "dc-2", "title": "路灯不亮", "text": "坏了一个月", "claimant": {"kind": "person", "name": "李四"}}
PROCEDURE = "dali-ducha"
TABLES = (Case, CaseState, DeadlineRow, Filing, LedgerEntry, Message, MomentRow, Outbox, Supervision, Task)


def file_one(env, **more):
    receipt, _ = file_case(env, PROCEDURE, {**FILED, **more})
    db.session.commit()
    return receipt


def open_task(case_id: int, name: str) -> int:
    return db.session.scalar(select(Task.id).where(Task.case_id == case_id, Task.name == name, Task.state == "open"))


def do(env, case_id: int, login: str, name: str, **data):
    complete_task(env, open_task(case_id, name), data, find_person(login=login))
    db.session.commit()


def rows() -> dict[str, int]:
    db.session.rollback()
    return {t.__tablename__: db.session.scalar(select(func.count()).select_from(t)) for t in TABLES}


def assign(env):
    receipt = file_one(env)
    do(env, receipt.case_id, "dali/inspection.supervisor", "screen", decision="assign", unit="dali/xiangyun")
    return receipt


def test_a_failure_at_any_write_leaves_nothing(env, monkeypatch):
    receipt = assign(env)
    before = rows()
    version = db.session.get(CaseState, receipt.case_id).version
    real = case_work.CaseWork.flush

    def fails_late(self):
        real(self)
        raise RuntimeError("the machine stops here")

    monkeypatch.setattr(case_work.CaseWork, "flush", fails_late)
    with pytest.raises(RuntimeError):
        complete_task(env, open_task(receipt.case_id, "receive"), {}, find_person(login="dali/xiangyun.intake"))
    db.session.rollback()
    assert rows() == before
    assert db.session.get(CaseState, receipt.case_id).version == version
    monkeypatch.undo()
    do(env, receipt.case_id, "dali/xiangyun.intake", "receive")
    assert rows()["ledger"] == before["ledger"] + 1


def test_a_failing_filing_leaves_nothing(env):
    before = rows()
    with pytest.raises(Invalid):
        file_case(env, PROCEDURE, {**FILED, "title": ""})
    db.session.rollback()
    assert rows() == before


@pytest.mark.parametrize("statement", [
    "UPDATE filing SET hash = 'x'", "DELETE FROM filing", "UPDATE ledger SET kind = 'x'", "DELETE FROM ledger",
])
def test_what_is_written_once_cannot_be_changed(env, statement):
    file_one(env)
    with pytest.raises(DatabaseError, match="written once"):
        db.session.execute(text(statement))
    db.session.rollback()


def chain(number: str):
    db.session.expire_all()
    case = db.session.scalar(select(Case).where(Case.number == number))
    return case, list(db.session.scalars(select(LedgerEntry).where(LedgerEntry.case_id == case.id).order_by(LedgerEntry.seq)))


def test_the_ledger_is_a_keyed_chain(env):
    receipt = assign(env)
    case, entries = chain(receipt.number)
    assert [e.kind for e in entries][:2] == ["filed", "screen"]
    assert verify(case, entries, env.ledger_key) == []
    assert verify(case, entries, b"another key" * 4) != []
    assert verify(case, entries[:-1], env.ledger_key) != []
    changed = LedgerEntry(**{c.name: getattr(entries[1], c.name) for c in LedgerEntry.__table__.columns})
    changed.data = {**entries[1].data, "answers": {"decision": "reject"}}
    assert verify(case, [entries[0], changed, *entries[2:]], env.ledger_key) != []


def test_a_task_is_done_once(env):
    receipt = file_one(env)
    task = open_task(receipt.case_id, "screen")
    person, answers = find_person(login="dali/inspection.supervisor"), {"decision": "assign", "unit": "dali/xiangyun"}
    complete_task(env, task, answers, person)
    db.session.commit()
    before = rows()
    with pytest.raises(Refusal, match="stale"):
        complete_task(env, task, answers, person)
    assert rows() == before


def test_a_stale_version_is_refused(env):
    receipt = file_one(env)
    task = open_task(receipt.case_id, "screen")
    claim_task(env, task, find_person(login="dali/inspection.supervisor"))
    db.session.commit()
    with pytest.raises(Refusal, match="stale"):
        complete_task(env, task, {"decision": "assign", "unit": "dali/xiangyun"}, find_person(login="dali/inspection.supervisor"), version=1)


def test_two_at_once_one_wins(app, env):
    receipt = file_one(env)
    task = open_task(receipt.case_id, "screen")
    db.session.remove()
    results: list[str] = []
    ready = threading.Barrier(2)

    def complete(login: str) -> None:
        with app.app_context():
            person = find_person(login=login)
            db.session.rollback()
            ready.wait()
            try:
                complete_task(env, task, {"decision": "assign", "unit": "dali/xiangyun"}, person)
                db.session.commit()
                results.append("done")
            except Refusal as refusal:
                db.session.rollback()
                results.append(refusal.code)
            finally:
                db.session.remove()

    threads = [threading.Thread(target=complete, args=(f"dali/inspection.supervisor{n}",)) for n in ("", "#2")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(results) == ["done", "stale"]
    case, entries = chain(receipt.number)
    assert [e.kind for e in entries].count("screen") == 1
    assert verify(case, entries, env.ledger_key) == []


def test_the_same_filing_twice_is_one_case(env):
    first, _ = file_case(env, PROCEDURE, FILED, key="k1")
    db.session.commit()
    again, work = file_case(env, PROCEDURE, FILED, key="k1")
    assert again == first and work is None
    with pytest.raises(Refusal, match="idempotency"):
        file_case(env, PROCEDURE, {**FILED, "title": "另一件"}, key="k1")
    db.session.rollback()
    assert rows()["case"] == 1


def test_only_number_and_code_together_open_a_case(env):
    receipt = file_one(env)
    assert find_by_code(env, receipt.number, receipt.code.lower()) == Citizen(receipt.case_id)
    assert find_by_code(env, receipt.number, "AAAAAAAAAA") is None
    assert find_by_code(env, "DC20260302000000", receipt.code) is None
    other = file_one(env)
    with pytest.raises(NotFound):
        take_action(env, other.case_id, "withdraw", {}, find_by_code(env, receipt.number, receipt.code))
    db.session.rollback()


def test_a_moment_has_its_effect_once(env, clock):
    receipt = assign(env)
    clock.move(clock.now() + timedelta(days=2))
    assert due_cases(env.now()) == [receipt.case_id]
    assert fire_case(env, receipt.case_id) == 2      # the supervision that the diagram draws, and the reminder of the manifest
    db.session.commit()
    assert due_cases(env.now()) == []
    assert fire_case(env, receipt.case_id) == 0
    db.session.commit()
    assert rows()["supervision"] == 1


def test_what_was_due_fires_before_what_is_done(env, clock):
    """A clerk comes late and the worker was down: the supervision is opened first, as of when it was due."""
    receipt = assign(env)
    clock.move(clock.now() + timedelta(days=5))
    do(env, receipt.case_id, "dali/xiangyun.intake", "receive")
    _, entries = chain(receipt.number)
    kinds = [e.kind for e in entries]
    assert kinds.index("supervision_opened") < kinds.index("receive")
    moment = next(e for e in entries if e.kind == "moment")
    assert datetime.fromisoformat(moment.data["due_at"]) == datetime(2026, 3, 3, 16, 0, tzinfo=UTC)      # 00:00 of 4 March in Shanghai
    assert moment.at == env.now()


def test_the_reported_unit_learns_nothing(env):
    receipt = file_one(env, respondent="dali/xiangyun")
    do(env, receipt.case_id, "dali/inspection.supervisor", "screen", decision="assign", unit="dali/market")
    for login in ("dali/xiangyun.intake", "dali/xiangyun/market.clerk", "dali/xiangyun/education.unit_head"):
        assert not may_see(find_person(login=login), receipt.case_id)
    assert may_see(find_person(login="dali/market.intake"), receipt.case_id)
    with pytest.raises(Refusal, match="respondent"):
        complete_task(env, open_task(receipt.case_id, "receive"), {}, find_person(login="dali/xiangyun.intake"))
    db.session.rollback()


def test_a_bad_answer_changes_nothing_and_names_its_field(env):
    receipt = file_one(env)
    before = rows()
    with pytest.raises(Invalid) as caught:
        complete_task(env, open_task(receipt.case_id, "screen"), {"decision": "reject", "surprise": 1}, find_person(login="dali/inspection.supervisor"))
    assert {f for f, *_ in caught.value.fields} >= {"basis", "reason", "surprise"}
    assert rows() == before
