"""Coverage of what is deployed: asked for here, measured in a child process while the worker goes on with its turns, kept with the deployment."""
from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
import tempfile
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from webapp.cases.environment import Environment
from webapp.models import CoverageRun, Deployment, db
from webapp.models.storage import reading_only

log = logging.getLogger("duban.coverage")

LEASE = timedelta(minutes=30)       # after which a measurement that nobody finished is begun again


def ask(deployment_id: int, by: str, now: datetime) -> None:
    """Have a deployment measured (again); what was measured before stays until then. The caller commits."""
    insert = postgresql.insert if db.engine.dialect.name == "postgresql" else sqlite.insert
    values = {"asked_at": now, "asked_by": by, "state": "asked", "error": ""}
    db.session.execute(insert(CoverageRun).values(deployment_id=deployment_id, **values).on_conflict_do_update(
        index_elements=[CoverageRun.deployment_id], set_=values, where=CoverageRun.state.not_in(("asked", "running"))))


def latest(deployment_id: int) -> tuple[CoverageRun | None, dict[str, Any] | None]:
    """What was asked for a deployment, and what was measured last."""
    row = db.session.get(CoverageRun, deployment_id, populate_existing=True)
    return row, json.loads(row.doc) if row is not None and row.doc else None


class Measurer:
    """One measurement at a time. `turn` takes in what the child came to, or starts one for what was asked first."""

    def __init__(self, env: Environment, content: Path):
        self.env, self.content = env, content
        self.deployment = 0
        self._child: subprocess.Popen | None = None
        self._files: list[Any] = []

    def turn(self) -> None:
        """Never waits for the child. Commits."""
        if self._child is None:
            self._start()
        elif self._child.poll() is not None:
            self._take_in()

    def end(self) -> None:
        """End the child that runs; its measurement is begun again by the next worker. Commits."""
        if self._child is not None:
            self._child.kill()
            self._child.wait()
            self._close()
            db.session.execute(update(CoverageRun).where(CoverageRun.deployment_id == self.deployment, CoverageRun.state == "running").values(state="asked"))
            db.session.commit()

    def _start(self) -> None:
        now = self.env.now()
        waits = or_(CoverageRun.state == "asked", (CoverageRun.state == "running") & (CoverageRun.started_at < now - LEASE))
        with reading_only():
            found = db.session.scalar(select(CoverageRun.deployment_id).where(waits).order_by(CoverageRun.asked_at).limit(1))
            db.session.remove()
        if found is None:
            return
        taken = db.session.execute(update(CoverageRun).where(CoverageRun.deployment_id == found, waits).values(state="running", started_at=now)).rowcount
        bundle = db.session.scalar(select(Deployment.bundle).where(Deployment.id == found))
        db.session.commit()
        if not taken:       # another worker was faster
            return
        given, out, said = self._files = [tempfile.TemporaryFile() for _ in range(3)]
        given.write(bundle)
        given.seek(0)
        self.deployment = found
        environment = {"PYTHONPATH": os.pathsep.join(filter(None, sys.path)), "PATH": os.defpath, "LANG": "C.UTF-8"}      # none of the application's secrets
        command = [sys.executable, "-m", "webapp.scenarios.measure_child", str(self.content)]
        self._child = subprocess.Popen(command, stdin=given, stdout=out, stderr=said, env=environment, start_new_session=True)  # noqa: S603

    def _take_in(self) -> None:
        status, (_, out, said) = self._child.returncode, self._files
        out.seek(0)
        said.seek(0)
        values: dict[str, Any] = {"state": "done", "measured_at": self.env.now(), "doc": out.read(), "error": ""}
        if status != 0:
            words = said.read().decode("utf-8", "replace").strip()
            log.error("coverage of deployment %s: the child ended with %s: %s", self.deployment, status, words)
            values = {"state": "failed", "error": (words.splitlines() or [f"ended with {status}"])[-1][:1000]}
        db.session.execute(update(CoverageRun).where(CoverageRun.deployment_id == self.deployment).values(**values))
        db.session.commit()
        self._close()

    def _close(self) -> None:
        for each in self._files:
            each.close()
        self._child, self._files = None, []
