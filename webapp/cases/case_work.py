"""One case under its lock: loads what a command needs, runs the engine, and holds what will be written in the same transaction."""
from __future__ import annotations

from collections import Counter
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import and_, bindparam, exists, literal, select
from sqlalchemy.dialects import postgresql, sqlite

from webapp.domain.clock import SHANGHAI, local_date
from webapp.domain.deadlines import Deadline
from webapp.engine import Command, Fire, Outcome, Withdraw, World, advance, new_state
from webapp.models import NEVER, Case, CaseState, CaseUnit, DeadlineRow, LedgerEntry, MomentRow, Recusal, StaffNotice, Stamp, Supervision, Task, db
from webapp.permissions import Actor, Person

from .aim import aim_moments, due_of
from .apply import apply_effects
from .clocks import CaseClocks, functions_of
from .environment import Environment
from .errors import NotFound
from .record import LedgerWriter
from .reminders import REMIND, Told, keep_reminders, remind, write_reminders
from .resolve import resolve_unit

LAPSE = "-"         # the engine id of a moment that no diagram draws: a window that runs out
ORDER = {REMIND: 1, LAPSE: 2}       # at one and the same time: what a diagram draws, then who is told, then the window closes
_DEADLINES = select(DeadlineRow).where(DeadlineRow.case_id == bindparam("id"))         # built once: building costs more than asking
_ONE = select(literal(1).label("one")).subquery()       # so that there is a row also where no task is open
_AROUND = select(
    select(Stamp.value).where(Stamp.name == "calendars").scalar_subquery(),
    exists().where(Recusal.case_id == bindparam("id"), Recusal.account_id == bindparam("account")),
    Task,
).select_from(_ONE.outerjoin(Task, and_(Task.case_id == bindparam("id"), Task.state.in_(("open", "held")))))
_MOMENTS = select(MomentRow).where(MomentRow.case_id == bindparam("id"))


