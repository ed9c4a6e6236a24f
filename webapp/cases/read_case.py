"""A case to look at: loaded without a lock, for those who may see it. Nothing of it may be written."""
from __future__ import annotations

from webapp.models import Case, CaseState, db
from webapp.permissions import Person, visible_cases

from .case_work import CaseWork
from .environment import Environment
from .errors import NotFound


def read_case(env: Environment, number: str, person: Person) -> CaseWork:
    """The case of that number as it stands. NotFound when there is none, or none for this person."""
    query = visible_cases(person).join(CaseState, CaseState.case_id == Case.id).where(Case.number == number).add_columns(CaseState)
    row = db.session.execute(query).first()
    if row is None:
        raise NotFound()
    return CaseWork(env, row[0], row[1], person, None)
