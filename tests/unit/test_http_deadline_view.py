"""Where the marks and labels of a deadline line stand, and the sheet of its proof."""
from datetime import date, timedelta
from types import SimpleNamespace

import pytest

from webapp.http.deadline_view import _extent, _width, lay_out, proof_days

WORDS = {"start": "开始", "today": "今天", "ended": "办结", "yellow": "提醒", "due": "到期", "original": "原定", "extended": "曾延至", "paused": "中止", "recomputed": "日历调整前",
         "urgent": "紧急，限"}
START = date(2026, 9, 21)


def line(**view):
    return lay_out({"start": START, "status": "running", "light": "green", **view}, WORDS, "zh")


def test_a_running_deadline():
    made = line(today=date(2026, 10, 9), yellow=date(2026, 10, 14), due=date(2026, 10, 19))
    assert [(mark.kind, mark.text) for mark in made.marks] == [("start", "开始 9月21日"), ("today", "今天 10月9日"), ("yellow", "提醒 10月14日"), ("due", "到期 10月19日")]
    assert made.due == 99 and made.over is None and made.used < made.warn < made.due


def test_an_overdue_one_goes_on_past_its_due_date():
    made = line(today=date(2026, 9, 28), due=date(2026, 9, 22), status="missed")
    assert made.used == made.due < made.over == 99
    assert made.light == "red"


def test_extensions_pauses_and_recomputations_lie_where_they_happened():
    made = line(today=date(2026, 11, 9), due=date(2026, 11, 16), original_due=date(2026, 10, 19), extended=[{"old": date(2026, 10, 19), "due": date(2026, 10, 26)},
                {"old": date(2026, 10, 26), "due": date(2026, 11, 16)}], pauses=[(date(2026, 9, 28), date(2026, 10, 8))], recomputed=[{"old": date(2026, 10, 16), "due": date(2026, 10, 19)}])
    first, again, paused = made.stretches
    assert [each.kind for each in made.stretches] == ["added", "added again", "paused"]
    assert paused.first < paused.last < first.first < first.last == again.first < made.used < again.last == made.due
    assert {mark.text for mark in made.marks} >= {"原定 10月19日", "曾延至 10月26日", "中止 9月28日", "日历调整前 10月16日", "到期 11月16日"}


def test_a_pause_that_still_runs_lasts_until_today():
    made = line(today=date(2026, 9, 30), due=None, status="paused", pauses=[(date(2026, 9, 25), None)])
    assert made.stretches[0].kind == "paused" and made.stretches[0].last == made.used == 99


def test_an_urgent_date_is_said_to_be_one():
    made = line(today=START, due=date(2026, 9, 25), urgent=True)
    assert "紧急，限 9月25日" in {mark.text for mark in made.marks}


def test_what_is_done_ends_there_whatever_today_is():
    made = line(today=date(2026, 12, 1), ended=date(2026, 9, 23), due=date(2026, 9, 25), status="met")
    assert made.due == 99 and made.light == "done" and "today" not in {mark.kind for mark in made.marks}


def test_the_same_day_and_a_paused_one_can_be_drawn():
    assert line(today=START, due=START).due == 1
    assert line(today=date(2026, 9, 30), due=None, status="paused").due is None


@pytest.mark.parametrize("length", [1, 2, 5, 9, 28, 90])
@pytest.mark.parametrize("gone", [0, 1, 4, 40])
def test_no_label_lies_over_another(length, gone):
    due = START + timedelta(length)
    made = line(today=START + timedelta(gone), due=due, yellow=START + timedelta(length * 8 // 10), original_due=START + timedelta(length // 2))
    spans = {}
    for mark in made.marks:
        if mark.row is not None:
            _, left, right = _extent(mark.at, _width(mark.text))
            assert -3 <= left and right <= 103
            spans.setdefault(mark.row, []).append((left, right))
    for row in spans.values():
        row.sort()
        assert all(a[1] < b[0] for a, b in zip(row, row[1:], strict=False))
    assert {mark.kind for mark in made.marks if mark.row is not None} >= {"today", "due"}


def test_the_proof_begins_under_its_weekday():
    trace = [SimpleNamespace(date=date(2026, 9, 24) + timedelta(n), counted=n in (0, 4), number=1 + (n > 3), why="workday" if n in (0, 4) else "holiday", label_zh="", label_en="",
                             basis="", provisional=n == 4) for n in range(5)]
    cells = proof_days({"start": date(2026, 9, 23), "due": date(2026, 9, 28), "today": date(2026, 9, 24), "trace": trace})
    assert [cell.day for cell in cells[:3]] == [None, None, date(2026, 9, 23)]
    assert [cell.kind for cell in cells[2:]] == ["start", "counted today", "skipped special", "skipped special", "skipped special", "counted provisional due"]
