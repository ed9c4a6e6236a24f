"""Takes out of a shared diagram what a procedure's parameters rule out: ways never taken, what lies behind them alone, effects never had."""
from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from lxml import etree

from webapp.feel import settled, surely_null

BPMN = "{http://www.omg.org/spec/BPMN/20100524/MODEL}"
SPIFF = "{http://spiffworkflow.org/bpmn/schema/1.0/core}"
DC = "{http://www.omg.org/spec/DD/20100524/DC}"
REFERENCES = (BPMN + "flowNodeRef", BPMN + "incoming", BPMN + "outgoing")


def settle(root: etree._Element, params: Mapping[str, Any]) -> bool:
    """Take out of `root` what `params` rule out, picture included; whether there was anything."""
    effects = [p for p in root.iter(SPIFF + "property") if p.get("name", "").startswith("effect.") and surely_null(p.get("value", ""), {"params": params})]
    for effect in effects:
        effect.getparent().remove(effect)
    before, gone = _reached(root), set()
    flows: dict[str | None, list[etree._Element]] = {}
    for flow in root.iter(BPMN + "sequenceFlow"):
        flows.setdefault(flow.get("sourceRef"), []).append(flow)
    for gateway in root.iter(BPMN + "exclusiveGateway"):
        gone |= _ruled_out(gateway, flows.get(gateway.get("id"), []), {"params": params})
    if not gone:
        return bool(effects)
    _take_out(root, gone)
    _take_out(root, before - _reached(root))
    for lane in [lane for lane in root.iter(BPMN + "lane") if lane.find(BPMN + "flowNodeRef") is None]:
        _close_lane(root, lane)
    return True


def _ruled_out(gateway: etree._Element, flows: list[etree._Element], known: Mapping[str, Any]) -> set[str | None]:
    """The flows of a gateway that are never taken. The one that is left needs no condition any more."""
    default = gateway.get("default")
    left, gone, sure = [], set(), False
    for flow in sorted(flows, key=lambda flow: flow.get("id") == default):
        holds = settled(flow.findtext(BPMN + "conditionExpression") or "", known) if flow.get("id") != default else None
        if sure or holds is False:
            gone.add(flow.get("id"))
        else:
            left.append(flow)
        sure = sure or holds is True
    if gone and default in gone:
        del gateway.attrib["default"]
    if gone and len(left) == 1 and (condition := left[0].find(BPMN + "conditionExpression")) is not None:
        left[0].remove(condition)
    return gone


def _reached(root: etree._Element) -> set[str]:
    """The ids of nodes, flows and boundary events that lie on a way from a start."""
    ways: dict[str | None, list[str]] = {}
    for element in root.iter(BPMN + "sequenceFlow", BPMN + "boundaryEvent"):
        if element.tag == BPMN + "sequenceFlow":
            ways.setdefault(element.get("sourceRef"), []).append(element.get("id"))
            ways.setdefault(element.get("id"), []).append(element.get("targetRef"))
        else:
            ways.setdefault(element.get("attachedToRef"), []).append(element.get("id"))
    for start in root.iter(BPMN + "startEvent"):
        host = start.getparent()
        ways.setdefault(host.get("id") if host.tag == BPMN + "subProcess" else None, []).append(start.get("id"))
    found, queue = set(), list(ways.get(None, ()))
    while queue:
        at = queue.pop()
        if at not in found:
            found.add(at)
            queue += ways.get(at, ())
    return found


def _take_out(root: etree._Element, ids: set[str]) -> None:
    for element in list(root.iter(etree.Element)):
        names = {element.get("id"), element.get("bpmnElement"), (element.text or "").strip() if element.tag in REFERENCES else None}
        if element.tag == BPMN + "association":
            names |= {element.get("sourceRef"), element.get("targetRef")}
        if names & ids and element.getparent() is not None:
            element.getparent().remove(element)


def _close_lane(root: etree._Element, lane: etree._Element) -> None:
    """Take out a lane that nothing is left in; the picture of its pool ends where the next lane begins, if it lay at an edge."""
    process = next(lane.iterancestors(BPMN + "process"), None)
    pool = next((p.get("id") for p in root.iter(BPMN + "participant") if process is not None and p.get("processRef") == process.get("id")), None)
    frame, strip = _bounds(root, pool), _bounds(root, lane.get("id"))
    if frame is None or strip is None or len(list(process.iter(BPMN + "lane"))) == 1:
        return
    try:
        top, high, y, height = (float(box.get(key, "")) for box in (frame, strip) for key in ("y", "height"))
    except ValueError:
        return
    if y <= top:
        frame.set("y", f"{top + height:g}")
    elif y + height < top + high:
        return
    frame.set("height", f"{high - height:g}")
    _take_out(root, {lane.get("id")})


def _bounds(root: etree._Element, name: str | None) -> etree._Element | None:
    shapes: Iterator[etree._Element] = (shape for shape in root.iter(etree.Element) if name is not None and shape.get("bpmnElement") == name)
    return next((box for shape in shapes if (box := shape.find(DC + "Bounds")) is not None), None)
