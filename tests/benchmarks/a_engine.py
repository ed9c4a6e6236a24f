"""(a) The engine's part of a completion, and the whole use case, against the stock way; the same scenario step by step on all, interleaved."""
from __future__ import annotations

import gc
from collections.abc import Iterator
from datetime import datetime
from time import perf_counter
from typing import Any

import orjson

from tests.conftest import MORNING, PROCEDURE
from tests.databases import SqliteDatabases
from webapp.cases.clocks import CaseClocks, functions_of
from webapp.cases.do_task import complete_task
from webapp.cases.environment import Environment
from webapp.deployments.bundle import flatten
from webapp.domain.clock import SHANGHAI, local_date
from webapp.engine import Complete, Start, World, advance, new_state
from webapp.models import db
from webapp.settings import ROOT

from . import story
from .places import open_app
from .results import Results, Samples
from .stock import StockEngine, stock_data
from .story import Step

REWORKS = 10


def measure(results: Results, databases: SqliteDatabases, quick: bool) -> None:
    results.note(f"(a) scenario {story.NAME}; at 0 reworks: every completion of the straight way; after {REWORKS}: those that follow the last rework")
    with databases.copy("content") as url, open_app(url, databases.folder) as (app, _clock):
        env = app.extensions["duban"].env
        stock = StockEngine(flatten(ROOT, PROCEDURE), env.registry.active(PROCEDURE, env.now()).manifest.process)
        samples, sizes = Samples(), {}
        rounds = (3, 2) if quick else (40, 12)
        for reworks, times in zip((0, REWORKS), rounds, strict=True):
            for number in range(times + 1):
                sides = Sides(env, stock)
                for step, counted in marked(reworks):
                    for side, seconds in sides.do(step, number):
                        if counted and number:          # the first round warms up
                            samples.add(f"{side} {reworks} {step.task} {counted}", seconds)
                    if counted == 1:
                        sizes[reworks] = (len(orjson.dumps(sides.state)), len(sides.text))
    report(results, samples, sizes)


def marked(reworks: int) -> Iterator[tuple[Step, int]]:
    """The scenario's steps, those that count numbered from 1."""
    steps = list(story.whole(reworks))
    first = 0 if reworks == 0 else len(steps) - 3          # after the last rework: handle, review, feedback
    for number, step in enumerate(steps):
        yield step, max(0, number - first + 1)


class Sides:
    """One case in three places: our engine alone, the stock engine, and the database."""

    def __init__(self, env: Environment, stock: StockEngine):
        self.env, self.stock, self.people = env, stock, story.People()
        self.deployed = env.registry.active(PROCEDURE, env.now())
        self.calendar = env.registry.calendar(self.deployed.manifest.calendar)
        self.functions = functions_of(self.calendar, env.registry.directory(self.deployed.manifest.directory))
        self.clocks = CaseClocks([], self.calendar, MORNING, "")
        self.facts: dict[str, Any] = {"office": self.deployed.manifest.office, "status": "open", "filed_on": local_date(MORNING), "co": []}
        self.case_id = story.file_one(env)
        self.text = stock.start()
        outcome = advance(self.deployed.definition, new_state(), Start(), self.world())
        self.state, self.open = outcome.state, outcome.tasks["main"]
        self.saved = orjson.dumps(self.state)

    def world(self, now: datetime = MORNING) -> World:
        waiting: dict[str, int] = {}
        for task in getattr(self, "open", []):
            waiting[task.node.task] = waiting.get(task.node.task, 0) + 1
        return World(now.astimezone(SHANGHAI), local_date(now), self.facts, self.clocks, waiting, self.functions)

    def do(self, step: Step, number: int) -> list[tuple[str, float]]:
        """The step on each side, the order turned from round to round. Seconds by side."""
        sides = [("engine", self.engine), ("stock", self.on_stock), ("case", self.on_database)]
        turn = number % 3
        gc.collect(0)
        found = [(name, side(step)) for name, side in sides[turn:] + sides[:turn]]
        here, there = sorted(t.node.id for t in self.open), self.stock.ready(self.text)
        if here != there:
            raise RuntimeError(f"after {step.task} we wait for {here}, the stock engine for {there}")
        return found

    def engine(self, step: Step) -> float:
        task = next(t for t in self.open if t.node.task == step.task and t.item == step.item)
        world, command = self.world(), Complete("main", task.id, step.answers)
        begun = perf_counter()
        outcome = advance(self.deployed.definition, orjson.loads(self.saved), command, world)
        self.saved = orjson.dumps(outcome.state)
        taken = perf_counter() - begun
        self.state, self.open = outcome.state, outcome.tasks["main"]
        for effect in outcome.effects:          # what the store would have made of them
            if effect.name == "dispatch":
                self.facts |= {"lead": effect.data["lead"], "co": effect.data["co"]}
            if effect.name == "assign":
                self.facts["assigned"] = effect.data["unit"]
        return taken

    def on_stock(self, step: Step) -> float:
        data = stock_data(step)
        begun = perf_counter()
        self.text = self.stock.complete(self.text, step.task, data, step.item)
        return perf_counter() - begun

    def on_database(self, step: Step) -> float:
        person, task = self.people[step.login], story.task_of(self.case_id, step)
        db.session.remove()
        begun = perf_counter()
        complete_task(self.env, task, step.answers, person)
        db.session.commit()
        taken = perf_counter() - begun
        db.session.remove()
        return taken


def report(results: Results, samples: Samples, sizes: dict[int, tuple[int, int]]) -> None:
    for reworks, demanded in ((0, 3), (REWORKS, 10)):
        when = f"after {reworks} reworks" if reworks else "at 0 reworks"
        names = [name.partition(" ")[2] for name in samples if name.startswith(f"stock {reworks} ")]
        ours, stock, case = (sum(samples.ms(f"{side} {name}") for name in names) / len(names) for side in ("engine", "stock", "case"))
        results.figure("a", f"our engine, a completion {when}", ours)
        results.figure("a", f"stock engine, a completion {when}", stock)
        results.figure("a", f"the whole use case on SQLite, FULL, {when}", case)
        results.figure("a", f"our engine's document {when}", sizes[reworks][0], "bytes")
        results.figure("a", f"the stock engine's document {when}", sizes[reworks][1], "bytes")
        results.at_least("a", f"stock engine ÷ our engine, {when}", stock / ours, demanded)
        results.at_most("a", f"whole use case ÷ stock engine alone, {when}", case / stock, 1 if reworks else 2)
