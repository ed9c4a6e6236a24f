"""Deadlines: the examples, extensions, pauses, amendments, lights and moments; against a count made day by day."""

import json
from datetime import date, timedelta

import pytest
from bundled_calendars import DALI, NATION, at
from hypothesis import given, settings
from hypothesis import strategies as st

from webapp.domain.clock import start_of_day
from webapp.domain.deadlines import Deadline, DeadlineError
from webapp.domain.layers import notice_of
from webapp.domain.moments import MomentError, parse_moment
from webapp.domain.spans import Span, add_months

UNITS = st.sampled_from(["wd", "d", "w", "m"])
AMENDED = DALI.amended("dali", [date(2026, 10, 9)], [], "州政府通知", date(2026, 9, 23))


def begin(span, when="2026-09-23 09:00", calendar=DALI, until=None):
    return Deadline.begin("handle", 1, span, until, at(when), calendar, article="Art.10", scope="t1")


def moment(day):
    return start_of_day(day) + timedelta(hours=9)


# -- against a count made day by day --------------------------------------------------------------------------------------


def naive(start, terms, pauses, calendar):
    """The last day and how many days count, with a set of paused days and nothing cleverer."""
    paused = {a + timedelta(days=i) for a, b in pauses for i in range(1, (b - a).days + 1)}
    day, counted = start, 0
    for index, (term, known) in enumerate(terms):
        if isinstance(term, date):
            # worth the working days up to it, as things stood when it was given
            then = naive(start, terms[:index], pauses[:known], calendar)[0]
            while not calendar.is_working(term):
                term += timedelta(days=1)
            term = Span(sum(calendar.is_working(then + timedelta(days=i)) for i in range(1, (term - then).days + 1)), "wd")
        n = (add_months(day, term.n) - day).days if term.unit == "m" else term.n * (7 if term.unit == "w" else 1)
        counted += n
        for left in range(n, 0, -1):
            day += timedelta(days=1)
            while day in paused or ((term.unit == "wd" or left == 1) and not calendar.is_working(day)):
                day += timedelta(days=1)
    return day, counted


@st.composite
def histories(draw):
    """A deadline with acts in the order of their days, the terms and pauses that it was given."""
    start = draw(st.dates(date(2025, 1, 1), date(2026, 12, 31)))
    unit = draw(UNITS)
    span = Span(draw(st.integers(1, {"wd": 40, "d": 60, "w": 8, "m": 3}[unit])), unit)
    deadline = Deadline.begin("x", 1, span, None, moment(start), DALI)
    terms, pauses, opened, day = [(span, 0)], [], None, start
    for gap, act, n, by_date in draw(st.lists(st.tuples(st.integers(0, 9), st.sampled_from(["extend", "pause"]), st.integers(1, 20), st.integers(0, 4)), max_size=6)):
        day += timedelta(days=gap)
        if opened is not None:
            deadline, opened = deadline.resume(moment(day), DALI), None
            pauses.append((deadline.pauses[-1][0], day))
        elif act == "extend":
            term = deadline.due + timedelta(days=n) if by_date == 0 else Span(n if unit in ("wd", "d") else 1 + n % 3, unit)
            if by_date == 0:
                deadline = deadline.extend(None, term, moment(day), DALI)
            else:
                deadline = deadline.extend(term, None, moment(day), DALI)
            terms.append((term, len(pauses)))
        elif moment(day) < deadline.due_at:
            deadline, opened = deadline.pause(moment(day)), day
    if opened is not None:
        day += timedelta(days=3)
        deadline = deadline.resume(moment(day), DALI)
        pauses.append((opened, day))
    return deadline, terms, pauses, day


@settings(max_examples=300)
@given(histories())
def test_due_and_trace_agree_with_a_count_by_days(history):
    deadline, terms, pauses, _ = history
    due, counted = naive(deadline.started_on, terms, pauses, DALI)
    assert deadline.due == due
    trace = deadline.trace(DALI)
    assert [day.date for day in trace] == [deadline.started_on + timedelta(days=i + 1) for i in range(len(trace))]
    assert trace[-1].date == deadline.due and trace[-1].number == sum(day.counted for day in trace) == counted
    for day in trace:
        if day.counted:
            assert day.why != "paused" and (deadline.span.unit != "wd" or DALI.is_working(day.date))
    assert {day.date for day in trace if day.why == "paused"} == {
        a + timedelta(days=i) for a, b in pauses for i in range(1, (b - a).days + 1) if a + timedelta(days=i) <= due
    }


