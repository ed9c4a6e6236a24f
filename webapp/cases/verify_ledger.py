"""Verifies the ledger: every case's chain from its first entry to the head it knows, and that the filed content is what was filed."""
from __future__ import annotations

from collections.abc import Iterator

from sqlalchemy import select

from webapp.domain.ledger import content_hash
from webapp.models import Case, Filing, LedgerEntry, db

from .record import verify

BATCH = 200


def verify_all(key: bytes, number: str | None = None) -> tuple[int, list[str]]:
    """(how many cases were read, problems), of all cases or of the one with that number. Reads in batches, so that the memory used does not grow."""
    count, problems = 0, []
    for cases in _batches(number):
        entries, filings = _by_case(LedgerEntry, cases), _by_case(Filing, cases)
        for case in cases:
            count += 1
            problems += verify(case, entries[case.id], key)
            problems += _verify_filings(case, filings[case.id], entries[case.id])
        db.session.expunge_all()
    return count, problems


def _by_case(model, cases: list[Case]) -> dict[int, list]:
    found: dict[int, list] = {case.id: [] for case in cases}
    for row in db.session.scalars(select(model).where(model.case_id.in_(found)).order_by(model.case_id, model.seq)):
        found[row.case_id].append(row)
    return found


def _verify_filings(case: Case, filings: list[Filing], entries: list[LedgerEntry]) -> list[str]:
    """Problems of what the citizen wrote: its own hash, and that of the filing as the first entry has it."""
    problems = [f"{case.number}: filing {row.seq} has been changed" for row in filings
                if row.hash != content_hash({"case": case.number, "filed_at": row.at.isoformat(), "content": row.content})]
    if not filings or filings[0].seq != 0:
        problems.append(f"{case.number}: the filing is missing")
    elif entries and entries[0].data.get("hash") != filings[0].hash:
        problems.append(f"{case.number}: the filing is not the one that the ledger begins with")
    return problems


def _batches(number: str | None) -> Iterator[list[Case]]:
    last = 0
    while True:
        query = select(Case).where(Case.id > last)
        if number is not None:
            query = query.where(Case.number == number)
        cases = list(db.session.scalars(query.order_by(Case.id).limit(BATCH)))
        if not cases:
            return
        last = cases[-1].id
        yield cases
