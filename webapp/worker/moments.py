"""Firing what is due, each case in its own transaction; a case that fails too often is left to a person."""
from __future__ import annotations

import logging
import threading

from sqlalchemy import exists, select, update
from sqlalchemy.exc import OperationalError

from webapp.cases.environment import Environment
from webapp.cases.fire_moments import fire_case
from webapp.cases.incidents import open_incident, solve
from webapp.models import MomentRow, db
from webapp.models.storage import reading_only

log = logging.getLogger("duban.worker")

BATCH = 50                  # cases of one turn's query
ATTEMPTS = 3                # of a moment, before its case is left to a person


def due_now(env: Environment) -> tuple:
    """What makes a moment row due and worth a try, for a query."""
    return MomentRow.fire_at <= env.now(), MomentRow.attempts < ATTEMPTS


def due_cases(env: Environment) -> list[int]:
    """Cases with a moment that has come and has not failed too often, the longest due first."""
    query = select(MomentRow.case_id).where(*due_now(env)).order_by(MomentRow.fire_at).limit(BATCH * 2)
    with reading_only():
        try:
            return list(dict.fromkeys(db.session.scalars(query)))[:BATCH]
        finally:
            db.session.remove()


def sweep(env: Environment, stop: threading.Event | None = None) -> int:
    """Fire everything that is due, each case in its own transaction; one that fails does not stop the others. Returns how many moments fired."""
    fired = 0
    while (cases := due_cases(env)) and not (stop and stop.is_set()):
        moved = 0
        for case_id in cases:
            if stop and stop.is_set():
                break
            moved += _fire(env, case_id)
        fired += moved
        if not moved and _all_failed(env, cases):
            break
    return fired


def _fire(env: Environment, case_id: int) -> int:
    try:
        fired = fire_case(env, case_id)
        if fired:
            solve(case_id, "moment", None, env.now())
        db.session.commit()
        return fired
    except OperationalError:
        db.session.rollback()
        log.warning("case %s: the database was busy or away; its moments wait for the next turn", case_id, exc_info=True)
        return 0
    except Exception as error:
        db.session.rollback()
        log.exception("case %s: its moments could not be fired", case_id)
        _count_failure(env, case_id, error)
        return 0
    finally:
        db.session.remove()


def _count_failure(env: Environment, case_id: int, error: Exception) -> None:
    db.session.execute(update(MomentRow).where(MomentRow.case_id == case_id, MomentRow.fire_at <= env.now()).values(attempts=MomentRow.attempts + 1))
    left = db.session.scalar(select(exists().where(MomentRow.case_id == case_id, MomentRow.fire_at <= env.now(), MomentRow.attempts < ATTEMPTS)))
    if not left:
        row = db.session.scalars(select(MomentRow).where(MomentRow.case_id == case_id, MomentRow.fire_at <= env.now()).order_by(MomentRow.fire_at)).first()
        open_incident(case_id, "moment", f"{row.deadline} {row.moment}" if row else "", error, env.now())
        log.error("case %s: an incident after %s attempts; `duban incident retry` tries again", case_id, ATTEMPTS)
    db.session.commit()


def _all_failed(env: Environment, cases: list[int]) -> bool:
    """Whether nothing but the same cases would come again in this turn."""
    return set(due_cases(env)) <= set(cases)
