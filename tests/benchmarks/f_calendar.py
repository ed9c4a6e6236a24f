"""(f) A day is declared off while a hundred thousand deadlines run: how long until all are counted anew, and what the desk feels meanwhile."""
from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import timedelta
from itertools import islice
from statistics import quantiles

from sqlalchemy import func, select

from tests.conftest import MORNING, fill_with_content
from webapp.cases.calendar_changes import approve, enter_change
from webapp.cases.preview_change import preview
from webapp.domain.clock import local_date
from webapp.domain.notice_rows import ChangedDay
from webapp.models import CalendarChange, CalendarMove, Case, DeadlineRow, Task, db
from webapp.models.storage import reading_only
from webapp.permissions import System, find_person

from . import story
from .b_http import server
from .browser import Browser
from .c_sweep import TABLES
from .multiply import multiply
from .places import open_app
from .results import Results

REAL = 100
SECONDS, TIMES = 120, 3
NOW = MORNING + timedelta(hours=2)
PACE = 0.2              # seconds between two requests: about a hundred people at their desks


def measure(results: Results, kinds: list, quick: bool) -> None:
    size = 5_000 if quick else 100_000
    for databases in kinds:
        databases.template("running", lambda url, databases=databases: fill(url, databases))
        with databases.copy("running") as url:
            with open_app(url, databases.folder, fast=True):
                grow(size)
            processes = 1 if databases.name == "sqlite" else 2          # as `duban serve` starts it
            with server(url, databases.folder, processes, DUBAN_BENCH_NOW=NOW.isoformat(), DUBAN_BENCH_WORKER="1") as port, open_app(url, databases.folder) as (app, clock):
                clock.move(NOW)
                _measure(results, app.extensions["duban"].env, databases.name, port, size, 20 if quick else 100)


def _measure(results: Results, env, kind: str, port: int, size: int, rounds: int) -> None:
    desk = AtTheDesk(port)
    for _ in range(10):
        desk.round()
    desk.seconds.clear()
    for _ in range(rounds):
        desk.round(PACE)
    idle = p95(desk.seconds)
    desk.seconds.clear()
    change = enter_change(env, System(), "dali", [ChangedDay(local_date(NOW) + timedelta(days=1), False)], None, "benchmark", local_date(NOW))
    db.session.commit()
    with reading_only():
        begun = time.perf_counter()
        seen = preview(env, find_person(login="dali/inspection.admin"), change)
        results.figure("f", f"the preview of {seen.moves:,} deadlines that move, {kind}", time.perf_counter() - begun, "s")
        db.session.remove()
    approve(env, System(), change.id, None)
    db.session.commit()
    begun = time.perf_counter()
    while not applied(change.id):
        desk.round(PACE)
    taken = time.perf_counter() - begun
    with reading_only():
        moved = db.session.scalar(select(func.count()).select_from(CalendarMove))
        db.session.remove()
    if moved != size:
        raise RuntimeError(f"{moved} deadlines moved, not {size}")
    results.at_most("f", f"{size:,} running deadlines counted anew, {kind}", taken, SECONDS, "s")
    results.figure("f", f"the desk's p95 when idle (list, case, claim, give back), {kind}", idle * 1000)
    results.figure("f", f"the desk's p95 meanwhile, {kind}", p95(desk.seconds) * 1000)
    results.at_most("f", f"the desk's p95 meanwhile ÷ idle, {kind}", p95(desk.seconds) / idle, TIMES)


def applied(change_id: int) -> bool:
    with reading_only():
        try:
            return db.session.scalar(select(CalendarChange.state).where(CalendarChange.id == change_id)) == "applied"
        finally:
            db.session.remove()


def p95(seconds: list[float]) -> float:
    return quantiles(seconds, n=20)[-1]


class AtTheDesk:
    """A clerk who looks at the list, opens a case, takes it and gives it back."""

    def __init__(self, port: int):
        self.browser, self.seconds = Browser(port), []
        self.browser.log_in(f"{story.COUNTY}.intake")
        self.tasks = self._endless()

    def _endless(self) -> Iterator[tuple[int, str]]:
        with reading_only():
            found = db.session.execute(select(Task.id, Case.number).join(Case).where(Task.state == "open", Task.name == "receive").order_by(Task.id.desc()).limit(400)).all()
            db.session.remove()
        while True:
            yield from ((row.id, row.number) for row in found)

    def round(self, pace: float = 0) -> None:
        task, number = next(self.tasks)
        for act in (lambda: self.browser.get("/desk/"), lambda: self.browser.get(f"/desk/cases/{number}"), lambda: self.browser.send_form(f"/desk/tasks/{task}/claim", {}, 302),
                    lambda: self.browser.send_form(f"/desk/tasks/{task}/give-back", {}, 302)):
            act()
            self.seconds.append(self.browser.seconds)
            time.sleep(pace)


def fill(url: str, databases) -> None:
    """Real cases that wait for receipt, whose limit runs."""
    fill_with_content(url)
    people = story.People()
    with open_app(url, databases.folder, fast=True) as (app, _clock):
        env = app.extensions["duban"].env
        for _ in range(REAL):
            story.play(env, story.file_one(env), islice(story.until_dispatched(), 1), people)


def grow(size: int) -> None:
    """As many copies as it takes until so many deadlines run, one on each case."""
    running = db.session.scalar(select(func.count()).select_from(DeadlineRow).where(DeadlineRow.ended_at.is_(None)))
    if running != REAL:
        raise RuntimeError(f"{running} deadlines run on {REAL} cases")
    multiply(TABLES, size // REAL - 1)

