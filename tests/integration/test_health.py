"""The health check: ready with a database that is ours, unavailable without; open to everybody and silent about why."""
from __future__ import annotations

from sqlalchemy import event

from tests.conftest import close, settings_for
from webapp.app import create_app
from webapp.models import db


def test_it_is_well(client, app):
    seen = []
    with app.app_context():
        event.listen(db.engine, "before_cursor_execute", lambda *given: seen.append(given[2]))
    answer = client.get("/healthz")
    assert (answer.status_code, answer.get_json()) == (200, {"status": "ok"})
    assert answer.headers["Cache-Control"] == "no-store" and "Set-Cookie" not in answer.headers
    assert len([sql for sql in seen if sql.lstrip().upper().startswith("SELECT")]) == 1
    assert client.head("/healthz").status_code == 200


def test_without_our_tables(tmp_path):
    app = create_app(settings_for(f"sqlite:///{tmp_path / 'empty.sqlite3'}", tmp_path))
    answer = app.test_client().get("/healthz")
    assert (answer.status_code, answer.get_json()) == (503, {"status": "unavailable"})
    close(app)


def test_without_a_database(tmp_path):
    app = create_app(settings_for("postgresql+psycopg://duban:a-password@127.0.0.1:1/duban", tmp_path))
    answer = app.test_client().get("/healthz")
    assert (answer.status_code, answer.get_json()) == (503, {"status": "unavailable"})
    assert b"password" not in answer.data
    close(app)
