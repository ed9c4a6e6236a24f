"""The lists of the desk as SQL: a person's tasks in one query, cases by page. Keyset pages only: after the last row, never an offset."""
from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from sqlalchemy import Select, and_, func, or_, select, union_all
from sqlalchemy.orm import aliased

from webapp.models import Account, Case, DeadlineRow, Stamp, Task, Unit, db
from webapp.models.search import searched
from webapp.permissions import Person, task_pages, visible_cases

Key = tuple[datetime, int]
NUMBER = re.compile(r"[A-Za-z]{1,8}[0-9]{4}[0-9-]*", re.ASCII)     # a case's number, or its beginning with the year


def read_key(text: str | None) -> Key | None:
    """The key of the last row seen, from an address; None for nonsense."""
    at, _dot, number = (text or "").partition("_")
    try:
        moment = datetime.fromisoformat(at.replace(" ", "+"))
        return (moment, int(number)) if moment.tzinfo else None
    except ValueError:
        return None


def write_key(at: datetime, number: int) -> str:
    return f"{at.isoformat()}_{number}"


def task_rows(person: Person, after: Key | None, limit: int) -> list[Any]:
    """(Task, Case, unit code, deadline document, calendar, calendars' stamp) of the person's open tasks, the earliest due first.

    One keyset page per unit and role, united; at most `limit` rows after the key `after`.
    """
    pages = [select(p.subquery()) for p in task_pages(person, after, limit)]
    if not pages:
        return []
    page = union_all(*pages).subquery("page")
    stamp = select(Stamp.value).where(Stamp.name == "calendars").scalar_subquery()
    running = and_(DeadlineRow.case_id == Task.case_id, DeadlineRow.name == Task.deadline, DeadlineRow.ended_at.is_(None))
    query = (select(Task, Case, Unit.code, DeadlineRow.doc, DeadlineRow.calendar, stamp).select_from(page).join(Task, Task.id == page.c.id)
             .join(Case, Case.id == Task.case_id).join(Unit, Unit.id == Task.unit_id).outerjoin(DeadlineRow, running)
             .order_by(page.c.due_at, page.c.id).limit(limit))
    return list(db.session.execute(query))


def open_cases(person: Person, after: Key | None, limit: int) -> list[Case]:
    """The open cases that the person's units are on, the oldest first."""
    query = visible_cases(person).where(Case.status == "open")
    if after is not None:
        query = query.where(or_(Case.filed_at > after[0], and_(Case.filed_at == after[0], Case.id > after[1])))
    return list(db.session.scalars(query.order_by(Case.filed_at, Case.id).limit(limit)))


def found_cases(person: Person, words: str, after: Key | None, limit: int) -> list[Case]:
    """The cases the person may see whose number begins so, or that hold every word in title or text; signs alone are looked for in the title. The newest first."""
    words = words.replace("\x00", "").strip()      # PostgreSQL takes no NUL
    if not words:
        return []
    cases = visible_cases(person)
    if NUMBER.fullmatch(words):
        query = _numbered(cases, words.upper()).order_by(Case.id.desc())
    else:
        query = searched(cases, words)
        if query is None:
            query = cases.where(Case.title.contains(words, autoescape=True)).order_by(Case.id.desc())
    if after is not None:
        query = query.where(Case.id < after[1])
    return list(db.session.scalars(query.limit(limit)))


def _numbered(cases: Select, begins: str) -> Select:
    """Those whose number begins so. The bounds, for the index, hold in every collation; a day and less is quicker read from the newest case on."""
    query = cases.where(Case.number.startswith(begins, autoescape=True))
    return query if len(begins) < 12 else query.where(Case.number >= begins, Case.number <= begins + "zzzz")


def waiting_on(case_ids: list[int]) -> dict[int, Any]:
    """Of each case the open task that is due first: (Task, unit code, deadline document, calendar); people's tasks before the citizen's."""
    if not case_ids:
        return {}
    first = (select(Task.id, func.row_number().over(partition_by=Task.case_id, order_by=(Task.unit_id.is_(None), Task.due_at, Task.id)).label("n"))
             .where(Task.case_id.in_(case_ids), Task.state == "open")).subquery()
    task = aliased(Task)
    running = and_(DeadlineRow.case_id == task.case_id, DeadlineRow.name == task.deadline, DeadlineRow.ended_at.is_(None))
    query = (select(task, Unit.code, DeadlineRow.doc, DeadlineRow.calendar).join(first, and_(first.c.id == task.id, first.c.n == 1))
             .outerjoin(Unit, Unit.id == task.unit_id).outerjoin(DeadlineRow, running))
    return {row[0].case_id: row for row in db.session.execute(query)}


def names_of(account_ids: set[int | None]) -> dict[int, str]:
    """Account id → name."""
    wanted = account_ids - {None}
    return dict(db.session.execute(select(Account.id, Account.name).where(Account.id.in_(wanted))).all()) if wanted else {}
