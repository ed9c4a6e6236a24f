"""A change of a calendar as an act: entered, looked at, approved by another, applied to each running deadline once, whatever happens in between."""
from __future__ import annotations

import re
import threading
import time
from datetime import date, timedelta

import pytest

from tests.conftest import MORNING, PROCEDURE
from tests.desk_story import Browser
from webapp.cases.apply_change import apply_changes, apply_whole
from webapp.cases.calendar_changes import approve, discard, enter_change, first_day
from webapp.cases.do_task import complete_task
from webapp.cases.errors import NotFound
from webapp.cases.file_case import file_case
from webapp.cases.fire_moments import fire_all
from webapp.cases.incidents import retry, unsolved
from webapp.cases.preview_change import moved, preview
from webapp.domain.clock import local_date
from webapp.domain.deadlines import Deadline
from webapp.domain.notice_rows import ChangedDay, read_rows
from webapp.engine import Refusal
from webapp.models import CalendarChange, CalendarMove, DeadlineRow, LedgerEntry, MomentRow, StaffNotice, Supervision, Task, Unit, db
from webapp.permissions import System, find_person

FILING = {"channel": "web", "type": "complaint", "category": "dc-2", "title": "校服收费", "text": "学校统一收取校服费，未公示标准。", "anonymous": True}
ADMIN, OTHER = "dali/inspection.admin", "dali/inspection.admin#2"
TOMORROW = local_date(MORNING) + timedelta(days=1)      # a Tuesday


def file_some(env, n: int, **more) -> list[int]:
    """Cases that wait at the assigned unit for receipt, whose limit runs."""
    found = [file_case(env, PROCEDURE, {**FILING, **more})[0].case_id for _ in range(n)]
    for case_id in found:
        task = db.session.scalars(db.select(Task).where(Task.case_id == case_id, Task.state == "open")).one()
        unit = db.session.scalar(db.select(Unit.code).where(Unit.id == task.unit_id))
        complete_task(env, task.id, {"decision": "assign", "unit": "dali/xiangyun"}, find_person(login=f"{unit}.{task.role}"))
    db.session.commit()
    return found


def enter(env, days, basis="州政府通知", by=ADMIN, layer="dali", **more) -> CalendarChange:
    change = enter_change(env, find_person(login=by), layer, [ChangedDay(day, working) for day, working in days], more.get("year"), basis, local_date(env.now()), more.get("key"))
    db.session.commit()
    return change


def accept(env, change, by=OTHER) -> CalendarChange:
    seen = preview(env, find_person(login=by), change)
    approve(env, find_person(login=by), change.id, seen.stamp)
    db.session.commit()
    return db.session.get(CalendarChange, change.id)


def due_of(case_id: int) -> date:
    row = db.session.scalars(db.select(DeadlineRow).where(DeadlineRow.case_id == case_id, DeadlineRow.ended_at.is_(None))).first()
    return Deadline.from_json(row.doc).due


def test_preview_and_what_then_happens_agree(env):
    cases = file_some(env, 3)
    before = due_of(cases[0])
    change = enter(env, [(TOMORROW, False)])
    person = find_person(login=OTHER)
    seen = preview(env, person, change)
    assert (seen.moves, seen.later, seen.earlier, seen.becomes_late) == (3, 3, 0, 0) and {m.case_id for m in seen.rows} == set(cases)
    assert due_of(cases[0]) == before, "a draft moves nothing"
    accept(env, change)
    assert due_of(cases[0]) == before, "the approval itself moves nothing that runs"
    apply_whole(env, change)
    assert [(m.old, m.new) for m in seen.rows] == [(before, due_of(c)) for c in cases] and due_of(cases[0]) == before + timedelta(days=1)
    counts, rows = moved(person, change)
    assert counts == {"moves": 3, "becomes_late": 0, "stops_late": 0} and {m.case_id for m in rows} == set(cases)
    row = db.session.get(CalendarChange, change.id, populate_existing=True)
    assert (row.state, row.done, row.total) == ("applied", 3, 3) and row.applied_at is not None


