"""Writes the ledger: each entry carries the keyed hash of itself and of the one before."""
from __future__ import annotations

from datetime import datetime
from typing import Any

import orjson

from webapp.domain.ledger import GENESIS, entry_hash, shown_hash
from webapp.models import Case, LedgerEntry


class LedgerWriter:
    """Collects the entries of one command and chains them to the case's head."""

    def __init__(self, case: Case, key: bytes, now: datetime, actor: str, unit: str | None):
        self.case, self.key, self.now, self.actor, self.unit = case, key, now, actor, unit
        self.due: datetime | None = None        # while a moment is carried out: when it was due
        self.rows: list[dict[str, Any]] = []

    def write(self, kind: str, data: dict[str, Any] | None = None, *, actor: str | None = None, unit: str | None = None) -> None:
        """One entry. `data` must be JSON; empty values are left out so that the same step reads the same."""
        case = self.case
        case.ledger_seq += 1
        data = {**(data or {}), "due_at": self.due.isoformat()} if self.due is not None else data or {}
        clean = plain({k: v for k, v in data.items() if v not in (None, "", [], {})})
        body = body_of(case.number, case.ledger_seq, self.now, kind, actor or self.actor, unit if actor else self.unit, clean)
        case.ledger_head = entry_hash(self.key, case.ledger_head or GENESIS, body)
        self.rows.append({"case_id": case.id, "seq": case.ledger_seq, "at": self.now, "kind": kind, "actor": body["actor"], "unit": body["unit"],
                          "data": clean, "hash": shown_hash(case.ledger_head)})


def body_of(number: str, seq: int, at: datetime, kind: str, actor: str, unit: str | None, data: dict) -> dict[str, Any]:
    """What is hashed of an entry."""
    return {"case": number, "seq": seq, "at": at.isoformat(), "kind": kind, "actor": actor, "unit": unit, "data": data}


def verify(case: Case, entries: list[LedgerEntry], key: bytes) -> list[str]:
    """Problems of one case's chain, from its first entry to the head that the case knows; empty when it is whole."""
    problems, before = [], GENESIS
    for number, row in enumerate(entries, 1):
        if row.seq != number:
            problems.append(f"{case.number}: entry {number} is missing")
            break
        before = entry_hash(key, before, body_of(case.number, row.seq, row.at, row.kind, row.actor, row.unit, row.data))
        if shown_hash(before) != row.hash:
            problems.append(f"{case.number}: entry {number} has been changed")
            break
    else:
        if (case.ledger_head or GENESIS) != before or case.ledger_seq != len(entries):
            problems.append(f"{case.number}: entries after {len(entries)} are missing")
    return problems


def plain(value: Any) -> Any:
    """The value as JSON would give it back."""
    return orjson.loads(orjson.dumps(value, default=str))
