"""Reads which days a notice gives off and which it has worked, from rows (CSV, pasted cells) or from the notice's own sentences."""
from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

MOST_CHARACTERS = 40_000
MOST_SPAN = 60                  # days of one range
OFF = {"放假", "放假调休", "调休", "休", "休息", "假", "off", "holiday", "0"}
WORKED = {"上班", "班", "补班", "工作", "work", "worked", "working", "1"}
ENGLISH = {"元旦": "New Year's Day", "春节": "Spring Festival", "清明节": "Tomb-sweeping Day", "清明": "Tomb-sweeping Day", "劳动节": "Labour Day", "端午节": "Dragon Boat Festival",
           "端午": "Dragon Boat Festival", "中秋节": "Mid-Autumn Festival", "中秋": "Mid-Autumn Festival", "国庆节": "National Day", "国庆": "National Day"}

_ISO = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})")
_DAY = r"(?:(\d{4})\s*年)?\s*(?:(\d{1,2})\s*月)?\s*(\d{1,2})\s*日"
_RANGE = re.compile(rf"{_DAY}(?:\s*(?:至|到|-|–|—|~|\.\.)\s*{_DAY})?")
_BRACKETS = re.compile(r"（[^（）]*）|\([^()]*\)")
_NUMBERED = re.compile(r"^\s*(?:[（(]?[一二三四五六七八九十\d]+[）)]?\s*[、.．)）]\s*)?")
_HEADER = {"日期", "date", "day", "days"}


@dataclass(frozen=True)
class ChangedDay:
    """A day that a change decides: off (`working` false) or worked, and what it is called (empty: simply a day off or worked)."""

    day: date
    working: bool
    zh: str = ""
    en: str = ""


@dataclass(frozen=True)
class RowProblem:
    """What cannot be read: the line, counted from 1, and why."""

    line: int
    zh: str
    en: str


def read_rows(text: str, year: int | None = None) -> tuple[list[ChangedDay], list[RowProblem]]:
    """The days of a pasted text, in its order, and every line that cannot be read. `year` is meant where a date names none.

    A row is: date or range, off or worked, name, English name; separated by commas, tabs or semicolons. A sentence is as notices write it:
    `国庆节：10月1日至7日放假调休，共7天。9月20日（周日）、10月10日（周六）上班。` Of a whole notice, what is around its sentences is passed over.
    """
    if len(text) > MOST_CHARACTERS:
        return [], [RowProblem(1, f"内容超过 {MOST_CHARACTERS} 字", f"more than {MOST_CHARACTERS} characters")]
    days: list[ChangedDay] = []
    problems: list[RowProblem] = []
    lines = text.replace("\ufeff", "").splitlines()
    notice = any(_is_sentence(line) for line in lines)
    for number, line in enumerate(lines, 1):
        if not line.strip() or (notice and _says_no_day(line)):
            continue
        try:
            days += _sentence(line, year) if _is_sentence(line) else _row(line, number, year)
        except _Unreadable as error:
            problems.append(RowProblem(number, error.zh, error.en))
    return days, problems


class _Unreadable(Exception):
    def __init__(self, zh: str, en: str):
        super().__init__(en)
        self.zh, self.en = zh, en


def _is_sentence(line: str) -> bool:
    return "日" in line and bool(re.search(r"[:：]", line)) and ("放假" in line or "上班" in line) and "\t" not in line


def _says_no_day(line: str) -> bool:
    """Whether a line of a notice decides no day: its title, its opening, what is asked of everybody, who signed it and when."""
    return not re.search(r"\d\s*日", line) or _RANGE.fullmatch(line.strip()) is not None


