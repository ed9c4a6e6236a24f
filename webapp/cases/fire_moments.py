"""The worker's sweep: which moments are due, and firing those of one case in its own transaction."""
from __future__ import annotations

import logging
from datetime import datetime

from sqlalchemy import select

from webapp.models import MomentRow, db
from webapp.models.storage import reading_only
from webapp.permissions import System

from .case_work import CaseWork
from .environment import Environment
from .errors import NotFound

log = logging.getLogger("duban.moments")


def due_cases(now: datetime, limit: int = 50) -> list[int]:
    """Cases with a moment due at `now`, the longest due first: one indexed query."""
    query = select(MomentRow.case_id).where(MomentRow.fire_at <= now).order_by(MomentRow.fire_at).limit(limit * 2)
    return list(dict.fromkeys(db.session.scalars(query)))[:limit]


def next_moment(to: datetime) -> tuple[datetime, int] | None:
    """The next moment to come up to `to`: when, and of which case."""
    row = db.session.execute(select(MomentRow.fire_at, MomentRow.case_id).where(MomentRow.fire_at <= to).order_by(MomentRow.fire_at, MomentRow.id).limit(1)).first()
    return (row.fire_at, row.case_id) if row else None


def fire_all(env: Environment) -> set[int]:
    """Fire everything that is due now, each case in its own transaction; one that fails stops no other. Returns the cases that failed. Commits."""
    failed: set[int] = set()
    while True:
        with reading_only():
            cases = [case for case in due_cases(env.now(), 50 + len(failed)) if case not in failed]
            db.session.remove()
        if not cases:
            return failed
        for case_id in cases:
            try:
                fire_case(env, case_id)
                db.session.commit()
            except Exception:
                db.session.rollback()
                log.exception("case %s: its moments could not be fired", case_id)
                failed.add(case_id)
            finally:
                db.session.remove()


def fire_case(env: Environment, case_id: int) -> int:
    """Fire what is due on one case, in order. Returns how many moments fired; 0 also when another worker has the case. The caller commits."""
    try:
        work = CaseWork.open(env, case_id, System(), wait=False)
    except NotFound:
        return 0
    fired = work.catch_up()
    work.flush()
    return fired
