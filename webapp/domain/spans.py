"""Spans of legal time (`15 wd`, `30 d`, `2 w`, `2 m`) and the date on which one ends (民法典 Art.201-203)."""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from webapp.domain.calendar import Calendar

UNITS = {"wd": 3660, "d": 3660, "w": 520, "m": 120}
"""Units, and how many of each at most: ten years or so."""
_WRITTEN = re.compile(r"\s*(\d{1,4})\s*(wd|d|w|m)\s*", re.ASCII)


class SpanError(ValueError):
    """A span that cannot be read or is too long."""


@dataclass(frozen=True)
class Span:
    """`n` working days (`wd`), calendar days (`d`), weeks (`w`) or months (`m`). SpanError outside the bounds of UNITS."""

    n: int
    unit: str

    def __post_init__(self) -> None:
        if self.unit not in UNITS or not 0 <= self.n <= UNITS[self.unit]:
            raise SpanError(f"not a span: {self.n} {self.unit} (at most {', '.join(f'{most} {unit}' for unit, most in UNITS.items())})")

    @classmethod
    def parse(cls, text: "str | Span") -> "Span":
        """A span as written, `15 wd` (the blank may be left out). SpanError if it is not one."""
        if isinstance(text, Span):
            return text
        hit = _WRITTEN.fullmatch(text)
        if hit is None:
            raise SpanError(f"not a span: {text!r} (write it like 15 wd, 10 d, 2 w, 2 m)")
        return cls(int(hit[1]), hit[2])

    def __str__(self) -> str:
        return f"{self.n} {self.unit}"


def add_months(day: date, n: int) -> date:
    """The same day number n months on, or that month's last day."""
    year, month = divmod(day.year * 12 + day.month - 1 + n, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def calendar_days(span: Span, start: date) -> int:
    """How many calendar days a `d`, `w` or `m` span has from a start."""
    if span.unit == "m":
        return (add_months(start, span.n) - start).days
    return span.n * (7 if span.unit == "w" else 1)


def due_date(span: Span, start: date, calendar: Calendar) -> date:
    """The last day of a span that an event on `start` begins; that day itself is not counted.

    Working days end on a working day (0 wd: the same day); for the others a last day that is not worked moves to the next
    that is. TypeError for a datetime: take its local_date first.
    """
    if isinstance(start, datetime):
        raise TypeError("a date, not a datetime: take its local_date first")
    if span.unit == "wd":
        return calendar.working_day_after(start, span.n)
    return calendar.next_working(start + timedelta(days=calendar_days(span, start)))


def add_span(due: date, span: Span, calendar: Calendar) -> date:
    """The new last day when a period that ends on `due` is extended: the span counted on from there."""
    return due_date(span, due, calendar)


def working_days_between(a: date, b: date, calendar: Calendar) -> int:
    """Working days after `a` up to and including `b`; negative when `b` is the earlier."""
    return calendar.working_days_between(a, b)
