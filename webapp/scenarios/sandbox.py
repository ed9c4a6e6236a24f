"""A database of its own for each scenario: an in-memory SQLite copied from a template, or a PostgreSQL database made from one."""
from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from flask import Flask
from sqlalchemy.pool import StaticPool

from webapp.cases.environment import Environment
from webapp.deployments.bundle import Bundle, flatten
from webapp.deployments.deploy import deploy, load_calendars, load_directories
from webapp.deployments.registry import Deployed, Registry, build
from webapp.models import db
from webapp.models.storage import open_database

KEY = b"scenario" * 4
BEGINNING = datetime(2001, 1, 1, tzinfo=UTC)      # deployments of a sandbox are in force from here, whatever year a scenario plays in


class StoryClock:
    """A clock that only moves when it is told to."""

    def __init__(self):
        self.time = BEGINNING

    def now(self) -> datetime:
        return self.time

    def move(self, to: datetime) -> None:
        self.time = max(self.time, to.astimezone(UTC))

    def tick(self) -> None:
        self.time += timedelta(milliseconds=1)


class Sandbox:
    """Runs one procedure's bundle. Build once, `fresh()` for each scenario."""

    def __init__(self, content: Path, bundle: Bundle):
        self.content, self.bundle = content, bundle
        self.deployed: Deployed = build(bundle)
        self.registry = Registry()
        self._template: bytes | None = None
        self._make_template()

    @classmethod
    def of_procedure(cls, content: Path, procedure: str) -> Sandbox:
        return cls(content, flatten(content, procedure))

    def _make_template(self) -> None:
        app, connection = _memory_app(None)
        with app.app_context():
            db.create_all()
            load_calendars(self.content)
            load_directories(self.content, BEGINNING, demo_hash="", only=self.deployed.manifest.directory)
            deploy(self.bundle, BEGINNING, "sandbox")
            db.session.commit()
            db.session.remove()
            self._template = connection.serialize()
            db.engine.dispose()

    @contextmanager
    def fresh(self) -> Iterator[tuple[Environment, StoryClock]]:
        """An application context on a new database, with the compiled definition shared and a clock of its own."""
        app, connection = _memory_app(self._template)
        clock = StoryClock()
        with app.app_context():
            self.registry.keep_compiled_only()
            yield Environment(clock, self.registry, KEY), clock
            db.session.remove()
            db.engine.dispose()


def _memory_app(template: bytes | None) -> tuple[Flask, sqlite3.Connection]:
    connection = sqlite3.connect(":memory:", check_same_thread=False)
    if template is not None:
        connection.deserialize(template)
    app = Flask("sandbox")
    open_database(app, "sqlite://", creator=lambda: connection, poolclass=StaticPool)
    return app, connection


def bundle_key(bundle: Bundle) -> str:
    return hashlib.sha256(repr(sorted((k, hashlib.sha256(v).hexdigest()) for k, v in bundle.items())).encode()).hexdigest()
