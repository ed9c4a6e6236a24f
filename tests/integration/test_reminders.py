"""Reminders: the manifest's moments wait, come and tell; what a person is told of a day is one message, in the app and by mail; a standstill is caught up with once."""
from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select, update

from tests.desk_story import APPROVER, Browser, Story
from tests.statements import counting
from webapp.cases.verify_ledger import verify_all
from webapp.domain.clock import SHANGHAI
from webapp.models import Account, Case, CaseUnit, LedgerEntry, MomentRow, Outbox, Reminder, StaffNotice, Unit, db
from webapp.permissions import find_person, may_see
from webapp.worker import deliver, gather, reminders, sweep

CLERK, HEAD = "dali/xiangyun/market.clerk", "dali/xiangyun/market.unit_head"
TITLE = "王小明家门口的路灯"


def shanghai(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI).astimezone(UTC)


@pytest.fixture
def story(app, clock):
    return Story(app, clock)


@pytest.fixture
def at(app, clock):
    """Go to a time in Shanghai and let the worker have its turn there; what it did."""
    def go(text: str, *works):
        clock.time = shanghai(text)
        with app.app_context():
            env = app.extensions["duban"].env
            done = [work(env) for work in works or (sweep, gather)]
            db.session.remove()
        return done

    return go


@pytest.fixture
def rows(app):
    """All rows of a query, in a context of their own."""
    def ask(query):
        with app.app_context():
            found = list(db.session.execute(query))
            db.session.remove()
        return found

    return ask


def messages(rows, login: str) -> list[dict]:
    """The gathered messages of one person, the oldest first: day → lines."""
    query = select(StaffNotice.day, StaffNotice.data).join(Account, Account.id == StaffNotice.account_id).where(Account.login == login)
    return [{"day": str(day), **data} for day, data in rows(query.order_by(StaffNotice.id))]


def waiting(rows) -> list[tuple]:
    return sorted((m.deadline, m.moment, m.fire_at.astimezone(SHANGHAI).strftime("%m-%d %H:%M")) for (m,) in rows(select(MomentRow)) if m.engine_id == "!" and m.fire_at)


# On 2 March 2026 `handle` begins: 15 working days, due on the 23rd; 80 % are used on the 18th.

def test_the_moments_of_the_manifest_wait_and_go_with_their_deadline(story, rows):
    number = story.at_handle()
    assert waiting(rows) == [("handle", "last_day", "03-23 00:00"), ("handle", "overdue every 1 w", "03-24 00:00"), ("handle", "yellow", "03-18 00:00")]
    case = story.case(number)
    story.do(number, CLERK, "handle", decision="reply", text="已修好", finding="founded")
    story.do(number, APPROVER, "review", decision="pass")
    assert len(waiting(rows)) == 3      # it runs until the citizen has been told
    story.do(number, APPROVER, "feedback", how="platform")
    assert waiting(rows) == []
    assert story.case(number).id == case.id and story.case(number).status == "closed"


def test_in_the_morning_and_once(story, at, rows):
    number = story.at_handle(title=TITLE)
    assert at("2026-03-17 23:59:59") == [0, 0]
    assert at("2026-03-18 00:00") == [1, 0]
    assert at("2026-03-18 08:29:59") == [0, 0]
    assert at("2026-03-18 08:30") == [0, 4]     # two clerks of the lead, two approvers of the unit that received it
    assert at("2026-03-18 08:31") == [0, 0]
    message, = messages(rows, CLERK)
    line, = message["lines"]
    assert message["day"] == "2026-03-18" and "planned" not in line
    assert (line["number"], line["deadline"], line["due"], line["left"]) == (number, "handle", "2026-03-23", 3)
    assert messages(rows, f"{CLERK}#2") == messages(rows, CLERK) == messages(rows, APPROVER)
    assert messages(rows, HEAD) == []
    assert rows(select(func.count()).select_from(Reminder)) == [(0,)]
    entry, = rows(select(LedgerEntry.data).where(LedgerEntry.kind == "reminded"))
    assert entry.data["told"] == [CLERK, APPROVER] and entry.data["due_at"] == "2026-03-17T16:00:00+00:00"


def test_several_cases_are_one_message_the_most_urgent_first(story, at, rows):
    later = story.at_handle()
    story.clock.time = shanghai("2026-02-27 09:00")      # a Friday; the next working day is Saturday the 28th
    sooner = story.at_handle()
    at("2026-03-18 08:30")
    first, second = messages(rows, CLERK)[-1]["lines"]
    assert [first["number"], second["number"]] == [sooner, later] and first["left"] < second["left"]


