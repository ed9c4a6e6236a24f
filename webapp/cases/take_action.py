"""Actions on a running case: what the manifest names, each refused with a reason when it may not be done now."""
from __future__ import annotations

from typing import Any

from sqlalchemy import func, select

from webapp.domain.ledger import content_hash
from webapp.engine import Act, Refusal, Release
from webapp.engine.manifest import Action
from webapp.models import Account, Filing, IdempotencyKey, Membership, Recusal, Unit, db
from webapp.permissions import Actor, Citizen, Person, System, may_see

from .answering import clean_answers
from .case_work import CaseWork
from .do_task import check_wall
from .environment import Environment
from .errors import NotFound, refuse
from .file_case import body_hash
from .resolve import resolve_unit


def take_action(env: Environment, case_id: int, name: str, data: Any, actor: Actor, key: str | None = None) -> CaseWork:
    """Take an action on a case. NotFound, Refusal (`not_allowed`, `forbidden`, `closed`, the manifest's own) or Invalid.

    `key` makes it one act however often it is sent: the same key and data again do nothing more, other data are refused (`idempotency`).
    """
    work = CaseWork.open(env, case_id, actor)
    check_wall(work)
    if key is not None and _taken_before(work, f"act:{case_id}:{key}", data):
        return work
    work.catch_up()
    action = work.manifest.actions.get(name)
    if action is None:
        raise refuse("not_allowed", "本程序没有这项操作", "This procedure does not provide for this")
    unit = may_take(work, action, actor)
    if unit is None:
        if isinstance(actor, Person) and not may_see(actor, case_id):
            raise NotFound()
        raise refuse("forbidden", "这项操作不由您提出", "This is not yours to do")
    work.ledger.unit = unit or None
    if work.case.status == "closed" and not action.closed:
        raise refuse("closed", "此件已办结", "The case is closed")
    answers = clean_answers(work, action.form, data)
    _carry_out(work, action, answers, actor)
    work.flush()
    return work


def _taken_before(work: CaseWork, key: str, data: Any) -> bool:
    """Whether this has been sent and taken already, as it is now; keeps the key for the next time. Two at once wait for each other at the case's lock."""
    body, earlier = body_hash([data]), db.session.get(IdempotencyKey, key)
    if earlier is None:
        work.new_rows.append(IdempotencyKey(key=key, body_hash=body, answer={}, at=work.now))
    elif earlier.body_hash != body:
        raise refuse("idempotency", "这一页已经提交过了，没有再提交。要另外提交，请重新打开这一页。", "This page has been sent already, and nothing was sent now. To send something else, open it anew.")
    return earlier is not None


def may_take(work: CaseWork, action: Action, actor: Actor) -> str | None:
    """The unit in which the actor may take the action ('' for the citizen and the system), or None."""
    for who in action.by:
        if who.role == "citizen":
            if isinstance(actor, Citizen | System):
                return ""
            continue
        if isinstance(actor, Person):
            for unit in _units(work, who.unit):
                if actor.holds(who.role, unit):
                    return unit
    return None


def _units(work: CaseWork, word: str) -> list[str]:
    if word == "co":
        return list(work.case.co or [])
    if word == "any":       # any unit that has an open task on the case
        return [code for code in db.session.scalars(select(Unit.code).where(Unit.id.in_({t.unit_id for t in work.tasks if t.unit_id})))]
    try:
        return [resolve_unit(work, word)]
    except RuntimeError:
        return []


def _carry_out(work: CaseWork, action: Action, answers: dict[str, Any], actor: Actor) -> None:
    record: dict[str, Any] = {"answers": answers, "article": [action.article]}
    match action.does:
        case "recuse":
            _recuse(work, actor)
        case "add_information":
            record["hash"] = _add_information(work, answers)
        case "release_assist":
            work.run(Release(str(answers.get("unit"))), None)
    work.run(Act(action.name, answers), action.name, record)


def _recuse(work: CaseWork, actor: Actor) -> None:
    """The person steps out: their claims go back to the unit, and the case is closed to them. In each of their roles on the case somebody must be left."""
    if not isinstance(actor, Person):
        raise refuse("forbidden", "这项操作不由您提出", "This is not yours to do")
    case = work.case
    on_it = {case.office, case.assigned, case.lead, *(case.co or [])}
    roles = {who.role for nodes in work.deployed.definition.tasks().values() for node in nodes if (who := node.who) is not None}
    for holding in actor.holdings:
        if holding.unit in on_it and holding.role in roles and not _others(holding.unit_id, holding.role, actor, work):
            raise refuse("nobody_else", "本单位没有其他人员可接办，请先报告单位负责人", "Nobody else in the unit can take over; tell the head of the unit first")
    for task in work.tasks:
        if task.assignee_id == actor.account_id:
            task.assignee_id, task.version = None, task.version + 1
    work.new_rows.append(Recusal(case_id=case.id, account_id=actor.account_id, at=work.now))


def _others(unit_id: int, role: str, actor: Person, work: CaseWork) -> bool:
    recused = select(Recusal.account_id).where(Recusal.case_id == work.case.id)
    query = (select(func.count()).select_from(Membership).join(Account, Account.id == Membership.account_id)
             .where(Membership.unit_id == unit_id, Membership.role == role, Account.active, Account.id != actor.account_id, Account.id.not_in(recused)))
    return bool(db.session.scalar(query))


def _add_information(work: CaseWork, answers: dict[str, Any]) -> str:
    """What was added is kept like the filing; its hash, for the ledger."""
    seq = (db.session.scalar(select(func.max(Filing.seq)).where(Filing.case_id == work.case.id)) or 0) + 1
    digest = content_hash({"case": work.case.number, "filed_at": work.now.isoformat(), "content": answers})
    work.new_rows.append(Filing(case_id=work.case.id, seq=seq, at=work.now, content=answers, hash=digest))
    return digest


def refusal_of(work: CaseWork, action: Action, actor: Actor) -> Refusal | None:
    """Why the action cannot be taken now, before anything is asked; None when it can. For showing buttons, not for deciding."""
    if may_take(work, action, actor) is None:
        return refuse("forbidden", "", "")
    if work.case.status == "closed" and not action.closed:
        return refuse("closed", "此件已办结", "The case is closed")
    return None


__all__ = ["may_take", "refusal_of", "take_action"]
