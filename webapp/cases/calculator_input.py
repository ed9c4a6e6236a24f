"""What the calculator is asked, read from texts: the day and hour of filing, a span, a calendar. Each reader gives a value, or None and what is wrong."""
from __future__ import annotations

import re
from datetime import date, datetime, time

from webapp.deployments.registry import Deployed
from webapp.domain.calendar import Calendar
from webapp.domain.clock import SHANGHAI
from webapp.domain.spans import Span, SpanError

from .calculator import FIRST_DAY, LAST_DAY, LONGEST
from .environment import Environment
from .limit_questions import Problem

NATIONAL = "national"
_DAY = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?", re.ASCII)
_HOUR = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)(:[0-5]\d)?", re.ASCII)


def read_day(text: str, field: str = "start") -> tuple[date | None, list[Problem]]:
    """A date as a form sends it, or as people write it (2026/9/22, 2026年9月22日)."""
    text = text.strip()
    if not text:
        return None, [_problem(field, "required", "请填写日期", "Give a date")]
    hit = _DAY.fullmatch(text)
    try:
        day = date(int(hit[1]), int(hit[2]), int(hit[3])) if hit else None
    except ValueError:
        day = None
    if day is None:
        return None, [_problem(field, "date", "日期不对，请写成 2026-09-22 这样", "Not a date; write it like 2026-09-22")]
    if not FIRST_DAY <= day <= LAST_DAY:
        return None, [_problem(field, "year", f"日期应在 {FIRST_DAY.year} 年到 {LAST_DAY.year} 年之间", f"A date from {FIRST_DAY.year} to {LAST_DAY.year}")]
    return day, []


def read_hour(text: str, field: str = "time") -> tuple[time | None, list[Problem]]:
    """An hour such as 17:30; nothing is none."""
    text = text.strip()
    if not text:
        return None, []
    hit = _HOUR.fullmatch(text)
    if hit is None:
        return None, [_problem(field, "date", "时间不对，请写成 17:30 这样", "Not a time of day; write it like 17:30")]
    return time(int(hit[1]), int(hit[2])), []


def filed_at(day: date, hour: time | None) -> datetime:
    """The moment of filing in Shanghai; the beginning of the day unless an hour is given."""
    return datetime.combine(day, hour or time(), SHANGHAI)


def read_span(text: str, field: str = "span") -> tuple[Span | None, list[Problem]]:
    """A span such as `15 wd`, up to two years, so that every day of it can be shown."""
    try:
        span = Span.parse(text)
    except SpanError:
        return None, [_problem(field, "pattern", "期限应为整数加单位，例如 15 个工作日（15 wd）", "A whole number with its unit, such as 15 wd, 10 d, 2 w, 2 m")]
    if span.n > LONGEST[span.unit]:
        return None, [_problem(field, "too_big", f"期限太长，这里最多算到 {LONGEST[span.unit]}", f"Too long; {LONGEST[span.unit]} at most here")]
    return span, []


def calendars_in_use(env: Environment, procedures: list[Deployed]) -> dict[str, Calendar]:
    """The national calendar and those of the procedures in force, by id."""
    names = [NATIONAL, *(deployed.manifest.calendar for deployed in procedures)]
    return {name: env.registry.calendar(name) for name in dict.fromkeys(names)}


def read_calendar(text: str, known: dict[str, Calendar], field: str = "calendar") -> tuple[Calendar | None, list[Problem]]:
    """One of the calendars in use; the national one where nothing is said."""
    found = known.get(text.strip() or NATIONAL)
    return found, [] if found else [_problem(field, "not_an_option", "没有这个日历", "There is no such calendar")]


def _problem(field: str, code: str, zh: str, en: str) -> Problem:
    return {"field": field, "code": code, "zh": zh, "en": en}