@given(histories())
def test_light_follows_the_trace(history):
    deadline, *_ = history
    trace = deadline.trace(DALI)
    total = trace[-1].number
    turned = None
    for day in trace:
        yellow = deadline.light(moment(day.date), DALI) == "yellow"
        assert yellow == (5 * day.number >= 4 * total), day
        turned = turned or (day.date if yellow else None)
    assert deadline.moment_at("yellow", 1, DALI) == start_of_day(turned)
    assert deadline.light(deadline.due_at, DALI) == "red"


@given(histories(), st.lists(st.integers(1, 90), max_size=4, unique=True), st.lists(st.integers(1, 90), max_size=3, unique=True))
def test_recompute_replays_and_is_idempotent(history, off, worked):
    deadline, terms, pauses, day = history
    dates = [{deadline.started_on + timedelta(days=i) for i in some} for some in (off, worked)]
    calendar = DALI.amended("dali", dates[0], dates[1] - dates[0], "b")
    new = deadline.recompute(moment(day), calendar, "b")
    assert new.due == naive(deadline.started_on, terms, pauses, calendar)[0]
    assert new.recompute(moment(day), calendar, "b") is new
    assert (new is deadline) == (new.due == deadline.due)
    assert new.trace(calendar)[-1].date == new.due
    back = new.recompute(moment(day), DALI, "back")
    assert back.due == deadline.due
    if new is not deadline:
        event = new.events[-1]
        assert (event["kind"], event["old"], event["new"], event["basis"]) == ("recomputed", deadline.due.isoformat(), new.due.isoformat(), "b")
        assert (event["old_version"], event["version"]) == (DALI.version, calendar.version)


@given(histories())
def test_json_gives_the_same_deadline(history):
    deadline, *_, day = history
    for each in (deadline, deadline.end(moment(day)), deadline.cancel(moment(day))):
        again = Deadline.from_json(json.loads(json.dumps(each.to_json())))
        assert again == each and again.due == each.due and again.trace(DALI) == each.trace(DALI)
        assert again.status(moment(day)) == each.status(moment(day))


# -- by hand --------------------------------------------------------------------------------------------------------------


def test_the_example():
    receive = Deadline.begin("receive", 1, "1 wd", None, at("2026-09-21 10:00"), DALI)
    assert receive.due == date(2026, 9, 22) and receive.status(at("2026-09-22 23:59:59")) == "running"
    assert receive.status(at("2026-09-23 00:00")) == receive.status(at("2026-09-23 00:05")) == "missed"
    assert receive.end(at("2026-09-23 09:00")).status(at("2026-09-23 09:00")) == "late"
    assert receive.end(at("2026-09-22 23:59:59")).status(at("2027-01-01")) == "met"
    handle = begin("15 wd")
    assert handle.due == date(2026, 10, 21) and handle.due_at == at("2026-10-22")
    moved = handle.recompute(at("2026-09-23 09:05"), AMENDED, "州政府通知")
    assert moved.due == moved.original_due == date(2026, 10, 22)
    assert handle.recompute(at("2026-09-23 09:05"), DALI.amended("dali", [date(2026, 12, 9)], [], "b"), "b") is handle


def test_the_facts_read():
    handle = begin("15 wd")
    assert (handle.name, handle.n, handle.scope, handle.article, handle.local) == ("handle", 1, "t1", "Art.10", False)
    assert handle.started_at == at("2026-09-23 09:00") and handle.started_on == date(2026, 9, 23)
    assert handle.span == Span(15, "wd") and not handle.provisional and handle.ended_at is None
    assert handle.end(at("2026-10-01")).ended_at == at("2026-10-01")
    assert handle.cancel(at("2026-10-01")).status(at("2026-12-01")) == "cancelled"
    assert begin("15 wd", "2026-12-20").provisional


def test_nothing_happens_after_the_end():
    done = begin("15 wd").end(at("2026-10-01"))
    for act in (lambda: done.end(at("2026-10-02")), lambda: done.extend("1 wd", None, at("2026-10-02"), DALI), lambda: done.pause(at("2026-10-02")), lambda: done.cancel(at("2026-10-02"))):
        with pytest.raises(DeadlineError) as refused:
            act()
        assert refused.value.code == "ended"
    assert done.recompute(at("2026-10-02"), AMENDED, "b") is done


