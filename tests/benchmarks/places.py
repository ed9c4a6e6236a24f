"""Where the measurements work: fresh databases of both kinds with the procedure deployed, opened as the application opens them."""
from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from flask import Flask
from sqlalchemy import event

from tests.conftest import MORNING, fill_with_content, settings_for
from tests.databases import PostgresDatabases, SqliteDatabases, postgres_server
from webapp.app import create_app
from webapp.deployments.registry import Registry
from webapp.models import db
from webapp.scenarios.sandbox import StoryClock

REGISTRY = Registry()       # every database holds the same deployment and the same units: what was compiled once is good for all


@contextmanager
def temporary_folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="duban-bench-") as folder:
        yield Path(folder)


@contextmanager
def open_app(url: str, folder: Path, *, fast: bool = False) -> Iterator[tuple[Flask, StoryClock]]:
    """The whole application on a database, within its context, the clock on a working day's morning. `fast`: without FULL, for filling a database."""
    app, clock = make_app(url, folder)
    with app.app_context():
        if fast and url.startswith("sqlite"):
            event.listen(db.engine, "connect", lambda connection, record: connection.execute("PRAGMA synchronous=OFF"))
        try:
            yield app, clock
        finally:
            db.session.remove()
            db.engine.dispose()


def make_app(url: str, folder: Path) -> tuple[Flask, StoryClock]:
    """The same, no context pushed; tests.conftest.close gives its connections back."""
    clock = StoryClock()
    clock.move(MORNING)
    app = create_app(settings_for(url, folder), clock)
    app.testing = True
    app.extensions["duban"].env.registry = REGISTRY
    return app, clock


@contextmanager
def database_kinds(folder: Path, note: Callable[[str], None]) -> Iterator[list[SqliteDatabases | PostgresDatabases]]:
    """SQLite, and PostgreSQL where one answers or can be started; templates named `content` hold the procedure."""
    kinds: list[SqliteDatabases | PostgresDatabases] = [SqliteDatabases(folder)]
    with _server(folder) as server:
        if server is None:
            note("no PostgreSQL: its rows are left out (name one in DUBAN_TEST_POSTGRES, or install it)")
        else:
            kinds.append(PostgresDatabases(server, f"duban_bench_{os.getpid()}"))
            kinds[1].folder = folder            # where its applications keep their files
        for kind in kinds:
            kind.template("content", fill_with_content)
        try:
            yield kinds
        finally:
            for kind in kinds:
                kind.drop()


@contextmanager
def _server(folder: Path) -> Iterator[str | None]:
    found = postgres_server()
    tools = _tools()
    if found is not None or tools is None:
        yield found
        return
    home = folder / "postgres"
    home.mkdir()
    as_other: dict = {}
    if os.geteuid() == 0:
        folder.chmod(0o755)
        shutil.chown(home, "nobody")
        as_other = {"user": "nobody"}
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "cwd": "/", **as_other}
    subprocess.run([tools / "initdb", "-D", home / "data", "-U", "postgres", "--auth", "trust", "-E", "UTF8", "--locale", "C", "--no-sync"], check=True, **quiet)
    server = subprocess.Popen([tools / "postgres", "-D", home / "data", "-k", home, "-c", "listen_addresses=", "-c", "port=5432"], **quiet)
    url = f"postgresql://postgres@/postgres?host={home}"
    try:
        for _ in range(100):
            try:
                psycopg.connect(url).close()
                break
            except psycopg.OperationalError:
                time.sleep(0.1)
        yield url
    finally:
        server.terminate()
        server.wait(20)


def _tools() -> Path | None:
    named = shutil.which("initdb")
    found = [Path(named)] if named else sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    return found[-1].parent if found else None
