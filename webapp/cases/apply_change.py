"""Applies an approved change of a calendar to the deadlines that run: case by case, each in a transaction of its own, in batches that a crash cannot lose.

A batch is read without locks; a case is then written only if its ledger has not grown since, for every command on a case writes there. What needs the
engine (a supervision to be withdrawn, moments that have come and must fire first) goes the ordinary way, under the case's lock.
"""
from __future__ import annotations

import logging
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from functools import lru_cache
from types import SimpleNamespace
from typing import Any

from sqlalchemy import Connection, Dialect, bindparam, select, update
from sqlalchemy.exc import OperationalError

from webapp.domain.calendar import Calendar
from webapp.domain.clock import start_of_day
from webapp.domain.deadlines import Deadline
from webapp.models import CalendarChange, CalendarMove, Case, DeadlineRow, Incident, LedgerEntry, MomentRow, StaffNotice, Task, db
from webapp.models.prepared import Prepared
from webapp.models.storage import reading_only
from webapp.permissions import System

from .aim import aim_moments, due_of
from .calendar_changes import first_day, under
from .case_work import CaseWork
from .clocks import CaseClocks
from .environment import Environment
from .errors import NotFound
from .incidents import open_incident, solve
from .record import LedgerWriter

log = logging.getLogger("duban.calendar")

BATCH = 100
INCIDENT = "calendar"
LEASE = timedelta(minutes=2)
_CASE, _DEADLINE, _MOMENT, _TASK = Case.__table__, DeadlineRow.__table__, MomentRow.__table__, Task.__table__
_WRITES = {
    "claim": update(_CASE).where(_CASE.c.id == bindparam("b_id"), _CASE.c.ledger_seq == bindparam("b_seq")).values(ledger_seq=bindparam("seq"), ledger_head=bindparam("head")),
    "ledger": LedgerEntry.__table__.insert(),
    "deadline": update(_DEADLINE).where(_DEADLINE.c.case_id == bindparam("b_id"), _DEADLINE.c.name == bindparam("b_name"), _DEADLINE.c.n == bindparam("b_n"))
    .values(doc=bindparam("to"), due_at=bindparam("at")),
    "moment": update(_MOMENT).where(_MOMENT.c.id == bindparam("b_id"))
    .values(fire_at=bindparam("at"), n=bindparam("times"), fired_at=bindparam("last"), deadline_n=bindparam("of")),
    "task": update(_TASK).where(_TASK.c.id == bindparam("b_id")).values(due_at=bindparam("at")),
    "move": CalendarMove.__table__.insert(),
}


@lru_cache
def _writes(dialect: Dialect) -> dict[str, Prepared]:
    return {name: Prepared(statement, dialect) for name, statement in _WRITES.items()}


def apply_changes(env: Environment, cases: int = BATCH, stop: threading.Event | None = None) -> int:
    """Look at up to `cases` more cases of the oldest change that is being applied. Returns how many were looked at; 0 when there is nothing to do. Commits."""
    change = _take(env)
    if change is None:
        return _retry(env)
    with reading_only():
        ids, place = _next(change, cases)
        read = _read(ids)
        calendars = env.registry.calendars()
        db.session.remove()
    done, turn = 0, env.courtesy.turn()
    with db.engine.connect() as connection:                  # one for the batch; each case is a transaction of its own
        for case_id in ids:
            if stop is not None and stop.is_set():
                break
            turn.give_way()
            _apply(env, change, _plan(env, change, case_id, read, calendars), connection)
            done += 1
    if done < len(ids):
        place = ids[done - 1] if done else change.place
    _settle(env, change, done, place)
    return max(1, done)


def apply_whole(env: Environment, change: CalendarChange) -> None:
    """Apply a change at once: for scenarios and tests. Commits."""
    while db.session.get(CalendarChange, change.id, populate_existing=True).state == "applying":
        apply_changes(env)


def _take(env: Environment) -> CalendarChange | None:
    """The oldest change under way that no other worker has; it is ours for a while."""
    with reading_only():
        waiting = db.session.scalar(select(CalendarChange.id).where(CalendarChange.state == "applying").limit(1))
        db.session.remove()
    if waiting is None:
        return None
    free = CalendarChange.taken_until.is_(None) | (CalendarChange.taken_until <= env.now()) | (CalendarChange.taken_until > env.now() + LEASE)      # a clock may go back
    query = select(CalendarChange).where(CalendarChange.state == "applying", free).order_by(CalendarChange.decided_at, CalendarChange.id).limit(1)
    change = db.session.scalar(query.with_for_update(skip_locked=True))
    if change is not None:
        change.taken_until = env.now() + LEASE
    db.session.commit()
    if change is not None:
        db.session.expunge(change)
    db.session.remove()
    return change


