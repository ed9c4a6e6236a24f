"""Opens a database, SQLite or PostgreSQL, with what keeps it from losing anything."""
from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

import orjson
from flask import Flask
from sqlalchemy import event

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


def _on_connect(connection, record) -> None:
    connection.isolation_level = None       # transactions are begun by us, below
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=15000"):
        connection.execute(f"PRAGMA {pragma}")


def _on_begin(connection) -> None:
    connection.exec_driver_sql("BEGIN" if _reading.get() else "BEGIN IMMEDIATE")
