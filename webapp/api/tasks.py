"""One's own tasks, claiming one, completing one."""
from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any

from flask import jsonify
from sqlalchemy import select, union_all

from webapp.cases.do_task import claim_task, complete_task
from webapp.cases.errors import NotFound
from webapp.domain.deadlines import Deadline
from webapp.engine import Refusal
from webapp.http.web import env
from webapp.models import Case, DeadlineRow, Task, db
from webapp.permissions import Citizen, Person, task_pages

from .asking import asker_of_task, hidden, staff
from .blueprint import api
from .case_json import due_day, state_json
from .components import BIG, obj
from .operations import CODE_QUERY, NO_QUERY, TASK_PARAMETER, answer, body, operation, parameter, problems
from .problems import ApiProblem
from .reading import read_body, read_query

USUAL, MOST = 50, 200       # tasks of a page
LIMIT = {"type": "integer", "minimum": 1, "maximum": MOST}
AFTER = {"type": "string", "maxLength": 60, "pattern": r"^\d{8}T\d{6}\.\d{6}Z-\d{1,19}$"}
KEY = "%Y%m%dT%H%M%S.%fZ"


@api.get("/tasks")
@operation("token", {
    "operationId": "listTasks", "summary": "我的待办 One's own open tasks",
    "description": "最早到期的在前。 The earliest due first.",
    "parameters": [parameter("limit", "query", LIMIT, f"每页任务数，默认 {USUAL}。 Tasks of a page, {USUAL} unless given."),
                   parameter("after", "query", AFTER, "上一页的 `next`。 `next` of the page before.")],
    "responses": {"200": answer("一页。 A page.", "TaskPage"), **problems(401, 422)}})
def tasks():
    person = staff()
    query = read_query(obj({"limit": LIMIT, "after": AFTER}, required=[]))
    limit = query.get("limit", USUAL)
    rows = task_rows(person, read_key(query["after"]) if "after" in query else None, limit + 1)
    more = len(rows) > limit
    estimated = provisional_of(rows[:limit])
    found = [task_json(row, person, env().now(), (row.Task.case_id, row.Task.deadline) in estimated) for row in rows[:limit]]
    return jsonify(tasks=found, next=write_key(rows[limit - 1].Task) if more else None)


def task_rows(person: Person, after: tuple[datetime, int] | None, limit: int) -> list[Any]:
    """(Task, case number, title, procedure) of the person's open tasks, the earliest due first: one query, a keyset page for each unit and role."""
    pages = [select(p.subquery()) for p in task_pages(person, after, limit)]
    if not pages:
        return []
    page = union_all(*pages).subquery("page")
    query = select(Task, Case.number, Case.title, Case.procedure).select_from(page).join(Task, Task.id == page.c.id).join(Case, Case.id == Task.case_id)
    return list(db.session.execute(query.order_by(page.c.due_at, page.c.id).limit(limit)))


def provisional_of(rows: list[Any]) -> set[tuple[int, str]]:
    """(case, deadline) of those that run to a provisional date: one query for the page, none where no task has a deadline."""
    names = {row.Task.deadline for row in rows} - {None}
    if not names:
        return set()
    query = select(DeadlineRow.case_id, DeadlineRow.name, DeadlineRow.doc).where(
        DeadlineRow.case_id.in_({row.Task.case_id for row in rows}), DeadlineRow.name.in_(names), DeadlineRow.ended_at.is_(None))
    return {(r.case_id, r.name) for r in db.session.execute(query) if Deadline.from_json(r.doc).provisional}


def task_json(row: Any, person: Person, now: datetime, provisional: bool) -> dict[str, Any]:
    task, units = row.Task, {h.unit_id: h.unit for h in person.holdings}
    return {"id": task.id, "version": task.version, "task": task.name, "case": row.number, "title": row.title, "procedure": row.procedure,
            "unit": units[task.unit_id], "role": task.role, "due": due_day(task.due_at), "provisional": provisional, "overdue": task.due_at <= now, "opened_at": task.opened_at.isoformat(),
            "claimed": task.assignee_id == person.account_id}


def write_key(task: Task) -> str:
    return f"{task.due_at.strftime(KEY)}-{task.id}"


def read_key(text: str) -> tuple[datetime, int]:
    """The last row of the page before. ApiProblem 422."""
    at, number = text.rsplit("-", 1)
    try:
        found = datetime.strptime(at, KEY).replace(tzinfo=UTC), int(number)
    except ValueError:
        found = None
    if found is None or found[1] > BIG or not re.fullmatch(AFTER["pattern"], text):
        raise ApiProblem(422, [("after", "pattern", "不是某一页的 next", "Not the `next` of a page")])
    return found


@api.post("/tasks/<int:task_id>/claim")
@operation("token", {
    "operationId": "claimTask", "summary": "领取任务 Claim a task", "parameters": [TASK_PARAMETER], "requestBody": body("Nothing", required=False),
    "responses": {"200": answer("已领取。 Claimed.", "Claimed"), **problems(400, 401, 403, 404, 409, 413, 415, 422)}})
def claim(task_id: int):
    person = staff()
    _must_be_possible(task_id)
    read_query(NO_QUERY)
    read_body("Nothing", optional=True)
    task = _try(task_id, person, lambda: claim_task(env(), task_id, person))
    found = {"id": task.id, "version": task.version, "task": task.name}
    db.session.commit()
    return jsonify(found)


@api.post("/tasks/<int:task_id>/complete")
@operation("token or code", {
    "operationId": "completeTask", "summary": "办结任务 Complete a task",
    "description": "任务已变化或已办结时 409，案件不变。 409 when the task has changed or is done; the case is untouched.",
    "parameters": [TASK_PARAMETER], "requestBody": body("Completion"),
    "responses": {"200": answer("已办。 Done.", "State"), **problems(400, 401, 403, 404, 409, 413, 415, 422)}})
def complete(task_id: int):
    _must_be_possible(task_id)
    read_query(CODE_QUERY)
    actor = asker_of_task(task_id)
    given = read_body("Completion")
    work = _try(task_id, actor, lambda: complete_task(env(), task_id, given["data"], actor, given["version"]))
    found = state_json(work)
    db.session.commit()
    return jsonify(found)


def _must_be_possible(task_id: int) -> None:
    """NotFound for a number that no task can have."""
    if task_id > BIG:
        raise NotFound()


def _try(task_id: int, actor: Person | Citizen, do) -> Any:
    """Do it; where it is refused, whoever may not see the case is told no more than that there is no such task."""
    try:
        return do()
    except Refusal as refusal:
        db.session.rollback()
        if hidden(actor, task_id):
            raise NotFound() from None
        if refusal.code == "respondent" and not refusal.fields:     # the answer would be taken for the wall
            raise ApiProblem(422, [(refusal.field or "", refusal.code, refusal.zh, refusal.en)]) from None
        raise
