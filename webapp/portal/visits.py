"""Which cases this visit has opened with number and code. Kept in the signed session; leaving forgets them."""
from __future__ import annotations

from flask import abort, session

from webapp.cases.citizen_view import CitizenCase, read_case
from webapp.http.web import env
from webapp.permissions import Citizen

KEPT = 5


def remember(number: str, case_id: int) -> None:
    """The visitor has shown that they hold this case."""
    cases = {k: v for k, v in session.get("cases", {}).items() if k != number}
    session["cases"] = dict([*cases.items(), (number, case_id)][-KEPT:])


def citizen(number: str) -> Citizen | None:
    """The citizen of a case opened in this visit, or None."""
    case_id = session.get("cases", {}).get(number)
    return Citizen(case_id) if case_id is not None else None


def opened(number: str) -> CitizenCase | None:
    """The case of that number if this visit has opened it; None otherwise, whether or not it exists."""
    who = citizen(number)
    return read_case(env(), who) if who else None


def must_be_open(number: str) -> tuple[Citizen, CitizenCase]:
    """Citizen and case, or 404."""
    who = citizen(number)
    if who is None:
        abort(404)
    return who, read_case(env(), who)


def forget() -> None:
    """Leave: nothing of the visit's cases stays in the browser."""
    session.pop("cases", None)
    session.pop("receipt", None)
