"""The application with one more route: what a logged-in request with one commit costs when it does nothing else. For gunicorn, in the benchmark only."""
from __future__ import annotations

import os
from datetime import datetime, timedelta
from pathlib import Path

from flask import jsonify
from flask_login import login_user
from sqlalchemy import update

from tests.conftest import settings_for
from webapp.app import create_app
from webapp.clock import SystemClock
from webapp.http.web import Session, env, person, public, staff_only
from webapp.models import Account, db
from webapp.permissions import find_person
from webapp.scenarios.sandbox import StoryClock
from webapp.worker import Worker


def clock_of(now: str | None):
    """A clock that stands at the measured story's time, or the system's."""
    clock = StoryClock()
    if now is None:
        return SystemClock()
    clock.move(datetime.fromisoformat(now))
    return clock


app = create_app(settings_for(os.environ["DUBAN_BENCH_DATABASE"], Path(os.environ["DUBAN_BENCH_DATA"])), clock_of(os.environ.get("DUBAN_BENCH_NOW")))
app.config["PORTAL_FILING_LIMIT"] = "100000 per minute"
app.permanent_session_lifetime = timedelta(hours=12)
if os.environ.get("DUBAN_BENCH_WORKER"):
    Worker(app).start()


@app.post("/bench/bare")
@staff_only
def bare():
    """One commit for the person who asks, and no more."""
    db.session.execute(update(Account).where(Account.id == person().account_id).values(created_at=env().now()))
    db.session.commit()
    return jsonify({"done": True})


@app.get("/bench/login/<path:login>")
@public
def log_in(login: str):
    """A session without the password's deliberate cost."""
    login_user(Session(find_person(login=login)))
    return jsonify({"login": login})
