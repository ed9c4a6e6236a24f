"""Verifies the ledger: every case's chain from its first entry to the head it knows, and that what was filed is there as it was filed."""
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
    return count, problems + (_verify_orphans() if number is None else [])


def _by_case(model, cases: list[Case]) -> dict[int, list]:
    found: dict[int, list] = {case.id: [] for case in cases}
    for row in db.session.scalars(select(model).where(model.case_id.in_(found)).order_by(model.case_id, model.seq)):
        found[row.case_id].append(row)
    return found


def _verify_filings(case: Case, filings: list[Filing], entries: list[LedgerEntry]) -> list[str]:
    """Problems of what the citizen wrote: each has its own hash, and is one of those that the ledger names, none missing."""
    problems = [f"{case.number}: filing {row.seq} has been changed" for row in filings
                if row.hash != content_hash({"case": case.number, "filed_at": row.at.isoformat(), "content": row.content})]
    named = [entry.data["hash"] for entry in entries if "hash" in entry.data]
    for seq, digest in enumerate(named):
        row = next((row for row in filings if row.seq == seq), None)
        if row is None:
            problems.append(f"{case.number}: filing {seq} is missing")
        elif row.hash != digest:
            problems.append(f"{case.number}: filing {seq} is not the one that the ledger names")
    return problems + [f"{case.number}: the ledger names no filing {row.seq}" for row in filings if row.seq >= len(named)]


def _verify_orphans() -> list[str]:
    """Entries and filings whose case is gone: no database that keeps its keys has any."""
    return [f"case {case_id}: its {model.__tablename__} is there, the case is not" for model in (LedgerEntry, Filing)
            for case_id in db.session.scalars(select(model.case_id).where(model.case_id.not_in(select(Case.id))).distinct())]


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
