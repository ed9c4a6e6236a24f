"""What a change of a calendar would move, or has moved: for whoever looks, only what they may know of."""
from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

import orjson
from sqlalchemy import select

from webapp.deployments.registry import CALENDARS, calendars_with, read_stamp
from webapp.domain.calendar import Calendar
from webapp.domain.clock import start_of_day
from webapp.domain.deadlines import Deadline
from webapp.models import CalendarChange, CalendarMove, Case, DeadlineRow, db
from webapp.permissions import Person, not_walled_off, visible_cases

from .calendar_changes import touched
from .environment import Environment

PAGE = 50


@dataclass(frozen=True)
class Move:
    """One running deadline and its dates before and after. `number` and `title` only where the person may see the case."""

    case_id: int
    name: str
    n: int
    old: date
    new: date
    was_missed: bool
    is_missed: bool
    deployment_id: int
    number: str = ""
    title: str = ""


@dataclass
class Preview:
    """`stamp` is the calendars' stamp it was made by; `rows` the first ones that the person may see, `more` whether there are others."""

    stamp: int
    looked_at: int = 0
    later: int = 0
    earlier: int = 0
    confirmed: int = 0          # the date stays, and is provisional no more
    becomes_late: int = 0
    stops_late: int = 0
    furthest: int = 0           # days that the farthest one moves
    rows: list[Move] = field(default_factory=list)

    @property
    def moves(self) -> int:
        return self.later + self.earlier


def preview(env: Environment, person: Person, change: CalendarChange, limit: int = PAGE) -> Preview:
    """What the draft would move as things stand. Walled-off cases are not counted."""
    result = Preview(read_stamp(CALENDARS))
    visible = set(db.session.scalars(visible_cases(person).with_only_columns(Case.id).join(DeadlineRow, DeadlineRow.case_id == Case.id).where(*touched(change))))
    for move, changed in _moves(env, person, change, result):
        if not changed:
            result.confirmed += 1
            continue
        result.later += move.new > move.old
        result.earlier += move.new < move.old
        result.becomes_late += move.is_missed and not move.was_missed
        result.stops_late += move.was_missed and not move.is_missed
        result.furthest = max(result.furthest, abs((move.new - move.old).days))
        if move.case_id in visible and len(result.rows) < limit:
            result.rows.append(move)
    _name(result.rows)
    return result


def _moves(env: Environment, person: Person, change: CalendarChange, count: Preview) -> Iterator[tuple[Move, bool]]:
    calendars, now, known = calendars_with(change), env.now(), {}
    query = (select(DeadlineRow.case_id, DeadlineRow.name, DeadlineRow.n, DeadlineRow.calendar, DeadlineRow.doc, Case.deployment_id)
             .join(Case, Case.id == DeadlineRow.case_id).where(*touched(change), not_walled_off(person)).order_by(DeadlineRow.due_at, DeadlineRow.case_id))
    for row in db.session.execute(query.execution_options(yield_per=2000)):
        count.looked_at += 1
        found = _counted_anew(row.doc, calendars[row.calendar], now, known)
        if found is not None:
            old, new = found
            move = Move(row.case_id, row.name, row.n, old, new, _missed(old, now), _missed(new, now), row.deployment_id)
            yield move, old != new


def _counted_anew(doc: dict, calendar: Calendar, now: datetime, known: dict) -> tuple[date, date] | None:
    """Old and new date, None where nothing changes. Deadlines with the same history count the same: each history is counted once."""
    key = (calendar.id, orjson.dumps([{k: e.get(k) for k in ("kind", "on", "span", "until", "due", "provisional")} for e in doc["events"]]))
    if key not in known:
        before = Deadline.from_json(doc)
        after = before.recompute(now, calendar, "")
        known[key] = None if after is before else (before.due, after.due)
    return known[key]


def _missed(due: date, now: datetime) -> bool:
    return now >= start_of_day(due + timedelta(days=1))


def _name(rows: list[Move]) -> None:
    names = {r.id: r for r in db.session.execute(select(Case.id, Case.number, Case.title).where(Case.id.in_({m.case_id for m in rows})))}
    rows[:] = [Move(**{**asdict(m), "number": names[m.case_id].number, "title": names[m.case_id].title}) for m in rows]


def moved(person: Person, change: CalendarChange, limit: int = PAGE) -> tuple[dict[str, int], list[Move]]:
    """What an approved change has moved so far: counts without the walled-off cases, and the first rows that the person may see."""
    known = select(CalendarMove, Case.deployment_id, Case.number, Case.title).join(Case, Case.id == CalendarMove.case_id).where(CalendarMove.change_id == change.id)
    counts = {"moves": 0, "becomes_late": 0, "stops_late": 0}
    for row in db.session.execute(known.where(not_walled_off(person)).with_only_columns(CalendarMove.was_missed, CalendarMove.is_missed, CalendarMove.old, CalendarMove.new)):
        counts["moves"] += row.old != row.new
        counts["becomes_late"] += row.is_missed and not row.was_missed
        counts["stops_late"] += row.was_missed and not row.is_missed
    seen = known.where(CalendarMove.old != CalendarMove.new, Case.id.in_(visible_cases(person).with_only_columns(Case.id))).order_by(CalendarMove.case_id, CalendarMove.name).limit(limit)
    return counts, [Move(m.case_id, m.name, m.n, m.old, m.new, m.was_missed, m.is_missed, deployment, number, title)
                    for m, deployment, number, title in _tuples(seen)]


def _tuples(query: Any) -> list[tuple]:
    return [tuple(row) for row in db.session.execute(query)]
