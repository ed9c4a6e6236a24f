"""Dates, times, spans and counts in words, Chinese or English. Pure: every function takes the language (`en…` is English, else Chinese)."""

from __future__ import annotations

from datetime import date, datetime

from webapp.domain.clock import SHANGHAI

_WEEKDAYS = ("周一", "周二", "周三", "周四", "周五", "周六", "周日")
_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_UNITS = {
    "wd": ("个工作日", "working day"),
    "d": ("天", "day"),
    "w": ("周", "week"),
    "m": ("个月", "month"),
}


def english(lang: str) -> bool:
    """Whether a language code means English."""
    return lang.lower().startswith("en")


def as_date(value: date | datetime | str | None) -> date | None:
    """The Shanghai date of a date, an aware moment or an ISO string; None stays None. ValueError for a naive moment or another text."""
    if value is None or value == "":
        return None
    if isinstance(value, str):
        value = datetime.fromisoformat(value) if "T" in value else date.fromisoformat(value)
    if isinstance(value, datetime):
        return _local(value).date()
    return value


def _local(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise ValueError("a moment must carry its time zone")
    return moment.astimezone(SHANGHAI)


def weekday(value: date | datetime | str | None, lang: str) -> str:
    """`周一`, `Mon`."""
    day = as_date(value)
    return "" if day is None else (_DAYS if english(lang) else _WEEKDAYS)[day.weekday()]


def long_date(value: date | datetime | str | None, lang: str) -> str:
    """`2026年10月19日(周一)`, `Mon 19 Oct 2026`; empty for None."""
    day = as_date(value)
    if day is None:
        return ""
    if english(lang):
        return f"{_DAYS[day.weekday()]} {day.day} {_MONTHS[day.month - 1]} {day.year}"
    return f"{day.year}年{day.month}月{day.day}日({_WEEKDAYS[day.weekday()]})"


def short_date(value: date | datetime | str | None, lang: str, today: date | datetime | None = None) -> str:
    """`10月19日`, `19 Oct`; with its year where `today` is given and lies in another."""
    day, now = as_date(value), as_date(today)
    if day is None:
        return ""
    other_year = now is not None and now.year != day.year
    if english(lang):
        return f"{day.day} {_MONTHS[day.month - 1]}" + (f" {day.year}" if other_year else "")
    return (f"{day.year}年" if other_year else "") + f"{day.month}月{day.day}日"


def clock_time(moment: datetime | None, lang: str = "zh") -> str:
    """`09:12`, in Shanghai, the same in both languages; empty for None."""
    return "" if moment is None else f"{_local(moment):%H:%M}"


def date_and_time(moment: datetime | None, lang: str, today: date | datetime | None = None) -> str:
    """`10月9日 09:12`, `9 Oct, 09:12`; with the year as in short_date."""
    if moment is None:
        return ""
    return short_date(moment, lang, today) + (", " if english(lang) else " ") + clock_time(moment)


def count(n: int, unit: str, lang: str) -> str:
    """`15 个工作日`, `15 working days`, `1 week`; unit one of wd, d, w, m."""
    zh, en = _UNITS[unit]
    return f"{n} {en}{'' if n == 1 else 's'}" if english(lang) else f"{n} {zh}"


def unit_word(unit: str, lang: str) -> str:
    """`个工作日`, `working days`; unit as in count."""
    zh, en = _UNITS[unit]
    return f"{en}s" if english(lang) else zh


def span(value: object, lang: str) -> str:
    """A span (`"15 wd"`, or anything with `n` and `unit`) in words; `当日`, `the same day` for 0 working days; empty for None."""
    if value is None or value == "":
        return ""
    if isinstance(value, str):
        number, unit = value.split() if " " in value.strip() else (value.rstrip("wdm"), value.lstrip("0123456789"))
        n = int(number)
    else:
        n, unit = int(value.n), str(value.unit)  # type: ignore[attr-defined]
    if n == 0:
        return "the same day" if english(lang) else "当日"
    return count(n, unit, lang)


def days_left(n: int | None, lang: str) -> str:
    """Working days left in words: `剩 3 个工作日`, `今天到期`, `逾期 2 个工作日`; empty for None (paused, or nothing runs)."""
    if n is None:
        return ""
    if n == 0:
        return "Due today" if english(lang) else "今天到期"
    words = count(abs(n), "wd", lang)
    if n > 0:
        return f"{words} left" if english(lang) else f"剩 {words}"
    return f"{words} overdue" if english(lang) else f"逾期 {words}"


def file_size(size: int) -> str:
    """`312 KB`, `4.1 MB`, the same in both languages."""
    return f"{size / 1e6:.1f} MB" if size >= 1_000_000 else f"{max(1, round(size / 1000))} KB"
