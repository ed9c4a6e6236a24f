"""When the moments of a deadline come that timer events wait for: yellow, last_day, overdue, every N …, overdue every N …"""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING

from webapp.domain.calendar import Calendar
from webapp.domain.clock import start_of_day
from webapp.domain.counting import day_of, step

if TYPE_CHECKING:
    from webapp.domain.deadlines import Deadline

_EVERY = re.compile(r"(overdue )?every (\d{1,3}) ?(wd|d|w)", re.ASCII)
FURTHEST = 3660  # days that a repeating moment may lie from its start: ten years


class MomentError(ValueError):
    """A moment that cannot be read."""


@dataclass(frozen=True)
class Moment:
    """A moment as written: `kind` yellow, last_day, overdue, every or overdue_every; the last two every `n` units."""

    kind: str
    n: int = 0
    unit: str = ""

    @property
    def repeats(self) -> bool:
        """Whether there is a second one after the first."""
        return self.n > 0


@lru_cache(maxsize=256)
def parse_moment(text: str) -> Moment:
    """A moment from a diagram. MomentError if it is none."""
    text = " ".join(text.split())
    if text in ("yellow", "last_day", "overdue"):
        return Moment(text)
    hit = _EVERY.fullmatch(text)
    if hit is None or int(hit[2]) == 0:
        raise MomentError(f"not a moment: {text!r} (yellow, last_day, overdue, every N wd|d|w, overdue every N wd|d|w)")
    return Moment("overdue_every" if hit[1] else "every", int(hit[2]), hit[3])


def moment_at(deadline: "Deadline", text: str, n: int, calendar: Calendar) -> datetime | None:
    """When the n-th such moment comes (n from 1; it matters only to those that repeat), as aware UTC, also in the past.

    None where it does not come as things stand: while paused, once ended, or `every` at or after the due moment.
    All come at 00:00 in Shanghai: yellow of the day that makes 80 %, last_day of the last day, overdue of the day after it,
    every N of the day N, 2N … counted from the start, overdue every N of the day after 0, N … more past the last one.
    """
    moment = parse_moment(text)
    if n < 1:
        raise ValueError("moments are numbered from 1")
    if deadline.ended or deadline.due is None:
        return None
    if moment.kind == "last_day":
        return start_of_day(deadline.due)
    if moment.kind == "overdue":
        return deadline.due_at
    if moment.kind == "yellow":
        return _yellow(deadline, calendar)
    working, days = moment.unit == "wd", moment.n * (7 if moment.unit == "w" else 1)
    if days * n > FURTHEST:
        return None
    if moment.kind == "every":
        at = start_of_day(step(deadline.started_on, days * n, working, deadline.pauses, calendar))
        return at if at < deadline.due_at else None
    return start_of_day(step(deadline.due, days * (n - 1), working, (), calendar) + timedelta(days=1))


def _yellow(deadline: "Deadline", calendar: Calendar) -> datetime:
    legs = deadline.legs(calendar)
    total = sum(leg.total for leg in legs)
    if total == 0:
        return deadline.started_at
    return start_of_day(day_of(legs, -(-4 * total // 5), deadline.pauses, calendar))
