"""What the citizen of a case may read of it: where it is, what was told, what they wrote, what they may do. Reads only; nothing fires here."""
from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from webapp.deployments.registry import Deployed
from webapp.domain.calendar import Calendar
from webapp.domain.deadlines import Deadline
from webapp.domain.ledger import content_hash
from webapp.engine.manifest import Action
from webapp.models import Case, DeadlineRow, Filing, LedgerEntry, Message, Task, Unit, db
from webapp.permissions import Citizen

from .environment import Environment
from .errors import NotFound

MAIN = "main"


@dataclass(frozen=True)
class OpenTask:
    """A task that waits: `unit` is the unit's code, None for the citizen's own."""

    id: int
    name: str
    node: str
    role: str
    unit: str | None
    main: bool
    version: int


@dataclass(frozen=True)
class Written:
    """What was written, as kept; `whole` says that its hash still is the one that was receipted."""

    seq: int
    at: datetime
    content: dict
    hash: str
    whole: bool


@dataclass(frozen=True)
class CitizenCase:
    """One case as its citizen sees it. No person's name is in it."""

    case: Case
    deployed: Deployed
    calendar: Calendar
    tasks: tuple[OpenTask, ...]
    deadlines: tuple[Deadline, ...]
    messages: tuple[Message, ...]
    written: tuple[Written, ...]
    done: dict[str, datetime]           # ledger kind → when last, of this round
    reopened_at: datetime | None
    actions: tuple[Action, ...]

    @property
    def running(self) -> list[Deadline]:
        """The deadlines that run, the earliest first; paused ones last."""
        return sorted((d for d in self.deadlines if not d.ended), key=lambda d: (d.due is None, d.due or d.started_on))

    def own_task(self, name: str) -> OpenTask | None:
        """The citizen's open task of that name, or None."""
        return next((t for t in self.tasks if t.role == "citizen" and t.name == name), None)


def read_case(env: Environment, citizen: Citizen) -> CitizenCase:
    """The citizen's own case. NotFound when it is gone."""
    case = db.session.get(Case, citizen.case_id)
    if case is None:
        raise NotFound()
    deployed = env.registry.deployed(case.deployment_id)
    rows = db.session.execute(select(Task, Unit.code).outerjoin(Unit, Unit.id == Task.unit_id).where(Task.case_id == case.id, Task.state == "open").order_by(Task.id))
    tasks = tuple(OpenTask(t.id, t.name, t.node, t.role, code, t.instance == MAIN, t.version) for t, code in rows)
    deadlines = tuple(Deadline.from_json(doc) for doc in db.session.scalars(select(DeadlineRow.doc).where(DeadlineRow.case_id == case.id)))
    messages = tuple(db.session.scalars(select(Message).where(Message.case_id == case.id).order_by(Message.id)))
    steps = db.session.execute(select(LedgerEntry.kind, LedgerEntry.at).where(LedgerEntry.case_id == case.id).order_by(LedgerEntry.seq)).all()
    reopened = max((at for kind, at in steps if kind == "reopened"), default=None)
    done = {kind: at for kind, at in steps if reopened is None or at >= reopened}
    return CitizenCase(case, deployed, env.registry.calendar(deployed.manifest.calendar), tasks, deadlines, messages, _written(case), done, reopened,
                       tuple(_actions(case, deployed)))


def _written(case: Case) -> tuple[Written, ...]:
    rows = db.session.scalars(select(Filing).where(Filing.case_id == case.id).order_by(Filing.seq))
    return tuple(Written(r.seq, r.at, r.content, r.hash, content_hash({"case": case.number, "filed_at": r.at.isoformat(), "content": r.content}) == r.hash)
                 for r in rows)


def _actions(case: Case, deployed: Deployed) -> list[Action]:
    """The actions that are the citizen's and not out of the question now; each may still be refused when it is taken."""
    own = [a for a in deployed.manifest.actions.values() if any(who.role == "citizen" for who in a.by)]
    return sorted((a for a in own if case.status == "open" or a.closed), key=lambda a: (a.message is not None, a.name))     # what ends it last
