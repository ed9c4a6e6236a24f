"""The calendar against a second source, the layers, the rules and the amendments."""

from datetime import date, datetime, timedelta

import chinese_calendar
import pytest
from bundled_calendars import DALI, FILES, LAYERS, NATION
from holidays.calendars.chinese import _ChineseLunisolar
from hypothesis import given
from hypothesis import strategies as st

from webapp.domain.calendar import NATIONAL, CalendarError, build_calendar, calendars_of, load_layer
from webapp.domain.clock import SHANGHAI, local_date, start_of_day
from webapp.domain.layers import _lunar_to_solar, notice_of


def test_agrees_with_chinese_calendar_on_every_day_of_2004_to_2026():
    day, differing = date(2004, 1, 1), []
    while day <= date(2026, 12, 31):
        if NATION.is_working(day) != chinese_calendar.is_workday(day):
            differing.append(day)
        day += timedelta(days=1)
    # a make-up Saturday of the 2006 notice, which chinese_calendar leaves out
    assert differing == [date(2005, 12, 31)]
    assert NATION.is_working(date(2005, 12, 31))


def test_reasons_of_the_2026_national_day_and_spring_festival():
    whys = {day: NATION.day(date(2026, *day)).why for day in [(9, 20), (9, 25), (9, 26), (10, 1), (10, 7), (10, 8), (10, 10), (2, 14), (2, 16)]}
    assert whys == {
        (9, 20): "make_up", (9, 25): "holiday", (9, 26): "weekend", (10, 1): "holiday", (10, 7): "holiday",
        (10, 8): "workday", (10, 10): "make_up", (2, 14): "make_up", (2, 16): "holiday",
    }  # fmt: skip
    day = NATION.day(date(2026, 10, 10))
    assert (day.working, day.label_zh, day.label_en) == (True, "调休上班（补10月7日）", "Make-up working day (for 7 Oct)")
    assert NATION.day(date(2026, 10, 7)).label_en == "Day off (10 Oct worked instead)"
    assert "2026" in day.basis


def test_a_year_without_its_notice_is_provisional():
    assert not NATION.provisional(date(2026, 12, 31))
    assert NATION.provisional(date(2027, 1, 1))
    assert NATION.provisional_between(date(2026, 12, 31), date(2027, 1, 4))
    assert not NATION.provisional_between(date(2026, 1, 1), date(2026, 12, 31))
    assert NATION.day(date(2027, 10, 1)).provisional
    assert NATION.day(date(2027, 10, 1)).why == "holiday"


def test_a_notice_entered_by_hand_replaces_the_estimate():
    row = {
        "year": 2027, "basis": "国办通知", "decided_on": date(2026, 11, 10), "work": ["2027-02-13"],
        "off": [{"days": "2027-02-05..2027-02-11", "zh": "春节", "en": "Spring Festival"}],
    }  # fmt: skip
    told = DALI.noticed(notice_of(row))
    assert not told.provisional(date(2027, 2, 5))
    assert told.is_working(date(2027, 2, 13)) and told.day(date(2027, 2, 13)).why == "make_up"
    assert told.is_working(date(2027, 1, 1)), "only what the notice says"
    assert not told.is_working(date(2027, 2, 11)) and DALI.is_working(date(2027, 2, 11))
    assert told.version != DALI.version
    with pytest.raises(CalendarError):
        load_layer({"id": "x", "name": {"zh": "x", "en": "x"}, "parent": "national", "notice": [row]})


@pytest.mark.parametrize(("year", "first"), [(2021, (4, 26)), (2022, (4, 15)), (2023, (5, 4)), (2026, (5, 1))])
def test_third_month_fair(year, first):
    for step in range(3):
        day = date(year, *first) + timedelta(days=step)
        assert not DALI.is_working(day)
        assert "三月街民族节" in DALI.day(day).label_zh
    assert "三月街" not in DALI.day(date(year, *first) - timedelta(days=1)).label_zh
    assert "三月街" not in DALI.day(date(year, *first) + timedelta(days=3)).label_zh


def test_the_layer_begins_when_it_was_decided_and_is_not_made_up():
    assert DALI.is_working(date(2019, 11, 22)) and not DALI.is_working(date(2020, 11, 23))
    assert DALI.is_working(date(2020, 4, 8)), "no fair before 2021"
    # 22 November 2026 is a Sunday: its Monday is off as the 23rd, and nothing is made up on the Tuesday
    assert [DALI.day(date(2026, 11, day)).why for day in (22, 23, 24)] == ["weekend", "layer_off", "workday"]
    assert DALI.day(date(2026, 11, 22)).label_zh == "周日、自治州成立纪念日"
    assert DALI.day(date(2026, 5, 1)).why == "holiday" and "三月街" in DALI.day(date(2026, 5, 1)).label_zh


