"""Incidents: opened when the worker gives up on a case or a letter, tried again by a person, solved when it then works."""
from __future__ import annotations

from datetime import datetime

from sqlalchemy import and_, false, or_, select, true, update

from webapp.models import Case, Incident, MomentRow, Outbox, db
from webapp.permissions import Person, not_walled_off


def open_incident(case_id: int | None, what: str, subject: str, error: BaseException | str, now: datetime) -> Incident:
    """The unsolved incident of that case and kind, opened (again) with the newest error. The caller commits."""
    row = db.session.scalar(select(Incident).where(Incident.case_id == case_id, Incident.what == what, Incident.subject == subject, Incident.state != "solved"))
    if row is None:
        row = Incident(case_id=case_id, what=what, subject=subject, opened_at=now, error="")
        db.session.add(row)
    row.state = "open"
    row.error = (f"{type(error).__name__}: {error}" if isinstance(error, BaseException) else error)[:1000]
    db.session.flush()
    return row


def unsolved(person: Person | None = None) -> list[tuple[Incident, str | None]]:
    """Incidents not solved yet, the oldest first, each with its case's number. A person is told of those of cases that their units, or units below, received, and of none that is kept from them."""
    return [(row[0], row[1]) for row in db.session.execute(_unsolved(person).order_by(Incident.id))]


def _unsolved(person: Person | None):
    known = or_(Incident.case_id.is_(None), and_(_received_by(person), not_walled_off(person))) if person is not None else true()
    return select(Incident, Case.number).outerjoin(Case, Case.id == Incident.case_id).where(Incident.state != "solved", known)


def _received_by(person: Person):
    """Whether the office of a case is one that the person administers, or lies below it."""
    units = {h.unit for h in person.holdings if h.role == "admin"}
    return or_(false(), *(or_(Case.office == unit, Case.office.startswith(unit + "/", autoescape=True)) for unit in units))


def retry(incident_id: int, now: datetime, person: Person | None = None) -> bool:
    """Let the worker try again. False when there is no such open incident, or none for this person. The caller commits."""
    row = db.session.scalar(_unsolved(person).where(Incident.id == incident_id))
    if row is None:
        return False
    row.state, row.retried_at = "retried", now
    if row.what == "moment":
        db.session.execute(update(MomentRow).where(MomentRow.case_id == row.case_id).values(attempts=0))
    elif row.what == "letter":
        db.session.execute(update(Outbox).where(Outbox.id == int(row.subject), Outbox.state == "failed").values(state="waiting", attempts=0, next_at=now))
    return True


def solve(case_id: int | None, what: str, subject: str | None, now: datetime) -> None:
    """What had failed works now. The caller commits."""
    where = [Incident.case_id == case_id, Incident.what == what, Incident.state != "solved"] + ([Incident.subject == subject] if subject else [])
    db.session.execute(update(Incident).where(*where).values(state="solved", solved_at=now))
