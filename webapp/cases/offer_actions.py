"""The actions a person may take on a case now, with the reason where one is refused before anything is asked; and what an extension may still be."""
from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from webapp.engine import Refusal
from webapp.engine.advance import Advance
from webapp.engine.manifest import Action
from webapp.permissions import Person

from .case_work import CaseWork
from .take_action import may_take, refusal_of


@dataclass(frozen=True)
class Offer:
    """An action that is the person's to take in `unit`; `refusal` says why it cannot be taken now."""

    action: Action
    unit: str
    refusal: Refusal | None


@dataclass(frozen=True)
class Budget:
    """What the procedure allows of extensions of a deadline, and what is used. None: no such cap. `total`, `until` are spans."""

    deadline: str
    due: Any
    count: int | None
    used_count: int
    total: str | None
    used_units: int
    until: str | None
    original: bool
    article: str
    local: bool


def offers(work: CaseWork, person: Person) -> list[Offer]:
    """Every action of the manifest that is this person's, in the manifest's order. For showing buttons; `take_action` decides."""
    found = []
    for action in work.manifest.actions.values():
        unit = may_take(work, action, person)
        if unit is not None:
            found.append(Offer(action, unit, refusal_of(work, action, person) or _foreseen(work, action)))
    return found


def _foreseen(work: CaseWork, action: Action) -> Refusal | None:
    """The refusal that would come whatever were asked for."""
    look = _look(work)
    for rule in action.refuse:
        if not any(path[0] == "request" for path in rule.when.paths) and look.evaluate(rule.when, None, {"request": {}}) is True:
            return Refusal(rule.code, rule.zh, rule.en)
    if action.deadline and action.deadline in work.manifest.extensions and action.opens:
        try:
            work.clocks.judge(action.deadline, 1, None, look.caps(action.deadline))
        except Refusal as refusal:
            return refusal
    return None


def budget_of(work: CaseWork, action: Action) -> Budget | None:
    """The caps on extensions of the deadline that an action is about; None where it is about none that runs."""
    running = work.clocks.running(action.deadline) if action.deadline else None
    if running is None or action.deadline not in work.manifest.extensions:
        return None
    caps = _look(work).caps(action.deadline)
    return Budget(action.deadline, running.due, caps.get("count"), running.extensions, caps.get("total"), running.extended_units, caps.get("until"),
                  bool(caps.get("original")), caps.get("article") or "", bool(caps.get("local")))


def limit_of(work: CaseWork, deadline: str) -> dict[str, Any]:
    """What the limit decision would say of a deadline if it started now; empty where it cannot be known yet."""
    try:
        return _look(work).limit(deadline)
    except Exception:  # noqa: BLE001  a limit that rests on an answer not yet given is no fault
        return {}


def _look(work: CaseWork) -> Advance:
    return Advance(work.deployed.definition, work.state, work.world(work.now))
