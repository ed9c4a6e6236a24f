"""The three examples of counting, and the pictures and dates of docs/counting.md: what the code gives, or they are out of date."""
from __future__ import annotations

import re
from datetime import date

import pytest

from scripts.counting_pictures import TARGET, draw, file_name, national
from tests.unit.bundled_calendars import NATION
from webapp.domain.calendar import Calendar
from webapp.domain.examples import AUTUMN, SPRING, UNKNOWN, examples, first_unknown_year
from webapp.domain.layers import LayerDay, Notice
from webapp.domain.spans import due_date

FOUND = {each.name: each for each in examples(NATION)}
DOCUMENT = (TARGET.parent / "counting.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", FOUND)
def test_a_picture_is_what_the_code_draws(name):
    example = FOUND[name]
    picture = (TARGET / file_name(example)).read_text(encoding="utf-8")
    assert picture == draw(example), "out of date: .venv/bin/python -m scripts.counting_pictures"
    days = re.findall(r'<g class="([^"]*)" data-day="([\d-]+)"', picture)
    assert [day for kinds, day in days if "counted" in kinds] == [str(day.date) for day in example.days if day.counted]
    assert [day for kinds, day in days if "due" in kinds] == [str(due_date(example.span, example.start, NATION))]
    assert (TARGET / file_name(example)).name in DOCUMENT


@pytest.mark.parametrize("name", FOUND)
def test_the_dates_of_the_document(name):
    example, part = FOUND[name], re.split(r"^#+ .*$", DOCUMENT.split("## Three real cases")[1], flags=re.MULTILINE)[1 + list(FOUND).index(name)]
    heading = re.findall(r"^### .*$", DOCUMENT, re.MULTILINE)[list(FOUND).index(name)]
    assert str(example.start) in heading and f" {example.span.n} working days" in heading
    assert re.findall(r"\*\*([\d-]+)\*\*", part) == [str(example.due)] and ("*provisional*" in part) == example.provisional
    assert set(re.findall(r"\d{4}-\d\d-\d\d", part)) <= {str(each.date) for each in example.days} | {str(example.start)}


def test_what_the_document_says_of_single_days():
    days = {str(day.date): day for example in FOUND.values() for day in example.days}
    assert [(days[d].number, days[d].counted, days[d].why) for d in ("2026-09-20", "2026-10-10", "2026-02-14", "2026-02-24")] == [
        (1, True, "make_up"), (11, True, "make_up"), (1, True, "make_up"), (2, True, "workday")]
    for first, last in (("2026-09-25", "2026-09-25"), ("2026-10-01", "2026-10-07"), ("2026-02-15", "2026-02-23"), ("2027-01-01", "2027-01-01")):
        assert not any(day.counted for each, day in days.items() if first <= each <= last)


def test_the_bundled_calendar_is_the_one_that_is_drawn():
    assert national().version == NATION.version
    assert {name: each.provisional for name, each in FOUND.items()} == {AUTUMN: False, SPRING: False, UNKNOWN: True}


def with_notice(calendar: Calendar, year: int) -> Calendar:
    """The calendar once the notice of a year is in: 元旦 off for three days, one Saturday worked for it."""
    off = tuple(LayerDay(date(year, 1, n), False, "元旦", "New Year's Day", "通知") for n in (1, 2, 3))
    return calendar.noticed(Notice(year, off, "通知"))


def test_the_third_example_is_the_first_year_not_announced():
    year = first_unknown_year(NATION)
    later = with_notice(NATION, year)
    assert first_unknown_year(later) == year + 1
    third = examples(later)[2]
    assert (third.start, third.provisional, third.due.year) == (date(year, 12, 28), True, year + 1)
    assert first_unknown_year(with_notice(later, year + 1)) == year + 2