def _next(change: CalendarChange, most: int) -> tuple[list[int], int | None]:
    """The next cases to look at, and up to which case that is; None when there are no more. One stretch of an index, whatever the calendar."""
    query = (select(DeadlineRow.case_id, DeadlineRow.calendar, DeadlineRow.due_at).where(DeadlineRow.ended_at.is_(None), DeadlineRow.case_id > change.place)
             .where(DeadlineRow.case_id <= change.upto).order_by(DeadlineRow.case_id).limit(most * 3))
    rows = db.session.execute(query).all()
    if not rows:
        return [], None
    if len(rows) == most * 3 and rows[0].case_id != rows[-1].case_id:       # the last one may have more: it comes with the next stretch
        rows = [row for row in rows if row.case_id != rows[-1].case_id]
    calendars, after = set(under(change.layer)), start_of_day(first_day(change))
    found = list(dict.fromkeys(row.case_id for row in rows if row.calendar in calendars and row.due_at is not None and row.due_at > after))
    return found[:most], found[most - 1] if len(found) > most else rows[-1].case_id


def _settle(env: Environment, change: CalendarChange, done: int, place: int | None) -> None:
    """Give the change back, with how far it has come; `place` None: nothing is left."""
    row = db.session.get(CalendarChange, change.id, with_for_update=True)
    row.taken_until, row.done = None, row.done + done
    if place is not None:
        row.place = place
    elif row.state == "applying":
        row.state, row.applied_at, row.total = "applied", env.now(), row.done
        _tell(env, row)
    db.session.commit()
    db.session.remove()


def _tell(env: Environment, change: CalendarChange) -> None:
    """One notice for each role of each unit with work on a case that was moved; which cases these are, each reader sees on the page as far as they may."""
    query = (select(Task.unit_id, Task.role).join(CalendarMove, CalendarMove.case_id == Task.case_id)
             .where(CalendarMove.change_id == change.id, CalendarMove.old != CalendarMove.new, Task.state.in_(("open", "held")), Task.unit_id.is_not(None)).distinct())
    for unit_id, role in db.session.execute(query).all():
        db.session.add(StaffNotice(case_id=None, unit_id=unit_id, role=role, kind="calendar_changed", at=env.now(), data={"change": change.id, "basis": change.basis}))


# -- one case --------------------------------------------------------------------------------------------------------
@dataclass(frozen=True)
class _Rows:
    """What is known of a batch's cases, by case."""

    cases: dict[int, Any]
    deadlines: dict[int, list]
    moments: dict[int, list]
    tasks: dict[int, list]


@dataclass
class _Plan:
    """What is to be written on a case, if it is still as it was read. `whole`: it has to go the ordinary way."""

    case: Any
    seq: int
    moves: list[tuple[Deadline, Deadline]] = field(default_factory=list)
    moments: list[dict] = field(default_factory=list)
    tasks: list[dict] = field(default_factory=list)
    whole: bool = False


def _read(ids: list[int]) -> _Rows:
    """The rows of a batch's cases, in four queries."""
    tasks = select(_TASK.c.case_id, _TASK.c.id, _TASK.c.instance, _TASK.c.deadline, _TASK.c.due_at).where(_TASK.c.state.in_(("open", "held")))
    cases = db.session.execute(select(_CASE.c.id, _CASE.c.number, _CASE.c.ledger_seq, _CASE.c.ledger_head).where(_CASE.c.id.in_(ids)))
    return _Rows({row.id: row for row in cases}, _by_case(select(_DEADLINE).where(_DEADLINE.c.ended_at.is_(None)), _DEADLINE, ids),
                 _by_case(select(_MOMENT), _MOMENT, ids), _by_case(tasks, _TASK, ids))


def _plan(env: Environment, change: CalendarChange, case_id: int, read: _Rows, calendars: Mapping[str, Calendar]) -> _Plan:
    row, deadlines, now = read.cases[case_id], read.deadlines.get(case_id, []), env.now()
    plan = _Plan(SimpleNamespace(id=row.id, number=row.number, ledger_seq=row.ledger_seq, ledger_head=row.ledger_head), row.ledger_seq)
    waiting = [SimpleNamespace(**m._mapping) for m in read.moments.get(case_id, ())]
    if any(m.fire_at is not None and m.fire_at <= now for m in waiting):
        plan.whole = True
    elif deadlines:
        _fill(plan, deadlines, waiting, read.tasks.get(case_id, ()), calendars[deadlines[0].calendar], change, now)
    return plan


def _by_case(query: Any, table: Any, ids: list[int]) -> dict[int, list]:
    found: dict[int, list] = {}
    for row in db.session.execute(query.where(table.c.case_id.in_(ids))):
        found.setdefault(row.case_id, []).append(row)
    return found


