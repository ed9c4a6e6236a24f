"""A calendar layer is amended: every running deadline it touches is recomputed, case by case, and each case's ledger says so."""
from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from sqlalchemy import select

from webapp.deployments.registry import CALENDARS, raise_stamp
from webapp.domain.clock import local_date
from webapp.models import CalendarAmendment, CalendarLayer, DeadlineRow, db
from webapp.permissions import System

from .case_work import CaseWork
from .environment import Environment
from .errors import refuse


def amend_layer(env: Environment, layer: str, add: Iterable[date], remove: Iterable[date], basis: str, by: str) -> list[int]:
    """Enter an amendment (`add`: days off, `remove`: days worked) and return the cases with running deadlines under it.

    Refusal when the layer does not exist or a day stands in both. The caller commits, then calls `recompute_case` for each.
    """
    add, remove = sorted(set(add)), sorted(set(remove))
    if db.session.get(CalendarLayer, layer) is None:
        raise refuse("unknown_layer", f"没有“{layer}”这一层日历", f"There is no calendar layer '{layer}'", "layer")
    if set(add) & set(remove):
        raise refuse("both", "同一天不能既放假又上班", "A day cannot be both off and worked", "add")
    today = local_date(env.now())
    for day, working in [*((d, False) for d in add), *((d, True) for d in remove)]:
        db.session.add(CalendarAmendment(layer=layer, day=day, working=working, basis=basis, decided_on=today, entered_at=env.now(), entered_by=by))
    raise_stamp(CALENDARS)
    return list(db.session.scalars(select(DeadlineRow.case_id).where(DeadlineRow.ended_at.is_(None), DeadlineRow.calendar.in_(_under(layer))).distinct()))


def _under(layer: str) -> list[str]:
    """The layer and those that rest on it."""
    parents = dict(db.session.execute(select(CalendarLayer.id, CalendarLayer.parent)).all())

    def rests(name: str | None) -> bool:
        return name == layer or (name is not None and rests(parents.get(name)))

    return [name for name in parents if rests(name)]


def recompute_case(env: Environment, case_id: int, basis: str) -> int:
    """Recompute one case's running deadlines by the calendar as it is now. Returns how many moved. The caller commits."""
    work = CaseWork.open(env, case_id, System())
    moved = 0
    for deadline in work.clocks.all():
        if deadline.ended:
            continue
        was_missed = deadline.status(work.now) == "missed"
        after = deadline.recompute(work.now, work.calendar, basis)
        if after is deadline:
            continue
        work.clocks._put(after)
        moved += 1
        work.ledger.write("recomputed", {"deadline": after.name, "old": str(deadline.due), "due": str(after.due), "basis": basis})
        if was_missed and after.status(work.now) == "running":
            work.withdraw_supervisions(after.name)
    if moved:
        work._aim()
        work.tell_those_in_charge("recomputed", {"basis": basis})
    work.flush()
    return moved
