"""Counts the SQL statements and commits that each completion of a story costs over HTTP, from the session's lookup to the answer."""
from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from flask import Flask, session
from flask.testing import FlaskClient
from flask_login import login_user
from sqlalchemy import Engine, event, select

from tests.conftest import PROCEDURE
from webapp.cases.file_case import file_case
from webapp.http.web import Session
from webapp.models import Task, Unit, db
from webapp.permissions import find_person


@dataclass
class Counted:
    """What one completion came to. Beginning and ending a transaction are no statements; `sql` says which they were."""

    task: str
    sql: list[str] = field(default_factory=list)
    commits: int = 0

    @property
    def statements(self) -> int:
        return len(self.sql)


@contextmanager
def counting(engine: Engine, task: str) -> Iterator[Counted]:
    """Count what a database is asked within."""
    counted = Counted(task)

    def asked(connection, cursor, statement, parameters, context, executemany):
        if not statement.startswith(("BEGIN", "COMMIT", "ROLLBACK", "PRAGMA")):
            counted.sql.append(statement)

    def committed(connection):
        counted.commits += 1

    event.listen(engine, "before_cursor_execute", asked)
    event.listen(engine, "commit", committed)
    try:
        yield counted
    finally:
        event.remove(engine, "before_cursor_execute", asked)
        event.remove(engine, "commit", committed)


def count_statements(app: Flask, steps: Iterable[Any], filing: dict[str, Any]) -> list[Counted]:
    """File a case and complete each step's task through the desk's route; what each completion cost. No context may be pushed.

    A step has `login`, `task`, `answers`, and `item` where several units have the same task.
    """
    app.config["WTF_CSRF_ENABLED"] = False
    with app.app_context():
        engine = db.engine
        receipt, _work = file_case(app.extensions["duban"].env, PROCEDURE, filing)
        db.session.commit()
        db.session.remove()
    clients: dict[str, Any] = {}
    found = []
    for step in steps:
        if step.login not in clients:
            clients[step.login] = logged_in(app, step.login)
        with app.app_context():
            query = select(Task.id).outerjoin(Unit, Unit.id == Task.unit_id).where(Task.case_id == receipt.case_id, Task.name == step.task, Task.state == "open")
            task = db.session.scalars(query.where(Task.item == step.item) if step.item else query).one()
            db.session.remove()
        with counting(engine, step.task) as counted:
            response = clients[step.login].post(f"/desk/tasks/{task}/complete", json={"values": step.answers})
        assert response.status_code == 200, response.text
        found.append(counted)
    return found


def logged_in(app: Flask, login: str) -> FlaskClient:
    """A client with a session as the login page leaves it. No context may be pushed: a person would be remembered in it."""
    with app.test_request_context():
        login_user(Session(find_person(login=login)))
        made = dict(session)
        db.session.remove()
    client = app.test_client()
    with client.session_transaction() as kept:
        kept.update(made)
    return client
