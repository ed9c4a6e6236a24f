"""A deadline as macros.html `deadline_line` draws it, with its proof."""
from __future__ import annotations

from datetime import datetime
from typing import Any

from webapp.domain.calendar import Calendar
from webapp.domain.clock import local_date
from webapp.domain.deadlines import Deadline
from webapp.engine.manifest import Manifest

from .article_words import article_words
from .formats import as_date, english


def deadline_name(manifest: Manifest, name: str, lang: str) -> str:
    """What the manifest calls a deadline."""
    entry = manifest.deadlines.get(name, {})
    return manifest.text(entry, "en" if english(lang) else "zh") or name


def line_of(deadline: Deadline, manifest: Manifest, calendar: Calendar, now: datetime, lang: str, proof: bool = True, proof_url: str = "") -> dict[str, Any]:
    """The view of one deadline at `now`; with `proof` every day of it. `proof_url`: the page of its whole proof."""
    article = "" if deadline.local and deadline.article == "local" else deadline.article     # the line says "local" itself
    yellow = deadline.moment_at("yellow", 1, calendar)
    return {
        "label": deadline_name(manifest, deadline.name, lang), "start": deadline.started_on, "today": local_date(now), "due": deadline.due,
        "yellow": local_date(yellow) if yellow else None, "original_due": deadline.original_due, "status": deadline.status(now),
        "ended": local_date(deadline.ended_at) if deadline.ended_at else None, "light": deadline.light(now, calendar),
        "days_left": deadline.days_left(now, calendar), "span": deadline.span, "article": article_words(article, lang),
        "local": deadline.local, "provisional": deadline.provisional, "extensions": deadline.extensions,
        "until": deadline.until, "urgent": is_urgent(deadline, manifest), **_history(deadline, calendar), "proof_url": proof_url,
        "trace": deadline.trace(calendar) if proof and deadline.due else None,
    }


def sheet_of(deadline: Deadline, calendar: Calendar) -> dict[str, Any]:
    """What macros.html `deadline_proof` draws of a deadline that is no case's."""
    return {"start": deadline.started_on, "due": deadline.due, "today": None, "trace": deadline.trace(calendar), "provisional": deadline.provisional}


def is_urgent(deadline: Deadline, manifest: Manifest) -> bool:
    """Whether its limit is a date that was set because the matter is urgent."""
    return deadline.until is not None and bool(manifest.deadlines.get(deadline.name, {}).get("urgent_by_date"))


def _history(deadline: Deadline, calendar: Calendar) -> dict[str, list]:
    """What the line draws of what happened: extensions and pauses as they lie in the calendar now, and the dates before the calendar was amended."""
    legs = deadline.legs(calendar)
    extended = [{"old": before.due, "due": after.due} for before, after in zip(legs, legs[1:], strict=False)]
    still = [(deadline.paused_on, None)] if deadline.paused_on is not None else []
    recomputed = [{"old": as_date(event["old"]), "due": as_date(event["due"])} for event in deadline.events if event["kind"] == "recomputed"]
    return {"extended": extended, "pauses": [*deadline.pauses, *still], "recomputed": recomputed}