def test_everything_that_hangs_on_a_deadline_moves_with_it(env):
    (case,) = file_some(env, 1)
    was = {m.moment: m.fire_at for m in db.session.scalars(db.select(MomentRow).where(MomentRow.case_id == case, MomentRow.fire_at.is_not(None)))}
    accept(env, change := enter(env, [(TOMORROW, False)]))
    apply_whole(env, change)
    now = {m.moment: m.fire_at for m in db.session.scalars(db.select(MomentRow).where(MomentRow.case_id == case, MomentRow.fire_at.is_not(None)))}
    assert now["overdue"] == was["overdue"] + timedelta(days=1)
    row = db.session.scalars(db.select(DeadlineRow).where(DeadlineRow.case_id == case, DeadlineRow.ended_at.is_(None))).first()
    task = db.session.scalars(db.select(Task).where(Task.case_id == case, Task.state == "open", Task.deadline == row.name)).first()
    assert task.due_at == row.due_at == Deadline.from_json(row.doc).due_at
    entry = db.session.scalars(db.select(LedgerEntry).where(LedgerEntry.case_id == case, LedgerEntry.kind == "recomputed")).one()
    assert entry.data["basis"] == "州政府通知" and entry.data["change"] == change.id and entry.data["old"] < entry.data["due"]
    told = db.session.scalars(db.select(StaffNotice).where(StaffNotice.kind == "calendar_changed")).all()
    assert [(n.case_id, n.role, n.data["change"]) for n in told] == [(None, task.role, change.id)], "one message for the unit's role, however many cases"
    from webapp.cases.verify_ledger import verify_all
    assert verify_all(env.ledger_key)[1] == []


def test_new_deadlines_count_by_it_at_once(env):
    (old,) = file_some(env, 1)
    accept(env, enter(env, [(TOMORROW, False)]))
    (new,) = file_some(env, 1)
    assert due_of(new) == due_of(old) + timedelta(days=1)
    while apply_changes(env):
        pass
    assert due_of(new) == due_of(old)
    assert db.session.scalar(db.select(db.func.count()).select_from(LedgerEntry).where(LedgerEntry.case_id == new, LedgerEntry.kind == "recomputed")) == 0


def test_a_miss_that_was_none_takes_its_supervision_back_by_an_entry(env, clock):
    (case,) = file_some(env, 1)
    due = due_of(case)
    clock.move(MORNING + timedelta(days=(due - local_date(MORNING)).days + 1))
    assert not fire_all(env)
    assert db.session.scalars(db.select(Supervision.status).where(Supervision.case_id == case)).all() == ["open"]
    change = enter(env, [(due, False)])
    seen = preview(env, find_person(login=OTHER), change)
    assert (seen.moves, seen.stops_late) == (1, 1)
    accept(env, change)
    apply_whole(env, change)
    assert db.session.scalars(db.select(Supervision.status).where(Supervision.case_id == case)).all() == ["withdrawn"]
    assert moved(find_person(login=OTHER), change)[0] == {"moves": 1, "becomes_late": 0, "stops_late": 1}


def test_a_day_worked_may_make_a_case_late(env, clock):
    clock.move(MORNING + timedelta(days=4))     # a Friday
    (case,) = file_some(env, 1)
    saturday = local_date(env.now()) + timedelta(days=1)
    assert due_of(case) > saturday
    clock.move(clock.now() + timedelta(days=2))
    change = enter(env, [(saturday, True), (saturday + timedelta(days=1), True)])
    seen = preview(env, find_person(login=OTHER), change)
    accept(env, change)
    apply_whole(env, change)
    assert seen.earlier == 1 and due_of(case) < saturday + timedelta(days=2)
    assert seen.becomes_late == moved(find_person(login=OTHER), change)[0]["becomes_late"] == int(due_of(case) < local_date(env.now()))


def test_nobody_approves_their_own_and_nobody_approves_blind(env):
    file_some(env, 1)
    change = enter(env, [(TOMORROW, False)])
    with pytest.raises(Refusal, match="same_person"):
        accept(env, change, by=ADMIN)
    db.session.rollback()
    stamp = preview(env, find_person(login=OTHER), change).stamp
    second = enter(env, [(TOMORROW + timedelta(days=1), False)])
    accept(env, second)
    with pytest.raises(Refusal, match="calendar_moved"):
        approve(env, find_person(login=OTHER), change.id, stamp)
    db.session.rollback()
    assert db.session.get(CalendarChange, change.id).state == "draft"
    discard(env, find_person(login=ADMIN), change.id)
    db.session.commit()
    with pytest.raises(Refusal, match="decided"):
        accept(env, change)


