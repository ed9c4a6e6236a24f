"""What the law promises whoever files: each deadline on the way of the diagram, and its latest date if everything takes its last day."""
from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, NamedTuple

from webapp.deployments.registry import Deployed
from webapp.domain.clock import local_date
from webapp.domain.spans import Span, SpanError, due_date

from .ask_limits import NOT_PROMISED, Limits
from .clocks import as_date
from .diagram_order import Level, in_order, levels_of
from .environment import Environment


@dataclass(frozen=True)
class Promise:
    """One deadline: it begins on `start` at the latest (the last day of the deadline `after`, or the day of filing where that is None), and `due` is
    the last day it can have; `assumed` says that a step without a limit lies before it, taken as done at once."""

    deadline: str
    zh: str
    en: str
    span: str | None
    article: str
    local: bool
    start: date
    due: date
    after: str | None
    assumed: bool
    provisional: bool


class _Reached(NamedTuple):
    """The latest day on which a node can be reached, whether a step without a limit came before, and the deadline that sets the day."""

    day: date
    loose: bool
    after: str | None


def promises(env: Environment, deployed: Deployed, now: datetime, case: Mapping[str, Any] | None = None) -> list[Promise]:
    """The deadlines of the main way, the latest date of each for a case filed at `now`, the first to end first. `case`: facts as expressions see them."""
    return sorted(promised(Limits(env, deployed, now, case)), key=lambda each: each.due)


def promised(limits: Limits) -> list[Promise]:
    """The same in the order of the procedure: as they begin, at the latest."""
    walk = _Walk(limits)
    walk.level(limits.deployed.manifest.process, _Reached(local_date(limits.now), False, None), 0)
    return sorted(walk.found.values(), key=lambda each: (each.start, each.due))


class _Walk:
    """Goes through the diagram once, forwards, with the latest day on which each node can be reached."""

    def __init__(self, limits: Limits):
        self.limits = limits
        definition = limits.deployed.definition
        self.nodes = {node.id: node for level in definition.nodes.values() for node in level.values()}
        self.levels = {name: level for _, xml in definition.diagrams.values() for name, level in levels_of(xml).items()}
        self.found: dict[str, Promise] = {}

    def level(self, name: str, at: _Reached, depth: int) -> _Reached:
        """When a process or sub-process entered at `at` is left, at the latest."""
        level = self.levels.get(name)
        if level is None or level.start is None or depth > 5:
            return at
        arrive, leave = {level.start: at}, at
        for node in in_order(level):
            if node not in arrive:
                continue
            left = self.node(level, node, arrive[node], depth)
            leave = _later(leave, left)
            for target in level.ways(node, self.limits.holds):
                arrive[target] = _later(arrive[target], left) if target in arrive else left
        return leave

    def node(self, level: Level, node_id: str, at: _Reached, depth: int) -> _Reached:
        node = self.nodes.get(node_id)
        for deadline in node.starts if node else ():
            self.begin(deadline, at)
        if node_id in level.inside:
            at = self.level(level.inside[node_id], at, depth + 1)
        elif node is not None and node.kind == "userTask" and node.binds is None and node.who is not None and node.who.role != "citizen":
            at = at._replace(loose=at.loose or not self.found)
        for deadline in node.ends if node else ():
            if deadline in self.found and self.found[deadline].due > at.day:
                at = at._replace(day=self.found[deadline].due, after=deadline)
        return at

    def begin(self, deadline: str, at: _Reached) -> None:
        found = self.limits.limit(deadline) if deadline not in NOT_PROMISED else None
        if not found:
            return
        calendar = self.limits.calendar
        try:
            due = due_date(Span.parse(str(found["span"])), at.day, calendar) if found.get("span") else as_date(found.get("until"))
        except (SpanError, ValueError):
            return
        known = self.found.get(deadline)
        if due is None or (known is not None and known.due >= due):
            return
        words = self.limits.deployed.manifest.deadlines.get(deadline, {})
        self.found[deadline] = Promise(deadline, words.get("zh", deadline), words.get("en", deadline), found.get("span"), found.get("article") or "",
                                       bool(found.get("local")), at.day, due, at.after, at.loose, calendar.provisional_between(at.day, due))


def _later(a: _Reached, b: _Reached) -> _Reached:
    return (a if a.day >= b.day else b)._replace(loose=a.loose or b.loose)