def test_an_extension_brings_the_moments_again(story, at, rows):
    number = story.at_handle()
    at("2026-03-18 08:30")
    story.act(number, CLERK, "request_extension", days=5, reason="需要现场核查")
    story.do(number, APPROVER, "approve_extension", decision="approve", days=5)
    assert waiting(rows) == [("handle", "last_day", "03-30 00:00"), ("handle", "overdue every 1 w", "03-31 00:00"), ("handle", "yellow", "03-24 00:00")]
    at("2026-03-24 08:30")
    assert [(m["day"], m["lines"][0]["due"]) for m in messages(rows, CLERK)] == [("2026-03-18", "2026-03-23"), ("2026-03-24", "2026-03-30")]


def test_overdue_every_week_and_one_level_up_from_the_second(app, story, at, rows):
    number = story.at_handle()
    at("2026-03-24 08:30")
    assert "逾期" not in str(messages(rows, CLERK)) and messages(rows, CLERK)[-1]["lines"][0]["left"] == -1
    assert messages(rows, "dali.supervisor") == [] and messages(rows, "dali/inspection.supervisor")
    for day in ("25", "26", "27", "30"):
        assert at(f"2026-03-{day} 08:30") == [0, 0]
    at("2026-03-31 08:30")
    assert messages(rows, CLERK)[-1]["day"] == messages(rows, "dali.supervisor")[-1]["day"] == "2026-03-31"
    case = story.case(number)
    with app.app_context():
        assert may_see(find_person(login="dali.supervisor"), case.id)      # whoever is told may look
        db.session.remove()


def test_an_extension_decided_late_begins_the_overdue_moments_anew(story, at, rows):
    number = story.at_handle()
    at("2026-03-20 10:00")
    story.act(number, CLERK, "request_extension", days=10, reason="需要现场核查")
    at("2026-04-02 10:00")      # the deadline has been missed for more than a week meanwhile
    story.do(number, APPROVER, "approve_extension", decision="approve", days=10)
    at("2026-04-08 09:00")      # due on the 7th, the 6th being a holiday
    assert messages(rows, CLERK)[-1]["day"] == "2026-04-08" and messages(rows, "dali.supervisor")[-1]["day"] == "2026-04-02"


def test_what_is_done_before_the_morning_is_not_told(story, at, rows):
    number = story.at_receive()
    assert at("2026-03-04 00:00:05")[0] == 2
    assert rows(select(func.count()).select_from(Reminder)) == [(6,)]
    story.do(number, "dali/xiangyun.intake", "receive")
    assert at("2026-03-04 08:30") == [0, 0] and rows(select(func.count()).select_from(Reminder)) == [(0,)]


def test_on_a_day_off_nobody_is_told(story, at, rows):
    story.wait(days=3)
    story.at_receive()          # on Thursday; due on Friday, overdue on Saturday
    at("2026-03-07 00:01"), at("2026-03-07 09:00"), at("2026-03-08 09:00")
    assert messages(rows, "dali/xiangyun.intake") == []
    at("2026-03-09 08:30")
    message, = messages(rows, "dali/xiangyun.intake")
    assert message["day"] == "2026-03-09" and len(message["lines"]) == 1


def test_the_wall_holds_at_every_moment(app, story, at, rows):
    number, other = story.at_handle(title=TITLE), story.at_handle()
    at("2026-03-18 00:05")
    with app.app_context():      # the reported unit becomes known when the reminders are written, but not told
        db.session.execute(update(Case).where(Case.number == number).values(respondent="dali/xiangyun/market"))
        db.session.execute(update(Account).where(Account.login == CLERK).values(email="clerk@example.cn"))
        db.session.commit()
        db.session.remove()
    at("2026-03-18 08:30")
    assert [line["number"] for line in messages(rows, CLERK)[0]["lines"]] == [other]
    assert {line["number"] for line in messages(rows, APPROVER)[0]["lines"]} == {number, other}
    with app.app_context():      # and of the other case it becomes known between the message and its being read or sent
        db.session.execute(update(Case).where(Case.number == other).values(respondent="dali/xiangyun"))
        db.session.commit()
        db.session.remove()
    page = Browser(app, CLERK).get("/desk/notices").text
    assert other not in page and number not in page
    post = Post()
    at("2026-03-18 08:31", lambda env: deliver(env, post))
    assert "clerk@example.cn" not in {to for to, *_ in post.sent}


