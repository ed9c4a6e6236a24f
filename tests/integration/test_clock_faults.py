"""Clocks and zones that go wrong: the server's zone, a clock that jumps, the seconds around midnight, the 29th of February, a summer time abroad."""
from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from tests.desk_story import COUNTY, INTAKE, SCREENER, Story
from webapp.cases.verify_ledger import verify_all
from webapp.domain.clock import SHANGHAI
from webapp.models import DeadlineRow, LedgerEntry, MomentRow, StaffNotice, Supervision, db
from webapp.worker import gather, sweep


def shanghai(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI).astimezone(UTC)


@pytest.fixture(params=["UTC", "America/Los_Angeles"])
def zone(request, monkeypatch):
    """The server's own zone, as its administrator set it."""
    monkeypatch.setenv("TZ", request.param)
    time.tzset()
    yield request.param
    monkeypatch.undo()
    time.tzset()


@pytest.fixture
def story(app, clock):
    return Story(app, clock)


@pytest.fixture
def turn(app, clock):
    """The clock stands at a time in Shanghai (it may also go back) and the worker has its turn. How many moments came, how many people were told."""
    def go(text: str) -> tuple[int, int]:
        clock.time = shanghai(text)
        with app.app_context():
            env = app.extensions["duban"].env
            done = sweep(env), gather(env)
            db.session.remove()
        return done

    return go


@pytest.fixture
def rows(app):
    def ask(query) -> list:
        with app.app_context():
            found = list(db.session.scalars(query))
            db.session.remove()
        return found

    return ask


def due(rows, name: str = "receive") -> list[str]:
    return [str(row.doc["events"][-1]["due"]) for row in rows(select(DeadlineRow).where(DeadlineRow.name == name).order_by(DeadlineRow.case_id))]


def ledger(rows) -> list[LedgerEntry]:
    return rows(select(LedgerEntry).order_by(LedgerEntry.case_id, LedgerEntry.seq))


def whole(app) -> bool:
    with app.app_context():
        problems = verify_all(app.extensions["duban"].env.ledger_key)[1]
        db.session.remove()
    return problems == []


@pytest.mark.parametrize("assigned, day, overdue", [
    ("2026-03-02 23:59:59", "2026-03-03", "2026-03-04"),
    ("2026-03-03 00:00:00", "2026-03-04", "2026-03-05"),
    ("2026-03-06 23:59:59", "2026-03-09", "2026-03-10"),    # a Friday
    ("2026-03-07 00:00:00", "2026-03-09", "2026-03-10"),
])
def test_the_seconds_around_midnight(zone, story, turn, rows, assigned, day, overdue):
    """The day that a limit starts on is Shanghai's, whatever the server's zone; what ends at 24:00 is overdue at 00:00 and not a second before."""
    number = story.file()
    story.clock.time = shanghai(assigned) - timedelta(minutes=1)     # an act is one minute on
    story.do(number, SCREENER, "screen", decision="assign", unit=COUNTY)
    assert due(rows) == [day]
    last = (shanghai(f"{overdue} 00:00") - timedelta(seconds=1)).astimezone(SHANGHAI)
    assert turn(f"{last:%Y-%m-%d %H:%M:%S}") == (0, 0) and rows(select(Supervision)) == []
    assert turn(f"{overdue} 00:00:00")[0] == 2 and len(rows(select(Supervision))) == 1
    assert turn(f"{overdue} 08:30")[1] == 6


def test_a_summer_time_abroad_moves_nothing(zone, story, turn, rows):
    """On 8 March 2026 clocks go forward in Los Angeles, in the middle of a Shanghai night."""
    story.clock.time = shanghai("2026-03-06 10:00")
    story.at_receive()
    assert due(rows) == ["2026-03-09"]
    for before in ("2026-03-08 17:59:59", "2026-03-08 18:00", "2026-03-09 00:00", "2026-03-09 23:59:59"):
        assert turn(before) == (0, 0)
    assert turn("2026-03-10 00:00")[0] == 2


