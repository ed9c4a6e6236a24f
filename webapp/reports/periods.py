"""Weeks, months, half-years and years, in Shanghai's dates. Pure."""
from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from webapp.domain.clock import start_of_day

DAY = timedelta(days=1)


@dataclass(frozen=True)
class Period:
    """From `first` to `last`, both counted. `end` is the day its kind ends on, later than `last` where it is cut off at a date."""

    kind: str
    first: date
    last: date
    end: date

    @property
    def starts_at(self) -> datetime:
        """00:00 of the first day, aware UTC."""
        return start_of_day(self.first)

    @property
    def ends_at(self) -> datetime:
        """24:00 of the last day, aware UTC."""
        return start_of_day(self.last + DAY)

    @property
    def whole(self) -> bool:
        return self.last == self.end

    def before(self) -> Period:
        """The whole period of the same kind before this one."""
        first, end = bounds(self.kind, self.first - DAY)
        return Period(self.kind, first, end, end)

    def after(self, today: date) -> Period | None:
        """The one that follows, up to `today`; None where it has not begun."""
        return None if self.end >= today else period_of(self.kind, min(bounds(self.kind, self.end + DAY)[1], today))


def period_of(kind: str, as_of: date) -> Period:
    """The period of a kind that a date lies in, up to and including that date. KeyError for another kind."""
    first, end = bounds(kind, as_of)
    return Period(kind, first, as_of, end)


def bounds(kind: str, day: date) -> tuple[date, date]:
    """First and last day of the week (Monday to Sunday), month, half-year or year of a day."""
    if kind == "week":
        first = day - timedelta(days=day.weekday())
        return first, first + 6 * DAY
    months = {"month": 1, "half-year": 6, "year": 12}[kind]
    first = date(day.year, (day.month - 1) // months * months + 1, 1)
    following = date(day.year + 1, 1, 1) if first.month + months > 12 else date(day.year, first.month + months, 1)
    return first, following - DAY
