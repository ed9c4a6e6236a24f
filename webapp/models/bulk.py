"""Many small transactions one after the other, for the few places that write a hundred thousand of them: straight to the driver, and on PostgreSQL
without waiting for each answer."""
from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from functools import lru_cache
from typing import Any

from sqlalchemy import ClauseElement, ColumnElement, Connection, Dialect, exists, literal, select, table

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
    """Within it, `transaction` commits its parts together or not at all. Use as a context manager on a connection that holds no transaction.

    The disk is not waited for at each of them. Nothing is acknowledged on their strength, transactions reach the disk in their order, and the next ordinary
    commit waits for all before it: after a power cut the last ones may be missing, together with everything that came later.
    """

    def __init__(self, connection: Connection):
        self._waits = connection.dialect.name != "postgresql"
        self._connection = connection if self._waits else connection.execution_options(isolation_level="AUTOCOMMIT")
        self._driver = self._connection.connection.driver_connection
        self._stack, self._firsts = ExitStack(), []

    def __enter__(self) -> Bulk:
        self._stack.callback(self._driver.execute, "PRAGMA synchronous=FULL" if self._waits else "SET synchronous_commit TO DEFAULT")
        self._driver.execute("PRAGMA synchronous=NORMAL" if self._waits else "SET synchronous_commit TO off")
        self._pipeline = None if self._waits else self._stack.enter_context(self._driver.pipeline())
        return self

    def __exit__(self, *error: Any) -> None:
        self._stack.__exit__(*error)

    def transaction(self, parts: Sequence[Part]) -> None:
        """Send one transaction. The first part claims what the others write on: they must write nothing where it touched no row, which they ask of
        `claimed`. On PostgreSQL errors show in `touched`, which then says nothing of any."""
        if self._waits:
            self._now(parts)
            return
        cursor = self._driver.cursor()
        bound = {f"{i}_{name}": value for i, (statement, row) in enumerate(parts) for name, value in statement.bound(row).items()}
        cursor.execute(_together(tuple(statement for statement, _ in parts)), bound)
        self._pipeline.sync()                               # what stands between two syncs is a transaction
        self._firsts.append(cursor)

    def _now(self, parts: Sequence[Part]) -> None:
        cursor = self._driver.cursor()
        cursor.execute("BEGIN IMMEDIATE")
        try:
            counts = [cursor.execute(statement.sql, statement.bound(row)).rowcount for statement, row in parts]
            cursor.execute("COMMIT")
        except BaseException:
            cursor.execute("ROLLBACK")
            raise
        self._firsts.append(counts[0])

    def touched(self) -> list[int]:
        """How many rows the first part of each transaction touched, in their order; waits for the answers. Errors of the driver on PostgreSQL."""
        self._stack.close()                                 # all answers are there when the pipeline has ended
        return [each if isinstance(each, int) else each.fetchone()[0] for each in self._firsts]


@lru_cache(512)
def _together(parts: tuple[Prepared, ...]) -> str:
    """One statement of PostgreSQL that does what all of them do, the first as `claim`, and says how many rows that touched."""
    claim, *others = (re.sub(r"%\((\w+)\)s", rf"%({i}_\1)s", part.sql) for i, part in enumerate(parts))
    return ", ".join([f"WITH claim AS ({claim} RETURNING 1)", *(f"part{i} AS ({text})" for i, text in enumerate(others))]) + " SELECT count(*) FROM claim"      # noqa: S608  of compiled statements
