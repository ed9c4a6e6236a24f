"""The worker: fires deadlines' moments as they come due, gathers reminders in the morning and sends what waits in the outbox. The rows are the truth; a lost turn only waits for the next."""
from __future__ import annotations

import logging
import threading
from datetime import datetime, timedelta

from flask import Flask
from sqlalchemy import exists, select, update
from sqlalchemy.exc import OperationalError

from connectors.mail import Mailer, MailError
from webapp.cases.apply_change import apply_changes
from webapp.cases.attachments import purge_unattached, remove_orphans
from webapp.cases.environment import Environment
from webapp.cases.fire_moments import fire_case
from webapp.cases.gather_reminders import accounts_to_tell, gather_reminders, postpone
from webapp.cases.incidents import open_incident, solve
from webapp.cases.reminder_letter import letter_of
from webapp.cases.reveal import mask
from webapp.models import MomentRow, Outbox, db
from webapp.models.storage import reading_only
from webapp.scenarios.measuring import Measurer
from webapp.settings import Settings

log = logging.getLogger("duban.worker")

TURN = 3.0                  # seconds between turns when nothing wakes the worker
LOOK = 0.25                 # seconds between looks at the demonstration's clock
BATCH = 50                  # cases of one turn's query
LETTERS = 50                # of a turn
ATTEMPTS = 3                # of a moment, before its case is left to a person
SENDINGS = 8                # of a letter
CLEARING = timedelta(hours=1)    # between two clearings of uploads that nobody attached
PATIENCE = timedelta(hours=1)    # before reminders that could not be gathered are tried again
LEASE = timedelta(minutes=5)    # in which a letter that was taken is not taken again


def _due(env: Environment) -> tuple:
    return MomentRow.fire_at <= env.now(), MomentRow.attempts < ATTEMPTS


def due_cases(env: Environment) -> list[int]:
    """Cases with a moment that has come and has not failed too often, the longest due first."""
    query = select(MomentRow.case_id).where(*_due(env)).order_by(MomentRow.fire_at).limit(BATCH * 2)
    with reading_only():
        try:
            return list(dict.fromkeys(db.session.scalars(query)))[:BATCH]
        finally:
            db.session.remove()


def sweep(env: Environment, stop: threading.Event | None = None) -> int:
    """Fire everything that is due, each case in its own transaction; one that fails does not stop the others. Returns how many moments fired."""
    fired = 0
    while (cases := due_cases(env)) and not (stop and stop.is_set()):
        moved = 0
        for case_id in cases:
            if stop and stop.is_set():
                break
            moved += _fire(env, case_id)
        fired += moved
        if not moved and _all_failed(env, cases):
            break
    return fired


def _fire(env: Environment, case_id: int) -> int:
    try:
        fired = fire_case(env, case_id)
        if fired:
            solve(case_id, "moment", None, env.now())
        db.session.commit()
        return fired
    except OperationalError:
        db.session.rollback()
        log.warning("case %s: the database was busy or away; its moments wait for the next turn", case_id, exc_info=True)
        return 0
    except Exception as error:
        db.session.rollback()
        log.exception("case %s: its moments could not be fired", case_id)
        _count_failure(env, case_id, error)
        return 0
    finally:
        db.session.remove()


def _count_failure(env: Environment, case_id: int, error: Exception) -> None:
    db.session.execute(update(MomentRow).where(MomentRow.case_id == case_id, MomentRow.fire_at <= env.now()).values(attempts=MomentRow.attempts + 1))
    left = db.session.scalar(select(exists().where(MomentRow.case_id == case_id, MomentRow.fire_at <= env.now(), MomentRow.attempts < ATTEMPTS)))
    if not left:
        row = db.session.scalars(select(MomentRow).where(MomentRow.case_id == case_id, MomentRow.fire_at <= env.now()).order_by(MomentRow.fire_at)).first()
        open_incident(case_id, "moment", f"{row.deadline} {row.moment}" if row else "", error, env.now())
        log.error("case %s: an incident after %s attempts; `duban incident retry` tries again", case_id, ATTEMPTS)
    db.session.commit()


