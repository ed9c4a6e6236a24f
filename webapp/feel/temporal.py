"""Dates, times and the two durations: ISO texts in and out, arithmetic, properties. Null where undefined.

A days and time duration is a `datetime.timedelta`; a years and months duration is `YearsMonths`.
"""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from typing import NamedTuple

from .numbers import ARITHMETIC, finite

_FARTHEST = timedelta(hours=14)     # an offset from UTC
_NEXT_DAY = re.compile(r"24:00(:00(\.0{1,9})?)?(?=Z|[+-]|$)", re.ASCII)
_MICRO = Decimal("0.000001")
_DATE = re.compile(r"(\d{4})-(\d{2})-(\d{2})", re.ASCII)
_TIME = re.compile(r"(\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?(Z|[+-]\d{2}:\d{2})?", re.ASCII)
_YEARS = re.compile(r"(-)?P(?:(\d{1,9})Y)?(?:(\d{1,9})M)?", re.ASCII)
_DAYS = re.compile(
    r"(-)?P(?:(\d{1,9})D)?(?:T(?:(\d{1,9})H)?(?:(\d{1,9})M)?(?:(\d{1,9})(?:\.(\d{0,9}))?S)?)?", re.ASCII
)


class YearsMonths(NamedTuple):
    """A duration of whole months (FEEL: years and months duration)."""

    months: int


def parse_date(text: str) -> date | None:
    """`YYYY-MM-DD`, else null."""
    found = _DATE.fullmatch(text)
    try:
        return date(*map(int, found.groups())) if found else None
    except ValueError:
        return None


def parse_time(text: str) -> time | None:
    """`HH:MM[:SS[.f]][Z|±HH:MM]`, else null."""
    found = _TIME.fullmatch(text)
    if not found:
        return None
    hour, minute, second, fraction, zone = found.groups()
    micro = int((fraction or "0").ljust(6, "0")[:6])
    try:
        return time(int(hour), int(minute), int(second or 0), micro, _zone(zone))
    except ValueError:
        return None


def _zone(text: str | None) -> timezone | None:
    if not text:
        return None
    if text == "Z":
        return UTC
    offset = timedelta(hours=int(text[1:3]), minutes=int(text[4:6]))
    if offset > _FARTHEST:
        raise ValueError
    return timezone(-offset if text[0] == "-" else offset)


def parse_date_time(text: str) -> datetime | None:
    """A date, optionally with `T` and a time; midnight without. Else null."""
    head, mark, tail = text.partition("T")
    day = parse_date(head)
    if mark and day is not None and _NEXT_DAY.match(tail):
        day, tail = shift(day, timedelta(1), 1), tail.replace("24", "00", 1)
    clock = parse_time(tail) if mark else time()
    return None if day is None or clock is None else datetime.combine(day, clock)


def parse_duration(text: str) -> YearsMonths | timedelta | None:
    """`P1Y2M` or `P1DT2H3M4.5S`, with a leading minus or without; a mixture is null."""
    if len(text) < 3 or text.endswith(("P", "T")):
        return None
    found = _YEARS.fullmatch(text)
    if found:
        sign, years, months = found.groups()
        total = int(years or 0) * 12 + int(months or 0)
        return YearsMonths(-total if sign else total)
    found = _DAYS.fullmatch(text)
    if not found:
        return None
    sign, days, hours, minutes, seconds, fraction = found.groups()
    micro = int((fraction or "0").ljust(6, "0")[:6])
    try:
        span = timedelta(int(days or 0), int(seconds or 0), micro, 0, int(minutes or 0), int(hours or 0))
        return -span if sign else span
    except OverflowError:
        return None


def parse_literal(text: str) -> object:
    """What stands in `@"…"`: a duration, a time, a date or a date and time, else null."""
    if text.startswith(("P", "-P")):
        return parse_duration(text)
    if "T" in text:
        return parse_date_time(text)
    return parse_time(text) if ":" in text else parse_date(text)


def seconds_of(span: timedelta) -> Decimal:
    """The whole length in seconds."""
    return Decimal(span.days * 86400 + span.seconds) + Decimal(span.microseconds) * _MICRO


