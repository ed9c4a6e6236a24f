"""Counts a case's running deadlines anew by a changed calendar, from rows that were read without a lock, and says what is to be written if the case is still as it was."""
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from types import SimpleNamespace
from typing import Any

from sqlalchemy import Dialect, bindparam, exists, insert, select, update
from sqlalchemy import case as sql_case

from webapp.domain.calendar import Calendar
from webapp.domain.deadlines import Deadline
from webapp.models import CalendarChange, CalendarMove, Case, DeadlineRow, LedgerEntry, MomentRow, Task, db
from webapp.models.bulk import Part, Prepared, claimed

from .aim import aim_moments, due_of
from .clocks import CaseClocks
from .environment import Environment
from .record import LedgerWriter

_CASE, _DEADLINE, _MOMENT, _TASK, _LEDGER, _MOVE = (m.__table__ for m in (Case, DeadlineRow, MomentRow, Task, LedgerEntry, CalendarMove))


@dataclass(frozen=True)
class Rows:
    """What is known of a batch's cases, by case."""

    cases: dict[int, Any]
    deadlines: dict[int, list]
    moments: dict[int, list]
    tasks: dict[int, list]


@dataclass
class Plan:
    """What is to be written on a case whose ledger has `seen` entries. `whole`: it has to go the ordinary way, under its lock and with the engine."""

    case: Any
    seen: int
    moves: list[tuple[Deadline, Deadline]] = field(default_factory=list)
    moments: list[tuple[int, datetime | None]] = field(default_factory=list)
    tasks: list[tuple[int, datetime]] = field(default_factory=list)
    whole: bool = False


def read_rows(ids: list[int]) -> Rows:
    """The rows of these cases, in four queries."""
    tasks = select(_TASK.c.case_id, _TASK.c.id, _TASK.c.instance, _TASK.c.deadline, _TASK.c.due_at).where(_TASK.c.state.in_(("open", "held")))
    cases = db.session.execute(select(_CASE.c.id, _CASE.c.number, _CASE.c.ledger_seq, _CASE.c.ledger_head).where(_CASE.c.id.in_(ids)))
    return Rows({row.id: row for row in cases}, _by_case(select(_DEADLINE).where(_DEADLINE.c.ended_at.is_(None)), _DEADLINE, ids),
                _by_case(select(_MOMENT), _MOMENT, ids), _by_case(tasks, _TASK, ids))


def _by_case(query: Any, table: Any, ids: list[int]) -> dict[int, list]:
    found: dict[int, list] = {}
    for row in db.session.execute(query.where(table.c.case_id.in_(ids))):
        found.setdefault(row.case_id, []).append(row)
    return found


def plan_case(env: Environment, change: CalendarChange, case_id: int, read: Rows, calendars: Mapping[str, Calendar]) -> Plan:
    """Count one case anew. What needs the engine (a supervision to be withdrawn, moments that have come and must fire first) is left to the ordinary way."""
    row, deadlines, now = read.cases[case_id], read.deadlines.get(case_id, []), env.now()
    plan = Plan(SimpleNamespace(id=row.id, number=row.number, ledger_seq=row.ledger_seq, ledger_head=row.ledger_head), row.ledger_seq)
    waiting = [SimpleNamespace(**m._mapping) for m in read.moments.get(case_id, ())]
    if any(m.fire_at is not None and m.fire_at <= now for m in waiting):
        plan.whole = True
    elif deadlines:
        _count_anew(plan, deadlines, waiting, read.tasks.get(case_id, ()), calendars[deadlines[0].calendar], change, now)
    return plan


def _count_anew(plan: Plan, rows: list, waiting: list, tasks: Any, calendar: Calendar, change: CalendarChange, now: datetime) -> None:
    clocks = CaseClocks([Deadline.from_json(row.doc) for row in rows], calendar, now, "system")
    for before in clocks.all():
        after = before.recompute(now, calendar, change.basis)
        if after is not before:
            plan.moves.append((before, after))
            plan.whole |= before.status(now) == "missed" and after.status(now) == "running"
            clocks._put(after)
    if not plan.moves or plan.whole:
        return
    old = [(m.fire_at, m.n, m.fired_at, m.deadline_n) for m in waiting]
    aim_moments(waiting, clocks, calendar, now)
    plan.whole = any((m.n, m.fired_at, m.deadline_n) != was[1:] for m, was in zip(waiting, old, strict=True))
    plan.moments = [(m.id, m.fire_at) for m, was in zip(waiting, old, strict=True) if m.fire_at != was[0]]
    plan.tasks = [(t.id, due) for t in tasks if (due := due_of(t, clocks)) != t.due_at]


