"""Databases for tests: made once as a template, then copied for each test; on SQLite a file, on PostgreSQL by CREATE DATABASE … TEMPLATE."""
from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from psycopg import sql

from tests.postgres_answers import answers

USUAL = ("postgresql://postgres@127.0.0.1:5432/postgres", "postgresql:///postgres")
Fill = Callable[[str], None]        # writes a template at the address it is given


def postgres_server() -> str | None:
    """The server for tests: DUBAN_TEST_POSTGRES, which then must answer, or one in the usual places; None when there is none."""
    named = os.environ.get("DUBAN_TEST_POSTGRES")
    if named:
        if not answers(named):
            raise RuntimeError("no PostgreSQL that lets databases be created answers at DUBAN_TEST_POSTGRES")
        return named
    return next((url for url in USUAL if answers(url)), None)


class SqliteDatabases:
    """Templates and copies as files of one folder."""

    name = "sqlite"

    def __init__(self, folder: Path):
        self.folder = folder
        self._templates: dict[str, Path] = {}
        self._count = 0

    def template(self, key: str, fill: Fill) -> str:
        """Make the template of that key, the first time it is asked for."""
        if key not in self._templates:
            path = self.folder / f"{key}.sqlite3"
            fill(f"sqlite:///{path}")
            self._templates[key] = path
        return key

    @contextmanager
    def copy(self, key: str | None = None) -> Iterator[str]:
        """The address of a fresh copy of a template, or of an empty database."""
        self._count += 1
        path = self.folder / f"copy-{self._count}.sqlite3"
        if key is not None:
            shutil.copyfile(self._templates[key], path)
        yield f"sqlite:///{path}"
        for left in self.folder.glob(path.name + "*"):
            left.unlink()

    def drop(self) -> None:
        """Files go with their folder."""


class PostgresDatabases:
    """Templates and copies as databases of one server; all are dropped in the end."""

    name = "postgresql"

    def __init__(self, server: str, run: str):
        self.server, self.run = server, run
        self._templates: dict[str, str] = {}
        self._count = 0

    def _do(self, *statements: sql.Composable) -> None:
        with psycopg.connect(self.server, autocommit=True) as connection:
            for statement in statements:
                connection.execute(statement)

    def _url(self, name: str) -> str:
        base, _, query = self.server.partition("?")
        return base.rpartition("/")[0] + "/" + name + ("?" + query if query else "")

    def template(self, key: str, fill: Fill) -> str:
        if key not in self._templates:
            name = f"{self.run}_{len(self._templates)}_template"
            self._do(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
            self._templates[key] = name
            fill(_driver(self._url(name)))
        return key

    @contextmanager
    def copy(self, key: str | None = None) -> Iterator[str]:
        self._count += 1
        name = f"{self.run}_{self._count}"
        origin = self._templates[key] if key is not None else "template1"
        self._do(sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(name), sql.Identifier(origin)))
        try:
            yield _driver(self._url(name))
        finally:
            self._do(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))

    def drop(self) -> None:
        self._do(*(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)) for name in self._templates.values()))
        self._templates = {}


def _driver(url: str) -> str:
    """With the driver's name; commits need not survive a crash of the machine that runs the tests."""
    return url.replace("postgresql://", "postgresql+psycopg://", 1) + ("&" if "?" in url else "?") + "options=-c%20synchronous_commit%3Doff"


Databases = SqliteDatabases | PostgresDatabases
