"""Spans over and onto the 29th of February: months end on the same day number or the month's last day."""
from __future__ import annotations

from datetime import date

import pytest

from tests.unit.bundled_calendars import NATION
from webapp.domain.spans import Span, due_date


@pytest.mark.parametrize("span, start, end", [
    ("1 m", "2024-01-31", "2024-02-29"), ("1 m", "2024-02-29", "2024-03-29"), ("12 m", "2024-02-29", "2025-02-28"),
    ("2 m", "2023-12-29", "2024-02-29"), ("1 d", "2024-02-28", "2024-02-29"), ("2 d", "2024-02-28", "2024-03-01"),
    ("1 wd", "2024-02-28", "2024-02-29"), ("2 wd", "2024-02-28", "2024-03-01"), ("1 w", "2024-02-22", "2024-02-29"),
])
def test_a_span_around_the_leap_day(span, start, end):
    assert due_date(Span.parse(span), date.fromisoformat(start), NATION) == date.fromisoformat(end)
