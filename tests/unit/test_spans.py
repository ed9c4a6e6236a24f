"""Spans: reading them, and their last day against a naive count."""

from datetime import date, datetime, timedelta

import pytest
from bundled_calendars import DALI, NATION
from hypothesis import given
from hypothesis import strategies as st

from webapp.cli import main
from webapp.domain.compute import compute
from webapp.domain.spans import Span, SpanError, add_months, add_span, due_date, working_days_between

DATES = st.dates(date(2004, 1, 1), date(2030, 12, 31))
SPANS = st.one_of(
    st.builds(Span, st.integers(0, 80), st.sampled_from(["wd", "d"])), st.builds(Span, st.integers(0, 12), st.sampled_from(["w", "m"]))
)


def naive(span, start):
    """Day by day, with nothing but the question whether a day is worked."""
    day = start
    if span.unit == "wd":
        left = span.n
        while left:
            day += timedelta(days=1)
            left -= DALI.day(day).working
        return day
    if span.unit == "m":
        month0 = start.month - 1 + span.n
        year, month, number = start.year + month0 // 12, month0 % 12 + 1, start.day
        while True:
            try:
                day = date(year, month, number)
                break
            except ValueError:
                number -= 1
    else:
        day += timedelta(days=span.n * {"d": 1, "w": 7}[span.unit])
    while not DALI.day(day).working:
        day += timedelta(days=1)
    return day


@given(SPANS, DATES)
def test_due_date_agrees_with_a_naive_count(span, start):
    assert due_date(span, start, DALI) == naive(span, start)


@given(SPANS, DATES)
def test_compute_adds_up(span, start):
    found = compute(str(span), start, DALI)
    days = found["days"]
    assert found["due"] == due_date(span, start, DALI).isoformat()
    expected = span.n if span.unit in ("wd", "d") else span.n * 7 if span.unit == "w" else (add_months(start, span.n) - start).days
    assert sum(day["counted"] for day in days) == expected
    assert [day["date"] for day in days] == [(start + timedelta(days=i + 1)).isoformat() for i in range(len(days))]
    if days:
        assert days[-1]["date"] == found["due"] and (days[-1]["counted"] or span.n == 0)


@pytest.mark.parametrize(("text", "start", "due"), [
    ("1 wd", "2026-09-21", "2026-09-22"),
    ("15 wd", "2026-09-23", "2026-10-21"),
    ("0 wd", "2026-10-03", "2026-10-03"),          # the same day, worked or not
    ("5 wd", "2026-02-13", "2026-02-27"),          # Spring Festival: Saturday the 14th is worked, 15-23 are off
    ("1 wd", "2026-10-09", "2026-10-10"),          # a make-up Saturday
    ("10 d", "2026-09-25", "2026-10-08"),          # the 5th is in the holiday
    ("7 d", "2026-09-26", "2026-10-08"),
    ("2 w", "2026-09-19", "2026-10-08"),
    ("1 m", "2026-01-31", "2026-02-28"),           # the last day of February, a make-up Saturday
    ("1 m", "2024-01-31", "2024-02-29"),
    ("12 m", "2024-02-29", "2025-02-28"),
    ("1 m", "2026-08-31", "2026-09-30"),
    ("2 m", "2026-12-31", "2027-03-01"),           # 28 February 2027 is a Sunday
    ("1 d", "2025-12-31", "2026-01-04"),           # New Year 1-3 January, a make-up Sunday
])  # fmt: skip
def test_known_dates(text, start, due):
    assert due_date(Span.parse(text), date.fromisoformat(start), NATION).isoformat() == due


def test_layer_and_amendment_move_the_example():
    start = date(2026, 9, 23)
    amended = DALI.amended("dali", [date(2026, 10, 9)], [], "州政府通知")
    assert due_date(Span(15, "wd"), start, DALI) == date(2026, 10, 21)
    assert due_date(Span(15, "wd"), start, amended) == date(2026, 10, 22)
    assert add_span(date(2026, 10, 21), Span(20, "wd"), DALI) == date(2026, 11, 18)
    assert due_date(Span(1, "wd"), date(2026, 11, 20), DALI) == date(2026, 11, 24)


