"""(d) The first page of the task list among ever more open tasks, for a person in one unit and in three, on both databases."""
from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from datetime import timedelta
from time import perf_counter

from flask import Flask
from sqlalchemy import JSON, String, cast, func, insert, select, type_coerce

from tests.conftest import close, fill_with_content
from tests.statements import logged_in
from webapp.desk.task_rows import task_rows
from webapp.models import Account, Case, DeadlineRow, Membership, Task, Unit, db
from webapp.permissions import Person, find_person

from . import story
from .multiply import multiply
from .places import make_app, open_app
from .results import Results, Samples

UNITS = (story.LEAD, *story.ASSISTING)
ONE, THREE = f"{UNITS[0]}.clerk", f"{UNITS[0]}.clerk#2"     # the second is given the same role in two more units
TIMES = 3
PER_CASE = 5        # open tasks: the lead's and four assisting units'


def measure(results: Results, kinds: list, quick: bool) -> None:
    sizes = (500, 20_000) if quick else (1_000, 100_000, 1_000_000)
    rounds = 4 if quick else 25
    for databases in kinds:
        databases.template("dispatched", lambda url, databases=databases: fill(url, databases, 20 if quick else 50))
        samples = Samples()
        with ExitStack() as stack:
            apps = {size: stack.enter_context(grown(databases, size)) for size in sizes}
            people = {size: _people(app) for size, app in apps.items()}
            for number in range(rounds + 2):
                for size in sizes[::-1] if number % 2 else sizes:
                    for who, (client, person) in people[size].items():
                        page, query = _page(client), _query(apps[size], person)
                        if number > 1:          # the first ones warm up
                            samples.add(f"page {who} {size}", page)
                            samples.add(f"query {who} {size}", query)
        for who in ("in one unit", "in three units"):
            for what in ("page", "query"):
                for size in sizes:
                    results.figure("d", f"the {what}, a person {who}, {size:,} open tasks, {databases.name}", samples.ms(f"{what} {who} {size}"))
                ratio = samples.ms(f"{what} {who} {sizes[-1]}") / samples.ms(f"{what} {who} {sizes[0]}")
                results.at_most("d", f"the {what}, a person {who}: the largest ÷ the smallest, {databases.name}", ratio, TIMES)


def _people(app: Flask) -> dict[str, tuple]:
    with app.app_context():
        found = {"in one unit": find_person(login=ONE), "in three units": find_person(login=THREE)}
        db.session.remove()
    return {who: (logged_in(app, person.login), person) for who, person in found.items()}


def _page(client) -> float:
    """The whole page, as a browser gets it."""
    begun = perf_counter()
    response = client.get("/desk/")
    taken = perf_counter() - begun
    if response.status_code != 200 or "data-rows" not in response.text:
        raise RuntimeError(f"the task list is not there: {response.status_code}")
    return taken


def _query(app: Flask, person: Person) -> float:
    """Its rows alone."""
    with app.app_context():
        begun = perf_counter()
        found = task_rows(person, None, 41)
        taken = perf_counter() - begun
        db.session.remove()
    if len(found) != 41:
        raise RuntimeError(f"{len(found)} tasks on the first page")
    return taken


def fill(url: str, databases, cases: int) -> None:
    """Real cases before their lead and four assisting units, which take turns; and a person with the same role in three of these units."""
    fill_with_content(url)
    people = story.People()
    with open_app(url, databases.folder, fast=True) as (app, clock):
        env = app.extensions["duban"].env
        for number in range(cases):
            turned = UNITS[number % len(UNITS):] + UNITS[:number % len(UNITS)]
            *steps, dispatch = story.until_dispatched()
            last = story.Step(dispatch.login, dispatch.task, {"lead_unit": turned[0], "co_units": list(turned[1:PER_CASE])})
            clock.move(clock.now() + timedelta(seconds=7))
            story.play(env, story.file_one(env), iter([*steps, last]), people)
        account = db.session.scalar(select(Account.id).where(Account.login == THREE))
        units = db.session.scalars(select(Unit.id).where(Unit.code.in_(UNITS[1:3]))).all()
        db.session.execute(insert(Membership), [{"account_id": account, "unit_id": unit, "role": "clerk"} for unit in units])
        db.session.commit()
        db.session.remove()


@contextmanager
def grown(databases, size: int) -> Iterator[Flask]:
    """A copy of the real cases and as many copies of them as it takes, their tasks due at other times."""
    with databases.copy("dispatched") as url:
        with open_app(url, databases.folder, fast=True):
            real = db.session.scalar(select(func.count()).select_from(Task).where(Task.state == "open"))
            multiply((Case, Task, DeadlineRow), size // real - 1, where={Task: Task.state == "open", DeadlineRow: DeadlineRow.ended_at.is_(None)},
                     change={"task.due_at": _later, "deadline.doc": lambda col, k: type_coerce(col, JSON)})
            there = db.session.scalar(select(func.count()).select_from(Task).where(Task.state == "open"))
            if there != size:
                raise RuntimeError(f"{there} open tasks, not {size}")
        app, _clock = make_app(url, databases.folder)
        try:
            yield app
        finally:
            close(app)


def _later(col, k):
    """A working week's worth of minutes in turn."""
    minutes = k % 7200
    if db.engine.dialect.name == "postgresql":
        return col + minutes * timedelta(minutes=1)
    return func.strftime("%Y-%m-%d %H:%M:%S.000000", col, "+" + cast(minutes, String) + " minutes", type_=col.type)
