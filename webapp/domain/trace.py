"""A deadline's proof: every day from the one after the start to the last, counted or skipped, and why."""

import re
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from webapp.domain.calendar import ESTIMATE, Calendar
from webapp.domain.counting import ONE, Leg, Pauses

if TYPE_CHECKING:
    from webapp.domain.deadlines import Deadline

PAUSED = ("中止期间", "Paused")
WEEK = ("国务院关于职工工作时间的规定第七条", "State Council provisions on working hours, Art.7")
ESTIMATE_EN = "Regulation on public holidays; the notice for that year is not known yet"
_NOTICE = re.compile(r"国务院办公厅关于(\d{4})年部分节假日安排的通知")


@dataclass(frozen=True)
class TraceDay:
    """One day. `number` is its count (of the last counted day where it is skipped); `why` a calendar code or `paused`.

    `extension` is 0 for the limit itself, 1 for the first extension …
    """

    date: date
    counted: bool
    number: int
    why: str
    label_zh: str
    label_en: str
    basis: str
    provisional: bool
    extension: int = 0


def trace(deadline: "Deadline", calendar: Calendar) -> list[TraceDay]:
    """The days of a deadline up to its last one (while paused: up to the pause day), by this calendar.

    It adds up: the last day counted carries the limit and all extensions as its number. A last calendar day that is not
    worked is skipped like those that follow it, and the working day to which it moves is counted instead.
    """
    days: list[TraceDay] = []
    for extension, leg in enumerate(deadline.legs(calendar)):
        days += _days(leg, days[-1].number if days else 0, extension, deadline.pauses, calendar)
    if deadline.paused_on is not None:
        days = [day for day in days if day.date <= deadline.paused_on]
    return days


def day_json(day: TraceDay) -> dict:
    """A day as JSON-safe data. An ordinary working day and a weekend rest on the rule of the five-day week."""
    basis = day.basis or ("" if day.why == "paused" else WEEK[0])
    return {
        "date": day.date.isoformat(),
        "counted": day.counted,
        "number": day.number,
        "why": day.why,
        "label": day.label_zh,
        "label_en": day.label_en,
        "basis": basis,
        "basis_en": basis_in_english(basis),
        "provisional": day.provisional,
    }


def basis_in_english(basis: str) -> str:
    """A day's basis in English where it is one that comes every year; a decision of a layer stays as it is entered, in its own language."""
    if hit := _NOTICE.fullmatch(basis):
        return f"State Council General Office: notice on the public holidays of {hit[1]}"
    return {WEEK[0]: WEEK[1], ESTIMATE: ESTIMATE_EN}.get(basis, basis)


def trace_leg(leg: Leg, calendar: Calendar) -> list[TraceDay]:
    """The days of one leg without pauses."""
    return _days(leg, 0, 0, (), calendar)


def _days(leg: Leg, number: int, extension: int, pauses: Pauses, calendar: Calendar) -> list[TraceDay]:
    days, target, at = [], number + leg.total, leg.after
    while at < leg.due:
        at += ONE
        known = calendar.day(at)
        paused = any(pause < at <= resume for pause, resume in pauses)
        last = not leg.working and number + 1 >= target
        counted = not paused and number < target and (known.working or not (leg.working or last))
        number += counted
        why, zh, en, basis = ("paused", *PAUSED, "") if paused else (known.why, known.label_zh, known.label_en, known.basis)
        days.append(TraceDay(at, counted, number, why, zh, en, basis, known.provisional, extension))
    return days
