"""Gathers what a person is to be reminded of into one message for the day, in the app and, where there is an address, by mail."""
from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import and_, delete, exists, func, select, update

from webapp.domain.clock import local_date
from webapp.domain.deadlines import Deadline
from webapp.domain.morning import morning_from, next_morning, today_or_later
from webapp.models import Account, Case, DeadlineRow, Outbox, Reminder, StaffNotice, db
from webapp.permissions import Person, find_person, visible_cases

from .environment import Environment

KIND = "reminders"
MOST = 200          # lines of one message; how many more there were is said


def accounts_to_tell(now: datetime, limit: int = 50) -> list[int]:
    """People with reminders whose time has come, those who wait longest first: one indexed query."""
    query = select(Reminder.account_id).where(Reminder.tell_at <= now).group_by(Reminder.account_id).order_by(func.min(Reminder.tell_at)).limit(limit)
    return list(db.session.scalars(query))


def next_message(to: datetime) -> tuple[datetime, int] | None:
    """The next message to come up to `to`: when, and to whom."""
    row = db.session.execute(select(Reminder.tell_at, Reminder.account_id).where(Reminder.tell_at <= to).order_by(Reminder.tell_at, Reminder.account_id).limit(1)).first()
    return (row.tell_at, row.account_id) if row else None


def gather_reminders(env: Environment, account_id: int) -> bool:
    """One message to one person with everything that waits for them, the most urgent first. The caller commits.

    A deadline that has ended meanwhile, or a case that the person may not see (any more), has no line. Whoever has had the message of this day waits for
    the next; before the morning's hour, or on a day off, nothing is told. False when there was nothing to write, or another worker has this person.
    """
    locked = db.session.execute(select(Account.email).where(Account.id == account_id).with_for_update(skip_locked=True)).first()
    if locked is None:
        return False
    basket = _Basket(env, env.now())
    basket.fill(account_id, find_person(account_id=account_id))
    for wait, ids in basket.later.items():
        _in_pieces(ids, lambda some, wait=wait: update(Reminder).where(Reminder.id.in_(some)).values(tell_at=wait))
    _in_pieces(basket.done, lambda some: delete(Reminder).where(Reminder.id.in_(some)))
    if basket.lines:
        _write(basket, account_id, locked.email)
    return bool(basket.lines)


@dataclass
class _Basket:
    """What came of one person's reminders: lines by deadline, which rows are done with, and which wait until when."""

    env: Environment
    now: datetime
    lines: dict[tuple[int, str, int], dict[str, Any]] = field(default_factory=dict)
    done: list[int] = field(default_factory=list)
    later: dict[datetime, list[int]] = field(default_factory=dict)

    def fill(self, account_id: int, person: Person | None) -> None:
        """Everything is read by one query, so that a row that comes meanwhile is neither lost nor told twice."""
        had = db.session.scalar(select(exists().where(StaffNotice.account_id == account_id, StaffNotice.day == local_date(self.now))))
        seen = (visible_cases(person) if person else select(Case).where(False)).with_only_columns(Case.id, Case.number, Case.deployment_id).subquery()
        here = and_(DeadlineRow.case_id == Reminder.case_id, DeadlineRow.name == Reminder.deadline, DeadlineRow.n == Reminder.deadline_n)
        query = (select(Reminder, DeadlineRow.doc, seen.c.number, seen.c.deployment_id).outerjoin(seen, seen.c.id == Reminder.case_id).outerjoin(DeadlineRow, here)
                 .where(Reminder.account_id == account_id, Reminder.tell_at <= self.now).order_by(Reminder.came_at, Reminder.id))
        for reminder, doc, number, deployment_id in db.session.execute(query).all():
            if number is None or doc is None:
                self.done.append(reminder.id)
            else:
                self._put(reminder, Deadline.from_json(doc), number, deployment_id, had)

    def _put(self, reminder: Reminder, deadline: Deadline, number: str, deployment_id: int, had: bool) -> None:
        manifest = self.env.registry.deployed(deployment_id).manifest
        at, calendar = self.env.registry.directory(manifest.directory).reminders_at, self.env.registry.calendar(manifest.calendar)
        wait = next_morning(self.now, at, calendar) if had else today_or_later(self.now, at, calendar)
        if wait > self.now:
            self.later.setdefault(wait, []).append(reminder.id)
            return
        self.done.append(reminder.id)
        if deadline.ended or deadline.due is None:
            return
        today, planned = local_date(self.now), local_date(morning_from(reminder.came_at, at, calendar))
        self.lines[reminder.case_id, deadline.name, deadline.n] = {
            "case": reminder.case_id, "number": number, "deadline": deadline.name, "due": str(deadline.due), "provisional": deadline.provisional, "left": deadline.days_left(self.now, calendar),
            "came": reminder.came_at.isoformat(), **({"planned": str(planned)} if planned < today else {}),
        }


def _write(basket: _Basket, account_id: int, address: str | None) -> None:
    found = sorted(basket.lines.values(), key=lambda line: (line["due"], line["number"]))
    data = {"lines": found[:MOST], **({"more": len(found) - MOST} if len(found) > MOST else {})}
    notice = StaffNotice(account_id=account_id, day=local_date(basket.now), kind=KIND, at=basket.now, data=data)
    db.session.add(notice)
    db.session.flush()
    if address:
        db.session.add(Outbox(case_id=None, channel="mail", payload={"to": address, "kind": KIND, "notice": notice.id}, next_at=basket.now,
                              created_at=basket.now, state="waiting", attempts=0))
        db.session.flush()


def postpone(account_id: int, now: datetime, until: datetime) -> None:
    """What waits for a person waits longer: gathering it has failed. The caller commits."""
    db.session.execute(update(Reminder).where(Reminder.account_id == account_id, Reminder.tell_at <= now).values(tell_at=until))


def _in_pieces(ids: Collection[int], statement: Callable, size: int = 1000) -> None:
    ids = list(ids)
    for start in range(0, len(ids), size):
        db.session.execute(statement(ids[start:start + size]), execution_options={"synchronize_session": False})
