"""Many small transactions one after the other, for the few places that write a hundred thousand of them: straight to the driver, and on PostgreSQL
without waiting for each answer."""
from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from functools import lru_cache
from queue import SimpleQueue
from typing import Any

from sqlalchemy import ClauseElement, ColumnElement, Dialect, Engine, exists, literal, select, table

AT_ONCE = 2     # transactions on their way to a server
HASTE = {       # what holds while a Bulk is open, and afterwards
    "sqlite": [("PRAGMA synchronous=NORMAL", "PRAGMA synchronous=FULL")],
    "postgresql": [("SET synchronous_commit TO off", "SET synchronous_commit TO DEFAULT"), ("SET plan_cache_mode TO force_generic_plan", "SET plan_cache_mode TO DEFAULT")],
}
Part = tuple["Prepared", Mapping[str, Any]]


class Prepared:
    """A statement made ready once for a dialect: saves what SQLAlchemy does anew at each execution, most of the time of a short statement."""

    def __init__(self, statement: ClauseElement, dialect: Dialect):
        compiled = statement.compile(dialect=dialect)
        self.sql, self.order = str(compiled), compiled.positiontup
        self.convert = {name: bind.type.dialect_impl(dialect).bind_processor(dialect) for name, bind in compiled.binds.items()}
        self.fixed = {name: bind.value for name, bind in compiled.binds.items() if bind.value is not None}

    def bound(self, row: Mapping[str, Any]) -> Any:
        """The parameters as the driver takes them."""
        values = {name: self._value(name, convert, row) for name, convert in self.convert.items()}
        return values if self.order is None else tuple(values[name] for name in self.order)

    def _value(self, name: str, convert: Any, row: Mapping[str, Any]) -> Any:
        value = row[name] if name in row else self.fixed[name]
        return value if convert is None else convert(value)


def claimed(dialect: Dialect, otherwise: ColumnElement[bool]) -> ColumnElement[bool]:
    """The condition on every part after the first: its claim went through. `otherwise` says so by the row claimed, where parts follow one after the other."""
    return exists(select(literal(1)).select_from(table("claim"))) if dialect.name == "postgresql" else otherwise


class Bulk:
    """Within it, `transaction` commits its parts together or not at all. Use as a context manager.

    The disk is not waited for at each of them. Nothing is acknowledged on their strength, transactions reach the disk in their order, and the next ordinary
    commit waits for all before it: after a power cut the last ones may be missing, together with everything that came later.
    """

    def __init__(self, engine: Engine):
        self._engine, self._stack, self._firsts = engine, ExitStack(), []
        self._alone = engine.dialect.name == "sqlite"       # one writer at a time, and no way to the server that could be waited for
        self._free: SimpleQueue = SimpleQueue()

    def __enter__(self) -> Bulk:
        for _ in range(1 if self._alone else AT_ONCE):
            connection = self._stack.enter_context(self._engine.connect())
            if not self._alone:
                connection = connection.execution_options(isolation_level="AUTOCOMMIT")
            driver = connection.connection.driver_connection
            for now, later in HASTE[self._engine.dialect.name]:
                self._stack.callback(driver.execute, later)
                driver.execute(now)
            self._free.put(driver)
        self._pool = None if self._alone else self._stack.enter_context(ThreadPoolExecutor(AT_ONCE))
        return self

    def __exit__(self, *error: Any) -> None:
        self._stack.__exit__(*error)

    def transaction(self, parts: Sequence[Part]) -> None:
        """Send one transaction. The first part claims what the others write on: they must write nothing where it touched no row, which they ask of
        `claimed`. On PostgreSQL errors show in `touched`, which then says nothing of any."""
        if self._pool is None:
            self._firsts.append(self._now(parts))
            return
        bound = {f"{i}_{name}": value for i, (statement, row) in enumerate(parts) for name, value in statement.bound(row).items()}
        self._firsts.append(self._pool.submit(self._send, _together(tuple(statement for statement, _ in parts)), bound))

    def _now(self, parts: Sequence[Part]) -> int:
        driver = self._free.get()
        driver.execute("BEGIN IMMEDIATE")
        try:
            counts = [driver.execute(statement.sql, statement.bound(row)).rowcount for statement, row in parts]
            driver.execute("COMMIT")
        except BaseException:
            driver.execute("ROLLBACK")
            raise
        finally:
            self._free.put(driver)
        return counts[0]

    def _send(self, sql: str, bound: dict[str, Any]) -> int:
        driver = self._free.get()
        try:
            return driver.execute(sql, bound).fetchone()[0]
        finally:
            self._free.put(driver)

    def touched(self) -> list[int]:
        """How many rows the first part of each transaction touched, in their order; waits for the answers. Errors of the driver on PostgreSQL."""
        return [each if isinstance(each, int) else each.result() for each in self._firsts]


@lru_cache(512)
def _together(parts: tuple[Prepared, ...]) -> str:
    """One statement of PostgreSQL that does what all of them do, the first as `claim`, and says how many rows that touched."""
    claim, *others = (re.sub(r"%\((\w+)\)s", rf"%({i}_\1)s", part.sql) for i, part in enumerate(parts))
    return ", ".join([f"WITH claim AS ({claim} RETURNING 1)", *(f"part{i} AS ({text})" for i, text in enumerate(others))]) + " SELECT count(*) FROM claim"      # noqa: S608  of compiled statements
