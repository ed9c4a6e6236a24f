"""What the law promises whoever files: each deadline on the way of the diagram, and its latest date if everything takes its last day."""
from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from lxml import etree

from webapp.deployments.registry import Deployed
from webapp.domain.clock import local_date
from webapp.domain.spans import Span, SpanError, due_date
from webapp.engine.decisions import DecisionError
from webapp.feel import FeelError

from .clocks import as_date, functions_of
from .environment import Environment

BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
INNER = {"subProcess", "callActivity"}
# Not promised at filing: they run only if something out of the ordinary happens, or they bind the citizen.
NOT_PROMISED = {"return_window", "supplement", "cooperate", "progress", "rework", "letter"}


@dataclass(frozen=True)
class Promise:
    """One deadline: `due` is the last day it can have; `assumed` says that a step without a limit lies before it, taken as done at once."""

    deadline: str
    zh: str
    en: str
    span: str | None
    article: str
    local: bool
    due: date
    assumed: bool
    provisional: bool


@dataclass(frozen=True)
class _Level:
    """A process or sub-process as a graph: where it starts, what follows what."""

    start: str | None
    after: dict[str, tuple[str, ...]]
    inside: dict[str, str]


@lru_cache(maxsize=64)
def _graph(xml: bytes) -> dict[str, _Level]:
    root = etree.fromstring(xml, etree.XMLParser(resolve_entities=False, no_network=True))
    levels = {}
    for tag in ("process", "subProcess"):
        for box in root.iter(BPMN + tag):
            after: dict[str, list[str]] = {}
            for flow in box.findall(BPMN + "sequenceFlow"):
                after.setdefault(flow.get("sourceRef"), []).append(flow.get("targetRef"))
            start = box.find(BPMN + "startEvent")
            inside = {each.get("id"): each.get("calledElement") or each.get("id") for name in INNER for each in box.findall(BPMN + name)}
            levels[box.get("id")] = _Level(None if start is None else start.get("id"), {k: tuple(v) for k, v in after.items()}, inside)
    return levels


def promises(env: Environment, deployed: Deployed, now: datetime, case: dict[str, Any] | None = None) -> list[Promise]:
    """The deadlines of the main way in the order they are met, the latest date of each for a case filed at `now`. `case`: facts as expressions see them."""
    walk = _Walk(env, deployed, now, case or {})
    walk.level(deployed.manifest.process, local_date(now), False, 0)
    return sorted(walk.found.values(), key=lambda each: each.due)


class _Walk:
    """Goes through the diagram once, forwards, with the latest day on which each node can be reached."""

    def __init__(self, env: Environment, deployed: Deployed, now: datetime, case: dict[str, Any]):
        self.deployed, self.calendar, self.now = deployed, env.registry.calendar(deployed.manifest.calendar), now
        self.nodes = {node.id: node for level in deployed.definition.nodes.values() for node in level.values()}
        self.levels = {name: level for _, xml in deployed.definition.diagrams.values() for name, level in _graph(xml).items()}
        today = local_date(now)
        self.scope = {"case": {"procedure": deployed.procedure, "filed_on": today, "status": "open", **case}, "answers": {}, "request": {}, "deadlines": {},
                      "vars": {}, "result": {}, "params": deployed.manifest.params, "count": {}, "open": {}, "round": 1, "today": today, "now": now}
        self.functions = functions_of(self.calendar, env.registry.directory(deployed.manifest.directory))
        self.functions["limit span"] = lambda name: (self.limit(str(name)) or {}).get("span")
        self.found: dict[str, Promise] = {}

    def limit(self, deadline: str) -> dict[str, Any] | None:
        manifest = self.deployed.manifest
        try:
            return self.deployed.definition.decisions[manifest.limits].evaluate({**self.scope, "deadline": deadline}, functions=self.functions, now=self.now)
        except (DecisionError, FeelError):
            return None

    def level(self, name: str, day: date, loose: bool, depth: int) -> tuple[date, bool]:
        """The latest day on which a process or sub-process entered on `day` is left. `loose`: a step without a limit came before."""
        level = self.levels.get(name)
        if level is None or level.start is None or depth > 5:
            return day, loose
        arrive, leave = {level.start: (day, loose)}, (day, loose)
        for node in _in_order(level):
            if node not in arrive:
                continue
            left = self.node(level, node, *arrive[node], depth)
            leave = _later(leave, left)
            for target in level.after.get(node, ()):
                arrive[target] = _later(arrive[target], left) if target in arrive else left
        return leave

    def node(self, level: _Level, node_id: str, day: date, loose: bool, depth: int) -> tuple[date, bool]:
        node = self.nodes.get(node_id)
        for deadline in node.starts if node else ():
            self.begin(deadline, day, loose)
        if node_id in level.inside:
            day, loose = self.level(level.inside[node_id], day, loose, depth + 1)
        elif node is not None and node.kind == "userTask" and node.binds is None and node.who is not None and node.who.role != "citizen":
            loose = loose or not self.found
        for deadline in node.ends if node else ():
            if deadline in self.found:
                day = max(day, self.found[deadline].due)
        return day, loose

    def begin(self, deadline: str, day: date, loose: bool) -> None:
        found = self.limit(deadline) if deadline not in NOT_PROMISED else None
        if not found:
            return
        try:
            due = due_date(Span.parse(str(found["span"])), day, self.calendar) if found.get("span") else as_date(found.get("until"))
        except (SpanError, ValueError):
            return
        known = self.found.get(deadline)
        if due is None or (known is not None and known.due >= due):
            return
        words = self.deployed.manifest.deadlines.get(deadline, {})
        self.found[deadline] = Promise(deadline, words.get("zh", deadline), words.get("en", deadline), found.get("span"), found.get("article") or "",
                                       bool(found.get("local")), due, loose, self.calendar.provisional_between(day, due))


def _later(a: tuple[date, bool], b: tuple[date, bool]) -> tuple[date, bool]:
    return max(a[0], b[0]), a[1] or b[1]


def _in_order(level: _Level) -> list[str]:
    """The nodes so that each comes after those that lead to it; flows that lead back are left out."""
    done: list[str] = []
    seen: set[str] = set()

    def visit(node: str) -> None:
        seen.add(node)
        for target in level.after.get(node, ()):
            if target not in seen:
                visit(target)
        done.append(node)

    if level.start is not None:
        visit(level.start)
    return done[::-1]
