"""Closes an account: from then on nobody signs in with it, and what it had claimed goes back to its units, by an entry in each case's ledger."""
from __future__ import annotations

from sqlalchemy import select

from webapp.models import Account, Task, db
from webapp.permissions import System

from .case_work import CaseWork
from .environment import Environment


def close_account(env: Environment, login: str) -> int | None:
    """How many tasks were given back; None when there is no open account of that login. The door commits."""
    account = db.session.scalar(select(Account).where(Account.login == login, Account.active).with_for_update(key_share=True))      # not barring those who write its id, or both would wait
    if account is None:
        return None
    account.active, given_back = False, 0
    cases = db.session.scalars(select(Task.case_id).where(Task.assignee_id == account.id, Task.state.in_(("open", "held"))).distinct().order_by(Task.case_id)).all()
    for case_id in cases:
        work = CaseWork.open(env, case_id, System())
        for task in work.tasks:
            if task.assignee_id == account.id:
                task.assignee_id, task.version, given_back = None, task.version + 1, given_back + 1
                work.ledger.write("given_back", {"task": task.name, "account": login})
        work.flush()
    db.session.flush()
    return given_back