@pytest.mark.parametrize("login", ["dali/market.admin", "dali/inspection.clerk", "dali/inspection.policy"])
def test_only_the_keepers_of_a_calendar_approve(env, login):
    change = enter(env, [(TOMORROW, False)])
    with pytest.raises(NotFound):
        approve(env, find_person(login=login), change.id, None)


@pytest.mark.parametrize(("days", "more", "code"), [
    ([], {}, "no_days"), ([(TOMORROW, False), (TOMORROW, True)], {}, "both"), ([(date(1999, 1, 1), False)], {}, "year"),
    ([(TOMORROW, False)], {"year": 2026}, "year"), ([(TOMORROW, False)], {"basis": "  "}, "basis"), ([(TOMORROW, False)], {"basis": "长" * 501}, "basis"),
    ([(date(2026, 1, 1) + timedelta(days=n), False) for n in range(401)], {}, "too_many_days"), ([(TOMORROW, False)], {"layer": "nowhere"}, "unknown_layer"),
])
def test_what_does_not_hold_is_refused_and_nothing_stored(env, days, more, code):
    with pytest.raises(Refusal, match=code):
        enter(env, days, **more)
    db.session.rollback()
    assert db.session.scalar(db.select(db.func.count()).select_from(CalendarChange)) == 0


def test_entered_twice_with_one_form_is_one_draft(env):
    first, second = (enter(env, [(TOMORROW, False)], key="form-1").id for _ in range(2))
    assert first == second


def test_cut_off_in_the_middle_it_goes_on_where_it_was(env, monkeypatch):
    cases = file_some(env, 5)
    accept(env, change := enter(env, [(TOMORROW, False)]))
    from webapp.cases import apply_change as module
    written, real = [], module._send

    def crashes(env, change, case_id, *args):
        if len(written) == 3:
            raise KeyboardInterrupt
        written.append(case_id)
        return real(env, change, case_id, *args)

    monkeypatch.setattr(module, "_send", crashes)
    with pytest.raises(KeyboardInterrupt):
        apply_changes(env)
    db.session.remove()
    monkeypatch.undo()
    assert db.session.scalar(db.select(db.func.count()).select_from(CalendarMove)) == 3
    assert apply_changes(env) == 0, "for a while the change is still the lost worker's"
    env.clock.move(env.now() + module.LEASE)
    apply_whole(env, change)
    assert len({due_of(c) for c in cases}) == 1
    kinds = db.session.execute(db.select(LedgerEntry.case_id, db.func.count()).where(LedgerEntry.kind == "recomputed").group_by(LedgerEntry.case_id)).all()
    assert sorted(kinds) == [(c, 1) for c in cases], "each case once"


def test_a_case_that_moves_on_meanwhile_is_read_again(env, monkeypatch):
    (case,) = file_some(env, 1)
    accept(env, change := enter(env, [(TOMORROW, False)]))
    from webapp.cases import apply_change as module
    real = module.plan_case

    def then_somebody_acts(*args):
        plan = real(*args)
        plan.seen -= 1       # the ledger has grown since
        return plan

    monkeypatch.setattr(module, "plan_case", then_somebody_acts)
    before = due_of(case)
    apply_whole(env, change)
    assert due_of(case) == before + timedelta(days=1)
    assert db.session.scalar(db.select(db.func.count()).select_from(LedgerEntry).where(LedgerEntry.kind == "recomputed")) == 1


