"""Who is asking: staff by a bearer token, a citizen by a case's number and query code. Nothing here reads a session."""
from __future__ import annotations

import re

from flask import request
from sqlalchemy import or_, select

from webapp.cases.errors import NotFound
from webapp.cases.file_case import find_by_code
from webapp.http.web import env
from webapp.models import ApiToken, Case, Task, db
from webapp.models.token import token_hash
from webapp.permissions import Citizen, Person, find_person, may_see_task, visible_cases

from .problems import ApiProblem

BEARER = re.compile(r"Bearer +([A-Za-z0-9_.~+/=-]{1,200})", re.IGNORECASE)
NUMBER = re.compile(r"[A-Za-z0-9-]{1,40}", re.ASCII)


def staff() -> Person:
    """The person whose token it is, in one query. ApiProblem 401."""
    found = BEARER.fullmatch(request.headers.get("Authorization", "").strip())
    if found is None:
        raise ApiProblem(401)
    token = (select(ApiToken.account_id).where(ApiToken.hash == token_hash(found[1]), ApiToken.revoked_at.is_(None),
                                               or_(ApiToken.expires_at.is_(None), ApiToken.expires_at > env().now())))
    person = find_person(account_id=token.scalar_subquery())
    if person is None:
        raise ApiProblem(401)
    return person


def code() -> str | None:
    """The query code that was given, or None."""
    return request.args.get("code")


def citizen(number: str) -> Citizen:
    """The citizen of a case, by the query code. NotFound where they do not belong together."""
    given = code() or ""
    found = find_by_code(env(), number, given.replace(" ", "").replace("-", "")) if NUMBER.fullmatch(number) and len(given) <= 40 else None
    if found is None:
        raise NotFound()
    return found


def asker_of_case(number: str) -> tuple[Person | Citizen, int]:
    """Who asks about a case, and its id. ApiProblem 401; NotFound for a case that is not theirs to see, whether or not there is one."""
    if code() is not None:
        found = citizen(number)
        return found, found.case_id
    person = staff()
    case_id = db.session.scalar(visible_cases(person).with_only_columns(Case.id).where(Case.number == number)) if NUMBER.fullmatch(number) else None
    if case_id is None:
        raise NotFound()
    return person, case_id


def asker_of_task(task_id: int) -> Person | Citizen:
    """Who asks about a task. ApiProblem 401, NotFound."""
    if code() is None:
        return staff()
    number = db.session.scalar(select(Case.number).join(Task, Task.case_id == Case.id).where(Task.id == task_id))
    if number is None:
        raise NotFound()
    return citizen(number)


def hidden(actor: Person | Citizen, task_id: int) -> bool:
    """Whether the task's case is not the actor's to see, so that even a refusal would tell too much. To be asked after a rollback."""
    return isinstance(actor, Person) and not may_see_task(actor, task_id)
