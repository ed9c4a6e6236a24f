"""The worker's thread: its turns, one after the other, until it is stopped."""
from __future__ import annotations

import logging
import threading
from datetime import datetime, timedelta

from flask import Flask

from connectors.mail import Mailer
from webapp.cases.apply_change import apply_changes
from webapp.cases.attachments import purge_unattached, remove_orphans
from webapp.cases.environment import Environment
from webapp.models import db
from webapp.scenarios.measuring import Measurer
from webapp.settings import Settings

from .letters import LETTERS, deliver
from .moments import sweep
from .reminders import gather

log = logging.getLogger("duban.worker")

TURN = 3.0                  # seconds between turns when nothing wakes the worker
LOOK = 0.25                 # seconds between looks at the demonstration's clock
CLEARING = timedelta(hours=1)    # between two clearings of uploads that nobody attached


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
