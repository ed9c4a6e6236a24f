"""kill -9 before and after every commit of filing, completing, firing, gathering and delivering: each acknowledged complaint once, each effect once, each letter at least once under one id."""
from __future__ import annotations

import json
import subprocess
import sys
from collections import Counter
from datetime import timedelta

import pytest
from sqlalchemy import delete, func, select, update

from tests.killed import FILED
from webapp.cases.calendar_changes import approve, enter_change
from webapp.cases.do_task import complete_task
from webapp.cases.file_case import file_case
from webapp.cases.record import verify
from webapp.domain.clock import local_date
from webapp.domain.notice_rows import ChangedDay
from webapp.models import Account, CalendarChange, CalendarMove, Case, CaseState, Filing, LedgerEntry, Outbox, Reminder, StaffNotice, Supervision, Task, db
from webapp.permissions import System, find_person
from webapp.settings import ROOT
from webapp.worker import sweep

POINTS = {"file": 2, "complete": 2, "fire": 2, "gather": 4, "deliver": 4, "amend": 12}      # two for each commit; two people are told; delivering takes a letter, then marks it sent
LEASE = timedelta(minutes=6)
SHRINKING = ("gather", "amend")     # what one death has left done is done: the later points are passed by the earlier ones' next tries


@pytest.fixture
def child(app, database_url, clock, tmp_path):
    """Run an act in a process of its own that dies at a point; returns its exit code and what it printed."""
    url = database_url

    def run(name: str, point: int, later: timedelta = timedelta()) -> tuple[int, dict]:
        command = [sys.executable, "-m", "tests.killed", url, str(tmp_path), (clock.now() + later).isoformat(), name, str(point)]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120)
        assert done.returncode in (0, -9), done.stderr
        return done.returncode, json.loads(done.stdout) if done.returncode == 0 else {}

    return run


def prepare(env, clock, name: str) -> None:
    if name == "file":
        return
    receipt, _ = file_case(env, "dali-ducha", FILED)
    db.session.commit()
    if name in ("fire", "gather", "amend"):
        task = db.session.scalar(select(Task.id).where(Task.name == "screen"))
        complete_task(env, task, {"decision": "assign", "unit": "dali/xiangyun"}, find_person(login="dali/inspection.supervisor"))
        db.session.commit()
    if name in ("fire", "gather"):
        clock.move(clock.now() + timedelta(days=3))
    if name == "gather":
        sweep(env)
        two = select(Account.id).where(Account.login.like("dali/xiangyun.intake%"))
        db.session.execute(delete(Reminder).where(Reminder.account_id.not_in(two)))
        db.session.execute(update(Account).where(Account.id.in_(two)).values(email="clerk@example.cn"))
        db.session.commit()
    if name == "amend":
        change = enter_change(env, System(), "dali", [ChangedDay(local_date(clock.now()) + timedelta(days=1), False)], None, "notice", local_date(clock.now()))
        approve(env, System(), change.id, None)
        db.session.commit()
    db.session.remove()


def count(table, *where) -> int:
    return db.session.scalar(select(func.count()).select_from(table).where(*where))


def check(env, tmp_path, name: str) -> None:
    db.session.remove()
    assert count(Case) == count(CaseState) == count(Filing) == 1
    case = db.session.scalar(select(Case))
    entries = list(db.session.scalars(select(LedgerEntry).order_by(LedgerEntry.seq)))
    assert verify(case, entries, env.ledger_key) == []
    kinds = Counter(e.kind for e in entries)
    assert kinds["filed"] == 1
    if name == "complete":
        assert kinds["screen"] == 1 and count(Task, Task.state == "open") == 1
    if name == "fire":
        assert kinds["supervision_opened"] == count(Supervision) == 1
    if name == "amend":
        assert kinds["recomputed"] == count(CalendarMove) == count(CalendarChange, CalendarChange.state == "applied") == 1
        assert count(StaffNotice, StaffNotice.kind == "calendar_changed") == 1
    if name == "gather":
        told = list(db.session.scalars(select(StaffNotice.account_id).where(StaffNotice.day.is_not(None))))
        sent = [letter["notice"] for letter in db.session.scalars(select(Outbox.payload)) if "notice" in letter]
        assert len(told) == len(set(told)) == len(sent) == len(set(sent)) == 2 and count(Reminder) == 0
    if name == "deliver":
        letters = (tmp_path / "letters").read_text().split()
        assert set(letters) == {f"outbox-{id}" for id in db.session.scalars(select(Outbox.id))}
        assert count(Outbox, Outbox.state == "sent") == count(Outbox)


@pytest.mark.parametrize("name", POINTS)
def test_killed_at_every_commit_point(env, clock, child, tmp_path, name):
    """Each point on the same database, one after another: whatever a death leaves, the next try mends."""
    prepare(env, clock, name)
    code, _ = child(name, 1)
    assert code == -9
    if name == "file":
        db.session.remove()
        assert count(Case) == 0     # not acknowledged, not there
    db.session.remove()             # this process must not hold the lock
    died = [child(name, point, later=LEASE * point)[0] == -9 for point in range(2, POINTS[name] + 1)]
    assert all(died) or name in SHRINKING
    code, said = child(name, 0, later=LEASE * 9)
    assert code == 0
    check(env, tmp_path, name)


@pytest.mark.parametrize("name", POINTS)
def test_the_points_are_all_there_are(env, clock, child, tmp_path, name):
    prepare(env, clock, name)
    code, said = child(name, 0)
    assert code == 0 and said["points"] == POINTS[name]
    check(env, tmp_path, name)


def test_killed_after_the_commit_the_answer_is_the_same(env, child):
    """A citizen whose receipt was lost on the way asks again with the same key and gets the same case."""
    assert child("file", 2)[0] == -9
    db.session.remove()
    number = db.session.scalar(select(Case.number))
    db.session.remove()
    code, said = child("file", 0)
    assert code == 0 and said["result"] == number