def test_one_broken_case_stops_no_other_and_can_be_tried_again(env, monkeypatch):
    cases = file_some(env, 3)
    accept(env, change := enter(env, [(TOMORROW, False)]))
    from webapp.cases import apply_change as module
    plan, recompute = module.plan_case, module.recompute_case

    def breaks(inner, at):
        def broken(*args):
            if args[at] == cases[1]:
                raise RuntimeError("broken")
            return inner(*args)
        return broken

    monkeypatch.setattr(module, "plan_case", breaks(plan, 2))
    monkeypatch.setattr(module, "recompute_case", breaks(recompute, 1))
    apply_whole(env, change)
    assert due_of(cases[0]) == due_of(cases[2]) == due_of(cases[1]) + timedelta(days=1)
    ((incident, _number),) = unsolved()
    assert (incident.case_id, incident.what) == (cases[1], "calendar")
    monkeypatch.undo()
    assert retry(incident.id, env.now())
    db.session.commit()
    apply_changes(env)
    assert due_of(cases[1]) == due_of(cases[0]) and not unsolved()


def test_the_reported_unit_learns_nothing_from_a_preview(env):
    file_some(env, 2)
    (hidden,) = file_some(env, 1, respondent="dali/inspection")
    change = enter(env, [(TOMORROW, False)])
    seen = preview(env, find_person(login=OTHER), change)
    assert seen.moves == 2 and hidden not in {m.case_id for m in seen.rows}
    accept(env, change)
    apply_whole(env, change)
    counts, rows = moved(find_person(login=OTHER), change)
    assert counts["moves"] == 2 and hidden not in {m.case_id for m in rows}
    assert db.session.scalar(db.select(db.func.count()).select_from(CalendarMove)) == 3, "it was moved all the same"


def test_a_notice_makes_a_year_known(env, clock):
    clock.move(MORNING + timedelta(days=300))       # late December
    cases = file_some(env, 2)
    row = db.session.scalars(db.select(DeadlineRow).where(DeadlineRow.case_id == cases[0], DeadlineRow.ended_at.is_(None))).first()
    assert Deadline.from_json(row.doc).provisional == (due_of(cases[0]).year == 2027)
    change = enter_change(env, System(), "national", [ChangedDay(date(2027, 1, 1), False, "元旦")], 2027, "国务院办公厅通知", local_date(env.now()))
    db.session.commit()
    approve(env, System(), change.id, None)
    db.session.commit()
    apply_whole(env, change)
    assert not env.registry.calendar("dali").provisional(date(2027, 6, 1))
    assert not any(Deadline.from_json(r.doc).provisional for r in db.session.scalars(db.select(DeadlineRow).where(DeadlineRow.ended_at.is_(None))))


def test_at_the_desk(app, clock):
    first, second = Browser(app, ADMIN), Browser(app, OTHER)
    with app.app_context():
        file_some(app.extensions["duban"].env, 2)
        db.session.remove()
    assert first.get("/desk/calendar", status=302).location.endswith("/desk/calendar/dali/2026")
    assert "2026" in first.get("/desk/calendar/dali/2026").text
    bad = first.post("/desk/calendar/dali/change", rows="2026-02-30,放假", basis="x", decided_on="2026-03-01", key="k")
    assert bad.status_code == 422 and "2026-2-30" in bad.text
    sent = first.post("/desk/calendar/dali/change", rows=f"{TOMORROW},放假,州庆", basis="州政府通知", decided_on="2026-03-01", key="k")
    assert sent.status_code == 303
    page = first.get(sent.location).text
    assert "批准并重新计算" not in page and "另一位管理员" in page
    first.post(sent.location + "/approve", stamp="0")
    assert "录入人不能批准自己的变更" in first.get(sent.location).text
    stamp = re.search(r'name="stamp" value="(\d+)"', second.get(sent.location).text)[1]
    assert second.post(sent.location + "/approve", stamp=stamp).status_code == 303
    assert "正在逐件重新计算" in second.get(sent.location).text
    with app.app_context():
        while apply_changes(app.extensions["duban"].env):
            pass
    page = second.get(sent.location).text
    assert "已生效" in page and page.count("<s>") == 2
    assert second.post(sent.location + "/moves").text.count("\n") == 3
    assert "日历变更" in second.get("/desk/reports/exports").text, "carrying a list away is recorded"
    outsider = Browser(app, "dali/market.clerk")
    outsider.get("/desk/calendar/dali/change", status=404)
    assert "<s>" not in outsider.get(sent.location).text, "only cases one may see"


