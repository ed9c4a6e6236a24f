"""The scenarios' sandbox on PostgreSQL: a template of one procedure, and a database from it for each scenario."""
from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from flask import Flask

from tests.databases import PostgresDatabases
from webapp.cases.environment import Environment
from webapp.deployments.deploy import deploy, load_calendars, load_directories
from webapp.models import db
from webapp.models.storage import open_database
from webapp.scenarios.sandbox import BEGINNING, KEY, Sandbox, StoryClock


class PostgresSandbox(Sandbox):
    """As the sandbox it is made from, which lends what it has compiled."""

    def __init__(self, sandbox: Sandbox, databases: PostgresDatabases):
        self.content, self.bundle, self.deployed, self.registry = sandbox.content, sandbox.bundle, sandbox.deployed, sandbox.registry
        self.databases = databases
        self.key = databases.template(f"sandbox-{self.deployed.procedure}", self._fill)

    def _fill(self, url: str) -> None:
        with _opened(url):
            db.create_all()
            load_calendars(self.content)
            load_directories(self.content, BEGINNING, demo_hash="", only=self.deployed.manifest.directory)
            deploy(self.bundle, BEGINNING, "sandbox")
            db.session.commit()

    @contextmanager
    def fresh(self) -> Iterator[tuple[Environment, StoryClock]]:
        with self.databases.copy(self.key) as url, _opened(url):
            clock = StoryClock()
            self.registry.keep_compiled_only()
            yield Environment(clock, self.registry, KEY), clock


@contextmanager
def _opened(url: str) -> Iterator[None]:
    app = Flask("sandbox")
    open_database(app, url)
    with app.app_context():
        try:
            yield
        finally:
            db.session.remove()
            db.engine.dispose()
