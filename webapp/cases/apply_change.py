"""Applies an approved change of a calendar to the deadlines that run: case by case, each in a transaction of its own, in batches that a crash cannot lose.

A batch is read without locks; a case is then written only if its ledger has not grown since, for every command on a case writes there. What needs the
engine goes the ordinary way, under the case's lock.
"""
from __future__ import annotations

import logging
import threading
from collections.abc import Mapping
from datetime import timedelta

from sqlalchemy import func, select
from sqlalchemy.exc import OperationalError

from webapp.domain.calendar import Calendar
from webapp.domain.clock import start_of_day
from webapp.models import CalendarChange, CalendarMove, Case, DeadlineRow, Incident, StaffNotice, Task, db
from webapp.models.bulk import Bulk
from webapp.models.storage import reading_only, wait_for_writers
from webapp.permissions import System

from .calendar_changes import first_day, under
from .case_work import CaseWork
from .environment import Environment
from .errors import NotFound
from .incidents import open_incident, solve
from .recount import Rows, entry_of, move_of, parts_of, plan_case, read_rows

log = logging.getLogger("duban.calendar")

BATCH = 500         # cases between two reports of how far it has come; each report costs as much as dozens of them
INCIDENT = "calendar"
LEASE = timedelta(minutes=2)


def apply_changes(env: Environment, cases: int = BATCH, stop: threading.Event | None = None) -> int:
    """Look at up to `cases` more cases of the oldest change that is being applied. Returns how many were looked at; 0 when there is nothing to do. Commits."""
    change = _take(env)
    if change is None:
        return _retry(env)
    if change.upto == 0:
        change.upto = _begin(change)
    with reading_only():
        ids, place = _next(change, cases)
        read, calendars = read_rows(ids), env.registry.calendars()
        db.session.remove()
    done = _batch(env, change, ids, read, calendars, stop)
    if done < len(ids):
        place = ids[done - 1] if done else change.place
    _settle(env, change, done, place)
    return max(1, done)


def _batch(env: Environment, change: CalendarChange, ids: list[int], read: Rows, calendars: Mapping[str, Calendar], stop: threading.Event | None) -> int:
    """Write the batch's cases. Returns how many of them were looked at before it was stopped."""
    done, turn, sent, others = 0, env.courtesy.turn(), [], []
    with Bulk(db.engine) as bulk:
        for case_id in ids:
            if stop is not None and stop.is_set():
                break
            turn.give_way()
            went = _send(env, change, case_id, read, calendars, bulk)
            if went is not None:
                (sent if went else others).append(case_id)
            done += 1
        others += _not_written(bulk, sent)
    for case_id in others:
        _the_ordinary_way(env, change, case_id)
    return done


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


def _begin(change: CalendarChange) -> int:
    """Up to which case it is to be applied: those that come later count by it. Who wrote when it was approved may have read the calendar before; they are waited for."""
    wait_for_writers(db.engine)
    row = db.session.get(CalendarChange, change.id)
    row.upto = upto = db.session.scalar(select(func.max(Case.id))) or 0
    db.session.commit()
    db.session.remove()
    return upto


def _next(change: CalendarChange, most: int) -> tuple[list[int], int | None]:
    """The next cases to look at, and up to which case that is; None when there are no more. One stretch of an index, whatever the calendar."""
    stretch = most + most // 2          # most cases have one deadline that runs
    query = (select(DeadlineRow.case_id, DeadlineRow.calendar, DeadlineRow.due_at).where(DeadlineRow.ended_at.is_(None), DeadlineRow.case_id > change.place)
             .where(DeadlineRow.case_id <= change.upto).order_by(DeadlineRow.case_id).limit(stretch))
    rows = db.session.execute(query).all()
    if not rows:
        return [], None
    if len(rows) == stretch and rows[0].case_id != rows[-1].case_id:       # the last one may have more: it comes with the next stretch
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


def _send(env: Environment, change: CalendarChange, case_id: int, read: Rows, calendars: Mapping[str, Calendar], bulk: Bulk) -> bool | None:
    """Count a case anew and send what that changes as one transaction. None where nothing moves; False, and nothing sent, where it has to go the ordinary way."""
    try:
        plan = plan_case(env, change, case_id, read, calendars)
        if plan.whole:
            return False
        if not plan.moves:
            return None
        bulk.transaction(parts_of(env, change, plan))
        return True
    except Exception:
        log.warning("case %s goes the ordinary way", case_id, exc_info=True)
        return False


def _not_written(bulk: Bulk, sent: list[int]) -> list[int]:
    """Which cases had moved on meanwhile. When the database says that something went wrong, all are looked at again: one that was written finds nothing to do."""
    try:
        return [case_id for case_id, hit in zip(sent, bulk.touched(), strict=True) if hit != 1]
    except Exception:
        log.warning("a batch is looked at again, case by case", exc_info=True)
        return sent


def _the_ordinary_way(env: Environment, change: CalendarChange, case_id: int) -> None:
    """Under the case's lock. What is wrong with one case is left to a person and stops no other; a database that is away stops the batch, which is looked at again."""
    try:
        recompute_case(env, case_id, change)
        db.session.commit()
    except OperationalError:
        db.session.rollback()
        raise
    except Exception as error:
        db.session.rollback()
        log.exception("case %s: its deadlines could not be recomputed", case_id)
        open_incident(case_id, INCIDENT, str(change.id), error, env.now())
        db.session.commit()
    finally:
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
        moved.append(move_of(case_id, before, after, change, env))
        work.ledger.write("recomputed", entry_of(before, after, change))
        if before.status(work.now) == "missed" and after.status(work.now) == "running":
            work.withdraw_supervisions(after.name)
    if moved:
        work._aim()
        db.session.execute(CalendarMove.__table__.insert(), moved)
    work.flush()
    return len(moved)
