"""How a step becomes an act: which task is meant, numbers that a text field was given, and a refusal in words."""
from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import select

from webapp.answers import Form
from webapp.cases.case_work import CaseWork
from webapp.cases.do_task import check_wall
from webapp.cases.environment import Environment
from webapp.engine import Refusal
from webapp.models import Consultation, Task, Unit, db
from webapp.permissions import Actor, Person

from .source import day


def task_for(case_id: int, name: str, actor: Actor) -> Task | None:
    """The open task of that name that the actor means: one they may do, then one of their own unit, then the oldest."""
    query = select(Task, Unit.code).outerjoin(Unit, Unit.id == Task.unit_id)
    rows = db.session.execute(query.where(Task.case_id == case_id, Task.name == name, Task.state == "open").order_by(Task.id)).all()
    if isinstance(actor, Person):
        rows = sorted(rows, key=lambda r: (not actor.holds(r[0].role, r[1] or ""), not any(h.unit == r[1] for h in actor.holdings)))
    return rows[0][0] if rows else None


def refuse_what_is_not_open(env: Environment, case_id: int, actor: Actor) -> None:
    """Refuse a task that does not wait: to who is kept from the case with that reason, else `not_open`."""
    work = CaseWork.open(env, case_id, actor)
    check_wall(work)
    if work.case.status == "closed":
        raise Refusal("not_open", "此件已办结，没有此项待办任务", "The case is closed; no such task is waiting")
    raise Refusal("not_open", "此项任务目前没有待办", "No such task is waiting")


def as_written(form: Form, data: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    """The data with numbers as text where the form asks for text: `body: 110` in a file means "110". `prefix`: of the fields of a nested claimant."""
    def one(key: str, value: Any) -> Any:
        field = form.fields.get(key)
        if field is not None and field.type in ("textfield", "textarea") and isinstance(value, int | float) and not isinstance(value, bool):
            return str(value)
        return value

    found = {key: one(key, value) for key, value in data.items()}
    if prefix and isinstance(data.get("claimant"), Mapping):
        found["claimant"] = {key: one(prefix + key, value) for key, value in data["claimant"].items()}
    return found


def consultation_for(env: Environment, procedure: str, given: Mapping[str, Any] | None) -> int | None:
    """The id of the consultation that a filing names, created where there is none alike; None where it names none."""
    if not given:
        return None
    facts = {"kind": given["kind"], "title": str(given.get("title") or ""), "opens": day(given["opens"]), "closes": day(given["closes"])}
    found = db.session.scalar(select(Consultation).filter_by(procedure=procedure, **facts))
    if found is None:
        found = Consultation(procedure=procedure, created_at=env.now(), **facts)
        db.session.add(found)
        db.session.flush()
    return found.id


def in_words(refusal: Refusal) -> str:
    """A refusal with its code, its text and every field that it concerns."""
    more = "".join(f" [{field}: {code} {zh} / {en}]" for field, code, zh, en in refusal.fields)
    return f"{refusal.code}: {refusal.zh} / {refusal.en}" + (f" ({refusal.field})" if refusal.field else "") + more
