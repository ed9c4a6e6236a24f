"""A deadline as macros.html `deadline_line` draws it, with its proof."""
from __future__ import annotations

from datetime import datetime
from typing import Any

from webapp.domain.calendar import Calendar
from webapp.domain.clock import local_date
from webapp.domain.deadlines import Deadline
from webapp.engine.manifest import Manifest

from .article_words import article_words
from .formats import english


def deadline_name(manifest: Manifest, name: str, lang: str) -> str:
    """What the manifest calls a deadline."""
    entry = manifest.deadlines.get(name, {})
    return manifest.text(entry, "en" if english(lang) else "zh") or name


def line_of(deadline: Deadline, manifest: Manifest, calendar: Calendar, now: datetime, lang: str, proof: bool = True) -> dict[str, Any]:
    """The view of one deadline at `now`; with `proof` every day of it."""
    article = "" if deadline.local and deadline.article == "local" else deadline.article     # the line says "local" itself
    yellow = deadline.moment_at("yellow", 1, calendar)
    return {
        "label": deadline_name(manifest, deadline.name, lang), "start": deadline.started_on, "today": local_date(now), "due": deadline.due,
        "yellow": local_date(yellow) if yellow else None, "original_due": deadline.original_due, "status": deadline.status(now),
        "ended": local_date(deadline.ended_at) if deadline.ended_at else None, "light": deadline.light(now, calendar),
        "days_left": deadline.days_left(now, calendar), "span": deadline.span, "article": article_words(article, lang),
        "local": deadline.local, "provisional": deadline.provisional, "extensions": deadline.extensions,
        "trace": deadline.trace(calendar) if proof and deadline.due else None,
    }