def test_a_clock_that_goes_back_an_hour(app, story, turn, rows):
    """Nothing comes twice, nothing early, nobody is told twice; the ledger's order is that of its numbers."""
    story.at_receive()
    assert turn("2026-03-04 00:10")[0] == 2
    assert turn("2026-03-03 23:10") == (0, 0)
    story.do(story.file(), SCREENER, "screen", decision="assign", unit=COUNTY)      # life goes on at the wrong hour
    assert turn("2026-03-03 23:59:59") == (0, 0) and turn("2026-03-04 00:10") == (0, 0)
    assert turn("2026-03-04 08:31")[1] == 6
    assert turn("2026-03-04 07:31") == (0, 0) and turn("2026-03-04 08:31") == (0, 0)
    assert len(rows(select(Supervision))) == 1 and len(rows(select(StaffNotice).where(StaffNotice.day.is_not(None)))) == 6
    assert [e.kind for e in ledger(rows)].count("reminded") == 1 and whole(app)


def test_a_command_after_the_clock_went_back_wakes_nothing_again(app, story, turn, rows):
    """An act aims all waiting moments anew; what has come stays come, also where its time lies ahead again."""
    number = story.at_receive()
    turn("2026-03-04 00:10")
    story.clock.time = shanghai("2026-03-03 23:10")
    story.act(number, INTAKE, "recuse", reason="亲属")
    turn("2026-03-04 00:10")
    assert len(rows(select(Supervision))) == 1 and [e.kind for e in ledger(rows)].count("reminded") == 1
    turn("2026-03-05 00:10")       # overdue every working day: the second time
    assert [e.kind for e in ledger(rows)].count("reminded") == 2 and whole(app)


def test_a_clock_that_jumps_forward_a_day_and_back(app, story, turn, rows):
    """What came in the wrong day stays (the clock is the only witness), in order; back in the right day nothing of it comes again."""
    number = story.at_receive()
    fired = turn("2026-03-04 10:00")
    assert fired[0] == 2
    assert turn("2026-03-03 10:00:05") == (0, 0)
    story.do(number, INTAKE, "receive")     # still kept: the true day was the last one
    assert turn("2026-03-04 10:00") == (0, 0)
    entries = ledger(rows)
    assert [e.seq for e in entries] == list(range(1, len(entries) + 1)) and whole(app)
    assert [e.kind for e in entries if e.kind in ("moment", "supervision_opened", "reminded", "receive")] == ["moment", "supervision_opened", "reminded", "receive"]
    assert rows(select(MomentRow).where(MomentRow.deadline == "receive")) == []


def test_the_message_of_a_day_stays_one_when_the_day_comes_twice(story, turn, rows):
    story.at_receive()
    turn("2026-03-04 09:00")
    story.at_receive()
    assert turn("2026-03-05 09:00")[1] == 6
    assert turn("2026-03-04 09:00") == (0, 0)       # a day back, and the day once more
    turn("2026-03-05 09:00")
    days = [(n.account_id, str(n.day)) for n in rows(select(StaffNotice).where(StaffNotice.day.is_not(None)))]
    assert len(days) == len(set(days)) == 12


def test_the_29th_of_february_counts(zone, story, turn, rows):
    """2028-02-29 is a Tuesday: a working day like any other, in a limit and as its last day."""
    for assigned, day, overdue in (("2028-02-28 10:00", "2028-02-29", "2028-03-01"), ("2028-02-29 23:58:30", "2028-03-01", "2028-03-02")):
        number = story.file()
        story.clock.time = shanghai(assigned)
        story.do(number, SCREENER, "screen", decision="assign", unit=COUNTY)
        assert due(rows)[-1] == day
        with_overdue = shanghai(f"{overdue} 00:00")
        mine = [m.fire_at for m in rows(select(MomentRow).where(MomentRow.deadline == "receive"))][-1]
        assert mine == with_overdue
    turn("2028-02-29 23:59:59")
    assert rows(select(Supervision)) == []
    turn("2028-03-01 00:00")
    assert len(rows(select(Supervision))) == 1
    turn("2028-03-02 00:00")
    assert len(rows(select(Supervision))) == 2