def _all_failed(env: Environment, cases: list[int]) -> bool:
    """Whether nothing but the same cases would come again in this turn."""
    return set(due_cases(env)) <= set(cases)


# -- reminders -------------------------------------------------------------------------------------------------------
def gather(env: Environment, stop: threading.Event | None = None) -> int:
    """One message for each person whom something waits for, each in its own transaction. Returns how many were written.

    Not while moments are still to be fired: after a standstill they belong into the same message.
    """
    told, seen = 0, set()
    while True:
        with reading_only():
            people = [account for account in accounts_to_tell(env.now(), BATCH + len(seen)) if account not in seen]
            if not people or (not told and db.session.scalar(select(exists().where(*_due(env))))):
                db.session.remove()
                return told
            db.session.remove()
        for account_id in people:
            if stop and stop.is_set():
                return told
            seen.add(account_id)
            told += _gather(env, account_id)


def _gather(env: Environment, account_id: int) -> int:
    try:
        written = gather_reminders(env, account_id)
        db.session.commit()
        return int(written)
    except OperationalError:
        db.session.rollback()
        log.warning("account %s: the database was busy or away; its reminders wait for the next turn", account_id, exc_info=True)
    except Exception:
        db.session.rollback()
        log.exception("account %s: its reminders could not be gathered", account_id)
        postpone(account_id, env.now(), env.now() + PATIENCE)
        db.session.commit()
    finally:
        db.session.remove()
    return 0


# -- the outbox ------------------------------------------------------------------------------------------------------
def deliver(env: Environment, mailer: Mailer | None, stop: threading.Event | None = None) -> int:
    """Send what waits in the outbox, at least once, after the commit that wrote it: so many letters at most, that deadlines never wait long. Returns how many were sent.

    Letters are taken one by one, so that none is held longer than its lease while others are sent; a mail server that is away is left alone until the next turn.
    Without a mail server a letter stands as sent through the app, where its message can be read.
    """
    sent = 0
    while sent < LETTERS and not (stop and stop.is_set()) and (letter := _take(env)) is not None:
        try:
            sent += _send(env, letter, mailer)
        except _Away:
            break
    return sent


class _Away(Exception):
    """The mail server does not answer; nothing more is to be tried now."""


def _take(env: Environment) -> Outbox | None:
    """Take the next letter for a while: the sending itself holds no lock."""
    waiting = Outbox.state == "waiting", Outbox.next_at <= env.now()
    with reading_only():
        waits = db.session.scalar(select(exists().where(*waiting)))
        db.session.remove()
    if not waits:
        return None
    row = db.session.scalar(select(Outbox).where(*waiting).order_by(Outbox.next_at).limit(1).with_for_update(skip_locked=True))
    if row is not None:
        row.attempts, row.next_at = row.attempts + 1, env.now() + LEASE
    db.session.commit()
    db.session.remove()
    return row


def _send(env: Environment, letter: Outbox, mailer: Mailer | None) -> int:
    """Send one letter and enter what came of it, unless it has been taken by another since. Returns 1 when it was sent; _Away."""
    values: dict = {"state": "sent"}
    error: Exception | None = None
    said = ""
    try:
        words = _words(env, letter) if letter.channel == "mail" and mailer is not None else None
        if words is not None:
            mailer.send(letter.payload["to"], *words, f"outbox-{letter.id}", letter.created_at)
        elif letter.channel == "mail":
            values["channel"] = "app"
    except OperationalError:
        raise
    except Exception as failure:
        db.session.rollback()
        error = failure
        to = letter.payload.get("to", "")
        said = f"{type(error).__name__}: {error}"
        said = said.replace(to, mask("claimant_email", to)) if to else said         # who wrote is no administrator's to read
        log.warning("outbox %s, attempt %s: %s", letter.id, letter.attempts, said, exc_info=not isinstance(error, MailError))
        more = (not isinstance(error, MailError) or error.again) and letter.attempts < SENDINGS
        values = {"state": "waiting", "next_at": env.now() + timedelta(minutes=2**letter.attempts)} if more else {"state": "failed"}
    ours = db.session.execute(update(Outbox).where(Outbox.id == letter.id, Outbox.state == "waiting", Outbox.attempts == letter.attempts).values(**values)).rowcount
    if ours and values["state"] == "failed":
        open_incident(letter.case_id, "letter", str(letter.id), said, env.now())
    if ours and values["state"] == "sent" and letter.attempts > 1:
        solve(letter.case_id, "letter", str(letter.id), env.now())
    db.session.commit()
    db.session.remove()
    if isinstance(error, MailError) and error.away:
        raise _Away()
    return int(values["state"] == "sent")


