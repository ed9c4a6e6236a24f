"""When a case's waiting moments come and its tasks are due, from its deadlines as they now are."""
from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from webapp.domain.calendar import Calendar
from webapp.models import NEVER

from .clocks import CaseClocks

REPEATING = "every"


def aim_moments(moments: Iterable[Any], clocks: CaseClocks, calendar: Calendar, now: datetime) -> None:
    """Set when each waiting moment (a MomentRow, or what looks like one) comes; None while its deadline does not run."""
    for row in moments:
        deadline = clocks.running(row.deadline, row.instance)
        if deadline is None or deadline.due is None:
            row.fire_at = None
            continue
        if row.deadline_n != deadline.n:
            row.deadline_n, row.n, row.fired_at = deadline.n, 1, None
        repeats = REPEATING in row.moment
        if row.n > 1 and row.moment.startswith("overdue") and _starts_anew(deadline.moment_at(row.moment, 1, calendar), row, now):
            row.n = 1
        at = deadline.moment_at(row.moment, row.n if repeats else 1, calendar)
        if not repeats and row.fired_at is not None and at is not None and at > max(row.fired_at, now):
            row.fired_at = None         # its deadline runs again: the moment has yet to come, and does so also where it is then moved back
        row.fire_at = at if repeats or row.fired_at is None else None


def _starts_anew(first: datetime | None, row: Any, now: datetime) -> bool:
    """Whether a deadline that had run out runs again (extended, say): its first overdue moment lies ahead of now, and of the last that came."""
    return first is not None and first > now and (row.fired_at is None or first > row.fired_at)


def due_of(task: Any, clocks: CaseClocks) -> datetime:
    """When a task is due: with the deadline that binds it; NEVER without one that runs."""
    running = clocks.running(task.deadline, task.instance) if task.deadline else None
    return running.due_at if running is not None and running.due_at is not None else NEVER
