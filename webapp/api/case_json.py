"""A case as JSON: whole for staff who may see it; for its citizen without people's names, other people's answers and internal steps."""
from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from webapp.cases.case_work import CaseWork
from webapp.cases.citizen_view import CitizenCase
from webapp.cases.offer_actions import offers
from webapp.cases.reveal import revealed_at, shown
from webapp.domain.calendar import Calendar
from webapp.domain.clock import local_date
from webapp.domain.deadlines import Deadline
from webapp.models import NEVER, Case, Filing, LedgerEntry, Message, Task, Unit, db
from webapp.permissions import Person, may_do_task

NEVER_LISTED = "rate"       # waits for the citizen and is never listed as open
NOT_FOR_CITIZENS = {"claimed", "given_back", "revealed", "recuse", "refer_discipline", "referred", "reminded"}
TOLD_CITIZENS = ("hash", "channel", "outcome", "deadline", "deadlines", "old", "due", "article", "moment", "due_at", "case", "entries")


def staff_case(work: CaseWork, person: Person) -> dict[str, Any]:
    """The case for a member of staff; who the claimant is stays masked until they have said why they must know."""
    case = work.case
    entries = ledger_of(case.id)
    seen = revealed_at(entries, person, work.now)
    units = units_of(work.tasks)
    filings = [written(f, f.content if seen else shown(case, person, f.content)) for f in filings_of(case.id)]
    tasks = [{"id": t.id, "version": t.version, "task": t.name, "unit": units.get(t.unit_id), "role": t.role, "due": due_day(t.due_at),
              "provisional": rests_on_estimate(work.clocks.all(), t.deadline), "mine": may_do_task(person, t, units.get(t.unit_id))} for t in open_tasks(work.tasks)]
    return {
        **head(case), "open": names_open(work.tasks), "deadlines": deadlines_json(work.clocks.all(), work.now, work.calendar),
        "ledger": [entry(e, {"actor": e.actor, "data": e.data}) for e in entries], "tasks": tasks,
        "actions": [o.action.name for o in offers(work, person) if o.refusal is None], "filings": filings, "messages": messages_json(messages_of(case.id)),
    }


def citizen_case(view: CitizenCase, now: datetime) -> dict[str, Any]:
    """The case for whoever filed it."""
    case = view.case
    own = [t for t in view.tasks if t.role == "citizen"]
    rows = db.session.execute(select(Task.id, Task.due_at, Task.deadline).where(Task.case_id == case.id, Task.state == "open")).all() if own else []
    bound = {row.id: row for row in rows}
    return {
        **head(case), "open": sorted(t.name for t in view.tasks if t.name != NEVER_LISTED), "deadlines": deadlines_json(view.deadlines, now, view.calendar),
        "ledger": [entry(e, {"data": shown_to_citizen(e)}) for e in ledger_of(case.id) if e.kind not in NOT_FOR_CITIZENS],
        "tasks": [{"id": t.id, "version": t.version, "task": t.name, "unit": None, "role": "citizen", "due": due_day(bound[t.id].due_at),
                   "provisional": rests_on_estimate(view.deadlines, bound[t.id].deadline), "mine": True} for t in own],
        "actions": [a.name for a in view.actions], "filings": [written(w, w.content) for w in view.written], "messages": messages_json(view.messages),
    }


def state_json(work: CaseWork) -> dict[str, Any]:
    """What a command has come to: from what it has in memory, without another query."""
    case = work.case
    return {"case": case.number, "status": case.status, "outcome": case.outcome, "open": names_open(work.tasks)}


# -- parts -----------------------------------------------------------------------------------------------------------
def head(case: Case) -> dict[str, Any]:
    return {"case": case.number, "procedure": case.procedure, "title": case.title, "status": case.status, "outcome": case.outcome, "round": case.round,
            "filed_at": case.filed_at.isoformat(), "merged_into": case.merged_into}


def open_tasks(tasks: Iterable[Task]) -> list[Task]:
    return sorted((t for t in tasks if t.state == "open"), key=lambda t: (t.due_at, t.id))


def names_open(tasks: Iterable[Task]) -> list[str]:
    return sorted(t.name for t in tasks if t.state == "open" and t.name != NEVER_LISTED)


def units_of(tasks: Iterable[Task]) -> dict[int, str]:
    return dict(db.session.execute(select(Unit.id, Unit.code).where(Unit.id.in_({t.unit_id for t in tasks if t.unit_id is not None}))).all())


def due_day(due_at: datetime) -> str | None:
    """The last day of a task whose deadline runs out at `due_at`; None without one."""
    return None if due_at >= NEVER else local_date(due_at - timedelta(seconds=1)).isoformat()


def rests_on_estimate(deadlines: Iterable[Deadline], name: str | None) -> bool:
    """Whether the running deadline of that name is provisional."""
    return any(d.name == name and not d.ended and d.provisional for d in deadlines)


def deadlines_json(deadlines: Iterable[Deadline], now: datetime, calendar: Calendar) -> dict[str, Any]:
    """The latest of each id."""
    latest: dict[str, Deadline] = {d.name: d for d in sorted(deadlines, key=lambda d: d.n)}
    return {name: {
        "due": d.due.isoformat() if d.due else None, "status": d.status(now), "light": d.light(now, calendar), "days_left": d.days_left(now, calendar),
        "n": d.n, "started": d.started_on.isoformat(), "original_due": d.original_due.isoformat(), "extensions": d.extensions,
        "provisional": bool(d.provisional), "article": d.article, "local": bool(d.local)} for name, d in sorted(latest.items())}


def entry(row: LedgerEntry, more: dict[str, Any]) -> dict[str, Any]:
    by = row.actor if row.actor in ("citizen", "system") else "staff"
    return {"seq": row.seq, "at": row.at.isoformat(), "kind": row.kind, "by": by, "unit": row.unit, "hash": row.hash, **more}


def shown_to_citizen(row: LedgerEntry) -> dict[str, Any]:
    """Of an entry's data what names nobody and gives no internal reason; their own answers whole."""
    data = row.data or {}
    if row.kind == "merged_here":       # the other case is somebody else's
        return {}
    return data if row.actor == "citizen" else {k: data[k] for k in TOLD_CITIZENS if k in data}


def written(row: Any, content: dict[str, Any]) -> dict[str, Any]:
    return {"seq": row.seq, "at": row.at.isoformat(), "content": content, "hash": row.hash}


def messages_json(rows: Iterable[Message]) -> list[dict[str, Any]]:
    return [{"kind": m.kind, "at": m.at.isoformat(), "data": m.data or {}} for m in rows]


def ledger_of(case_id: int) -> list[LedgerEntry]:
    return list(db.session.scalars(select(LedgerEntry).where(LedgerEntry.case_id == case_id).order_by(LedgerEntry.seq)))


def filings_of(case_id: int) -> list[Filing]:
    return list(db.session.scalars(select(Filing).where(Filing.case_id == case_id).order_by(Filing.seq)))


def messages_of(case_id: int) -> list[Message]:
    return list(db.session.scalars(select(Message).where(Message.case_id == case_id).order_by(Message.id)))


__all__ = ["citizen_case", "due_day", "staff_case", "state_json"]
