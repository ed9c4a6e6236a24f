"""Which ways of a procedure its scenarios pass, and which rows of its tables they or the tables' own tests hit. Only what was committed counts."""
from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from webapp.deployments.bundle import TABLE_TESTS
from webapp.engine import Node

from .ground import BOUNDARY, FLOW, ROW, Ground, Item, ground_of
from .read import ScenarioError, read_scenario
from .run import run_scenario
from .sandbox import Sandbox
from .table_tests import run_table_tests

Key = tuple[str, str, str]


class Recorder:
    """Counts what commands pass: those of a step that was refused or failed are dropped."""

    def __init__(self, ground: Ground):
        self.ground, self.counts = ground, Counter[Key]()
        self._step: Counter[Key] = Counter()

    def passed(self, node: Node, condition: str | None) -> None:
        self._step.update(self.ground.passed_by(node, condition))

    def hit(self, decision: str, rules: list[str]) -> None:
        self._step.update((ROW, decision, rule) for rule in rules)

    def keep(self) -> None:
        """What was noted since the last time has happened."""
        self.counts.update(self._step)
        self._step.clear()

    def drop(self) -> None:
        """It has not: the step was refused, or failed."""
        self._step.clear()


@dataclass
class Coverage:
    """What was measured of one procedure: how often each item was passed, and which files failed, with the first thing that did not hold."""

    procedure: str
    ground: Ground
    counts: Counter[Key]
    failed: list[tuple[str, str]] = field(default_factory=list)
    scenarios: int = 0

    def missing(self, *kinds: str) -> list[Item]:
        return [item for item in self.ground.of(*(kinds or (FLOW, BOUNDARY, ROW))) if not self.counts[item.key]]

    @property
    def full(self) -> bool:
        return not self.missing() and not self.failed

    def to_json(self) -> dict[str, Any]:
        """A document that stands for itself: totals, what is missing, and how often each item was passed."""
        items = [{**item.to_json(), "count": self.counts[item.key]} for item in self.ground.items.values()]
        totals = {kind: {"all": len(self.ground.of(kind)), "covered": len(self.ground.of(kind)) - len(self.missing(kind))} for kind in (FLOW, BOUNDARY, ROW)}
        failed = [{"file": name, "why": why} for name, why in self.failed]
        return {"procedure": self.procedure, "full": self.full, "scenarios": self.scenarios, "failed": failed, "totals": totals,
                "missing": [item.to_json() for item in self.missing()], "items": items}


def measure(sandbox: Sandbox) -> Coverage:
    """Run all scenarios and table tests of a sandbox's bundle. A file that fails, or is none, is said in the result and raises nothing."""
    ground = ground_of(sandbox.deployed)
    recorder = Recorder(ground)
    found = Coverage(sandbox.deployed.procedure, ground, recorder.counts)
    for name in sorted(sandbox.bundle):
        if name.startswith("scenarios/"):
            found.scenarios += 1
        elif not name.endswith(TABLE_TESTS):
            continue
        broken = run_file(sandbox, name, recorder)
        if broken:
            found.failed.append((name, broken[0]))
    return found


def run_file(sandbox: Sandbox, name: str, recorder: Recorder | None = None) -> list[str]:
    """Run a scenario or the tests of a table of a sandbox's bundle; everything that did not hold, in words."""
    try:
        if name.endswith(TABLE_TESTS):
            return [f"line {f.line}, {f.decision}: expected {f.expected}, found {f.found}" for f in run_table_tests(sandbox, name, recorder)]
        failures = run_scenario(sandbox, read_scenario(sandbox.bundle[name]), recorder)
    except ScenarioError as error:
        return [str(error)]
    return [f"step {f.step}, {f.at}, {f.key}: expected {f.expected}, found {f.found}" for f in failures]
