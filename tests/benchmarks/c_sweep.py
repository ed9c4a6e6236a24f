"""(c) A sweep with a hundred cases due, each with its real state, among ever more open cases; and what a sweep asks when nothing is due."""
from __future__ import annotations

from contextlib import ExitStack, contextmanager
from datetime import timedelta
from itertools import islice
from time import perf_counter

from flask import Flask
from sqlalchemy import event, func, inspect, literal, select

from tests.conftest import MORNING, close, fill_with_content
from webapp.cases.reminders import REMIND
from webapp.models import Case, CaseState, CaseUnit, DeadlineRow, Filing, LedgerEntry, Message, MomentRow, Task, db
from webapp.scenarios.sandbox import StoryClock
from webapp.worker import sweep

from . import story
from .multiply import multiply
from .places import make_app, open_app
from .results import Results, Samples

TABLES = (Case, CaseState, CaseUnit, Filing, LedgerEntry, Message, Task, DeadlineRow, MomentRow)
TIMES = 2


def measure(results: Results, kinds: list, quick: bool) -> None:
    due, batches = (10, 2) if quick else (100, 3)
    sizes = (100, 5_000) if quick else (1_000, 10_000, 100_000)
    for databases in kinds:
        databases.template("due", lambda url, databases=databases: fill(url, databases, due, batches))
        samples, moments = Samples(), {}        # a case that is due has more than one moment by then: who is reminded
        with ExitStack() as stack:
            apps = {size: stack.enter_context(grown(databases, size, due * batches)) for size in sizes}
            for batch in range(batches):
                for size in sizes[::-1] if batch % 2 else sizes:
                    app, clock = apps[size]
                    with app.app_context():
                        clock.move(due_time(batch))
                        begun = perf_counter()
                        fired = sweep(app.extensions["duban"].env)
                        samples.add(str(size), perf_counter() - begun)
                        db.session.remove()
                        if fired < due or fired != moments.setdefault(batch, fired):
                            raise RuntimeError(f"{fired} moments fired, not {moments[batch]} as among other numbers of cases")
            for size in sizes:
                results.figure("c", f"a sweep with {due} due among {size:,} open cases, {databases.name}", samples.ms(str(size)))
            results.at_most("c", f"the largest ÷ the smallest, {databases.name}", samples.ms(str(sizes[-1])) / samples.ms(str(sizes[0])), TIMES)
            nothing_due(results, *apps[sizes[-1]], databases.name)


def due_time(batch: int):
    """After the limits of a batch's cases have passed, before those of the next one's have: batches were filed a week apart."""
    return MORNING + timedelta(weeks=batch + 4)


def fill(url: str, databases, due: int, batches: int) -> None:
    """Real cases whose handling limit runs, `due` in each batch."""
    fill_with_content(url)
    people = story.People()
    with open_app(url, databases.folder, fast=True) as (app, clock):
        env = app.extensions["duban"].env
        for batch in range(batches):
            clock.move(MORNING + timedelta(weeks=batch))
            for _ in range(due):
                story.play(env, story.file_one(env), islice(story.until_dispatched(), 2), people)
        for batch in range(batches):            # whether they are due when they should be
            upto = db.session.scalar(select(func.count()).select_from(MomentRow).where(MomentRow.fire_at <= due_time(batch), MomentRow.engine_id != REMIND))
            if upto != due * (batch + 1):
                raise RuntimeError(f"{upto} deadlines run out by batch {batch}")


@contextmanager
def grown(databases, size: int, real: int):
    """A copy of the real cases among copies of them that are due in years, `size` in all; application and clock."""
    with databases.copy("due") as url:
        with open_app(url, databases.folder, fast=True):
            copies = size // real - 1
            later = {"moment.fire_at": lambda col, k: literal(MORNING + timedelta(days=4000), col.type),
                     "deadline.due_at": lambda col, k: literal(MORNING + timedelta(days=4000), col.type)}
            if copies > 0:
                multiply(TABLES, copies, change=later)
            rest = size - db.session.scalar(select(func.count()).select_from(Case))
            if rest > 0:
                multiply(TABLES, 1, first=copies + 1, cases=(1, rest), change=later)
            if db.session.scalar(select(func.count()).select_from(Case)) != size:
                raise RuntimeError("not the wanted number of cases")
        app, clock = make_app(url, databases.folder)
        try:
            yield app, clock
        finally:
            close(app)


def nothing_due(results: Results, app: Flask, clock: StoryClock, kind: str) -> None:
    """What a sweep asks of the database when nothing is due, and how the database finds the answer."""
    asked: list[tuple] = []
    with app.app_context():
        def listen(connection, cursor, statement, parameters, context, executemany):
            if not statement.startswith(("BEGIN", "ROLLBACK", "COMMIT")):
                asked.append((statement, parameters))

        event.listen(db.engine, "before_cursor_execute", listen)
        begun = perf_counter()
        fired = sweep(app.extensions["duban"].env)
        taken = (perf_counter() - begun) * 1000
        event.remove(db.engine, "before_cursor_execute", listen)
        db.session.remove()
        word = "EXPLAIN QUERY PLAN " if kind == "sqlite" else "EXPLAIN "
        with db.engine.connect() as connection:
            plan = " ".join(str(part) for row in connection.exec_driver_sql(word + asked[0][0], asked[0][1]) for part in row)
        used = next((index["name"] for index in inspect(db.engine).get_indexes(MomentRow.__tablename__) if index["name"] in plan), None)
    results.figure("c", f"a sweep with nothing due, {kind}", taken)
    results.holds("c", f"nothing due: one query, by {used or 'no index'}, {kind}", fired == 0 and len(asked) == 1 and used is not None, "one indexed query")
