"""Consultations, and what the public may read of the opinions on them: text, date and result of consideration. Nobody's data. Reads only."""
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import and_, or_, select

from webapp.domain.clock import local_date
from webapp.domain.impersonal import without_personal_data
from webapp.models import Case, Consultation, Filing, LedgerEntry, db

from .environment import Environment

PUBLISHED = "published"         # the ledger's entry that makes an opinion public; with `text` where it was edited
CONSIDERED = "consider"
AS_WRITTEN = "document"         # only opinions on these are ever shown as they were written
OWN = "claimant_"
SHARED = ("claimant_kind", "claimant_occupation")      # said of many people: taken out of a text they would take out common words
PAGE = 20


@dataclass(frozen=True)
class Consulted:
    """A draft under consultation as the public sees it. `state`: coming, open, closed; the last day counts until 24:00."""

    id: int
    procedure: str
    kind: str
    title: str
    opens: date
    closes: date
    state: str


@dataclass(frozen=True)
class Opinion:
    """A published opinion. `result`: adopted, partly, not, or None while it is being considered."""

    text: str
    on: date
    result: str | None


def consultations(env: Environment) -> list[Consulted]:
    """Every consultation of the procedures in force: open ones first, the soonest to close at the top; then coming ones; then closed ones, the latest first."""
    today = local_date(env.now())
    gathering = [d.procedure for d in env.registry.procedures(env.now()) if d.manifest.filing.get("consultation")]
    rows = db.session.scalars(select(Consultation).where(Consultation.procedure.in_(gathering)).order_by(Consultation.closes, Consultation.id))
    found = [_draft(row, today) for row in rows]
    by_state = {state: [d for d in found if d.state == state] for state in ("open", "coming", "closed")}
    return by_state["open"] + by_state["coming"] + by_state["closed"][::-1]


def consultation(env: Environment, consultation_id: int) -> Consulted | None:
    """One consultation of a procedure in force; None where there is none."""
    return next((each for each in consultations(env) if each.id == consultation_id), None)


def published(draft: Consulted, page: int = 1) -> tuple[list[Opinion], bool]:
    """A page of the published opinions on a draft, the latest first, and whether more follow. What was withdrawn is no longer shown."""
    query = (select(Case.id, Case.filed_at, LedgerEntry.data, Filing.content)
             .join(LedgerEntry, and_(LedgerEntry.case_id == Case.id, LedgerEntry.kind == PUBLISHED))
             .join(Filing, and_(Filing.case_id == Case.id, Filing.seq == 0))
             .where(Case.consultation_id == draft.id, or_(Case.outcome.is_(None), Case.outcome != "withdrawn"))
             .order_by(Case.filed_at.desc(), Case.id.desc()).offset((page - 1) * PAGE).limit(PAGE + 1))
    rows = db.session.execute(query).all()
    results = _results([row.id for row in rows])
    found = [Opinion(text, local_date(row.filed_at), results.get(row.id)) for row in rows[:PAGE]
             if (text := public_text(draft.kind, row.data or {}, row.content or {}))]
    return found, len(rows) > PAGE


def public_text(kind: str, entry: Mapping[str, Any], content: Mapping[str, Any]) -> str | None:
    """What is shown of one opinion, without personal data: the edited text; as written only on a document; else None."""
    text = entry.get("text") or (content.get("text") if kind == AS_WRITTEN else None)
    own = [str(value) for key, value in content.items() if key.startswith(OWN) and key not in SHARED and value]
    return without_personal_data(str(text), own) if text else None


def _results(cases: list[int]) -> dict[int, str]:
    query = select(LedgerEntry.case_id, LedgerEntry.data).where(LedgerEntry.case_id.in_(cases), LedgerEntry.kind == CONSIDERED).order_by(LedgerEntry.seq)
    return {case: (data.get("answers") or {}).get("decision") for case, data in db.session.execute(query)}


def _draft(row: Consultation, today: date) -> Consulted:
    state = "coming" if today < row.opens else "closed" if today > row.closes else "open"
    return Consulted(row.id, row.procedure, row.kind, row.title, row.opens, row.closes, state)
