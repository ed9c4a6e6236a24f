"""Which ways of a procedure its scenarios pass, and which rows of its tables they or the tables' own tests hit. Only what was committed counts."""
from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from webapp.engine import Node

from .ground import BOUNDARY, FLOW, ROW, Ground, Item, ground_of
from .read import read_scenario
from .run import run_scenario
from .sandbox import Sandbox
from .table_tests import SUFFIX, run_table_tests

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
        """It has not."""
        self._step.clear()


@dataclass
class Coverage:
    """What was measured of one procedure: how often each item was passed, and which files failed."""

    procedure: str
    ground: Ground
    counts: Counter[Key]
    failed: list[str] = field(default_factory=list)
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
        return {"procedure": self.procedure, "full": self.full, "scenarios": self.scenarios, "failed": self.failed, "totals": totals,
                "missing": [item.to_json() for item in self.missing()], "items": items}


def measure(sandbox: Sandbox, told: Callable[[str], None] = lambda name: None) -> Coverage:
    """Run all scenarios and table tests of a sandbox's bundle. `told` hears the name of each file. ScenarioError, TestFileError for a file that is none."""
    ground = ground_of(sandbox.deployed)
    recorder = Recorder(ground)
    found = Coverage(sandbox.deployed.procedure, ground, recorder.counts)
    for name in sorted(n for n in sandbox.bundle if n.startswith("scenarios/")):
        told(name)
        found.scenarios += 1
        if run_scenario(sandbox, read_scenario(sandbox.bundle[name]), recorder):
            found.failed.append(name)
    for name in sorted(n for n in sandbox.bundle if n.endswith(SUFFIX)):
        told(name)
        if run_table_tests(sandbox, name, recorder):
            found.failed.append(name)
    return found
