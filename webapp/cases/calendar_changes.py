"""A change of a calendar as an act: entered by one person, looked at with what it moves, approved by a second one or discarded."""
from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.exc import IntegrityError

from webapp.deployments.registry import CALENDARS, raise_stamp, read_stamp
from webapp.domain.clock import local_date, start_of_day
from webapp.domain.notice_rows import ChangedDay
from webapp.models import CalendarChange, CalendarLayer, DeadlineRow, db
from webapp.permissions import Person, System

from .environment import Environment
from .errors import NotFound, refuse

MOST_DAYS = 400
FIRST_YEAR, LAST_YEAR = 2001, 2098
ROLES_ENTER, ROLES_APPROVE = frozenset({"policy", "admin"}), frozenset({"admin"})


def layers_of(env: Environment, person: Person, roles: Iterable[str] = ROLES_ENTER) -> list[str]:
    """The layers whose changes are this person's: those that the procedures of their jurisdiction count by, for who holds one of `roles` in a
    procedure's office or in the unit at the top of its directory."""
    roles, found = set(roles), []
    for deployed in env.registry.procedures(env.now()):
        manifest = deployed.manifest
        tops = {unit.code for unit in env.registry.directory(manifest.directory).units if not unit.parent} | {manifest.office}
        if any(h.role in roles and h.unit in tops for h in person.holdings):
            found += [layer.id for layer in env.registry.calendar(manifest.calendar).layers]
    return list(dict.fromkeys(found))


def may(env: Environment, person: Person | System, layer: str, roles: Iterable[str]) -> bool:
    return isinstance(person, System) or layer in layers_of(env, person, roles)


def enter_change(env: Environment, by: Person | System, layer: str, days: Sequence[ChangedDay], year: int | None, basis: str, decided_on: date | None,
                 key: str | None = None) -> CalendarChange:
    """Enter a draft: single days of a layer, or (`year`) a whole year as its national notice arranges it. The same `key` again gives the same draft.

    NotFound where the layer is not the person's; Refusal `unknown_layer`, `no_days`, `both`, `too_many_days`, `year`, `basis`, `decided_on`. The caller commits.
    """
    row = db.session.get(CalendarLayer, layer)
    if row is None:
        raise refuse("unknown_layer", f"没有“{layer}”这一层日历", f"There is no calendar layer '{layer}'", "layer")
    if not may(env, by, layer, ROLES_ENTER):
        raise NotFound()
    _check(env, row, days, year, basis, decided_on)
    known = _entered(key)
    if known is not None:
        return known
    change = CalendarChange(layer=layer, year=year, days=_as_json(days), basis=basis.strip(), decided_on=decided_on,
                            state="draft", key=key, entered_at=env.now(), entered_by=by.login)
    db.session.add(change)
    try:
        db.session.flush()
    except IntegrityError:                                   # the same form, sent twice at once
        db.session.rollback()
        known = _entered(key)
        if known is None:
            raise
        return known
    return change


def _as_json(days: Sequence[ChangedDay]) -> list[dict]:
    """Each day once, in order, with a name: the last word on a day stands."""
    found = {each.day: each for each in days}
    plain = {True: ("上班", "Working day"), False: ("放假", "Day off")}
    return [{"day": day.isoformat(), "working": each.working, "zh": each.zh or plain[each.working][0], "en": each.en or (each.zh if each.zh else plain[each.working][1])}
            for day, each in sorted(found.items())]


def _entered(key: str | None) -> CalendarChange | None:
    return db.session.scalar(select(CalendarChange).where(CalendarChange.key == key)) if key else None


def _check(env: Environment, layer: CalendarLayer, days: Sequence[ChangedDay], year: int | None, basis: str, decided_on: date | None) -> None:
    if not days:
        raise refuse("no_days", "请至少写一天", "Name at least one day", "days")
    if len(days) > MOST_DAYS:
        raise refuse("too_many_days", f"一次最多 {MOST_DAYS} 天", f"At most {MOST_DAYS} days at once", "days")
    seen: dict[date, bool] = {}
    for each in days:
        if seen.setdefault(each.day, each.working) != each.working:
            raise refuse("both", f"{each.day} 不能既放假又上班", f"{each.day} cannot be both off and worked", "days")
        if not FIRST_YEAR <= each.day.year <= LAST_YEAR:
            raise refuse("year", f"年份须在 {FIRST_YEAR} 至 {LAST_YEAR} 之间", f"The year must be between {FIRST_YEAR} and {LAST_YEAR}", "days")
    if year is not None:
        if layer.parent is not None:
            raise refuse("year", "只有全国一层可以录入全年放假通知", "Only the national layer takes the notice of a whole year", "year")
        if not any(each.day.year == year for each in days) or any(each.day < date(year - 1, 12, 1) or each.day.year > year for each in days):
            raise refuse("year", f"通知安排的是 {year} 年的日子，元旦假期可以从上一年 12 月开始", f"The notice arranges days of {year}; its New Year may begin in the December before", "days")
    if not basis.strip() or len(basis) > 500:
        raise refuse("basis", "请写明依据，不超过 500 字", "Give the basis, in at most 500 characters", "basis")
    if decided_on is None or decided_on > local_date(env.now()):
        raise refuse("decided_on", "请写明决定日期，不能晚于今天", "Give the date of the decision, not later than today", "decided_on")


