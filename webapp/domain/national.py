"""The national calendar, year by year, as the `holidays` package knows it (State Council notices since 2001)."""

import re
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

import holidays

from webapp.domain.ledger import content_hash

FIRST_NOTICE = 2001  # 国办 yearly notices are checked from here on by the package
FIRST_YEAR, LAST_YEAR = 1950, 2099  # bounds of the package's own tables
_SWAPPED = re.compile(r"(\d{4}-\d{2}-\d{2})")


class CalendarError(ValueError):
    """A calendar that cannot be built or asked: bad layer, date outside 1950-2099."""


@dataclass(frozen=True)
class NationalYear:
    """One year: days off (Chinese and English name) and make-up working days (with the day off that they pay for)."""

    off: dict[date, tuple[str, str]]
    make_up: dict[date, date | None]


@lru_cache(maxsize=160)
def national_year(year: int) -> NationalYear:
    """The year's days off and make-up days. CalendarError outside 1950-2099."""
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise CalendarError(f"no national calendar for {year}; there is one for {FIRST_YEAR} to {LAST_YEAR}")
    zh = holidays.country_holidays("CN", years=year, language="zh_CN")
    en = holidays.country_holidays("CN", years=year, language="en_US")
    off, swapped = {}, {}
    for day, name in sorted(zh.items()):
        if day.year != year:
            continue
        off[day] = (name, en.get(day, name))
        if hit := _SWAPPED.search(name):
            worked = date.fromisoformat(hit[1])
            off[day] = (f"调休（{worked.month}月{worked.day}日上班）", f"Day off ({worked.day} {worked:%b} worked instead)")
            swapped[worked] = day
    return NationalYear(off, {day: swapped.get(day) for day in sorted(zh.weekend_workdays) if day.year == year})


@lru_cache(maxsize=1)
def last_noticed_year() -> int:
    """The last year whose State Council notice the package holds.

    Each notice since 2001 has make-up working days; a year without any is one for which the package only estimates.
    """
    year = FIRST_NOTICE
    while year < LAST_YEAR and national_year(year + 1).make_up:
        year += 1
    return year


@lru_cache(maxsize=1)
def national_fingerprint() -> str:
    """A hash of what the package says from the first notice to three years past the last: part of a calendar's version."""
    years = {}
    for year in range(FIRST_NOTICE, last_noticed_year() + 4):
        table = national_year(year)
        years[str(year)] = [sorted(day.isoformat() for day in table.off), [day.isoformat() for day in table.make_up]]
    return content_hash(years)
