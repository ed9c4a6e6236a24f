"""What tests share: databases of both kinds copied from templates, an application with one procedure deployed, and a clock that stands still."""
from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

import pytest
from argon2 import PasswordHasher
from flask import Flask
from jinja2 import BytecodeCache

from tests.databases import Databases, PostgresDatabases, SqliteDatabases, postgres_server
from webapp.app import create_app
from webapp.deployments.bundle import flatten
from webapp.deployments.deploy import deploy, load_calendars, load_directories
from webapp.deployments.registry import Registry
from webapp.domain.clock import SHANGHAI
from webapp.models import db
from webapp.models.storage import open_database
from webapp.scenarios.sandbox import BEGINNING, KEY, StoryClock
from webapp.settings import ROOT, Settings

PROCEDURE = "dali-ducha"
DIRECTORY = "dali"
PASSWORD = "duban-demo"
MORNING = datetime(2026, 3, 2, 9, 0, tzinfo=SHANGHAI).astimezone(UTC)      # a Monday without holidays around it
KINDS = ["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)]


@pytest.fixture(scope="session")
def sqlite_databases(tmp_path_factory):
    return SqliteDatabases(tmp_path_factory.mktemp("databases"))


@pytest.fixture(scope="session")
def postgres_databases():
    server = postgres_server()
    if server is None:
        pytest.skip("no PostgreSQL: name one in DUBAN_TEST_POSTGRES")
    databases = PostgresDatabases(server, f"duban_test_{os.getpid()}_{os.environ.get('PYTEST_XDIST_WORKER', 'one')}")
    yield databases
    databases.drop()


@pytest.fixture(params=KINDS)
def databases(request) -> Databases:
    """Both kinds of database, one after the other."""
    return request.getfixturevalue(f"{'postgres' if request.param == 'postgresql' else 'sqlite'}_databases")


@pytest.fixture
def empty_database_url(databases):
    """An empty database, dropped afterwards."""
    with databases.copy() as url:
        yield url


@pytest.fixture
def database_url(databases):
    """A database with one procedure deployed, its units, and its accounts (password `duban-demo`); dropped afterwards."""
    with databases.copy(databases.template("content", fill_with_content)) as url:
        yield url


def fill_with_content(url: str) -> None:
    app = Flask("template")
    open_database(app, url)
    with app.app_context():
        db.create_all()
        load_calendars(ROOT)
        load_directories(ROOT, BEGINNING, PasswordHasher(time_cost=1, memory_cost=1024).hash(PASSWORD), only=DIRECTORY)
        deploy(flatten(ROOT, PROCEDURE), BEGINNING, "template")
        db.session.commit()
        db.session.remove()
        db.engine.dispose()


@pytest.fixture
def clock() -> StoryClock:
    """A clock that stands at 9 o'clock of a working day until it is moved."""
    clock = StoryClock()
    clock.move(MORNING)
    return clock


@pytest.fixture(scope="session")
def compiled() -> Registry:
    """What was compiled once is good for every copy of the template."""
    return Registry()


class KeptTemplates(BytecodeCache):
    """Templates compiled for one application, for the next one: compiling them anew for each test took more than half of its time."""

    def __init__(self):
        self.kept = {}

    def load_bytecode(self, bucket):
        bucket.code = self.kept.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket):
        self.kept[bucket.key, bucket.checksum] = bucket.code


TEMPLATES = KeptTemplates()


def settings_for(url: str, folder: Path, **more) -> Settings:
    """Settings of a test: a demonstration without the embedded worker, its files in `folder`."""
    return Settings(**{"database": url, "secret": "s" * 40, "ledger_key": KEY, "demo": True, "data_dir": folder, "worker": False, "secure_cookies": False, **more})


@pytest.fixture
def app(database_url, clock, compiled, tmp_path):
    """The whole application on a fresh database. No context is pushed."""
    app = create_app(settings_for(database_url, tmp_path), clock)
    app.testing = True
    share(compiled, app)
    yield app
    close(app)


@pytest.fixture
def env(app):
    """The application's environment, within its context."""
    with app.app_context():
        yield app.extensions["duban"].env
        db.session.remove()


@pytest.fixture
def client(app):
    """A browser without a person."""
    return app.test_client()


def share(compiled: Registry, app: Flask) -> None:
    """Let an application use what was compiled for another one, as far as its database holds the same."""
    with app.app_context():
        compiled.keep_compiled_only()
        db.session.remove()
    app.extensions["duban"].env.registry = compiled
    app.jinja_env.bytecode_cache = TEMPLATES


def close(app: Flask) -> None:
    """Give an application's connections back, so that its database can be dropped."""
    with app.app_context():
        db.session.remove()
        db.engine.dispose()
