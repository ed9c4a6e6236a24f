"""A deadline as a history of events: begun, extended, paused, resumed, recomputed, ended. The events are the truth;
each carries the due date that it leads to, so that a stored deadline is read without counting."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from webapp.domain import caps as extension_caps
from webapp.domain import moments
from webapp.domain import trace as proof
from webapp.domain.calendar import Calendar
from webapp.domain.clock import local_date
from webapp.domain.counting import Leg, Term, count_out, used
from webapp.domain.deadline_events import DeadlineError, new_event, outcome, term_of, written
from webapp.domain.deadline_facts import ENDED, DeadlineFacts
from webapp.domain.spans import Span, due_date

__all__ = ["ENDED", "Deadline", "DeadlineError"]


@dataclass(frozen=True)
class Deadline(DeadlineFacts):
    """A deadline and what may happen to it; every act gives a new one, the events of the old unchanged."""

    # -- how it comes about -------------------------------------------------------------------------------------------

    @classmethod
    def begin(cls, name: str, n: int, span: Span | str | None, until: date | None, at: datetime, calendar: Calendar,
              *, article: str = "", local: bool = False, scope: str | None = None, by: str = "") -> "Deadline":  # fmt: skip
        """A deadline begun at `at`, by a span or to a date (taken as given). DeadlineError unless exactly one of them is set."""
        term = term_of(span, until, moves=False)
        started = new_event("started", at, by=by, article=article, local=local, span=written(term.span), until=written(term.until))
        started |= outcome(count_out(local_date(at), (term,), (), calendar), local_date(at), calendar)
        return cls(name, n, scope, (started,))

    def extend(self, span: Span | str | None, until: date | None, at: datetime, calendar: Calendar, by: str = "", reason: str = "") -> "Deadline":
        """Extended by a span from the old due date, or to a date (moved to a working day). Judge it with `can_extend` first.

        DeadlineError `ended`, or `not_later` where the new date is not after the old one.
        """
        self._must_be_open()
        term = term_of(span, until, moves=True)
        legs = self.legs(calendar)
        new = self.legs(calendar, term)
        if new[-1].due <= legs[-1].due:
            raise DeadlineError("not_later", "the new date is not later than the old one")
        event = new_event("extended", at, by=by, reason=reason, span=written(term.span), until=written(term.until), old=legs[-1].due.isoformat())
        event["units"] = self._in_own_unit(term, new[-1], calendar)
        event |= outcome(new, self.started_on, calendar)
        if self.paused:
            event["due"] = None
        return self._with(event)

    def pause(self, at: datetime, by: str = "", reason: str = "") -> "Deadline":
        """The clock stops at the end of this day. DeadlineError `ended`, `paused` already, or `past_due`."""
        self._must_be_open()
        if self.paused:
            raise DeadlineError("paused", "it is paused already")
        if at >= self.due_at:
            raise DeadlineError("past_due", "it has run out already")
        return self._with(new_event("paused", at, by=by, reason=reason) | {"due": None})

    def resume(self, at: datetime, calendar: Calendar, by: str = "") -> "Deadline":
        """The clock goes on with the day after this one. DeadlineError `ended` or `not_paused`; ValueError before the pause."""
        self._must_be_open()
        if not self.paused:
            raise DeadlineError("not_paused", "it is not paused")
        if local_date(at) < self.paused_on:
            raise ValueError("resumed before it was paused")
        event = new_event("resumed", at, by=by)
        legs = self._with(event | {"due": None}).legs(calendar)
        return self._with(event | outcome(legs, self.started_on, calendar))

    def end(self, at: datetime, by: str = "") -> "Deadline":
        """Done: `met` when not past due (or paused), else `late`. DeadlineError `ended`."""
        self._must_be_open()
        return self._with(new_event("met" if self.paused or at < self.due_at else "late", at, by=by) | {"due": self.events[-1]["due"]})

    def cancel(self, at: datetime, by: str = "") -> "Deadline":
        """No longer to be kept. DeadlineError `ended`."""
        self._must_be_open()
        return self._with(new_event("cancelled", at, by=by) | {"due": self.events[-1]["due"]})

    def recompute(self, at: datetime, calendar: Calendar, basis: str) -> "Deadline":
        """Counted anew after the calendar was amended: the same object if nothing moved, also when ended or paused.

        A date that was provisional and is now confirmed is an event too, with old and new alike.
        """
        if self.ended or self.paused or calendar.version == self._latest("version"):
            return self
        result = outcome(self.legs(calendar), self.started_on, calendar)
        old = self.events[-1]["due"]
        if result["due"] == old and result["provisional"] == self.provisional:
            return self
        event = new_event("recomputed", at) | {"old": old, "new": result["due"], "basis": basis, "old_version": self._latest("version")}
        return self._with(event | result)

    def can_extend(self, span: Span | str | None, until: date | None, at: datetime, calendar: Calendar, **caps: object) -> str | None:
        """None, or why an extension is refused; caps as in `caps.refusal`: asking, count, total, until_cap, original."""
        return extension_caps.refusal(self, term_of(span, until, moves=True), at, calendar, **caps)

    # -- what is counted ----------------------------------------------------------------------------------------------

    def legs(self, calendar: Calendar, more: Term | None = None) -> list[Leg]:
        """The limit and its extensions counted out (an open pause left out), with one more term if wanted."""
        terms, pauses, _ = self._plan
        return count_out(self.started_on, terms + (more,) if more else terms, pauses, calendar)

    def light(self, now: datetime, calendar: Calendar) -> str:
        """green; yellow once 80 % of the counted days, today included, are used; red when missed or done late."""
        status = self.status(now)
        if status in ("missed", "late"):
            return "red"
        if status in ("met", "cancelled"):
            return "green"
        today = local_date(now) if self.paused_on is None else min(local_date(now), self.paused_on)
        legs = self.legs(calendar)
        return "yellow" if 5 * used(legs, today, self.pauses, calendar) >= 4 * sum(leg.total for leg in legs) else "green"

    def days_left(self, now: datetime, calendar: Calendar) -> int | None:
        """Working days after today up to the last day: 0 on that day, negative when missed; None when ended or paused."""
        if self.ended or self.due is None:
            return None
        left = calendar.working_days_between(local_date(now), self.due)
        return left if now < self.due_at else min(left, -1)

    def moment_at(self, moment: str, n: int, calendar: Calendar) -> datetime | None:
        """When a moment of a timer event comes; see `moments.moment_at`."""
        return moments.moment_at(self, moment, n, calendar)

    def trace(self, calendar: Calendar) -> list[proof.TraceDay]:
        """Every day from the one after the start to the last, counted or not and why; see `trace.trace`."""
        return proof.trace(self, calendar)

    # -- storage ------------------------------------------------------------------------------------------------------

    def to_json(self) -> dict:
        """A JSON-safe dict; `from_json` gives an equal deadline."""
        return {"name": self.name, "n": self.n, "scope": self.scope, "events": [dict(event) for event in self.events]}

    @classmethod
    def from_json(cls, data: Mapping) -> "Deadline":
        """A stored deadline; nothing is counted."""
        return cls(data["name"], data["n"], data["scope"], tuple(data["events"]))

    def _in_own_unit(self, term: Term, leg: Leg, calendar: Calendar) -> int:
        unit = self.span.unit if self.span else "wd"
        if term.span is not None and term.span.unit == unit:
            return term.span.n
        if unit == "wd":
            return calendar.working_days_between(leg.after, leg.due)
        days = (leg.due - leg.after).days
        return next(k for k in range(1, days + 1) if due_date(Span(k, unit), leg.after, calendar) >= leg.due)

    def _must_be_open(self) -> None:
        if self.ended:
            raise DeadlineError("ended", f"it has ended: {self.events[-1]['kind']}")

    def _with(self, event: dict) -> "Deadline":
        return Deadline(self.name, self.n, self.scope, (*self.events, event))
