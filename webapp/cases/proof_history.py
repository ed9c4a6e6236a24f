"""What happened to a deadline and by whom: its events with the act behind each, read off the ledger. For the citizen unit and role stand for the person."""
from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import select

from webapp.deployments.registry import Deployed, Registry
from webapp.domain.deadlines import Deadline
from webapp.models import Account, LedgerEntry, Message, db

FILED = {"id": "filed", "zh": "提交", "en": "Filing"}
NOBODY = ("citizen", "system")
KEPT = ("due", "old", "span", "until", "units", "basis", "version", "old_version", "provisional")


class History:
    """Tells one deadline's events. `names`: whether the reader may know persons' names."""

    def __init__(self, registry: Registry, deployed: Deployed, case_id: int, deadline: Deadline, names: bool):
        self.registry, self.deployed, self.deadline, self.names = registry, deployed, deadline, names
        self.entries = list(db.session.scalars(select(LedgerEntry).where(LedgerEntry.case_id == case_id).order_by(LedgerEntry.seq)))
        told = select(Message).where(Message.case_id == case_id, Message.kind == "extended")
        self.told = {row.at: str((row.data or {}).get("reason") or "") for row in db.session.scalars(told)}
        logins = ({e.actor for e in self.entries} | {event.get("by") or "" for event in deadline.events}).difference(NOBODY)
        self.people = dict(db.session.execute(select(Account.login, Account.name).where(Account.login.in_(logins))).all()) if names else {}

    def events(self) -> list[dict[str, Any]]:
        """Each event in order, JSON-safe: kind, at, on, who did it by which act, and what came of it."""
        return [self._event(event) for event in self.deadline.events]

    def _event(self, event: dict[str, Any]) -> dict[str, Any]:
        at = datetime.fromisoformat(event["at"])
        entry = self._entry(at, event.get("by") or "system")
        found = {"kind": event["kind"], "at": event["at"], "on": event["on"], "by": self._who(entry, event.get("by") or "system"), "act": self._act(entry),
                 "asked": None, "reason": event.get("reason") or "", **{key: event.get(key) for key in KEPT}}
        if event["kind"] == "extended":
            asked = self._asked(at)
            found["asked"] = {"at": asked.at.isoformat(), "by": self._who(asked, asked.actor)} if asked else None
            found["reason"] = found["reason"] or self.told.get(at, "")
        return found

    def _entry(self, at: datetime, by: str) -> LedgerEntry | None:
        """The entry of the act that led to an event: the same moment and person; a timer's own where the clock did it."""
        here = [e for e in self.entries if e.at == at and e.actor == by] or [e for e in self.entries if e.kind == "moment" and e.data.get("due_at") == at.isoformat()]
        return next((e for e in here if e.kind in self.deployed.definition.tasks() or e.kind in self.deployed.manifest.actions), here[0] if here else None)

    def _asked(self, at: datetime) -> LedgerEntry | None:
        """The request that an extension answered: the last one up to its approval."""
        names = {a.name for a in self.deployed.manifest.actions.values() if a.deadline == self.deadline.name and a.opens}
        return next((e for e in reversed(self.entries) if e.kind in names and e.at <= at), None)

    def _who(self, entry: LedgerEntry | None, by: str) -> dict[str, Any]:
        """Citizen, system, or staff with unit and role; the name only for those who may know it."""
        if entry is not None and by not in NOBODY and entry.actor == "system":
            by = "system"       # a moment that came while somebody was at work
        if by in NOBODY:
            return {"who": by, "unit": None, "unit_name": None, "role": None, "name": None}
        unit = entry.unit if entry is not None else None
        words = {"zh": self.registry.unit_name(unit), "en": self.registry.unit_name(unit, "en")} if unit else None
        return {"who": "staff", "unit": unit, "unit_name": words, "role": self._role(entry), "name": self.people.get(by, by) if self.names else None}

    def _role(self, entry: LedgerEntry | None) -> str | None:
        if entry is None:
            return None
        nodes = self.deployed.definition.tasks().get(entry.kind, ())
        action = self.deployed.manifest.actions.get(entry.kind)
        roles: Iterable[str] = [n.who.role for n in nodes if n.who is not None] or ([w.role for w in action.by] if action else [])
        return next(iter(roles), None)

    def _act(self, entry: LedgerEntry | None) -> dict[str, str] | None:
        """The task or action by which it came, in words."""
        if entry is None:
            return None
        if entry.kind == "filed":
            return FILED
        nodes = self.deployed.definition.tasks().get(entry.kind)
        found = nodes[0] if nodes else self.deployed.manifest.actions.get(entry.kind)
        return {"id": entry.kind, "zh": found.zh or entry.kind, "en": found.en or found.zh or entry.kind} if found is not None else None
