"""Gathering reminders: one message for each person, after everything that was due has fired."""
from __future__ import annotations

import logging
import threading
from datetime import timedelta

from sqlalchemy import exists, select
from sqlalchemy.exc import OperationalError

from webapp.cases.environment import Environment
from webapp.cases.gather_reminders import accounts_to_tell, gather_reminders, postpone
from webapp.models import db
from webapp.models.storage import reading_only

from .moments import due_now

log = logging.getLogger("duban.worker")

BATCH = 50                  # people of one turn's query
PATIENCE = timedelta(hours=1)    # before reminders that could not be gathered are tried again


def gather(env: Environment, stop: threading.Event | None = None) -> int:
    """One message for each person whom something waits for, each in its own transaction. Returns how many were written.

    Not while moments are still to be fired: after a standstill they belong into the same message.
    """
    told, seen = 0, set()
    while True:
        with reading_only():
            people = [account for account in accounts_to_tell(env.now(), BATCH + len(seen)) if account not in seen]
            if not people or (not told and db.session.scalar(select(exists().where(*due_now(env))))):
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