def _row(line: str, number: int, year: int | None) -> list[ChangedDay]:
    try:
        parts = next(csv.reader([line])) if '"' in line else re.split(r"[,，\t;；]", line)
    except csv.Error as error:
        raise _Unreadable("引号没有配对", f"the quotation marks cannot be read: {error}") from None
    cells = [part.strip() for part in parts]
    if number == 1 and cells[0].lower() in _HEADER:
        return []
    if len(cells) < 2 or len(cells) > 6:
        raise _Unreadable("每行写：日期，放假或上班，名称", "write in each line: date, off or worked, name")
    what = cells[1].lower()
    if what not in OFF | WORKED:
        raise _Unreadable(f"“{cells[1][:20]}”不是“放假”或“上班”", f"'{cells[1][:20]}' is neither 'off' nor 'work'")
    zh, en = (cells[2:4] + ["", ""])[:2]
    if len(zh) > 60 or len(en) > 60:
        raise _Unreadable("名称不超过 60 字", "a name has at most 60 characters")
    return [ChangedDay(day, what in WORKED, zh, en or ENGLISH.get(zh, "")) for day in _dates(cells[0], year)]


def _dates(text: str, year: int | None) -> Iterator[date]:
    if found := _ISO.findall(text):
        ends = [_real(*map(int, each)) for each in found]
        if len(ends) > 2 or _ISO.sub("", text).strip(" .~至到-–—") != "":
            raise _unreadable_date(text)
        yield from _between(ends[0], ends[-1])
        return
    hit = _RANGE.fullmatch(_BRACKETS.sub("", text).strip())
    if hit is None:
        raise _unreadable_date(text)
    yield from _of_match(hit, year, None)[0]


def _sentence(line: str, year: int | None) -> list[ChangedDay]:
    head, _, rest = re.sub(r"[:：]", ":", _BRACKETS.sub("", line)).partition(":")
    zh = _NUMBERED.sub("", head).strip()[:60]
    en = ", ".join(filter(None, (ENGLISH.get(part.strip(), "") for part in re.split(r"[、和,，]", zh))))
    found: list[ChangedDay] = []
    for clause in re.split(r"[。;；]", rest):
        for part in re.split(r"(?<=放假)|(?<=调休)|(?<=上班)", clause):
            working = part.rstrip().endswith("上班")
            if not working and not re.search(r"(放假|调休)$", part.rstrip()):
                continue
            month: tuple[int | None, int | None] = (None, None)
            for hit in _RANGE.finditer(part):
                days, month = _of_match(hit, year, month)
                found += [ChangedDay(day, working, "" if working else zh, "" if working else en) for day in days]
    if not found:
        raise _Unreadable("没有读出放假或上班的日子", "no day off or worked was found")
    return found


def _of_match(hit: re.Match, year: int | None, before: tuple[int | None, int | None] | None) -> tuple[list[date], tuple[int, int]]:
    """The days of one date or range, and the (year, month) that a following date without them is in."""
    last_year, last_month = before or (None, None)
    first = _part(hit[1] or last_year or year, hit[2] or last_month, hit[3], hit[0])
    last = _part(hit[4] or first.year, hit[5] or first.month, hit[6], hit[0]) if hit[6] else first
    if last < first and not hit[4]:
        last = _part(first.year + 1, last.month, last.day, hit[0])
    return list(_between(first, last)), (last.year, last.month)


def _part(year: int | str | None, month: int | str | None, day: int | str, text: str) -> date:
    if year is None or month is None:
        raise _Unreadable(f"“{text[:30]}”缺少年份或月份", f"'{text[:30]}' lacks its year or month")
    return _real(int(year), int(month), int(day))


def _real(year: int, month: int, day: int) -> date:
    try:
        return date(year, month, day)
    except ValueError:
        raise _Unreadable(f"没有 {year}-{month}-{day} 这一天", f"there is no day {year}-{month}-{day}") from None


def _between(first: date, last: date) -> Iterator[date]:
    if not 0 <= (last - first).days < MOST_SPAN:
        raise _Unreadable(f"{first} 至 {last}：先后颠倒，或超过 {MOST_SPAN} 天", f"{first} to {last}: the wrong way round, or more than {MOST_SPAN} days")
    yield from (first + timedelta(days=n) for n in range((last - first).days + 1))


def _unreadable_date(text: str) -> _Unreadable:
    return _Unreadable(f"“{text[:30]}”不是日期", f"'{text[:30]}' is not a date")