def test_whoever_stepped_out_is_not_told(story, at, rows):
    number = story.at_handle()
    story.act(number, CLERK, "recuse", reason="亲属")
    at("2026-03-18 08:30")
    assert messages(rows, CLERK) == [] and messages(rows, f"{CLERK}#2")


class Post:
    """A mail server that keeps what it is given."""

    def __init__(self):
        self.sent = []

    def send(self, to, subject, body, message_id, at):
        self.sent.append((to, subject, body, message_id))


def test_by_mail_where_there_is_an_address_and_nothing_of_the_claimant(app, story, at, rows):
    number = story.at_handle(title=TITLE)
    with app.app_context():
        db.session.execute(update(Account).where(Account.login == CLERK).values(email="clerk@example.cn"))
        db.session.execute(update(Outbox).values(state="sent"))
        db.session.commit()
        db.session.remove()
    at("2026-03-18 08:30")
    post = Post()
    at("2026-03-18 08:31", lambda env: deliver(env, post)), at("2026-03-18 08:40", lambda env: deliver(env, post))
    (to, subject, body, _id), = post.sent
    assert to == "clerk@example.cn" and number in body and "2026-03-23" in body and "办理" in body and "1 项" in subject
    for private in (TITLE, "王小明", "张小三", "13800000001", "校服费"):
        assert private not in subject + body


