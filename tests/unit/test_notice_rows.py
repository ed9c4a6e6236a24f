"""What a pasted notice says: rows, sentences, and every line that cannot be read."""
from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.domain.calendar import NATIONAL, build_calendar
from webapp.domain.layers import LayerDay, Notice
from webapp.domain.notice_rows import ChangedDay, read_rows

NOTICE_2026 = """一、元旦：1月1日（周四）至3日（周六）放假调休，共3天。1月4日（周日）上班。
二、春节：2月15日（农历腊月二十八、周日）至23日（农历正月初七、周一）放假调休，共9天。2月14日（周六）、2月28日（周六）上班。
三、清明节：4月4日（周六）至6日（周一）放假，共3天。
四、劳动节：5月1日（周五）至5日（周二）放假调休，共5天。5月9日（周六）上班。
五、端午节：6月19日（周五）至21日（周日）放假，共3天。
六、中秋节：9月25日（周五）至27日（周日）放假，共3天。
七、国庆节：10月1日（周四）至7日（周三）放假调休，共7天。9月20日（周日）、10月10日（周六）上班。"""


def test_the_sentences_of_a_real_notice_give_the_calendar_of_that_year():
    days, problems = read_rows(NOTICE_2026, 2026)
    assert not problems and len(days) == 39
    known = build_calendar([NATIONAL], "national")
    pasted = known.noticed(Notice(2026, tuple(LayerDay(d.day, d.working, d.zh, d.en) for d in days), "pasted"))
    year = [date(2026, 1, 1) + timedelta(days=n) for n in range(365)]
    assert [known.is_working(day) for day in year] == [pasted.is_working(day) for day in year]
    assert next(d for d in days if d.day == date(2026, 10, 3)) == ChangedDay(date(2026, 10, 3), False, "国庆节", "National Day")
    assert next(d for d in days if d.day == date(2026, 10, 10)) == ChangedDay(date(2026, 10, 10), True)


def test_what_is_around_the_sentences_of_a_notice_is_passed_over():
    whole = f"""国务院办公厅关于2026年部分节假日安排的通知
各省、自治区、直辖市人民政府，国务院各部委、各直属机构：
经国务院批准，现将2026年元旦、春节、清明节、劳动节、端午节、中秋节和国庆节放假调休日期的具体安排通知如下。
{NOTICE_2026}
节假日期间，各地区、各部门要妥善安排好值班和安全、保卫等工作，遇有重大突发事件，要按规定及时报告并妥善处置，确保人民群众祥和平安度过节日假期。
国务院办公厅
2025年11月4日"""
    assert read_rows(whole, 2026) == read_rows(NOTICE_2026, 2026)
    assert [p.line for p in read_rows(NOTICE_2026 + "\n10月11日也要上班", 2026)[1]] == [8], "a line that may decide a day is not passed over"


def test_a_quoted_cell_may_hold_a_comma():
    assert read_rows('2026-10-09,放假,"州庆,补休",Founding day', 2026) == ([ChangedDay(date(2026, 10, 9), False, "州庆,补休", "Founding day")], [])


@pytest.mark.parametrize(("line", "days"), [
    ("2026-10-09,放假,州庆,Founding day", [(9, False)]), ("2026/10/9\toff", [(9, False)]), ("2026年10月9日；上班", [(9, True)]), ("10月9日，班", [(9, True)]),
    ("2026-10-01..2026-10-03, off, 国庆节", [(1, False), (2, False), (3, False)]), ("10月1日至3日,休", [(1, False), (2, False), (3, False)]),
    ("10月1日（周四）-10月2日,0", [(1, False), (2, False)]), ("日期,安排\n2026.10.9,1", [(9, True)]), ("", []), ("  \n\n", []),
])
def test_rows(line, days):
    found, problems = read_rows(line, 2026)
    assert not problems and [(d.day.day, d.working) for d in found] == days


def test_a_range_over_new_year():
    days, problems = read_rows("12月31日至1月2日,放假,元旦", 2026)
    assert not problems and [d.day for d in days] == [date(2026, 12, 31), date(2027, 1, 1), date(2027, 1, 2)]


@pytest.mark.parametrize("line", ["2026-02-30,放假", "昨天,放假", "2026-10-09", "2026-10-09,也许", "2026-10-09,放假," + "长" * 61, "10月9日 放假", "2026-01-01..2027-01-01,放假",
                                  "2026-10-03..2026-10-01,off", "1,2,3,4,5,6,7", "国庆节：放假七天", "=cmd|' /C calc'!A0,放假", "2026-10-09 and more,off"])
def test_what_cannot_be_read_is_named_by_its_line(line):
    days, problems = read_rows("2026-10-08,off\n" + line, 2026)
    assert [d.day.day for d in days] == [8] and [p.line for p in problems] == [2] and problems[0].zh and problems[0].en


def test_a_day_without_year_needs_one():
    assert read_rows("10月9日,放假", None)[1] and not read_rows("10月9日,放假", 2026)[1]


def test_too_much_is_refused_unread():
    assert read_rows("x" * 50_000, 2026)[1][0].line == 1


@given(st.text(alphabet="0123456789年月日至-./,，放假上班：。（）\n 国庆节off", max_size=80))
def test_anything_gives_days_or_problems(text):
    days, problems = read_rows(text, 2026)
    assert all(isinstance(d.day, date) for d in days) and all(p.line >= 1 for p in problems)
