"""What a deadline's events say without counting anything: its dates, limit, extensions, pauses and status."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property

from webapp.domain.clock import start_of_day
from webapp.domain.counting import Pauses, Term
from webapp.domain.deadline_events import day_of_text, term_of
from webapp.domain.spans import Span

ENDED = ("met", "late", "cancelled")


@dataclass(frozen=True)
class DeadlineFacts:
    """The `n`-th deadline of its name (`scope`: the engine's id of what it belongs to); `events` are JSON-safe dicts."""

    name: str
    n: int
    scope: str | None
    events: tuple[dict, ...]

    @cached_property
    def due(self) -> date | None:
        """The last day; None while paused."""
        return day_of_text(self.events[-1]["due"])

    @cached_property
    def due_at(self) -> datetime | None:
        """When it is overdue: 00:00 in Shanghai of the day after the last, as aware UTC; None while paused."""
        return start_of_day(self.due + timedelta(days=1)) if self.due else None

    @cached_property
    def started_at(self) -> datetime:
        """The moment of the starting event, aware UTC."""
        return datetime.fromisoformat(self.events[0]["at"])

    @cached_property
    def started_on(self) -> date:
        """The starting day, which is not counted."""
        return date.fromisoformat(self.events[0]["on"])

    @property
    def ended(self) -> bool:
        """Whether it was met, done late or cancelled."""
        return self.events[-1]["kind"] in ENDED

    @property
    def ended_at(self) -> datetime | None:
        """When it ended, aware UTC."""
        return datetime.fromisoformat(self.events[-1]["at"]) if self.ended else None

    @cached_property
    def span(self) -> Span | None:
        """The limit as first given; None where it was a date."""
        return Span.parse(self.events[0]["span"]) if self.events[0]["span"] else None

    @cached_property
    def until(self) -> date | None:
        """The limit as first given where it was a date."""
        return day_of_text(self.events[0]["until"])

    @property
    def article(self) -> str:
        """The article that sets the limit."""
        return self.events[0]["article"]

    @property
    def local(self) -> bool:
        """Whether the figure is a local parameter, no text's."""
        return self.events[0]["local"]

    @property
    def extensions(self) -> int:
        """How often it was extended."""
        return sum(event["kind"] == "extended" for event in self.events)

    @property
    def extended_units(self) -> int:
        """By how much in all, in its own unit (working days where it has none)."""
        return sum(event["units"] for event in self.events if event["kind"] == "extended")

    @property
    def original_due(self) -> date:
        """The last day without the extensions."""
        return date.fromisoformat(self._latest("original"))

    @property
    def provisional(self) -> bool:
        """Whether the due date rests on a year whose national notice was not known when it was computed."""
        return self._latest("provisional")

    @property
    def calendar_version(self) -> str:
        """The version of the calendar that the due date was computed with."""
        return self._latest("version")

    @cached_property
    def paused_on(self) -> date | None:
        """The day of the open pause."""
        return self._plan[2]

    @property
    def paused(self) -> bool:
        """Whether the clock stands still."""
        return self.paused_on is not None and not self.ended

    def status(self, now: datetime) -> str:
        """running, paused, met, missed (open and past due), late (done after due) or cancelled."""
        if self.ended:
            return self.events[-1]["kind"]
        if self.paused:
            return "paused"
        return "running" if now < self.due_at else "missed"

    @property
    def pauses(self) -> Pauses:
        """The closed pauses."""
        return self._plan[1]

    @cached_property
    def _plan(self) -> tuple[tuple[Term, ...], Pauses, date | None]:
        """Terms, closed pauses and the day of an open pause, read from the events."""
        terms, pauses, opened = [], [], None
        for event in self.events:
            if event["kind"] in ("started", "extended"):
                terms.append(term_of(event["span"], day_of_text(event["until"]), moves=event["kind"] == "extended", pauses=len(pauses)))
            elif event["kind"] == "paused":
                opened = date.fromisoformat(event["on"])
            elif event["kind"] == "resumed":
                pauses.append((opened, date.fromisoformat(event["on"])))
                opened = None
        return tuple(terms), tuple(pauses), opened

    def _latest(self, key: str) -> object:
        return next(event[key] for event in reversed(self.events) if key in event)
