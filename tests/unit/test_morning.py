"""The hour at which a day's reminders are told: the next morning of a working day, and once after a standstill."""
from __future__ import annotations

from datetime import time

import pytest

from tests.unit.bundled_calendars import NATION, at
from webapp.domain.morning import morning_from, next_morning, told_at

AT = time(8, 30)


@pytest.mark.parametrize("moment, morning", [
    ("2026-03-03 00:00", "2026-03-03 08:30"),
    ("2026-03-03 08:30", "2026-03-03 08:30"),
    ("2026-03-03 08:30:01", "2026-03-04 08:30"),
    ("2026-03-07 00:00", "2026-03-09 08:30"),       # a Saturday
    ("2026-10-01 00:00", "2026-10-08 08:30"),       # the holiday
    ("2026-10-10 00:00", "2026-10-10 08:30"),       # a Saturday that is worked
    ("2026-03-06 20:00", "2026-03-09 08:30"),
])
def test_the_first_morning_of_a_working_day(moment, morning):
    assert morning_from(at(moment), AT, NATION) == at(morning)


def test_after_the_hour_it_is_the_next_day():
    assert next_morning(at("2026-03-03 08:30"), AT, NATION) == at("2026-03-04 08:30")


@pytest.mark.parametrize("came, now, told", [
    ("2026-03-03 00:00", "2026-03-03 00:00:03", "2026-03-03 08:30"),    # as it should be
    ("2026-03-03 00:00", "2026-03-03 11:00", "2026-03-03 11:00"),       # the worker was away in the morning: at once
    ("2026-03-03 00:00", "2026-03-08 11:00", "2026-03-09 08:30"),       # away until Sunday: Monday's message
    ("2026-03-03 00:00", "2026-03-06 02:00", "2026-03-06 08:30"),       # back at night: not before the morning
    ("2026-03-03 10:00", "2026-03-03 10:00", "2026-03-04 08:30"),       # came by day: in the next morning
])
def test_when_a_reminder_is_told(came, now, told):
    assert told_at(at(came), at(now), AT, NATION) == at(told)
