"""Makes many cases out of a few real ones: INSERT … SELECT with shifted ids, the same on both databases."""
from __future__ import annotations

from collections.abc import Iterable, Mapping

from sqlalchemy import ColumnElement, String, Table, cast, func, insert, literal, select, text
from sqlalchemy.orm import DeclarativeBase

from webapp.models import Case, db

BLOCK = 200         # copies in one statement


def multiply(models: Iterable[type[DeclarativeBase]], copies: int, *, first: int = 1, cases: tuple[int, int] | None = None,
             where: Mapping[type, ColumnElement] | None = None, change: Mapping[str, object] | None = None) -> None:
    """Copy the rows of cases `cases` (first and last id; all there are by default) `copies` times into each table, the copies numbered from `first`.

    `where` picks rows of a table; `change` gives a column, named "table.column", an expression of its row and of the copy's number, as a function of both.
    Committed. Sequences are moved on, statistics are gathered on PostgreSQL (its own vacuum would have done so).
    """
    low, high = cases or db.session.execute(select(func.min(Case.id), func.max(Case.id))).one()
    step = high - low + 1
    free = {m.__table__: db.session.scalar(select(func.max(m.__table__.c.id))) or 0 for m in models if _own_id(m.__table__)}
    least = {t: db.session.scalar(select(func.min(t.c.id)).where(_case(t).between(low, high))) or 0 for t in free}
    width = {t: (db.session.scalar(select(func.max(t.c.id)).where(_case(t).between(low, high))) or 0) - least[t] + 1 for t in free}
    top = db.session.scalar(select(func.max(Case.id)))
    for begin in range(0, copies, BLOCK):
        numbers = _numbers(min(BLOCK, copies - begin))
        number = numbers.c.k + begin
        for model in models:
            table = model.__table__
            made = []
            for col in table.columns:
                if col.name == "case_id" or (table is Case.__table__ and col.name == "id"):
                    made.append(col - low + 1 + top + number * step)
                elif col.name == "id":
                    made.append(col - least[table] + 1 + free[table] + number * width[table])
                elif table is Case.__table__ and col.name == "number":
                    made.append(col + literal("-") + cast(number + first, String))
                else:
                    special = (change or {}).get(f"{table.name}.{col.name}")
                    made.append(special(col, number) if special else col)
            query = select(*made).select_from(table.join(numbers, text("1 = 1"))).where(_case(table).between(low, high))
            if where and model in where:
                query = query.where(where[model])
            db.session.execute(insert(table).from_select([c.name for c in table.columns], query))
        db.session.commit()
    _settle(models)


def _own_id(table: Table) -> bool:
    return "id" in table.c and table is not Case.__table__


def _case(table: Table):
    return table.c.id if table is Case.__table__ else table.c.case_id


def _numbers(count: int):
    start = select(literal(0).label("k")).cte("numbers", recursive=True)
    return start.union_all(select(start.c.k + 1).where(start.c.k < count - 1))


def _settle(models: Iterable[type[DeclarativeBase]]) -> None:
    if db.engine.dialect.name == "postgresql":
        for model in models:
            table = model.__table__
            if "id" in table.c:
                db.session.execute(text(f"SELECT setval(pg_get_serial_sequence('\"{table.name}\"', 'id'), (SELECT max(id) FROM \"{table.name}\"))"))
        db.session.commit()
        db.session.remove()
        with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("ANALYZE"))
    db.session.remove()
