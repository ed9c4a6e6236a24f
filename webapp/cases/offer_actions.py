"""The actions a person may take on a case now, with the reason where one is refused before anything is asked; and what an extension may still be."""
from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from webapp.domain.caps import most_units
from webapp.domain.counting import Term
from webapp.domain.spans import Span
from webapp.engine import Refusal
from webapp.engine.advance import Advance
from webapp.engine.manifest import Action
from webapp.permissions import Person

from .case_work import CaseWork
from .take_action import may_take, refusal_of


@dataclass(frozen=True)
class Offer:
    """An action that is the person's to take in `unit`; `refusal` says why it cannot be taken now, `article` by which rule."""

    action: Action
    unit: str
    refusal: Refusal | None
    article: str = ""


@dataclass(frozen=True)
class Budget:
    """What the procedure allows of extensions of a deadline, and what is used. None: no such cap. `total`, `until` are spans.

    `left`: how often it may still be asked for; `most`, `unit`: how many units one may have now (0: none); `furthest`: the last day it can
    reach; `duties`: what comes with it (zh, en, article).
    """

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
    left: int | None = None
    most: int | None = None
    unit: str = "wd"
    furthest: date | None = None
    furthest_provisional: bool = False
    duties: tuple[dict[str, str], ...] = ()


def offers(work: CaseWork, person: Person) -> list[Offer]:
    """Every action of the manifest that is this person's, in the manifest's order. For showing buttons; `take_action` decides."""
    found: list[Offer] = []
    for action in work.manifest.actions.values():
        unit = may_take(work, action, person)
        if unit is not None:
            refusal = refusal_of(work, action, person)
            found.append(Offer(action, unit, refusal, action.article) if refusal else Offer(action, unit, *_foreseen(work, action)))
    return found


def _foreseen(work: CaseWork, action: Action) -> tuple[Refusal | None, str]:
    """The refusal that would come whatever were asked for, and the article that it rests on."""
    look = _look(work)
    for rule in action.refuse:
        if not any(path[0] == "request" for path in rule.when.paths) and look.evaluate(rule.when, None, {"request": {}}) is True:
            return Refusal(rule.code, rule.zh, rule.en), rule.article or action.article
    if action.deadline and action.deadline in work.manifest.extensions and action.opens:
        caps = look.caps(action.deadline)
        try:
            work.clocks.judge(action.deadline, 1, None, caps)
        except Refusal as refusal:
            return refusal, caps.get("article") or action.article
    return None, action.article


def budget_of(work: CaseWork, action: Action) -> Budget | None:
    """The caps on extensions of the deadline that an action is about; None where it is about none that runs."""
    running = work.clocks.running(action.deadline) if action.deadline else None
    if running is None or action.deadline not in work.manifest.extensions:
        return None
    caps = _look(work).caps(action.deadline)
    count, unit = caps.get("count"), running.span.unit if running.span else "wd"
    most = most_units(running, work.now, work.calendar, count=count, total=caps.get("total"), until_cap=caps.get("until"), original=bool(caps.get("original")))
    furthest = running.legs(work.calendar, Term(Span(most, unit)))[-1].due if most else None
    return Budget(action.deadline, running.due, count, running.extensions, caps.get("total"), running.extended_units, caps.get("until"),
                  bool(caps.get("original")), caps.get("article") or "", bool(caps.get("local")), None if count is None else max(0, int(count) - running.extensions),
                  most, unit, furthest, bool(furthest) and work.calendar.provisional_between(running.started_on, furthest), tuple(work.manifest.extensions[action.deadline].get("duty") or ()))


def limit_of(work: CaseWork, deadline: str) -> dict[str, Any]:
    """What the limit decision would say of a deadline if it started now; empty where it cannot be known yet."""
    try:
        return _look(work).limit(deadline)
    except Exception:  # noqa: BLE001  a limit that rests on an answer not yet given is no fault
        return {}


def _look(work: CaseWork) -> Advance:
    return Advance(work.deployed.definition, work.state, work.world(work.now))
