"""A case's deadlines while a command runs: the engine says when they start and end, the domain says what the dates are."""
from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from webapp.domain.calendar import Calendar
from webapp.domain.caps import REFUSALS
from webapp.domain.clock import local_date
from webapp.domain.deadlines import Deadline
from webapp.domain.spans import Span, due_date
from webapp.engine import Refusal


class CaseClocks:
    """All deadlines of one case; `changed` are those to be written back."""

    def __init__(self, deadlines: list[Deadline], calendar: Calendar, now: datetime, by: str):
        self.calendar, self.now, self.by = calendar, now, by
        self._all = {(d.name, d.n): d for d in deadlines}
        self.changed: set[tuple[str, int]] = set()

    def _put(self, deadline: Deadline) -> None:
        self._all[(deadline.name, deadline.n)] = deadline
        self.changed.add((deadline.name, deadline.n))

    def all(self) -> list[Deadline]:
        return list(self._all.values())

    def latest(self, name: str) -> Deadline | None:
        """The last begun of that name, or None."""
        found = [d for (n, _), d in self._all.items() if n == name]
        return max(found, key=lambda d: d.n) if found else None

    def running(self, name: str, instance: str | None = None) -> Deadline | None:
        """The running one of that name, the last begun; one that `instance` has begun comes first (two side instances may have one each)."""
        found = [d for (n, _), d in self._all.items() if n == name and not d.ended]
        own = [d for d in found if instance is not None and d.scope and d.scope.startswith(instance + ":")]
        return max(own or found, key=lambda d: d.n) if found else None

    # -- what the engine asks (engine.commands.Clocks) -------------------------------------------------------------
    def begin(self, name: str, span: str | None, until: Any, article: str, local: bool, scope: str) -> None:
        before = self.latest(name)
        for other in self.all():
            if other.name == name and not other.ended and other.scope.split(":")[0] == scope.split(":")[0]:
                self._put(other.cancel(self.now, self.by))       # begun anew in the same instance
        until = as_date(until)
        self._put(Deadline.begin(name, before.n + 1 if before else 1, None if until else span, until, self.now, self.calendar, article=article,
                                 local=local, scope=scope, by=self.by))

    def end(self, name: str, instance: str) -> None:
        running = self.running(name, instance)
        if running is not None:
            self._put(running.end(self.now, self.by))

    def keep_scopes(self, live: set[str], instance: str) -> None:
        for deadline in self.all():
            if not deadline.ended and deadline.scope and deadline.scope.startswith(instance + ":") and deadline.scope.split(":", 1)[1] not in live:
                self._put(deadline.cancel(self.now, self.by))

    def cancel(self, name: str) -> None:
        running = self.running(name)
        if running is not None:
            self._put(running.cancel(self.now, self.by))

    def cancel_all(self) -> None:
        for deadline in self.all():
            if not deadline.ended and deadline.scope and deadline.scope.startswith("main:"):
                self._put(deadline.cancel(self.now, self.by))

    def judge(self, name: str, days: Any, until: Any, caps: dict | None) -> None:
        """Refuse an extension that may not be asked for now. Refusal with the code of domain.caps."""
        running = self.running(name)
        if running is None:
            raise _refusal("not_running", "days")
        if running.status(self.now) == "missed":
            raise Refusal("overdue", "期限已过，不能再申请延期", "The deadline has passed; an extension can no longer be asked for", "days")
        self._check_caps(running, *self._term(running, days, until), caps)

    def extend(self, name: str, days: Any, until: Any, caps: dict | None) -> None:
        running = self.running(name)
        if running is None:
            raise _refusal("not_running", "days")
        span, to = self._term(running, days, until)
        self._check_caps(running, span, to, caps)
        self._put(running.extend(span, to, self.now, self.calendar, self.by))

    def pause(self, name: str, reason: str) -> None:
        """Stop the clock of the running one at the end of this day. Refusal `not_running`, `paused` or `past_due`."""
        running = self.running(name)
        if running is None:
            raise Refusal("not_running", "期限不在计算中，不能中止", "The deadline is not running and cannot be paused")
        if running.paused:
            raise Refusal("paused", "期限已经中止", "The deadline is paused already")
        if running.status(self.now) == "missed":
            raise Refusal("past_due", "期限已届满，不能再中止", "The due date has passed; it can no longer be paused")
        self._put(running.pause(self.now, self.by, reason))

    def resume(self, name: str, reason: str) -> None:
        """Let the clock go on with the day after this one. Refusal `not_paused`."""
        running = self.running(name)
        if running is None or not running.paused:
            raise Refusal("not_paused", "期限没有中止", "The deadline is not paused")
        self._put(running.resume(self.now, self.calendar, self.by))

    def _term(self, deadline: Deadline, days: Any, until: Any) -> tuple[Span | None, date | None]:
        if days not in (None, ""):
            return Span(int(days), deadline.span.unit if deadline.span else "wd"), None
        to = as_date(until)
        if to is None:
            raise Refusal("days", "请填写延长的天数或延至的日期", "Say by how many days, or until when", "days")
        return None, to

    def _check_caps(self, deadline: Deadline, span: Span | None, until: date | None, caps: dict | None) -> None:
        caps = caps or {}
        code = deadline.can_extend(span, until, self.now, self.calendar, count=caps.get("count"), total=caps.get("total"), until_cap=caps.get("until"),
                                   original=bool(caps.get("original")))
        if code is not None:
            raise _refusal(code, "until" if until else "days")

    def view(self) -> dict[str, dict]:
        latest: dict[str, Deadline] = {}
        for deadline in self._all.values():
            if deadline.name not in latest or deadline.n > latest[deadline.name].n:
                latest[deadline.name] = deadline
        return {name: {"due": d.due, "started": d.started_on, "status": d.status(self.now), "extensions": d.extensions} for name, d in latest.items()}


def as_date(value: Any) -> date | None:
    """A date from a date, a time or an ISO text; None from nothing."""
    if value is None or value == "":
        return None
    if isinstance(value, datetime):
        return local_date(value)
    if isinstance(value, date):
        return value
    return date.fromisoformat(str(value)[:10])


def functions_of(calendar: Calendar, directory: Any) -> dict[str, Any]:
    """The functions that expressions have beyond FEEL, by name (docs/modelling.md)."""
    def one_up(unit: Any) -> str | None:
        above = directory.one_up(str(unit)) if unit is not None and unit in directory else None
        return above.code if above else None

    def level_of(unit: Any) -> str | None:
        return directory.unit(str(unit)).level if unit is not None and unit in directory else None

    return {
        "level of": level_of,
        "due date": lambda start, span: due_date(Span.parse(str(span)), as_date(start), calendar),
        "working days between": lambda a, b: calendar.working_days_between(as_date(a), as_date(b)),
        "one up": one_up,
    }


def same_time_after(start: datetime, span: Span, calendar: Calendar) -> datetime:
    """`start` moved by a span of days, the time of day kept."""
    day = local_date(start)
    return start + timedelta(days=(due_date(span, day, calendar) - day).days)


def _refusal(code: str, field: str) -> Refusal:
    zh, en = REFUSALS[code]
    return Refusal(code, zh, en, field)
