"""People do tasks: claim, give back, complete."""
from __future__ import annotations

from typing import Any

from webapp.engine import Complete, Refusal
from webapp.models import Task, Unit, db
from webapp.permissions import Actor, Citizen, Person, System, may_do_task

from .answering import clean_answers
from .case_work import CaseWork
from .environment import Environment
from .errors import NotFound, Stale, refuse
from .resolve import respondent_refusal


def complete_task(env: Environment, task_id: int, data: Any, actor: Actor, version: int | None = None) -> CaseWork:
    """Complete an open task with answers, as `actor`. `version` is the one that was read, where it is known.

    NotFound, Refusal (`stale`, `forbidden`, `respondent` …) or Invalid; nothing has changed then. The door commits.
    """
    work, task, unit = open_task(env, task_id, actor)
    if version is not None and task.version != version:
        raise Stale()
    node = next(n for n in work.deployed.definition.tasks()[task.name] if n.id == task.node)
    answers = clean_answers(work, node.form, data)
    if task.assignee_id is None and isinstance(actor, Person):
        task.assignee_id = actor.account_id
    work.completing = task
    work.run(Complete(task.instance, task.engine_id, answers), task.name, {"answers": answers, "article": list(node.articles), "item": task.item,
                                                                          "task": task.id})
    work.flush()
    return work


def open_task(env: Environment, task_id: int, actor: Actor) -> tuple[CaseWork, Task, str | None]:
    """Lock the task's case, fire what was due, and check that the actor may do the task now."""
    row = db.session.execute(db.select(Task.case_id, Unit.code).outerjoin(Unit, Unit.id == Task.unit_id).where(Task.id == task_id)).first()
    if row is None:
        raise NotFound()
    work = CaseWork.open(env, row.case_id, actor, row.code)
    check_wall(work)
    work.catch_up()
    task = next((t for t in work.tasks if t.id == task_id), None)
    if task is None or task.state != "open":
        if not knows_case(work, actor):
            raise NotFound()
        raise Stale()
    check_may_do(task, row.code, actor)
    return work, task, row.code


def check_wall(work: CaseWork) -> None:
    """Refuse who is kept from the case: the reported unit's people (`respondent`), who has stepped out (`recused`), another case's citizen."""
    actor, case = work.actor, work.case
    if isinstance(actor, Citizen) and actor.case_id != case.id:
        raise NotFound()
    if isinstance(actor, Person):
        if case.respondent is not None and case.respondent in actor.covered():
            raise respondent_refusal()
        if work.recused:
            raise refuse("recused", "您已回避此件", "You have stepped out of this case")


def knows_case(work: CaseWork, actor: Actor) -> bool:
    from webapp.permissions import may_see

    return not isinstance(actor, Person) or may_see(actor, work.case.id)


def check_may_do(task: Task, unit: str | None, actor: Actor) -> None:
    if isinstance(actor, System):
        return
    if isinstance(actor, Citizen):
        if task.role != "citizen":
            raise _forbidden()
        return
    if not may_do_task(actor, task, unit):
        if unit is not None and actor.holds(task.role, unit):
            raise refuse("claimed", "这项任务已由他人领取", "Somebody else has claimed this task")
        raise _forbidden()


def _forbidden() -> Refusal:
    return refuse("forbidden", "这项任务不由您办理", "This task is not yours to do")


def claim_task(env: Environment, task_id: int, actor: Person) -> Task:
    """Take a task for oneself. Refusal `claimed` when somebody else has it."""
    work, task, _ = open_task(env, task_id, actor)
    if task.assignee_id != actor.account_id:
        task.assignee_id, task.version = actor.account_id, task.version + 1
        work.ledger.write("claimed", {"task": task.name})
    work.flush()
    return task


def give_back_task(env: Environment, task_id: int, actor: Person) -> Task:
    """Give a claimed task back to its unit."""
    work, task, _ = open_task(env, task_id, actor)
    if task.assignee_id == actor.account_id:
        task.assignee_id, task.version = None, task.version + 1
        work.ledger.write("given_back", {"task": task.name})
    work.flush()
    return task