def test_two_approved_at_once_take_turns(app):
    env, failed = app.extensions["duban"].env, []
    with app.app_context():
        changes = [enter(env, [(TOMORROW + timedelta(days=n), False)]) for n in range(2)]
        stamp, ids = preview(env, find_person(login=OTHER), changes[0]).stamp, [c.id for c in changes]
        db.session.remove()
    ready = threading.Barrier(2)

    def decide(change_id: int) -> None:
        with app.app_context():
            try:
                person = find_person(login=OTHER)
                db.session.remove()
                ready.wait(10)
                approve(env, person, change_id, stamp)
                time.sleep(0.5)
                db.session.commit()
            except Refusal as refusal:
                failed.append(refusal.code)
            finally:
                db.session.remove()

    threads = [threading.Thread(target=decide, args=(each,)) for each in ids]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert failed == ["calendar_moved"]
    with app.app_context():
        assert sorted(db.session.scalars(db.select(CalendarChange.state))) == ["applying", "draft"] and preview(env, find_person(login=OTHER), changes[0]).stamp == stamp + 1
        db.session.remove()


def test_one_change_at_a_time_is_applied(env):
    file_some(env, 1)
    accept(env, first := enter(env, [(TOMORROW, False)]))
    second = enter(env, [(TOMORROW + timedelta(days=1), False)])
    with pytest.raises(Refusal, match="applying"):
        accept(env, second)
    db.session.rollback()
    numbers = [first.id, second.id]
    apply_whole(env, first)
    apply_whole(env, accept(env, db.session.get(CalendarChange, numbers[1])))
    basis = [(e.data["change"], e.data["old"], e.data["due"]) for e in db.session.scalars(db.select(LedgerEntry).where(LedgerEntry.kind == "recomputed").order_by(LedgerEntry.seq))]
    assert [each[0] for each in basis] == numbers and basis[0][2] == basis[1][1]


def test_a_notice_may_begin_in_the_december_before(env, clock):
    clock.move(MORNING + timedelta(days=300))       # late December
    text = "一、元旦：2026年12月30日至2027年1月1日放假调休，共3天。2027年1月2日（周六）上班。"
    days, problems = read_rows(text, 2027)
    assert not problems
    change = enter_change(env, System(), "national", days, 2027, "国务院办公厅通知", local_date(env.now()))
    db.session.commit()
    assert first_day(change) == date(2026, 12, 30)
    approve(env, System(), change.id, None)
    db.session.commit()
    national = env.registry.calendar("national")
    assert [national.is_working(day) for day in (date(2026, 12, 29), date(2026, 12, 30), date(2026, 12, 31), date(2027, 1, 1), date(2027, 1, 2))] == [True, False, False, False, True]
    assert not national.provisional(date(2027, 1, 1)) and national.is_working(date(2026, 10, 10)), "the year before keeps its own notice"
    for wrong in ("2026年11月30日放假", "2028年1月1日放假"):
        with pytest.raises(Refusal, match="year"):
            enter_change(env, System(), "national", [*read_rows("元旦：" + wrong, 2027)[0], *days], 2027, "通知", local_date(env.now()))


def test_who_began_under_the_old_calendar_and_ends_after_the_approval_is_moved_too(app):
    """On PostgreSQL a command may have read the calendar, an amendment be approved and applied, and the command then be committed."""
    env, counted = app.extensions["duban"].env, threading.Event()
    with app.app_context():
        case_id = file_case(env, PROCEDURE, FILING)[0].case_id
        db.session.commit()
        task = db.session.scalar(db.select(Task.id).where(Task.case_id == case_id, Task.state == "open"))
        person, change_id = find_person(login="dali/inspection.supervisor"), enter(env, [(TOMORROW, False)]).id
        db.session.remove()

    def assign() -> None:
        with app.app_context():
            complete_task(env, task, {"decision": "assign", "unit": "dali/xiangyun"}, person)
            counted.set()
            time.sleep(1)
            db.session.commit()
            db.session.remove()

    thread = threading.Thread(target=assign)
    thread.start()
    assert counted.wait(10)
    with app.app_context():
        apply_whole(env, accept(env, db.session.get(CalendarChange, change_id)))
        thread.join(30)
        assert due_of(case_id) == TOMORROW + timedelta(days=1)
        db.session.remove()