class CaseWork:
    """Use `open` (or `begin` for a new case), then `catch_up`, `run` …, then `flush`. The door commits."""

    def __init__(self, env: Environment, case: Case, state: CaseState, actor: Actor, unit: str | None):
        self.env, self.case, self.state_row, self.actor = env, case, state, actor
        self.now = env.now()
        self.deployed = env.registry.deployed(case.deployment_id)
        self.manifest = self.deployed.manifest
        self.directory = env.registry.directory(self.manifest.directory)
        self.state: dict[str, Any] = orjson.loads(state.doc) if state.doc else new_state()
        self.ledger = LedgerWriter(case, env.ledger_key, self.now, actor.login, unit)
        self.told: list[str] = []
        self.told_of: list[Told] = []          # whom of the staff to remind, in the morning
        self.completing: Task | None = None
        self.new_rows: list[Any] = []
        self._load()

    @classmethod
    def open(cls, env: Environment, case_id: int, actor: Actor, unit: str | None = None, wait: bool = True) -> CaseWork:
        """Lock the case and load it. NotFound when there is none, or without `wait` when somebody else has it."""
        query = select(Case, CaseState).join(CaseState, CaseState.case_id == Case.id).where(Case.id == case_id)
        row = db.session.execute(query.with_for_update(of=(Case, CaseState), skip_locked=not wait).execution_options(populate_existing=True)).first()
        if row is None:
            raise NotFound()
        return cls(env, row[0], row[1], actor, unit)

    def _load(self) -> None:
        """Everything else is read once the lock is held: what was read while waiting for it may be old."""
        case_id = self.case.id
        around = db.session.execute(_AROUND, {"id": case_id, "account": self.actor.account_id if isinstance(self.actor, Person) else 0}).all()
        self.recused = bool(around[0][1])       # whether the actor has stepped out of the case
        self.tasks: list[Task] = [row[2] for row in around if row[2] is not None]
        self.calendar = self.env.registry.calendar(self.manifest.calendar, around[0][0] or 0)
        new = self.case.ledger_seq == 0
        rows = [] if new else db.session.scalars(_DEADLINES, {"id": case_id}).all()
        self.deadline_rows = {(r.name, r.n): r for r in rows}
        self.clocks = CaseClocks([Deadline.from_json(r.doc) for r in rows], self.calendar, self.now, self.actor.login)
        self.moments: list[MomentRow] = [] if new else list(db.session.scalars(_MOMENTS, {"id": case_id}))
        self._supervisions: list[Supervision] | None = [] if new else None
        self._shown: dict[int, str] = {}       # units newly on the case, and as what

    @property
    def supervisions(self) -> list[Supervision]:
        if self._supervisions is None:
            self._supervisions = list(db.session.scalars(select(Supervision).where(Supervision.case_id == self.case.id)))
        return self._supervisions

    # -- running ---------------------------------------------------------------------------------------------------
    def facts(self) -> dict[str, Any]:
        c = self.case
        return {
            "number": c.number, "procedure": c.procedure, "type": c.type, "category": c.category, "channel": c.channel, "office": c.office,
            "assigned": c.assigned, "lead": c.lead, "co": c.co or [], "respondent": c.respondent, "claimant_kind": c.claimant_kind,
            "anonymous": c.anonymous, "confidential": c.confidential, "status": c.status, "outcome": c.outcome, "filed_on": local_date(c.filed_at),
            "title": c.title, "sample": c.sample, "consultation": c.consultation,
        }

    def waiting(self) -> dict[str, int]:
        """How many tasks of each name wait now."""
        return dict(Counter(task.name for task in self.tasks if task.state == "open"))

    def world(self, now: datetime) -> World:
        return World(now.astimezone(SHANGHAI), local_date(now), self.facts(), self.clocks, self.waiting(), functions_of(self.calendar, self.directory), self.env.watch)

    def run(self, command: Command, kind: str | None, data: dict[str, Any] | None = None, at: datetime | None = None) -> Outcome:
        """Advance the engine by one command and take over what came of it; `kind` names the ledger entry. `at` is when a moment was due."""
        now = at or self.now
        self.clocks.now = now
        before = set(self.clocks.changed)
        self.clocks.changed = set()
        outcome = advance(self.deployed.definition, self.state, command, self.world(now))
        changed = [self.clocks._all[key] for key in sorted(self.clocks.changed)]
        if kind is not None:
            deadlines = [{"id": d.name, "n": d.n, "status": d.status(now), "due": str(d.due) if d.due else None, **({"provisional": True} if d.provisional else {})}
                         for d in changed]
            self.ledger.write(kind, {**(data or {}), "passed": outcome.passed, "deadlines": deadlines})
        self.clocks.changed |= before
        self.state = outcome.state
        apply_effects(self, outcome)
        self._take_over_tasks(outcome, now)
        self._hold_tasks()
        self._take_over_moments(outcome)
        self.clocks.now = self.now
        return outcome

    def catch_up(self, limit: int = 200) -> int:
        """Fire, each in order and at the time it was due, the moments that have come. Returns how many."""
        fired = 0
        while fired < limit:
            due = [m for m in self.moments if m.fire_at is not None and m.fire_at <= self.now]
            if not due:
                break
            row = min(due, key=lambda m: (m.fire_at, ORDER.get(m.engine_id, 0), m.id or 0))
            fired += 1
            self._come(row, row.fire_at)
        return fired

    def _come(self, row: MomentRow, at: datetime) -> None:
        """A moment comes, as of when it was due; every entry that it writes says when that was."""
        self.ledger.due = at
        if row.engine_id == LAPSE:
            self._lapse(row, at)
        elif row.engine_id == REMIND:
            remind(self, row, at)
        else:
            row.fired_at, row.n = at, row.n + 1
            self.ledger.actor, actor, unit, self.ledger.unit = "system", self.ledger.actor, self.ledger.unit, None
            self.clocks.by = "system"
            self.run(Fire(row.instance, row.engine_id), "moment", {"moment": f"{row.deadline} {row.moment}"}, at=at)
            self.ledger.actor, self.ledger.unit = actor, unit
            self.clocks.by = actor
        self.ledger.due = None
        self._aim()

    def _lapse(self, row: MomentRow, at: datetime) -> None:
        """A window has run out: it ends as cancelled, nobody is late."""
        deadline = self.clocks.running(row.deadline)
        if deadline is not None:
            self.clocks._put(deadline.cancel(at))
            self.ledger.write("lapsed", {"deadline": row.deadline, "due": str(deadline.due)}, actor="system")

    def _keep_lapses(self) -> None:
        """One waiting row for each running deadline that the manifest says `lapses`; none for others."""
        wanted = {d.name for d in self.clocks.all() if not d.ended and self.manifest.deadlines.get(d.name, {}).get("lapses")}
        for row in [m for m in self.moments if m.engine_id == LAPSE and m.deadline not in wanted]:
            self.drop_moment(row)
        for name in wanted - {m.deadline for m in self.moments if m.engine_id == LAPSE}:
            row = MomentRow(case_id=self.case.id, instance=LAPSE, engine_id=LAPSE, deadline=name, deadline_n=0, moment="overdue", n=1, attempts=0)
            self.moments.append(row)
            self.new_rows.append(row)

    def drop_moment(self, row: MomentRow) -> None:
        """It is not waited for any more."""
        self.moments.remove(row)
        if row in self.new_rows:
            self.new_rows.remove(row)
        else:
            db.session.delete(row)

    # -- projections -------------------------------------------------------------------------------------------------
    def _take_over_tasks(self, outcome: Outcome, now: datetime) -> None:
        for instance, wanted in outcome.tasks.items():
            here = {t.engine_id: t for t in self.tasks if t.instance == instance}
            for engine_id in here.keys() - {t.id for t in wanted}:
                task = here[engine_id]
                task.state = "done" if task is self.completing else "cancelled"
                task.closed_at, task.version = self.now, task.version + 1
                self.tasks.remove(task)
            for opened in wanted:
                if opened.id not in here:
                    self._open_task(opened, now)

    def _open_task(self, opened, now: datetime) -> None:
        node = opened.node
        code = resolve_unit(self, node.who.unit, opened.item) if node.who.role != "citizen" else None
        request = self.state["inst"].get(opened.instance, {}).get("q", {})
        task = Task(case_id=self.case.id, instance=opened.instance, engine_id=opened.id, node=node.id, name=node.task, role=node.who.role,
                    unit_id=self.env.registry.unit_id(code) if code else None, item=opened.item, state="open", due_at=NEVER, opened_at=self.now, version=1,
                    deadline=opened.deadline or (request.get("deadline") if opened.instance != "main" else None))
        self.tasks.append(task)
        self.new_rows.append(task)
        if code and code not in (self.case.office, self.case.assigned, self.case.lead, *(self.case.co or [])):      # those are on it already
            self.show_to(code, "supervising" if opened.instance != "main" else node.who.unit.split("(")[0])

    def _hold_tasks(self) -> None:
        """A task leaves the list while a side instance whose process `holds` it is open (a return being decided, say); its clock runs on."""
        properties = self.deployed.definition.process_properties
        held = {name for entry in self.state["inst"].values() for name in properties.get(entry["p"], {}).get("holds", "").split()}
        for task in self.tasks:
            wanted = "held" if task.name in held and task.instance == "main" else "open"
            if task.state != wanted:
                task.state = wanted

    def _take_over_moments(self, outcome: Outcome) -> None:
        for instance, wanted in outcome.moments.items():
            by_id = {m.task_id: m for m in wanted}
            for row in [m for m in self.moments if m.instance == instance and m.engine_id != REMIND]:
                if row.engine_id not in by_id:
                    self.drop_moment(row)
            known = {m.engine_id for m in self.moments if m.instance == instance}
            for moment in wanted:
                if moment.task_id not in known:
                    row = MomentRow(case_id=self.case.id, instance=instance, engine_id=moment.task_id, deadline=moment.deadline, deadline_n=0,
                                    moment=moment.moment, n=1, attempts=0)
                    self.moments.append(row)
                    self.new_rows.append(row)
        self._aim()

    def _aim(self) -> None:
        """Set when each waiting moment comes, from its deadline as it now is."""
        self._keep_lapses()
        keep_reminders(self)
        aim_moments(self.moments, self.clocks, self.calendar, self.now)

    def show_to(self, code: str, relation: str) -> None:
        """From now on the unit is on the case."""
        unit_id = self.env.registry.unit_id(code)
        if unit_id is not None:
            self._shown.setdefault(unit_id, relation)

    def _show_units(self) -> None:
        if self._shown:
            insert = postgresql.insert if db.engine.dialect.name == "postgresql" else sqlite.insert
            rows = [{"case_id": self.case.id, "unit_id": unit_id, "relation": relation} for unit_id, relation in self._shown.items()]
            db.session.execute(insert(CaseUnit).values(rows).on_conflict_do_nothing())
            self._shown = {}

    def withdraw_supervisions(self, deadline: str) -> None:
        """A deadline runs again: what its miss had opened is withdrawn, by an entry."""
        self.run(Withdraw(deadline), None)

    def tell_those_in_charge(self, kind: str, data: dict[str, Any]) -> None:
        """A notice in the app to everyone with an open task on the case."""
        for unit_id, role in {(t.unit_id, t.role) for t in self.tasks if t.unit_id is not None}:
            self.new_rows.append(StaffNotice(case_id=self.case.id, unit_id=unit_id, role=role, kind=kind, at=self.now, data=data))

    # -- the end -----------------------------------------------------------------------------------------------------
    def flush(self) -> None:
        """Write everything to the session; the door that was knocked on commits."""
        self.case.round = self.state["round"]
        for key in self.clocks.changed:
            deadline = self.clocks._all[key]
            row = self.deadline_rows.get(key)
            if row is None:
                row = self.deadline_rows[key] = DeadlineRow(case_id=self.case.id, name=key[0], n=key[1], calendar=self.manifest.calendar)
                self.new_rows.append(row)
            row.doc, row.due_at, row.ended_at = deadline.to_json(), deadline.due_at, deadline.ended_at
            row.result = deadline.status(self.now) if deadline.ended else None
        self.clocks.changed = set()
        for task in self.tasks:
            due = due_of(task, self.clocks)
            if task.due_at != due:
                task.due_at = due
        self.state_row.doc = orjson.dumps(self.state)
        self.state_row.version = (self.state_row.version or 0) + 1
        db.session.flush()
        write_reminders(self)
        insert_rows(self.new_rows)
        self.new_rows = []
        self._show_units()
        if self.ledger.rows:
            db.session.execute(LedgerEntry.__table__.insert(), self.ledger.rows)
            self.ledger.rows = []


def insert_rows(rows: list[Any]) -> None:
    """Write new rows, one statement for each table however many there are; nobody needs their ids within the transaction."""
    by_model: dict[type, list[dict[str, Any]]] = {}
    for row in rows:
        table = row.__table__
        given = {c.name: getattr(row, c.name) for c in table.columns if c is not table.autoincrement_column}
        by_model.setdefault(type(row), []).append({name: value for name, value in given.items() if value is not None or table.c[name].default is None})
    for model, values in by_model.items():
        db.session.execute(model.__table__.insert(), values)


def unit_of(actor: Actor, role: str, unit: str | None) -> str | None:
    """The unit in which an actor acts."""
    if isinstance(actor, Person):
        if unit is not None and actor.holds(role, unit):
            return unit
        return actor.holdings[0].unit if actor.holdings else None
    return None
