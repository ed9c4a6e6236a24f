"""A process that kills itself, as a power cut would, before or after its n-th commit: `python -m tests.killed URL FOLDER NOW ACT POINT`.

Point 0 kills nothing and prints how many points there were. Otherwise 2k+1 is before the commit k+1, 2k+2 right after it.
"""
from __future__ import annotations

import json
import os
import signal
import sys
from datetime import datetime
from pathlib import Path

from sqlalchemy import event, select

from tests.conftest import PROCEDURE, settings_for
from webapp.app import create_app
from webapp.cases.apply_change import apply_changes
from webapp.cases.do_task import complete_task
from webapp.cases.file_case import file_case
from webapp.engine import Refusal
from webapp.models import Task, db
from webapp.models.bulk import Bulk
from webapp.permissions import find_person
from webapp.scenarios.sandbox import StoryClock
from webapp.worker import deliver, gather, sweep

FILED = {"channel": "web", "type": "complaint", "title": "路灯不亮", "text": "坏了一个月", "claimant": {"kind": "person", "name": "李四", "email": "li@example.org"}}


class PaperMailer:
    """Writes each letter's id to a file, at once."""

    def __init__(self, path: Path):
        self.path = path

    def send(self, to: str, subject: str, text: str, message_id: str, at: datetime) -> None:
        with self.path.open("a") as paper:
            paper.write(message_id + "\n")
            paper.flush()
            os.fsync(paper.fileno())


def act(env, name: str, folder: Path) -> object:
    if name == "file":
        receipt, _ = file_case(env, PROCEDURE, FILED, key="the-key")
        db.session.commit()
        return receipt.number
    if name == "complete":
        task = db.session.scalar(select(Task.id).where(Task.name == "screen"))
        try:
            complete_task(env, task, {"decision": "assign", "unit": "dali/xiangyun"}, find_person(login="dali/inspection.supervisor"))
            db.session.commit()
        except Refusal as refusal:
            db.session.rollback()
            return refusal.code
        return "done"
    if name == "amend":
        return sum(iter(lambda: apply_changes(env), 0))
    if name in ("fire", "gather"):
        return sweep(env) if name == "fire" else gather(env)
    return deliver(env, PaperMailer(folder / "letters"))


def kill_around(holder: type, name: str, reach) -> None:
    """What commits past SQLAlchemy's events has its points too."""
    inner = getattr(holder, name)

    def around(*args):
        reach()
        inner(*args)
        reach()

    setattr(holder, name, around)


def main(url: str, folder: str, now: str, name: str, point: str) -> None:
    clock = StoryClock()
    clock.move(datetime.fromisoformat(now))
    app = create_app(settings_for(url, Path(folder)), clock)
    passed = 0

    def reach(*_) -> None:
        nonlocal passed
        passed += 1
        if passed == int(point):
            os.kill(os.getpid(), signal.SIGKILL)

    with app.app_context():
        event.listen(db.engine, "commit", reach)
        event.listen(db.session, "after_commit", reach)
        kill_around(Bulk, "transaction", reach)
        result = act(app.extensions["duban"].env, name, Path(folder))
    print(json.dumps({"points": passed, "result": result}))


if __name__ == "__main__":
    main(*sys.argv[1:])
