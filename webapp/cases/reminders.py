"""The manifest's reminders on one case: which moments wait, whom each tells when it comes, and one row for each person, gathered in the morning."""
from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import select, tuple_

from webapp.domain.morning import told_at
from webapp.models import Account, Membership, MomentRow, Reminder, db

from .resolve import units_named

if TYPE_CHECKING:
    from .case_work import CaseWork

REMIND = "!"        # the engine id of a moment that no diagram draws: somebody is told


@dataclass(frozen=True)
class Told:
    """A role in a unit is to be told of a deadline; `came` is when its moment came."""

    unit: str
    role: str
    deadline: str
    n: int
    came: datetime


def keep_reminders(work: CaseWork) -> None:
    """One waiting row for each moment that the manifest names of each running deadline; none for others."""
    running = {(d.scope.split(":")[0], d.name) for d in work.clocks.all() if not d.ended and d.scope}
    wanted = {(instance, name, moment) for instance, name in running for moment in work.manifest.reminded(name)}
    here = {(m.instance, m.deadline, m.moment): m for m in work.moments if m.engine_id == REMIND}
    for key in here.keys() - wanted:
        work.drop_moment(here[key])
    for instance, name, moment in sorted(wanted - here.keys()):
        row = MomentRow(case_id=work.case.id, instance=instance, engine_id=REMIND, deadline=name, deadline_n=0, moment=moment, n=1, attempts=0)
        work.moments.append(row)
        work.new_rows.append(row)


def remind(work: CaseWork, row: MomentRow, at: datetime) -> None:
    """A moment has come at `at`: the roles that the manifest names are to be told, and the ledger says which. What nobody is named for passes silently."""
    time = row.n
    row.fired_at, row.n = at, time + 1
    entries = [r for r in work.manifest.reminders if r.deadline == row.deadline and r.moment == row.moment and r.first <= time]
    told = list(dict.fromkeys((unit, who.role) for entry in entries for who in entry.tell for unit in units_named(work, who.unit)))
    if not told:
        return
    on_it = {work.case.office, work.case.assigned, work.case.lead, *(work.case.co or [])}
    for unit in dict.fromkeys(unit for unit, _ in told if unit not in on_it):
        work.show_to(unit, "supervising")       # whoever is told of a case may open it
    work.told_of += [Told(unit, role, row.deadline, row.deadline_n, at) for unit, role in told]
    work.ledger.write("reminded", {"deadline": row.deadline, "moment": row.moment, "told": [f"{unit}.{role}" for unit, role in told],
                                   "article": [entry.article for entry in entries]}, actor="system")


def write_reminders(work: CaseWork) -> None:
    """A row for each person who holds a told role, one for each deadline; those who may not see the case are sorted out when it is gathered."""
    if not work.told_of:
        return
    held = tuple_(Membership.unit_id, Membership.role)
    pairs = {(work.env.registry.unit_id(told.unit), told.role) for told in work.told_of}
    people: dict[tuple, list[int]] = {}
    query = select(Membership.unit_id, Membership.role, Membership.account_id).join(Account, Account.id == Membership.account_id)
    for unit_id, role, account_id in db.session.execute(query.where(Account.active, held.in_(sorted(pairs)))):
        people.setdefault((unit_id, role), []).append(account_id)
    morning = work.directory.reminders_at
    found = {}
    for told in work.told_of:
        for account_id in people.get((work.env.registry.unit_id(told.unit), told.role), []):
            found[account_id, told.deadline, told.n] = Reminder(
                account_id=account_id, case_id=work.case.id, deadline=told.deadline, deadline_n=told.n, came_at=told.came,
                tell_at=told_at(told.came, work.now, morning, work.calendar))
    work.new_rows += found.values()
    work.told_of = []