def from_seconds(seconds: Decimal | None) -> timedelta | None:
    """The duration of so many seconds; null beyond a billion days."""
    if seconds is None or abs(seconds) > 86_399_999_999_999:
        return None
    micros = int(seconds * 1_000_000)
    return timedelta(seconds=micros // 1_000_000, microseconds=micros % 1_000_000)


def add_months(day: date, months: int) -> date | None:
    """The date (or date and time) so many months on, held to the month's last day; null out of range."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    if not 1 <= year <= 9999:
        return None
    return day.replace(year=year, month=month + 1, day=min(day.day, monthrange(year, month + 1)[1]))


def months_between(start: date, end: date) -> int:
    """Whole months from one date (or date and time, by its day) to the other, towards zero."""
    start, end = (date(each.year, each.month, each.day) for each in (start, end))
    if end < start:
        return -months_between(end, start)
    months = (end.year - start.year) * 12 + end.month - start.month
    reached = add_months(start, months)
    return months if reached is not None and reached <= end and start.day <= end.day else months - 1


def shift(value: date | time, span: YearsMonths | timedelta, sign: int) -> date | time | None:
    """A date, date and time or time, plus or minus a duration; null where that has no meaning."""
    if type(span) is YearsMonths:
        return None if type(value) is time else add_months(value, sign * span.months)
    try:
        if type(value) is time:
            moment = datetime.combine(date(2000, 1, 1), value) + timedelta(seconds=sign * span.total_seconds() % 86400)
            return moment.timetz()
        return value + (span if sign > 0 else -span)
    except OverflowError:
        return None


def difference(left: date | time, right: date | time) -> timedelta | None:
    """left − right for two of a kind; null when only one of them has an offset."""
    if type(left) is time:
        left, right = (datetime.combine(date(2000, 1, 1), each) for each in (left, right))
    try:
        return left - right
    except (TypeError, OverflowError):
        return None


def scaled(span: YearsMonths | timedelta, factor: Decimal, divide: bool) -> YearsMonths | timedelta | None:
    """A duration times or divided by a number; months are truncated."""
    if divide and not factor:
        return None
    size = Decimal(span.months) if type(span) is YearsMonths else seconds_of(span)
    size = finite((ARITHMETIC.divide if divide else ARITHMETIC.multiply)(size, factor))
    if type(span) is timedelta:
        return from_seconds(size)
    return None if size is None or abs(size) > 10**12 else YearsMonths(int(size))


def _towards_zero(value: int, unit: int, within: int) -> Decimal:
    part = abs(value) // unit % within if within else abs(value) // unit
    return Decimal(-part if value < 0 else part)


def _duration_part(unit: int, within: int):
    def part(span: timedelta) -> Decimal:
        return _towards_zero(int(seconds_of(span)), unit, within)

    return part


def _offset(value: datetime | time) -> timedelta | None:
    return value.utcoffset()


_CLOCK = {name: (lambda value, name=name: Decimal(getattr(value, name))) for name in ("hour", "minute", "second")}
_CLOCK["time offset"] = _offset
_DAY = {name: (lambda value, name=name: Decimal(getattr(value, name))) for name in ("year", "month", "day")}
_DAY["weekday"] = lambda value: Decimal(value.isoweekday())
PROPERTIES = {
    date: _DAY,
    datetime: _DAY | _CLOCK,
    time: _CLOCK,
    timedelta: {
        "days": _duration_part(86400, 0), "hours": _duration_part(3600, 24),
        "minutes": _duration_part(60, 60), "seconds": _duration_part(1, 60),
    },
    YearsMonths: {
        "years": lambda span: _towards_zero(span.months, 12, 0),
        "months": lambda span: _towards_zero(span.months, 1, 12),
    },
}  # the only attributes that an expression can reach, by exact type and fixed name


def iso(value: object) -> str:
    """The ISO text of a date, time, date and time or duration."""
    if type(value) is YearsMonths:
        years, months = divmod(abs(value.months), 12)
        text = (f"{years}Y" if years else "") + (f"{months}M" if months or not years else "")
        return ("-P" if value.months < 0 else "P") + text
    if type(value) is not timedelta:
        text = value.isoformat()
        return text[:-6] + "Z" if text.endswith("+00:00") else text
    total = seconds_of(abs(value))
    minutes, seconds = divmod(total, 60)
    hours, minutes = divmod(int(minutes), 60)
    days, hours = divmod(hours, 24)
    second = format(seconds.normalize(), "f") if seconds else ""
    clock = (f"{hours}H" if hours else "") + (f"{minutes}M" if minutes else "") + (f"{second}S" if second else "")
    text = (f"{days}D" if days else "") + (f"T{clock}" if clock else "")
    return ("-P" if value < timedelta() else "P") + (text or "T0S")

