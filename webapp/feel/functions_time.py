"""Dates, times and durations: making them and asking about them. `now` is what the caller hands in."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

from . import temporal
from .builtins import feel
from .errors import Run
from .numbers import truncated, whole
from .temporal import YearsMonths

_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)


@feel("today")
def today(run: Run) -> date | None:
    return None if run.now is None else run.now.date()


@feel("now")
def now(run: Run) -> datetime | None:
    return run.now


@feel("date", "from:any")
def date_from(run: Run, value: object) -> date | None:
    if type(value) is str:
        return temporal.parse_date(value)
    return value.date() if type(value) is datetime else value if type(value) is date else None


@feel("date", "year:number", "month:number", "day:number")
def date_of(run: Run, year: Decimal, month: Decimal, day: Decimal) -> date | None:
    parts = [whole(part) for part in (year, month, day)]
    return None if None in parts else date(*parts)


@feel("time", "from:any")
def time_from(run: Run, value: object) -> time | None:
    if type(value) is str:
        return temporal.parse_time(value)
    if type(value) is date:
        return time(tzinfo=UTC)
    return value.timetz() if type(value) is datetime else value if type(value) is time else None


@feel("time", "hour:number", "minute:number", "second:number", "offset:span??")
def time_of(
    run: Run, hour: Decimal, minute: Decimal, second: Decimal, offset: timedelta | YearsMonths | None = None
) -> time | None:
    parts = [whole(hour), whole(minute), truncated(second)]
    if None in parts or type(offset) is YearsMonths or second < 0:
        return None
    micro = int((second - parts[2]) * 1_000_000)
    return time(*parts, micro, tzinfo=None if offset is None else temporal.timezone(offset))


@feel("date and time", "from:any")
def date_time_from(run: Run, value: object) -> datetime | None:
    if type(value) is str:
        return temporal.parse_date_time(value)
    if type(value) is datetime:
        return value
    return datetime.combine(value, time()) if type(value) is date else None


@feel("date and time", "date:day", "time:clock")
def date_time_of(run: Run, day: date, clock: time) -> datetime:
    return datetime.combine(day, clock)


@feel("duration", "from:text")
def duration(run: Run, text: str) -> timedelta | YearsMonths | None:
    return temporal.parse_duration(text)


@feel("years and months duration", "from:day", "to:day")
def years_and_months(run: Run, start: date, end: date) -> YearsMonths:
    return YearsMonths(temporal.months_between(start, end))


@feel("day of week", "date:day")
def day_of_week(run: Run, day: date) -> str:
    return _WEEKDAYS[day.weekday()]


@feel("day of year", "date:day")
def day_of_year(run: Run, day: date) -> Decimal:
    return Decimal(day.timetuple().tm_yday)


@feel("month of year", "date:day")
def month_of_year(run: Run, day: date) -> str:
    return _MONTHS[day.month - 1]


@feel("week of year", "date:day")
def week_of_year(run: Run, day: date) -> Decimal:
    return Decimal(day.isocalendar().week)
