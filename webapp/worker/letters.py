"""Sending what waits in the outbox, after the commit that wrote it, with retries and back-off."""
from __future__ import annotations

import logging
import threading
from datetime import timedelta

from sqlalchemy import exists, select, update
from sqlalchemy.exc import OperationalError

from connectors.mail import Mailer, MailError
from webapp.cases.environment import Environment
from webapp.cases.incidents import open_incident, solve
from webapp.cases.reminder_letter import letter_of
from webapp.cases.reveal import mask
from webapp.models import Outbox, db
from webapp.models.storage import reading_only

log = logging.getLogger("duban.worker")

LETTERS = 50                # of a turn
SENDINGS = 12               # of a letter; the last more than two days after the first
LEASE = timedelta(minutes=5)    # in which a letter that was taken is not taken again


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