def test_two_workers_write_one_message(app, story, at, rows):
    story.at_handle(), story.at_handle()
    at("2026-03-18 00:05", sweep)
    story.clock.time = shanghai("2026-03-18 08:30")
    told = []

    def run():
        with app.app_context():
            told.append(gather(app.extensions["duban"].env))
            db.session.remove()

    threads = [threading.Thread(target=run) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(told) == 4 and len(messages(rows, CLERK)) == len(messages(rows, APPROVER)) == 1


def test_a_worker_that_was_away_for_a_week_catches_up_once_and_in_order(app, story, at, rows):
    """From the 17th to the 25th nobody worked: yellow, the last day, the miss with its supervision, all in their order and as of their time; one message."""
    number = story.at_handle()
    at("2026-03-17 09:00")
    done = at("2026-03-25 09:10")
    assert done[1] == len({login for login, in rows(select(Account.login).join(StaffNotice, StaffNotice.account_id == Account.id))}) > 4
    case = story.case(number)
    entries = [e for (e,) in rows(select(LedgerEntry).where(LedgerEntry.case_id == case.id).order_by(LedgerEntry.seq)) if e.data.get("due_at")]
    assert [(e.kind, e.data.get("moment")) for e in entries] == [
        ("reminded", "yellow"), ("reminded", "last_day"), ("moment", "handle overdue"), ("supervision_opened", None), ("reminded", "overdue every 1 w")]
    due = [e.data["due_at"] for e in entries]
    assert due == sorted(due) and {e.at for e in entries} == {shanghai("2026-03-25 09:10")}
    message, = messages(rows, CLERK)
    line, = message["lines"]        # one line for the deadline, not one for each moment
    assert (message["day"], line["left"], line["planned"]) == ("2026-03-25", -2, "2026-03-24")
    assert at("2026-03-25 09:20") == [0, 0]
    browser = Browser(app, "dali/inspection.supervisor")
    assert "应于 3月24日 00:00 发生，系统恢复后补办" in browser.get(f"/desk/cases/{number}").text
    assert "应于 3月24日 提醒" in Browser(app, CLERK).get("/desk/notices").text
    with app.app_context():
        assert verify_all(app.extensions["duban"].env.ledger_key)[1] == []
        db.session.remove()


def test_back_at_night_the_message_waits_for_the_morning(story, at, rows):
    story.at_handle()
    assert at("2026-03-25 02:00")[1] == 0
    at("2026-03-25 08:30")
    assert [m["day"] for m in messages(rows, CLERK)] == ["2026-03-25"]


def test_away_after_the_reminders_were_written(story, at, rows):
    """The moments fired at night, and then nobody gathered for two days: one message, in the morning."""
    story.at_handle()
    at("2026-03-18 00:05", sweep)
    assert at("2026-03-20 03:00", gather) == [0]
    at("2026-03-20 08:30", gather)
    message, = messages(rows, CLERK)
    assert message["day"] == "2026-03-20" and message["lines"][0]["left"] == 1


def test_what_comes_after_the_message_waits_for_the_next(story, at, rows):
    story.at_handle()
    at("2026-03-18 08:30")
    story.at_receive()          # at half past eight, too late for this day
    at("2026-03-20 00:01", sweep)
    at("2026-03-20 08:30")
    assert [m["day"] for m in messages(rows, "dali/inspection.supervisor")] == ["2026-03-20"]
    number = story.at_receive()
    with story.app.app_context():       # a moment that is written down only after this day's message has gone
        case = db.session.scalar(select(Case.id).where(Case.number == number))
        account = db.session.scalar(select(Account.id).where(Account.login == "dali/inspection.supervisor"))
        db.session.add(Reminder(account_id=account, case_id=case, deadline="receive", deadline_n=1, came_at=shanghai("2026-03-20 00:00"), tell_at=shanghai("2026-03-20 08:30")))
        db.session.commit()
        db.session.remove()
    assert at("2026-03-20 11:00")[1] == 0
    at("2026-03-23 08:29:59"), at("2026-03-23 08:30")
    assert [m["day"] for m in messages(rows, "dali/inspection.supervisor")] == ["2026-03-20", "2026-03-23"]


def test_messages_wait_while_moments_are_still_to_fire(story, at, rows, monkeypatch):
    story.at_handle(), story.at_handle()
    at("2026-03-18 00:05", sweep)
    story.clock.time = shanghai("2026-03-24 09:00")
    assert at("2026-03-24 09:00", gather) == [0]        # the miss of both is still to be fired: it belongs into the same message
    at("2026-03-24 09:01")
    assert len(messages(rows, CLERK)) == 1


def test_a_person_that_fails_stops_nobody(story, at, rows, monkeypatch):
    story.at_handle()
    sound, broken = reminders.gather_reminders, story.scalar(select(Account.id).where(Account.login == CLERK))

    def some(env, account_id):
        if account_id == broken:
            raise RuntimeError("broken")
        return sound(env, account_id)

    monkeypatch.setattr(reminders, "gather_reminders", some)
    assert at("2026-03-18 08:30")[1] == 3
    monkeypatch.setattr(reminders, "gather_reminders", sound)
    assert at("2026-03-18 08:31")[1] == 0 and at("2026-03-18 09:31")[1] == 1
    assert len(messages(rows, CLERK)) == 1


def asked(app, work) -> int:
    with app.app_context(), counting(db.engine, "") as counted:
        work(app.extensions["duban"].env)
        db.session.remove()
    return counted.statements


def test_nothing_due_asks_one_question_and_what_is_due_costs_what_it_is(app, story, at):
    story.at_handle()
    assert asked(app, sweep) == asked(app, gather) == 1
    at("2026-03-18 00:05", sweep)
    story.clock.time = shanghai("2026-03-18 08:30")
    one = asked(app, gather)
    for _ in range(5):          # open cases of other days change nothing
        story.at_handle()
    story.clock.time = shanghai("2026-03-19 00:00")
    asked(app, sweep)
    story.clock.time = shanghai("2026-03-24 00:05")
    asked(app, sweep), asked(app, gather)
    assert asked(app, sweep) == asked(app, gather) == 1
    assert one <= 2 + 4 * 8     # a handful for each of the four people


def test_pages_say_it(app, story, at):
    number = story.at_handle(title=TITLE)
    page = Browser(app, CLERK).get(f"/desk/cases/{number}").text
    assert "什么时候提醒谁" in page and "3月18日" in page and "祥云县市场监督管理局经办" in page and "逾期起每" in page
    at("2026-03-18 08:30")
    page = Browser(app, CLERK).get("/desk/notices").text
    assert "期限提醒" in page and number in page and TITLE in page and "剩 3 个工作日" in page
    assert "Who is reminded, and when" in Browser(app, CLERK, lang="en").get(f"/desk/cases/{number}").text


def test_no_unit_is_put_on_a_case_before_it_is_told(app, story, at, rows):
    number = story.at_handle()
    query = select(Unit.code).join(CaseUnit, CaseUnit.unit_id == Unit.id).join(Case, Case.id == CaseUnit.case_id).where(Case.number == number)
    before = set(rows(query))
    story.wait(days=1)
    at("2026-03-24 00:01")
    assert set(rows(query)) == before
    at((story.clock.now() + timedelta(days=7)).astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M"))
    assert set(rows(query)) - before == {("dali",)}