def test_extension_counts_from_the_old_due_date_even_when_decided_late():
    late = begin("15 wd").extend("5 wd", None, at("2026-10-23 10:00"), DALI, "u1", "复杂")
    assert (late.due, late.original_due, late.extensions, late.extended_units) == (date(2026, 10, 28), date(2026, 10, 21), 1, 5)
    assert late.status(at("2026-10-23 10:00")) == "running"
    assert late.events[-1]["old"] == "2026-10-21" and late.events[-1]["reason"] == "复杂"


def test_until_moves_to_a_working_day():
    handle = begin("15 wd")
    assert handle.extend(None, date(2026, 11, 21), at("2026-10-01"), DALI).due == date(2026, 11, 24)
    assert handle.extend(None, date(2026, 11, 21), at("2026-10-01"), NATION).due == date(2026, 11, 23)
    for day in (21, 20):
        with pytest.raises(DeadlineError):
            handle.extend(None, date(2026, 10, day), at("2026-10-01"), DALI)
    extended = handle.extend(None, date(2026, 10, 28), at("2026-10-01"), DALI)
    assert extended.extended_units == 5 and extended.trace(DALI)[-1].number == 20


def test_a_deadline_to_a_date():
    urgent = begin(None, until=date(2026, 9, 30))
    assert (urgent.due, urgent.span) == (date(2026, 9, 30), None)
    assert urgent.trace(DALI)[-1].number == 4  # the 24th, 28th, 29th and 30th
    assert [urgent.light(at(f"2026-09-{day} 12:00"), DALI) for day in (23, 29, 30)] == ["green", "green", "yellow"]
    past = begin(None, until=date(2026, 9, 22))
    assert past.status(at("2026-09-23 09:00")) == "missed" and past.trace(DALI) == []
    with pytest.raises(DeadlineError):
        begin("1 wd", until=date(2026, 9, 30))


def test_pause():
    handle = begin("15 wd")
    one_day = handle.pause(at("2026-10-12 09:00")).resume(at("2026-10-12 18:00"), DALI)
    assert one_day.due == handle.due
    paused = handle.pause(at("2026-10-12 09:00"))  # the 8th day, and it counts
    assert (paused.due, paused.due_at, paused.status(at("2027-01-01")), paused.days_left(at("2026-10-13"), DALI)) == (None, None, "paused", None)
    assert paused.light(at("2027-01-01"), DALI) == "green" and paused.moment_at("overdue", 1, DALI) is None
    assert paused.trace(DALI)[-1].number == 8 and paused.trace(DALI)[-1].date == date(2026, 10, 12)
    assert paused.recompute(at("2026-10-13"), AMENDED, "b") is paused
    resumed = paused.resume(at("2026-10-16 10:00"), DALI)  # Friday does not count: 7 more from Monday
    assert resumed.due == date(2026, 10, 27)
    assert [day.why for day in resumed.trace(DALI) if day.date.day in (13, 16, 17) and day.date.month == 10] == ["paused", "paused", "weekend"]
    assert paused.resume(at("2026-10-16 10:00"), AMENDED).due == date(2026, 10, 28)
    assert handle.pause(at("2026-10-12")).end(at("2027-01-01")).status(at("2027-01-01")) == "met"
    for act, code in ((lambda: paused.pause(at("2026-10-13")), "paused"), (lambda: handle.resume(at("2026-10-13"), DALI), "not_paused"), (lambda: handle.pause(at("2026-10-22")), "past_due")):
        with pytest.raises(DeadlineError) as refused:
            act()
        assert refused.value.code == code


def test_caps():
    handle = begin("15 wd")
    when = at("2026-10-12")

    def judge(deadline, span, until=None, **caps):
        return deadline.can_extend(span, until, when, DALI, **caps)

    assert judge(handle, "20 wd", total="20 wd", count=1) is None
    assert judge(handle, "21 wd", total="20 wd") == "extension_total"
    once = handle.extend("5 wd", None, when, DALI)
    assert judge(once, "5 wd", count=1) == "extension_count"
    assert (judge(once, "15 wd", total="20 wd"), judge(once, "16 wd", total="20 wd")) == (None, "extension_total")
    assert (judge(handle, "15 wd", original=True), judge(handle, "16 wd", original=True)) == (None, "extension_original")
    # 2 m after the first due date, 2026-10-21: 21 December
    assert (judge(once, None, date(2026, 12, 21), total="2 m"), judge(once, None, date(2026, 12, 22), total="2 m")) == (None, "extension_total")
    assert judge(once, None, date(2026, 12, 19), total="2 m") is None, "a Saturday moves to the 21st before it is judged"
    assert (judge(handle, "45 wd", until_cap="60 wd"), judge(handle, "46 wd", until_cap="60 wd")) == (None, "extension_until")
    assert judge(handle, None, date(2026, 10, 21)) == "not_later"
    assert judge(handle.pause(when), "1 wd") == "paused" and judge(handle.end(when), "1 wd") == "not_running"
    missed = at("2026-10-22")
    assert handle.can_extend("1 wd", None, missed, DALI) is None
    assert handle.can_extend("1 wd", None, missed, DALI, asking=True) == "past_due"
    urgent = begin(None, until=date(2026, 9, 30))
    assert (judge(urgent, "4 wd", original=True), judge(urgent, "5 wd", original=True)) == (None, "extension_original")


