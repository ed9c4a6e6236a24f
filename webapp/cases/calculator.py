"""The calculator for everybody: what the law promises a matter filed on a day, each step with its proof and with the longest it may be extended."""
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from webapp.deployments.registry import Deployed
from webapp.domain.calendar import Calendar
from webapp.domain.clock import start_of_day
from webapp.domain.deadlines import Deadline
from webapp.domain.spans import Span, add_span, due_date

from .ask_limits import Limits
from .clocks import as_date
from .environment import Environment
from .promises import Promise, promised

FIRST_DAY, LAST_DAY = date(2001, 1, 1), date(2089, 12, 31)      # the years whose notices are known begin in 2001; the calendar ends in 2099
LONGEST = {"wd": 520, "d": 731, "w": 104, "m": 24}              # of a span by itself: two years, so that its proof can be read


@dataclass(frozen=True)
class Longest:
    """The furthest that a deadline may be extended: the deadline so extended, how often that may be done (None: no limit), and the article."""

    deadline: Deadline
    count: int | None
    article: str
    local: bool


@dataclass(frozen=True)
class Step:
    """A promise with the deadline that it counts, and the longest extension (None where there is none)."""

    promise: Promise
    deadline: Deadline
    longest: Longest | None


def calculate(env: Environment, deployed: Deployed, filed_at: datetime, answers: Mapping[str, Any]) -> tuple[list[Step], Calendar]:
    """The steps of a matter filed at `filed_at` in the procedure's order, each at its latest, and the calendar that counted them.

    `answers` as limit_questions.take_answers gives them. CalendarError beyond the calendar's years.
    """
    limits = Limits(env, deployed, filed_at, answers=answers)
    return [_step(limits, each) for each in promised(limits)], limits.calendar


def _step(limits: Limits, promise: Promise) -> Step:
    span, until = (promise.span, None) if promise.span else (None, promise.due)
    deadline = Deadline.begin(promise.deadline, 1, span, until, start_of_day(promise.start), limits.calendar, article=promise.article, local=promise.local)
    return Step(promise, deadline, longest(deadline, limits.extension(promise.deadline), limits.calendar))


def longest(deadline: Deadline, caps: Mapping[str, Any] | None, calendar: Calendar) -> Longest | None:
    """The deadline extended as far as all caps (those of domain.caps) allow; None where it may not be, or where nothing bounds it."""
    caps = caps or {}
    count, bounds = caps.get("count"), []
    own = deadline.span or Span(deadline.legs(calendar)[0].total, "wd")
    if caps.get("total"):
        bounds.append((add_span(deadline.due, Span.parse(caps["total"]), calendar), (Span.parse(caps["total"]), 1)))
    if caps.get("original") and count:
        last = deadline.due
        for _ in range(int(count)):
            last = add_span(last, own, calendar)
        bounds.append((last, (own, int(count))))
    if caps.get("until"):
        cap = str(caps["until"])
        last = as_date(cap) if "-" in cap else due_date(Span.parse(cap), deadline.started_on, calendar)
        bounds.append((last, None))
    if not bounds or count == 0:
        return None
    last, by = min(bounds, key=lambda each: each[0])
    if last <= deadline.due:
        return None
    extended = deadline
    for _ in range(by[1] if by else 1):
        extended = extended.extend(by[0] if by else None, None if by else last, deadline.started_at, calendar)
    return Longest(extended, None if count is None else int(count), str(caps.get("article") or ""), bool(caps.get("local")))
