"""Structural checks of a diagram that no parser makes: dead ends, unreachable nodes, defaults, what each kind of node may be and hold."""
from __future__ import annotations

from collections.abc import Callable

from .problems import Problem
from .xml import Element, ProcessXml

Bad = Callable[..., None]
HOSTS = ("userTask", "subProcess", "callActivity")      # what a boundary event may stand on


def check_structure(process: ProcessXml, problems: list[Problem]) -> None:
    """Add every structural fault of one process to `problems`. Loops are judged over all processes together (loops.py)."""
    def bad(element: str, message: str, remedy: str = "") -> None:
        problems.append(Problem(process.file, element, message, remedy))

    onward = neighbours(process)
    levels: dict[str, list[Element]] = {process.id: []}
    for element in process.elements.values():
        levels.setdefault(element.parent, []).append(element)
        if element.kind == "subProcess":
            levels.setdefault(element.id, [])
    for level, members in levels.items():
        starts = [e for e in members if e.kind == "startEvent"]
        if len(starts) != 1:
            bad(level, f"needs exactly one start event, has {len(starts)}")
            continue
        _check_reach(process, members, starts[0], onward, bad)
    for element in process.elements.values():
        _check_flows(process, element, bad)
        _check_kind(process, element, bad)
        if element.kind == "boundaryEvent":
            _check_boundary(process, element, onward, bad)


def neighbours(process: ProcessXml) -> dict[str, list[str]]:
    """Where one can get from each element: along its flows, and to the boundary events on it."""
    found: dict[str, list[str]] = {e: [] for e in process.elements}
    for flow in process.flows.values():
        if flow.source in found and flow.target in found:
            found[flow.source].append(flow.target)
    for element in process.elements.values():
        if element.attached_to in found:
            found[element.attached_to].append(element.id)
    return found


def _reached(begin: list[str], ways: dict[str, list[str]]) -> set[str]:
    seen, queue = set(begin), list(begin)
    while queue:
        for each in ways.get(queue.pop(), ()):
            if each not in seen:
                seen.add(each)
                queue.append(each)
    return seen


def _check_reach(process: ProcessXml, members: list[Element], start: Element, onward: dict[str, list[str]], bad: Bad) -> None:
    seen = _reached([start.id], onward)
    for element in members:
        if element.id not in seen:
            bad(element.id, "cannot be reached from the start")
    backward: dict[str, list[str]] = {}
    for source, targets in onward.items():
        for target in targets:
            if process.elements[target].attached_to != source:
                backward.setdefault(target, []).append(source)
    back = _reached([e.id for e in members if e.kind == "endEvent"], backward)
    for element in members:
        if element.id in seen and element.id not in back:
            bad(element.id, "can never reach an end")


def _check_flows(process: ProcessXml, e: Element, bad: Bad) -> None:
    if e.kind == "exclusiveGateway" and len(e.outgoing) > 1:
        if e.default not in e.outgoing:
            bad(e.id, "needs a default flow", "mark the flow that is taken when no condition is true")
        for flow in e.outgoing:
            if flow != e.default and process.flows[flow].condition is None:
                bad(flow, "needs a condition")
    elif e.default is not None and e.default not in e.outgoing:
        bad(e.id, f"its default flow '{e.default[:60]}' does not exist")
    if e.kind != "exclusiveGateway" or len(e.outgoing) == 1:
        for flow in e.outgoing:
            if process.flows[flow].condition is not None:
                bad(flow, "a condition stands only behind an exclusive gateway with several flows")
    if len(e.outgoing) > 1 and e.kind not in ("parallelGateway", "exclusiveGateway"):
        bad(e.id, "only gateways may have several outgoing flows")
    if e.kind == "endEvent" and e.outgoing:
        bad(e.id, "an end has no outgoing flow")
    if e.kind in ("startEvent", "boundaryEvent") and e.incoming:
        bad(e.id, f"a {'start' if e.kind == 'startEvent' else 'boundary event'} has no incoming flow")


def _check_kind(process: ProcessXml, e: Element, bad: Bad) -> None:
    if e.kind != "boundaryEvent" and (e.timer is not None or e.message is not None):
        bad(e.id, f"a {e.kind} waits for nothing", "put the timer or message on the border of a task or sub-process")
    if e.terminates and e.kind != "endEvent":
        bad(e.id, "only an end event can terminate")
    if e.multi and e.kind != "userTask":
        bad(e.id, "several instances are for user tasks only")
    if e.kind == "callActivity" and not e.called:
        bad(e.id, "names no process to call")
    for name, kinds in (("starts", HOSTS), ("ends", (*HOSTS, "boundaryEvent"))):
        if name in e.properties and e.kind not in kinds:
            bad(e.id, f"a {e.kind} has no `{name}`", "a deadline belongs to a task, a sub-process or a call activity")


def _check_boundary(process: ProcessXml, e: Element, onward: dict[str, list[str]], bad: Bad) -> None:
    host = process.elements.get(e.attached_to or "")
    if host is None:
        bad(e.id, "is attached to nothing")
    elif host.kind not in HOSTS:
        bad(e.id, f"stands on a {host.kind}", "a boundary event stands on a user task, a sub-process or a call activity")
    elif host.parent != e.parent:
        bad(e.id, "stands on something of another sub-process")
    if (e.timer is None) == (e.message is None):
        bad(e.id, "waits for exactly one thing: a timer or a message")
    if e.message is not None and not e.interrupting:
        bad(e.id, "a message boundary event must interrupt")
    if e.timer is not None and not e.interrupting:
        _check_branch(process, e, onward, bad)


def _check_branch(process: ProcessXml, event: Element, onward: dict[str, list[str]], bad: Bad) -> None:
    """What a repeatable moment starts must run by itself, to an end of its own."""
    for name in _reached([event.id], onward) - {event.id}:
        if process.elements[name].kind not in ("intermediateThrowEvent", "endEvent", "exclusiveGateway", "businessRuleTask"):
            bad(name, f"follows the non-interrupting moment '{event.id}', where nothing may wait", "open a side instance instead")