def test_lights_and_days_left():
    handle = begin("15 wd")  # yellow on day 12: 2026-10-16
    assert [handle.light(at(when), DALI) for when in ("2026-09-23 09:00", "2026-10-15 23:59:59", "2026-10-16", "2026-10-21 23:59", "2026-10-22")] == [
        "green", "green", "yellow", "yellow", "red"]  # fmt: skip
    assert [handle.days_left(at(when), DALI) for when in ("2026-09-23 09:00", "2026-10-21 23:59", "2026-10-22", "2026-10-24", "2026-10-26")] == [15, 0, -1, -2, -3]
    friday = Deadline.begin("x", 1, "1 wd", None, at("2026-10-22 09:00"), DALI)
    assert friday.days_left(at("2026-10-24 09:00"), DALI) == -1
    same_day = begin("0 wd")
    assert same_day.due == date(2026, 9, 23) and same_day.light(at("2026-09-23 09:00"), DALI) == "yellow"
    assert same_day.moment_at("yellow", 1, DALI) == same_day.started_at and same_day.trace(DALI) == []
    assert handle.end(at("2026-10-20")).light(at("2027-01-01"), DALI) == "green" and handle.end(at("2026-10-22")).light(at("2027-01-01"), DALI) == "red"


def test_moments():
    handle = begin("15 wd")

    def when(text, n=1):
        found = handle.moment_at(text, n, DALI)
        return found and found.astimezone(at("2026-01-01").tzinfo).strftime("%m-%d %H:%M")

    assert (when("yellow"), when("last_day"), when("overdue")) == ("10-16 00:00", "10-21 00:00", "10-22 00:00")
    assert [when("every 1 w", n) for n in (1, 4, 5)] == ["09-30 00:00", "10-21 00:00", None]
    assert [when("every 2 wd", n) for n in (1, 2)] == ["09-28 00:00", "09-30 00:00"]
    assert [when("overdue every 1 wd", n) for n in (1, 2, 3)] == ["10-22 00:00", "10-23 00:00", "10-24 00:00"]
    assert [when("overdue every 1 w", n) for n in (1, 2)] == ["10-22 00:00", "10-29 00:00"]
    assert handle.end(at("2026-10-01")).moment_at("yellow", 1, DALI) is None
    for text in ("", "every", "every 0 wd", "every 1 m", "late", "overdue every"):
        with pytest.raises(MomentError):
            parse_moment(text)


def test_a_provisional_date_is_confirmed_when_the_notice_comes():
    handle = begin("15 wd", "2026-12-21 09:00")
    assert handle.provisional and handle.trace(DALI)[-1].provisional and not handle.trace(DALI)[0].provisional
    row = {"year": 2027, "basis": "国办通知", "work": [], "off": [{"days": "2027-01-01..2027-01-03", "zh": "元旦", "en": "New Year's Day"}]}
    confirmed = handle.recompute(at("2026-12-22"), DALI.noticed(notice_of(row)), "国办通知")
    assert not confirmed.provisional and confirmed.due == handle.due and confirmed.events[-1]["kind"] == "recomputed"


def test_leap_day_and_year_end():
    assert begin("1 m", "2024-01-31 09:00").due == date(2024, 2, 29)
    assert begin("12 m", "2024-02-29 09:00").due == date(2025, 2, 28)
    assert begin("1 wd", "2025-12-31 23:59:59").due == date(2026, 1, 4)
    utc = Deadline.begin("x", 1, "1 wd", None, at("2026-09-22 00:00"), DALI)
    assert utc.events[0]["at"] == "2026-09-21T16:00:00+00:00" and utc.due == date(2026, 9, 23)