def test_a_make_up_day_on_a_layer_holiday_is_off():
    # 2024-04-28 (Sunday) is worked in the nation; lay a holiday over it
    layer = load_layer(b'id="x"\nparent="national"\n[name]\nzh="x"\nen="x"\n[[day]]\ndays="2024-04-28"\nworking=false\nzh="z"\nen="e"\nbasis="b"\n')
    calendar = build_calendar([NATIONAL, layer], "x")
    assert NATION.day(date(2024, 4, 28)).why == "make_up"
    assert (calendar.is_working(date(2024, 4, 28)), calendar.day(date(2024, 4, 28)).why) == (False, "layer_off")


def test_amending_makes_a_new_calendar():
    amended = DALI.amended("dali", [date(2026, 10, 9)], [date(2026, 10, 11)], "州政府通知", date(2026, 9, 23))
    off, worked = amended.day(date(2026, 10, 9)), amended.day(date(2026, 10, 11))
    assert (off.working, off.why, off.layer, off.basis) == (False, "layer_off", "dali", "州政府通知")
    assert (worked.working, worked.why) == (True, "layer_work")
    assert DALI.is_working(date(2026, 10, 9)) and amended.version != DALI.version
    back = amended.amended("dali", [], [date(2026, 10, 9)], "撤回")
    assert back.is_working(date(2026, 10, 9)) and back.day(date(2026, 10, 9)).why == "workday"
    assert amended.amended("national", [date(2026, 10, 11)]).is_working(date(2026, 10, 11)), "the lower layer has the last word"
    with pytest.raises(CalendarError):
        DALI.amended("nowhere", [date(2026, 10, 9)])
    with pytest.raises(CalendarError):
        DALI.amended("dali", [date(2026, 10, 9)], [date(2026, 10, 9)])


def test_versions_are_of_the_content():
    again = calendars_of([load_layer(path.read_bytes()) for path in sorted(FILES.glob("*.toml"))])
    assert again["dali"].version == DALI.version != NATION.version


@given(st.dates(date(2002, 1, 1), date(2031, 12, 31)), st.integers(1, 300))
def test_nth_working_day_and_count_are_inverse(start, n):
    day = DALI.working_day_after(start, n)
    assert DALI.is_working(day) and DALI.day(day).working
    assert DALI.working_days_between(start, day) == n
    assert DALI.working_days_between(day, start) == -n


def test_lunar_dates_agree_with_a_second_table():
    table = _ChineseLunisolar()
    months = {"lunar_new_year_date": (1, 1), "hung_kings_date": (3, 10), "buddha_birthday_date": (4, 8),
              "dragon_boat_date": (5, 5), "mid_autumn_date": (8, 15), "double_ninth_date": (9, 9)}  # fmt: skip
    for year in range(1950, 2100):
        for name, (month, day) in months.items():
            assert getattr(table, name)(year)[0] == _lunar_to_solar(year, month, day), (year, name)


@pytest.mark.parametrize("text", [
    "", "id = 'x'", "not toml", 'id="x"\nname={zh="x",en="x"}', 'id="x"\nparent="y"\nname={zh="x",en="x"}\nextra=1',
    'id="x"\nparent="y"\nname={zh="x",en="x"}\n[[rule]]\ncalendar="gregorian"\nmonth=2\nfirst=28\nlast=29\nsince=2020-01-01\nzh="x"\nen="x"\nbasis="x"',
    'id="x"\nparent="y"\nname={zh="x",en="x"}\n[[rule]]\ncalendar="lunar"\nmonth=3\nfirst=30\nsince=2020-01-01\nzh="x"\nen="x"\nbasis="x"',
    'id="x"\nparent="y"\nname={zh="x",en="x"}\n[[day]]\ndays="2026-01-05..2026-01-01"\nworking=false\nzh="x"\nen="x"\nbasis="x"',
])  # fmt: skip
def test_a_bad_layer_is_refused(text):
    with pytest.raises(CalendarError):
        load_layer(text)


def test_layers_must_form_a_chain():
    with pytest.raises(CalendarError):
        build_calendar(LAYERS[:1], "dali")  # the leaf alone
    with pytest.raises(CalendarError):
        calendars_of([layer for layer in LAYERS if layer.id == "dali"])
    with pytest.raises(CalendarError):
        NATION.is_working(date(2150, 1, 1))


def test_the_legal_day_is_shanghai_s():
    assert local_date(datetime.fromisoformat("2026-09-22T23:59:59+08:00")) == date(2026, 9, 22)
    assert local_date(datetime.fromisoformat("2026-09-22T15:59:59+00:00")) == date(2026, 9, 22)
    assert local_date(datetime.fromisoformat("2026-09-22T16:00:00+00:00")) == date(2026, 9, 23)
    assert start_of_day(date(2026, 9, 23)) == datetime(2026, 9, 23, tzinfo=SHANGHAI)
    with pytest.raises(ValueError):
        local_date(datetime(2026, 9, 22))
