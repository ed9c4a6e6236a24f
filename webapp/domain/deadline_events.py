"""The events of a deadline as they are stored: JSON-safe dicts, each with its moment, its Shanghai date and what it led to."""

from datetime import UTC, date, datetime

from webapp.domain.calendar import Calendar
from webapp.domain.clock import local_date
from webapp.domain.counting import Leg, Term
from webapp.domain.spans import Span


class DeadlineError(ValueError):
    """An act that this deadline does not allow now; `code` says why."""

    def __init__(self, code: str, message: str):
        super().__init__(message)
        self.code = code


def new_event(kind: str, at: datetime, **more: object) -> dict:
    """An event at an aware moment, kept in UTC with its Shanghai date."""
    return {"kind": kind, "at": at.astimezone(UTC).isoformat(), "on": local_date(at).isoformat(), **more}


def outcome(legs: list[Leg], start: date, calendar: Calendar) -> dict:
    """What counting led to: the due date, the one without extensions, whether it is provisional, and by which calendar."""
    due = legs[-1].due
    return {
        "due": due.isoformat(),
        "original": legs[0].due.isoformat(),
        "provisional": calendar.provisional_between(start, max(start, due)),
        "calendar": calendar.id,
        "version": calendar.version,
    }


def term_of(span: Span | str | None, until: date | None, *, moves: bool, pauses: int | None = None) -> Term:
    """A limit or an extension as given. DeadlineError `span_or_until` unless exactly one is set."""
    if (span is None) == (until is None):
        raise DeadlineError("span_or_until", "either a span or a date")
    return Term(None if span is None else Span.parse(span), until, moves and until is not None, pauses)


def written(value: Span | date | None) -> str | None:
    """A span or date as its text."""
    return None if value is None else str(value)


def day_of_text(text: str | None) -> date | None:
    """An ISO date from its text."""
    return None if text is None else date.fromisoformat(text)