def change_of(env: Environment, person: Person, change_id: int, roles: Iterable[str] = ROLES_ENTER) -> CalendarChange:
    """The change, for those whose layer it is. NotFound otherwise."""
    change = db.session.get(CalendarChange, change_id)
    if change is None or not may(env, person, change.layer, roles):
        raise NotFound()
    return change


def discard(env: Environment, person: Person, change_id: int) -> None:
    """Put a draft away. Refusal `decided` when it is no draft any more. The caller commits."""
    change_of(env, person, change_id)
    _decide(change_id, person, env, "discarded")


def approve(env: Environment, person: Person | System, change_id: int, seen_stamp: int | None) -> CalendarChange:
    """Put a draft into force, by somebody else than who entered it. From now on new deadlines count by it; those that run are then moved by the worker.

    `seen_stamp`: the calendars' stamp of the preview that was looked at. Refusal `same_person`, `decided`, `calendar_moved` when the calendars have
    changed since, or `applying` while another change is. The caller commits.
    """
    change = db.session.get(CalendarChange, change_id)
    if change is None or not may(env, person, change.layer, ROLES_APPROVE):
        raise NotFound()
    if isinstance(person, Person) and change.entered_by == person.login:
        raise refuse("same_person", "录入人不能批准自己的变更，请另一位管理员批准", "Who entered a change cannot approve it; another administrator must")
    stamp = read_stamp(CALENDARS, hold=True)                 # two that are approved at once take turns
    under_way = db.session.scalar(select(CalendarChange.id).where(CalendarChange.state == "applying").limit(1))
    _decide(change_id, person, env, "applying")
    if seen_stamp is not None and stamp != seen_stamp:
        raise refuse("calendar_moved", "预览之后日历又有变动，请重新看过再批准", "The calendars have changed since the preview; please look again before you approve")
    if under_way is not None:                                # else one would move what the other has changed, in its own name
        raise refuse("applying", "另一项日历变更正在逐件重新计算，请等它完成后再批准", "Another change of a calendar is being applied; approve this one when that is done")
    change = db.session.get(CalendarChange, change_id, populate_existing=True)
    change.total = db.session.scalar(select(func.count(DeadlineRow.case_id.distinct())).where(*touched(change))) or 0
    raise_stamp(CALENDARS)
    return change


def _decide(change_id: int, person: Person | System, env: Environment, state: str) -> None:
    locked = db.session.scalar(select(CalendarChange).where(CalendarChange.id == change_id).with_for_update().execution_options(populate_existing=True))
    if locked.state != "draft":
        raise refuse("decided", "这项变更已经批准或者作废", "This change has been approved or discarded already")
    locked.state, locked.decided_at, locked.decided_by = state, env.now(), person.login
    db.session.flush()


def first_day(change: CalendarChange) -> date:
    """The first day that the change can bear on: nothing due before it moves."""
    named = min(date.fromisoformat(d["day"]) for d in change.days)
    return named if change.year is None else min(named, date(change.year, 1, 1))


def touched(change: CalendarChange) -> tuple[ColumnElement[bool], ...]:
    """Conditions on DeadlineRow: running, under the layer, and due on the first changed day or later."""
    after = start_of_day(first_day(change))                  # a deadline's `due_at` is 00:00 of the day after its last one
    return DeadlineRow.ended_at.is_(None), DeadlineRow.calendar.in_(under(change.layer)), DeadlineRow.due_at > after


def under(layer: str) -> list[str]:
    """The layer and those that rest on it."""
    parents = dict(db.session.execute(select(CalendarLayer.id, CalendarLayer.parent)).all())

    def rests(name: str | None) -> bool:
        return name == layer or (name is not None and rests(parents.get(name)))

    return [name for name in parents if rests(name)]
