"""How the days of a deadline are counted across extensions and pauses: one leg for the limit, one for each extension."""

from dataclasses import dataclass
from datetime import date, timedelta

from webapp.domain.calendar import Calendar
from webapp.domain.spans import Span, calendar_days

Pauses = tuple[tuple[date, date], ...]
"""(pause day, resume day) in order; the days after the first up to and including the second do not count."""
ONE = timedelta(days=1)


@dataclass(frozen=True)
class Term:
    """A limit or an extension as it was given: a span, or a date (`moves`: to the next working day if it is not one).

    A date is worth the working days up to it as things stood when it was given: after the first `pauses` pauses (None: all).
    """

    span: Span | None
    until: date | None = None
    moves: bool = False
    pauses: int | None = None


@dataclass(frozen=True)
class Leg:
    """A term counted out: the days after `after` up to `due`, `total` of which count (working days only if `working`)."""

    after: date
    due: date
    total: int
    working: bool


def count_out(start: date, terms: tuple[Term, ...], pauses: Pauses, calendar: Calendar) -> list[Leg]:
    """The legs of a deadline, each counted on from the last day of the one before."""
    legs: list[Leg] = []
    for index, term in enumerate(terms):
        after = legs[-1].due if legs else start
        if term.span is not None:
            legs.append(_leg(after, term.span, pauses, calendar))
            continue
        given = after
        if term.pauses is not None and term.pauses < len(pauses) and legs:
            given = count_out(start, terms[:index], pauses[: term.pauses], calendar)[-1].due
        legs.append(_leg_to_date(after, given, term, pauses, calendar))
    return legs


def used(legs: list[Leg], day: date, pauses: Pauses, calendar: Calendar) -> int:
    """How many counted days have been used by `day`, it included."""
    count = 0
    for leg in legs:
        if day >= leg.due:
            count += leg.total
        elif day > leg.after:
            # the last calendar day counts only where the leg ends, however often the end had to move
            passed = _counted(leg.after, day, leg.working, pauses, calendar)
            count += passed if leg.working else min(passed, leg.total - 1)
    return count


def day_of(legs: list[Leg], k: int, pauses: Pauses, calendar: Calendar) -> date:
    """The day that is the k-th to count (k from 1 up to the total)."""
    for leg in legs:
        if k < leg.total or (k == leg.total and leg.working):
            return step(leg.after, k, leg.working, pauses, calendar)
        if k == leg.total:
            return leg.due
        k -= leg.total
    raise ValueError("no such day")


def step(after: date, n: int, working: bool, pauses: Pauses, calendar: Calendar) -> date:
    """The n-th day after a date, working or any, that no pause covers."""
    for pause, resume in pauses:
        if resume <= after:
            continue
        before = _span_count(after, pause, working, calendar) if pause > after else 0
        if before >= n:
            break
        n -= before
        after = resume
    return calendar.working_day_after(after, n) if working else after + timedelta(days=n)


def _leg(after: date, span: Span, pauses: Pauses, calendar: Calendar) -> Leg:
    if span.unit == "wd":
        return Leg(after, step(after, span.n, True, pauses, calendar), span.n, True)
    total = calendar_days(span, after)
    if total == 0:
        return Leg(after, calendar.next_working(after), 0, False)
    due = step(after, total, False, pauses, calendar)
    while not calendar.is_working(due) or _paused(due, pauses):
        due += ONE
    return Leg(after, due, total, False)


def _leg_to_date(after: date, given: date, term: Term, pauses: Pauses, calendar: Calendar) -> Leg:
    """`given` is where the leg before ended when the date was set; pauses since have moved both."""
    if not term.moves:  # a limit by date: taken as it is, unless a pause moves it on
        total = max(0, calendar.working_days_between(after, term.until))
        return Leg(after, max(term.until, step(after, total, True, pauses, calendar)) if total else term.until, total, True)
    total = max(0, calendar.working_days_between(given, calendar.next_working(term.until)))
    return Leg(after, step(after, total, True, pauses, calendar), total, True)


def _counted(after: date, day: date, working: bool, pauses: Pauses, calendar: Calendar) -> int:
    """Days after a date up to and including another, working or any, without the paused ones."""
    count = _span_count(after, day, working, calendar)
    for pause, resume in pauses:
        first, last = max(pause, after), min(resume, day)
        if first < last:
            count -= _span_count(first, last, working, calendar)
    return count


def _span_count(a: date, b: date, working: bool, calendar: Calendar) -> int:
    return calendar.working_days_between(a, b) if working else (b - a).days


def _paused(day: date, pauses: Pauses) -> bool:
    return any(pause < day <= resume for pause, resume in pauses)
