"""Who may see and do what, where: one place that every door asks and every list starts from. Deny by default, in the query."""
from __future__ import annotations

from dataclasses import dataclass, field

from sqlalchemy import and_, exists, func, or_, select
from sqlalchemy.orm import aliased

from webapp.models import Account, Case, CaseUnit, Membership, Recusal, Task, Unit, db

REPORTING = frozenset({"supervisor", "leader", "approver", "auditor", "admin"})      # the roles that read their units' reports


@dataclass(frozen=True)
class Holding:
    """A role held in a unit."""

    unit_id: int
    unit: str
    role: str


@dataclass(frozen=True)
class Person:
    """Someone with an account, and the roles they hold."""

    account_id: int
    login: str
    name: str
    holdings: tuple[Holding, ...] = field(default=())

    @property
    def unit_ids(self) -> list[int]:
        return sorted({h.unit_id for h in self.holdings})

    def covered(self) -> set[str]:
        """The codes of their units and of everything above: a case against any of these is kept from them."""
        found = set()
        for holding in self.holdings:
            steps = holding.unit.split("/")
            found |= {"/".join(steps[: i + 1]) for i in range(len(steps))}
        return found

    def holds(self, role: str, unit: str) -> bool:
        return any(h.role == role and h.unit == unit for h in self.holdings)

    def has_role(self, role: str) -> bool:
        return any(h.role == role for h in self.holdings)


@dataclass(frozen=True)
class Citizen:
    """Whoever holds the query code of one case."""

    case_id: int
    login: str = "citizen"
    name: str = "citizen"


@dataclass(frozen=True)
class System:
    """Duban itself, or a channel that files by machine."""

    login: str = "system"
    name: str = "system"


Actor = Person | Citizen | System


def find_person(account_id: int | None = None, login: str | None = None) -> Person | None:
    """The active account with its roles, in one query; None when there is none."""
    query = (select(Account.id, Account.login, Account.name, Membership.unit_id, Unit.code, Membership.role)
             .outerjoin(Membership, Membership.account_id == Account.id).outerjoin(Unit, Unit.id == Membership.unit_id)
             .where(Account.active, Account.id == account_id if login is None else Account.login == login))
    rows = db.session.execute(query).all()
    if not rows:
        return None
    holdings = tuple(Holding(r.unit_id, r.code, r.role) for r in rows if r.unit_id is not None)
    return Person(rows[0].id, rows[0].login, rows[0].name, holdings)


def within(unit: str | None, top: str | None) -> bool:
    """Whether `unit` is `top` or lies below it."""
    return bool(unit and top) and (unit == top or unit.startswith(top + "/"))


def not_walled_off(person: Person):
    """The wall as a condition on Case: nothing that reports one of their units or a unit above, nothing they have stepped out of."""
    return and_(or_(Case.respondent.is_(None), Case.respondent.not_in(person.covered())),
                ~exists().where(Recusal.case_id == Case.id, Recusal.account_id == person.account_id))


def visible_cases(person: Person):
    """The cases this person may see, as a SELECT of Case to build on: their units are on it, they are not reported in it and have not stepped out."""
    on_it = exists().where(CaseUnit.case_id == Case.id, CaseUnit.unit_id.in_(person.unit_ids))
    return select(Case).where(on_it, not_walled_off(person))


def reportable_cases(person: Person):
    """The cases that count in this person's reports: those they may see, on which a unit is where they hold a role that reports."""
    units = sorted({h.unit_id for h in person.holdings if h.role in REPORTING})
    mine = aliased(CaseUnit)
    return visible_cases(person).where(exists().where(mine.case_id == Case.id, mine.unit_id.in_(units)))


def may_see(person: Person, case_id: int) -> bool:
    """Whether this person may see this case; the answer for one that does not exist is the same as for one walled off."""
    return db.session.execute(visible_cases(person).with_only_columns(Case.id).where(Case.id == case_id)).first() is not None


def may_see_task(person: Person, task_id: int) -> bool:
    """Whether this person may see the task's case; likewise."""
    query = visible_cases(person).join(Task, Task.case_id == Case.id).where(Task.id == task_id)
    return db.session.execute(query.with_only_columns(Case.id)).first() is not None


def may_do_task(person: Person, task: Task, unit: str | None) -> bool:
    """Whether the person holds the task's role in its unit, and nobody else has claimed it."""
    return unit is not None and person.holds(task.role, unit) and task.assignee_id in (None, person.account_id)


def task_pages(person: Person, after: tuple | None, limit: int):
    """One keyset page per (unit, role) of the person's open tasks, to be united: earliest due first."""
    pages = []
    for holding in sorted(set(person.holdings), key=lambda h: (h.unit_id, h.role)):
        query = select(Task.id, Task.due_at).join(Case, Case.id == Task.case_id)
        query = query.where(Task.state == "open", Task.unit_id == holding.unit_id, Task.role == holding.role, not_walled_off(person))
        query = query.where(or_(Task.assignee_id.is_(None), Task.assignee_id == person.account_id))
        if after is not None:
            query = query.where(or_(Task.due_at > after[0], and_(Task.due_at == after[0], Task.id > after[1])))
        pages.append(query.order_by(Task.due_at, Task.id).limit(limit))
    return pages


def count_open(person: Person, ceiling: int = 1000) -> int:
    """How many tasks wait for the person, counted up to a ceiling."""
    pages = [p.subquery() for p in task_pages(person, None, ceiling)]
    return sum(db.session.scalar(select(func.count()).select_from(p)) or 0 for p in pages)