def test_compute_shows_why():
    found = compute("15 wd", date(2026, 9, 22), DALI)
    assert (found["due"], found["provisional"], found["span"], found["from"], found["calendar"]) == ("2026-10-20", False, "15 wd", "2026-09-22", "dali")
    days = {day["date"]: day for day in found["days"]}
    assert days["2026-09-25"]["why"] == "holiday" and days["2026-09-25"]["label"] == "中秋节" and not days["2026-09-25"]["counted"]
    assert days["2026-10-10"]["why"] == "make_up" and days["2026-10-10"]["counted"]
    assert list(days)[0] == "2026-09-23"
    moved = {day["date"]: (day["counted"], day["why"]) for day in compute("10 d", date(2026, 9, 24), DALI)["days"]}
    assert moved["2026-10-03"] == (True, "holiday") and moved["2026-10-04"] == (False, "weekend") and moved["2026-10-07"] == (False, "holiday")
    assert moved["2026-10-08"] == (True, "workday")
    assert compute("10 wd", date(2026, 12, 28), DALI)["provisional"]


@given(SPANS)
def test_a_span_is_read_as_it_is_written(span):
    assert Span.parse(str(span)) == span == Span.parse(f" {span.n}{span.unit} ")


@pytest.mark.parametrize("text", ["", "wd", "-1 d", "1.5 d", "15 h", "15 wd 2", "P1D", "99999 d", "9999 m", "１５ wd", "15 WD"])
def test_what_is_no_span_is_refused(text):
    with pytest.raises(SpanError):
        Span.parse(text)


def test_a_datetime_is_no_date():
    with pytest.raises(TypeError):
        due_date(Span(1, "d"), datetime(2026, 9, 21), NATION)


def test_counting_between_years():
    assert working_days_between(date(2025, 12, 30), date(2026, 1, 5), NATION) == 3  # the 31st, Sunday the 4th, Monday the 5th
    assert working_days_between(date(2026, 1, 5), date(2026, 1, 5), NATION) == 0
    assert sum(len(NATION.working_days(year)) for year in range(2005, 2026)) == working_days_between(date(2004, 12, 31), date(2025, 12, 31), NATION)


@pytest.mark.parametrize(("text", "start", "due"), [
    ("1 wd", "2026-09-18", "2026-09-20"),
    ("10 d", "2026-09-24", "2026-10-08"),
    ("1 wd", "2026-02-13", "2026-02-14"),
    ("7 d", "2026-02-10", "2026-02-24"),
    ("10 wd", "2026-12-28", "2027-01-12"),
])  # fmt: skip
def test_the_documented_examples(text, start, due):
    found = compute(text, date.fromisoformat(start), NATION)
    assert (found["due"], found["provisional"]) == (due, due > "2027")


@pytest.mark.parametrize(("span", "start", "calendar", "said"), [
    ("-5 wd", "2026-09-22", "dali", "not a span"), ("3661 d", "2026-09-22", "dali", "at most 3660 wd"), ("15 wd", "2026-02-30", "dali", "2026-02-30"), ("15 wd", "soon", "dali", "soon"),
    ("15 wd", "2026-09-22", "mars", "dali, national"), ("3660 d", "9995-12-30", "national", "1950 to 2099"), ("120 m", "9999-12-31", "national", "1950 to 2099"), ("15 wd", "2099-12-30", "national", "2100"),
])
def test_the_command_says_what_it_cannot_read(span, start, calendar, said, capsys):
    assert main(["deadline", "compute", "--span", span, "--from", start, "--calendar", calendar]) == 2
    assert said in capsys.readouterr().err
