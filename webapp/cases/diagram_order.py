"""A diagram as a graph to walk forwards: where each level starts, what follows what, what lies inside."""
from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from lxml import etree

BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
INNER = {"subProcess", "callActivity"}


class Flow(NamedTuple):
    """Where a flow leads and under what condition ("" for none); `default`: only when no other condition holds."""

    target: str
    when: str
    default: bool


@dataclass(frozen=True)
class Level:
    """A process or sub-process: its start event, the flows out of each node, and the level that a node contains or calls."""

    start: str | None
    after: dict[str, tuple[Flow, ...]]
    inside: dict[str, str]

    def ways(self, node: str, holds: Callable[[str], bool | None]) -> list[str]:
        """Where one may go from a node. `holds` says of a condition whether it holds, None where that is not known."""
        found = []
        for flow in sorted(self.after.get(node, ()), key=lambda each: each.default):
            known = holds(flow.when) if flow.when else None
            if known is not False:
                found.append(flow.target)
            if known:       # of a gateway's conditions the first that holds decides
                break
        return found


@lru_cache(maxsize=64)
def levels_of(xml: bytes) -> dict[str, Level]:
    """The processes and sub-processes of a diagram, by id."""
    root = etree.fromstring(xml, etree.XMLParser(resolve_entities=False, no_network=True))
    levels = {}
    for tag in ("process", "subProcess"):
        for box in root.iter(BPMN + tag):
            after: dict[str, list[Flow]] = {}
            defaults = {each.get("default") for each in box}
            for flow in box.findall(BPMN + "sequenceFlow"):
                when = (flow.findtext(BPMN + "conditionExpression") or "").strip()
                after.setdefault(flow.get("sourceRef"), []).append(Flow(flow.get("targetRef"), when, flow.get("id") in defaults))
            start = box.find(BPMN + "startEvent")
            inside = {each.get("id"): each.get("calledElement") or each.get("id") for name in INNER for each in box.findall(BPMN + name)}
            levels[box.get("id")] = Level(None if start is None else start.get("id"), {k: tuple(v) for k, v in after.items()}, inside)
    return levels


def in_order(level: Level) -> list[str]:
    """The nodes so that each comes after those that lead to it; flows that lead back are left out."""
    done: list[str] = []
    seen: set[str] = set()

    def visit(node: str) -> None:
        seen.add(node)
        for flow in level.after.get(node, ()):
            if flow.target not in seen:
                visit(flow.target)
        done.append(node)

    if level.start is not None:
        visit(level.start)
    return done[::-1]