def _words(env: Environment, letter: Outbox) -> tuple[str, str] | None:
    """Subject and text: that there is something to read, never what; a mailbox is not the citizen's alone. None when there is nothing left to tell."""
    if "notice" in letter.payload:
        with reading_only():        # and no transaction stays open while the mail server is spoken to
            words = letter_of(env, letter.payload["notice"])
            db.session.remove()
        return words
    number = letter.payload.get("number", "")
    return (f"您反映的事项 {number} 有新进展 / News of your case {number}",
            f"您反映的事项（编号 {number}）有新的进展，请用编号和查询码在门户网站查看。\n\nThere is news of your case {number}. "
            "Please look it up on the portal with its number and your query code.\n")


# -- the thread ------------------------------------------------------------------------------------------------------
class Worker(threading.Thread):
    """Takes its turns until stopped. In the demonstration it turns at once when the clock has been moved."""

    def __init__(self, app: Flask):
        super().__init__(name="duban-worker", daemon=True)
        self.app = app
        self.env: Environment = app.extensions["duban"].env
        self.settings: Settings = app.extensions["duban"].settings
        self.mailer = Mailer(self.settings.smtp, self.settings.mail_from) if self.settings.smtp else None
        self._measurer = Measurer(self.env, self.settings.content_dir)
        self._cleared: datetime | None = None
        self._ending, self._wake = threading.Event(), threading.Event()

    def wake(self) -> None:
        """Take the next turn now."""
        self._wake.set()

    def stop(self, wait: float = 10) -> None:
        """Finish the case at hand and end; `wait` in seconds."""
        self._ending.set()
        self._wake.set()
        if self.is_alive():
            self.join(wait)

    def run(self) -> None:
        while not self._ending.is_set():
            if not self.turn():
                self._sleep()
        with self.app.app_context():
            self._measurer.end()

    def turn(self) -> bool:
        """One sweep, one delivery, and a batch of a calendar's change. Nothing that goes wrong ends the worker. Returns whether more letters or more of the change wait."""
        more = False
        with self.app.app_context():
            for work in (lambda: sweep(self.env, self._ending), lambda: gather(self.env, self._ending), self._deliver, self._clear_files, self._measurer.turn, self._apply_changes):
                try:
                    more = work() is True or more
                except Exception:
                    log.exception("the worker's turn was cut short")
                    db.session.rollback()
                finally:
                    db.session.remove()
        return more

    def _deliver(self) -> bool:
        return deliver(self.env, self.mailer, self._ending) == LETTERS

    def _apply_changes(self) -> bool:
        return apply_changes(self.env, stop=self._ending) > 0

    def _clear_files(self) -> None:
        """Now and then, uploads that were never attached go, and what is left of them on disk."""
        now = self.env.now()
        if self._cleared is None or now - self._cleared >= CLEARING:
            self._cleared = now
            purge_unattached(self.env)
            db.session.commit()
            db.session.remove()
            remove_orphans(self.env)

    def _sleep(self) -> None:
        path = getattr(self.env.clock, "path", None)        # the demonstration's clock is kept in a file
        before = _changed_at(path)
        for _ in range(round(TURN / LOOK)):
            if self._wake.wait(LOOK) or _changed_at(path) != before:
                break
        self._wake.clear()


def _changed_at(path) -> int:
    try:
        return path.stat().st_mtime_ns if path is not None else 0
    except OSError:
        return 0
