"""Opens a database, SQLite or PostgreSQL, with what keeps it from losing anything."""
from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

import orjson
from flask import Flask
from sqlalchemy import Engine, event, text

from .base import db

_reading: ContextVar[bool] = ContextVar("reading", default=False)


@contextmanager
def reading_only() -> Iterator[None]:
    """Within it SQLite transactions begin without the write lock, so that readers never wait for each other."""
    token = _reading.set(True)
    try:
        yield
    finally:
        _reading.reset(token)


def set_reading(value: bool) -> None:
    """The same for a request that has its own end."""
    _reading.set(value)


def open_database(app: Flask, url: str, **engine_options) -> None:
    """Bind `db` to an application. SQLite: WAL, FULL, foreign keys, the write lock taken when a writing transaction begins."""
    options = {"json_serializer": lambda value: orjson.dumps(value).decode(), "json_deserializer": orjson.loads, **engine_options}
    if url.startswith("postgresql"):
        options.setdefault("pool_pre_ping", True)
    app.config["SQLALCHEMY_DATABASE_URI"] = url
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = options
    db.init_app(app)
    if url.startswith("sqlite"):
        with app.app_context():
            event.listen(db.engine, "connect", _on_connect)
            event.listen(db.engine, "begin", _on_begin)


def wait_for_writers(engine: Engine, most: float = 60.0) -> None:
    """Until all that write in this database now have committed or not, at most so many seconds. SQLite's writers take turns: nobody is waited for."""
    if engine.dialect.name != "postgresql":
        return
    writing = text("SELECT pid, backend_xid::text FROM pg_stat_activity WHERE datname = current_database() AND backend_xid IS NOT NULL AND pid <> pg_backend_pid()")
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        before, until = set(map(tuple, connection.execute(writing))), time.monotonic() + most
        while before & set(map(tuple, connection.execute(writing))) and time.monotonic() < until:
            time.sleep(0.02)


def _on_connect(connection, record) -> None:
    connection.isolation_level = None       # transactions are begun by us, below
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=15000"):
        connection.execute(f"PRAGMA {pragma}")


def _on_begin(connection) -> None:
    connection.exec_driver_sql("BEGIN" if _reading.get() else "BEGIN IMMEDIATE")