def _fill(plan: _Plan, rows: list, waiting: list, tasks: Any, calendar: Calendar, change: CalendarChange, now: Any) -> None:
    clocks = CaseClocks([Deadline.from_json(row.doc) for row in rows], calendar, now, "system")
    for before in clocks.all():
        after = before.recompute(now, calendar, change.basis)
        if after is not before:
            plan.moves.append((before, after))
            plan.whole |= before.status(now) == "missed" and after.status(now) == "running"
            clocks._put(after)
    if not plan.moves or plan.whole:
        return
    old = [(m.fire_at, m.n, m.fired_at, m.deadline_n) for m in waiting]
    aim_moments(waiting, clocks, calendar, now)
    plan.moments = [{"b_id": m.id, "at": m.fire_at, "times": m.n, "last": m.fired_at, "of": m.deadline_n}
                    for m, was in zip(waiting, old, strict=True) if (m.fire_at, m.n, m.fired_at, m.deadline_n) != was]
    plan.tasks = [{"b_id": t.id, "at": due} for t in tasks if (due := due_of(t, clocks)) != t.due_at]


def _apply(env: Environment, change: CalendarChange, plan: _Plan, connection: Connection) -> None:
    """Whatever is wrong with one case is left to a person and stops no other; a database that is away stops the batch, which is looked at again."""
    try:
        if plan.whole or (plan.moves and not _write(env, change, plan, connection)):
            recompute_case(env, plan.case.id, change)
            db.session.commit()
            db.session.remove()
    except OperationalError:
        db.session.rollback()
        raise
    except Exception as error:
        db.session.rollback()
        log.exception("case %s: its deadlines could not be recomputed", plan.case.id)
        open_incident(plan.case.id, INCIDENT, str(change.id), error, env.now())
        db.session.commit()
        db.session.remove()


def _retry(env: Environment) -> int:
    """Try again what a person asked to be tried again."""
    with reading_only():
        rows = db.session.execute(select(Incident.case_id, Incident.subject).where(Incident.state == "retried", Incident.what == INCIDENT)).all()
        db.session.remove()
    for case_id, subject in rows:
        try:
            recompute_case(env, case_id, db.session.get(CalendarChange, int(subject)))
            solve(case_id, INCIDENT, subject, env.now())
        except Exception as error:
            db.session.rollback()
            open_incident(case_id, INCIDENT, subject, error, env.now())
        db.session.commit()
        db.session.remove()
    return 0


def _write(env: Environment, change: CalendarChange, plan: _Plan, connection: Connection) -> bool:
    """Write a case as planned, in one transaction. False, and nothing written, when something has been done on it meanwhile."""
    ledger = LedgerWriter(plan.case, env.ledger_key, env.now(), "system", None)
    for before, after in plan.moves:
        ledger.write("recomputed", _entry(before, after, change))
    write = _writes(connection.dialect)
    with connection.begin():
        if write["claim"].run(connection, [{"b_id": plan.case.id, "b_seq": plan.seq, "seq": plan.case.ledger_seq, "head": plan.case.ledger_head}]) != 1:
            return False
        write["ledger"].run(connection, ledger.rows)
        write["deadline"].run(connection, [{"b_id": plan.case.id, "b_name": d.name, "b_n": d.n, "to": d.to_json(), "at": d.due_at} for _, d in plan.moves])
        for name, rows in (("moment", plan.moments), ("task", plan.tasks)):
            if rows:
                write[name].run(connection, rows)
        write["move"].run(connection, [_move(plan.case.id, before, after, change, env) for before, after in plan.moves])
    return True


def _entry(before: Deadline, after: Deadline, change: CalendarChange) -> dict[str, Any]:
    return {"deadline": after.name, "old": str(before.due), "due": str(after.due), "basis": change.basis, "layer": change.layer, "change": change.id,
            "provisional": after.provisional or None}


def _move(case_id: int, before: Deadline, after: Deadline, change: CalendarChange, env: Environment) -> dict[str, Any]:
    now = env.now()
    return {"change_id": change.id, "case_id": case_id, "name": after.name, "n": after.n, "old": before.due, "new": after.due,
            "was_missed": before.status(now) == "missed", "is_missed": after.status(now) == "missed"}


def recompute_case(env: Environment, case_id: int, change: CalendarChange) -> int:
    """Recompute one case's running deadlines under its lock. Returns how many moved. The caller commits."""
    try:
        work = CaseWork.open(env, case_id, System())
    except NotFound:
        return 0
    work.catch_up()
    moved = []
    for before in work.clocks.all():
        after = before.recompute(work.now, work.calendar, change.basis)
        if after is before:
            continue
        work.clocks._put(after)
        moved.append(_move(case_id, before, after, change, env))
        work.ledger.write("recomputed", _entry(before, after, change))
        if before.status(work.now) == "missed" and after.status(work.now) == "running":
            work.withdraw_supervisions(after.name)
    if moved:
        work._aim()
        db.session.execute(CalendarMove.__table__.insert(), moved)
    work.flush()
    return len(moved)
