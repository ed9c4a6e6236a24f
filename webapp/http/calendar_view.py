"""A year of a calendar as its page draws it: twelve months of weeks, and the days that are not ordinary with their reasons. Pure."""
from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from webapp.domain.calendar import Calendar, CalendarDay

MARKS = {"holiday": ("休", "off"), "make_up": ("班", "work"), "layer_off": ("休", "off"), "layer_work": ("班", "work")}


@dataclass(frozen=True)
class Cell:
    """A day of the sheet; `day` None where a month has not begun. `kind`: why it is worked or not, with `provisional` and `today`."""

    day: date | None
    kind: str = ""
    mark: tuple[str, str] = ("", "")
    label: tuple[str, str] = ("", "")


@dataclass(frozen=True)
class Stretch:
    """Days one after the other that share their reason."""

    first: date
    last: date
    working: bool
    zh: str
    en: str
    basis: str
    layer: str
    provisional: bool


def months(calendar: Calendar, year: int, today: date) -> list[tuple[int, list[Cell]]]:
    """The months, each with its days in weeks from Monday."""
    found = []
    for month in range(1, 13):
        first = date(year, month, 1)
        cells = [Cell(None)] * first.weekday()
        day = first
        while day.month == month:
            cells.append(_cell(calendar.day(day), today))
            day += timedelta(days=1)
        found.append((month, cells))
    return found


def _cell(day: CalendarDay, today: date) -> Cell:
    kinds = [day.why, "off" if not day.working else "worked"]
    kinds += ["provisional"] if day.provisional and day.why in MARKS else []
    kinds += ["today"] if day.date == today else []
    return Cell(day.date, " ".join(kinds), MARKS.get(day.why, ("", "")), (day.label_zh, day.label_en))


def stretches(calendar: Calendar, year: int) -> list[Stretch]:
    """What is not an ordinary working day or weekend, in the year's order; days one after the other with one reason together."""
    found: list[Stretch] = []
    day = date(year, 1, 1)
    while day.year == year:
        each = calendar.day(day)
        if each.why in MARKS or each.basis:
            one = Stretch(day, day, each.working, each.label_zh, each.label_en, each.basis, each.layer, each.provisional)
            last = found[-1] if found else None
            if last and last.last == day - timedelta(days=1) and (last.working, last.zh, last.basis, last.layer) == (one.working, one.zh, one.basis, one.layer):
                found[-1] = Stretch(last.first, day, one.working, one.zh, one.en, one.basis, one.layer, one.provisional)
            else:
                found.append(one)
        day += timedelta(days=1)
    return found
