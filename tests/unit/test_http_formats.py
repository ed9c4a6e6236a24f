"""Dates, spans and counts in words."""
from datetime import UTC, date, datetime
from types import SimpleNamespace

import pytest

from webapp.http import formats
from webapp.http.article_words import article_words

DAY = date(2026, 10, 19)


def test_long_and_short_dates():
    assert formats.long_date(DAY, "zh") == "2026年10月19日(周一)"
    assert formats.long_date(DAY, "en") == "Mon 19 Oct 2026"
    assert formats.short_date(DAY, "zh") == "10月19日"
    assert formats.short_date(DAY, "en") == "19 Oct"
    assert formats.short_date(date(2027, 1, 4), "zh", DAY) == "2027年1月4日"
    assert formats.short_date("2026-10-19", "zh") == "10月19日"
    assert formats.long_date(None, "zh") == ""


def test_moments_are_told_in_shanghai_time():
    moment = datetime(2026, 10, 18, 16, 30, tzinfo=UTC)
    assert formats.date_and_time(moment, "zh") == "10月19日 00:30"
    assert formats.date_and_time(moment, "en") == "19 Oct, 00:30"
    with pytest.raises(ValueError):
        formats.as_date(datetime(2026, 10, 18, 16, 30))


@pytest.mark.parametrize(("span", "zh", "en"), [("15 wd", "15 个工作日", "15 working days"), ("1 wd", "1 个工作日", "1 working day"), ("0 wd", "当日", "the same day"),
                                                ("7d", "7 天", "7 days"), (SimpleNamespace(n=2, unit="w"), "2 周", "2 weeks"), ("2 m", "2 个月", "2 months"), (None, "", "")])
def test_spans(span, zh, en):
    assert (formats.span(span, "zh"), formats.span(span, "en")) == (zh, en)


def test_days_left():
    assert [formats.days_left(n, "zh") for n in (3, 0, -2, None)] == ["剩 3 个工作日", "今天到期", "逾期 2 个工作日", ""]
    assert [formats.days_left(n, "en") for n in (1, 0, -2)] == ["1 working day left", "Due today", "2 working days overdue"]


def test_an_article_without_its_documents_id():
    assert article_words("xuchang-yousu 5(3); dali-ducha Art.10; local", "zh") == "第五部分（三）、第十条、本地规定"
    assert article_words("suqian-yizhangwang 3(4)", "en") == "Part 3(4)"
