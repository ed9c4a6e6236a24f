"""Compares what a scenario expects with what is there; only what it names is compared."""
from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sqlalchemy import select

from webapp.cases.environment import Environment
from webapp.domain.deadlines import Deadline
from webapp.models import Case, DeadlineRow, LedgerEntry, Message, Supervision, Task, Unit, db
from webapp.permissions import find_person, may_see

Difference = tuple[str, Any, Any]


def compare(env: Environment, case_id: int, expect: dict[str, Any]) -> Iterator[Difference]:
    """Each difference as (key, expected, found)."""
    if not expect:
        return
    case = db.session.get(Case, case_id)
    for key, expected in expect.items():
        match key:
            case "status" | "outcome" | "round" | "merged_into":
                if getattr(case, key) != expected:
                    yield key, expected, getattr(case, key)
            case "open":
                found = sorted(name for name, _ in _open(case_id))
                if sorted(expected or []) != found:
                    yield key, expected, found
            case "assigned":
                for name, unit in expected.items():
                    units = sorted(str(u) for n, u in _open(case_id) if n == name)
                    if unit not in units and sorted(unit if isinstance(unit, list) else [unit]) != units:
                        yield f"assigned.{name}", unit, units
            case "deadlines":
                yield from _deadlines(env, case, expected)
            case "supervisions":
                yield from _supervisions(case_id, expected)
            case "ledger":
                kinds = list(db.session.scalars(select(LedgerEntry.kind).where(LedgerEntry.case_id == case_id).order_by(LedgerEntry.seq)))
                if not _subsequence(expected, kinds):
                    yield key, expected, kinds
            case "told":
                kinds = list(db.session.scalars(select(Message.kind).where(Message.case_id == case_id).order_by(Message.id)))
                yield from _occurred(key, expected, kinds)
            case "flags":
                yield from _occurred(key, expected, _flags(case_id))
            case "sees":
                for login, sees in expected.items():
                    person = find_person(login=login)
                    found = person is not None and may_see(person, case_id)
                    if found != sees:
                        yield f"sees.{login}", sees, found


def _open(case_id: int) -> list[tuple[str, str | None]]:
    """What waits for somebody; `rate` waits for the citizen on the portal and is never listed."""
    query = select(Task.name, Unit.code).outerjoin(Unit, Unit.id == Task.unit_id).where(Task.case_id == case_id, Task.state == "open", Task.name != "rate")
    return [(row[0], row[1]) for row in db.session.execute(query)]


def _deadlines(env: Environment, case: Case, expected: dict) -> Iterator[Difference]:
    now = env.now()
    calendar = env.registry.calendar(env.registry.deployed(case.deployment_id).manifest.calendar)
    for name, wanted in expected.items():
        row = db.session.scalar(select(DeadlineRow).where(DeadlineRow.case_id == case.id, DeadlineRow.name == name).order_by(DeadlineRow.n.desc()).limit(1))
        if row is None or wanted is None:
            if (row is None) != (wanted is None):
                yield f"deadlines.{name}", wanted, None if row is None else str(row.due_at)
            continue
        deadline = Deadline.from_json(row.doc)
        for key, value in wanted.items():
            found = _fact(deadline, key, now, calendar)
            if found != value and not (key == "basis" and str(value) in str(found)):
                yield f"deadlines.{name}.{key}", value, found


def _fact(deadline: Deadline, key: str, now, calendar) -> Any:
    match key:
        case "due":
            return deadline.due.isoformat() if deadline.due else None
        case "status":
            return deadline.status(now)
        case "light":
            return deadline.light(now, calendar)
        case "basis":
            return deadline.article + (" local" if deadline.local else "")
        case _:
            return getattr(deadline, key)


def _supervisions(case_id: int, expected: list) -> Iterator[Difference]:
    rows = [{"trigger": s.trigger, "mode": s.mode, "unit": s.unit, "status": s.status}
            for s in db.session.scalars(select(Supervision).where(Supervision.case_id == case_id).order_by(Supervision.id))]
    if not expected:
        if rows:
            yield "supervisions", expected, rows
        return
    if not _matched(expected, rows):
        yield "supervisions", expected, rows


def _matched(wanted: list[dict], rows: list[dict]) -> bool:
    """Whether each wanted one can be given a row of its own."""
    if not wanted:
        return True
    first, rest = wanted[0], wanted[1:]
    return any(all(row.get(k) == v for k, v in first.items()) and _matched(rest, rows[:i] + rows[i + 1:]) for i, row in enumerate(rows))


def _flags(case_id: int) -> list[str]:
    found = []
    for data in db.session.scalars(select(LedgerEntry.data).where(LedgerEntry.case_id == case_id).order_by(LedgerEntry.seq)):
        found += data.get("flags", [])
    return found


def _occurred(key: str, expected: list, found: list) -> Iterator[Difference]:
    if not expected:
        if found:
            yield key, expected, found
    elif [kind for kind in expected if kind not in found]:
        yield key, expected, found


def _subsequence(wanted: list, kinds: list) -> bool:
    rest = iter(kinds)
    return all(kind in rest for kind in wanted or [])