# -- what is written ---------------------------------------------------------------------------------------------------
def parts_of(env: Environment, change: CalendarChange, plan: Plan) -> list[Part]:
    """The plan as one transaction: the first part claims the case, and every other one writes only where the claim went through."""
    dialect, ledger = db.engine.dialect, LedgerWriter(plan.case, env.ledger_key, env.now(), "system", None)
    for before, after in plan.moves:
        ledger.write("recomputed", entry_of(before, after, change))
    held = {"case": plan.case.id, "head": plan.case.ledger_head}
    parts = [(_statement(dialect, "claim"), {**held, "seen": plan.seen, "seq": plan.case.ledger_seq})]
    parts += [(_statement(dialect, "ledger"), {**held, **_values(row)}) for row in ledger.rows]
    parts += [(_statement(dialect, "deadline"), {**held, "of": d.name, "which": d.n, "to": d.to_json(), "at": d.due_at}) for _, d in plan.moves]
    for kind, rows in (("moments", plan.moments), ("tasks", plan.tasks)):
        if rows:
            numbered = {f"id{i}": id for i, (id, _) in enumerate(rows)} | {f"at{i}": at for i, (_, at) in enumerate(rows)}
            parts.append((_statement(dialect, kind, len(rows)), {**held, **numbered}))
    moves = (move_of(plan.case.id, before, after, change, env) for before, after in plan.moves)
    return parts + [(_statement(dialect, "move"), {**held, **_values(row)}) for row in moves]


def entry_of(before: Deadline, after: Deadline, change: CalendarChange) -> dict[str, Any]:
    """What the ledger says of a deadline that moved."""
    return {"deadline": after.name, "old": str(before.due), "due": str(after.due), "basis": change.basis, "layer": change.layer, "change": change.id}


def move_of(case_id: int, before: Deadline, after: Deadline, change: CalendarChange, env: Environment) -> dict[str, Any]:
    """The row that says what moved."""
    now = env.now()
    return {"change_id": change.id, "case_id": case_id, "name": after.name, "n": after.n, "old": before.due, "new": after.due,
            "was_missed": before.status(now) == "missed", "is_missed": after.status(now) == "missed"}


def _values(row: Mapping[str, Any]) -> dict[str, Any]:
    return {f"v_{name}": value for name, value in row.items()}


@lru_cache(512)
def _statement(dialect: Dialect, kind: str, n: int = 1) -> Prepared:
    """`n` rows of moments or tasks are written by one statement."""
    this = bindparam("case", type_=_CASE.c.id.type)
    held = claimed(dialect, exists().where(_CASE.c.id == this, _CASE.c.ledger_head == bindparam("head", type_=_CASE.c.ledger_head.type)))
    match kind:
        case "claim":
            claim = update(_CASE).where(_CASE.c.id == this, _CASE.c.ledger_seq == bindparam("seen"))
            return Prepared(claim.values(ledger_seq=bindparam("seq"), ledger_head=bindparam("head")), dialect)
        case "deadline":
            row = update(_DEADLINE).where(_DEADLINE.c.case_id == this, _DEADLINE.c.name == bindparam("of"), _DEADLINE.c.n == bindparam("which"), held)
            return Prepared(row.values(doc=bindparam("to"), due_at=bindparam("at")), dialect)
        case "moments" | "tasks":
            table, name = (_MOMENT, "fire_at") if kind == "moments" else (_TASK, "due_at")
            ids = [bindparam(f"id{i}", type_=table.c.id.type) for i in range(n)]
            value = sql_case(*((table.c.id == each, bindparam(f"at{i}", type_=table.c[name].type)) for i, each in enumerate(ids)))
            return Prepared(update(table).where(table.c.id.in_(ids), held).values({name: value}), dialect)
        case "ledger" | "move":
            table = _LEDGER if kind == "ledger" else _MOVE
            row = select(*(bindparam(f"v_{c.name}", type_=c.type) for c in table.columns)).where(held)
            return Prepared(insert(table).from_select([c.name for c in table.columns], row), dialect)
    raise ValueError(kind)
