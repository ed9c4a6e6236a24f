"""Reads BPMN XML safely, and what the compiler needs from it that SpiffWorkflow does not keep: lanes, properties, names, flows."""
from __future__ import annotations

import re
from dataclasses import dataclass, field

from lxml import etree

from .problems import Problem
from .words import PROPERTIES, ROLES, UNIT_REMEDY, is_unit_word
from .xml_guard import foreign, parse_guarded, repeated_ids

BPMN = "http://www.omg.org/spec/BPMN/20100524/MODEL"
SPIFF = "http://spiffworkflow.org/bpmn/schema/1.0/core"
BPMNDI = "http://www.omg.org/spec/BPMN/20100524/DI"
MAX_NODES = 1_000       # of one file

FLOW_NODES = {
    "startEvent", "endEvent", "userTask", "businessRuleTask", "callActivity", "subProcess", "exclusiveGateway",
    "parallelGateway", "intermediateThrowEvent", "boundaryEvent",
}
OTHER_ELEMENTS = {
    "definitions", "collaboration", "participant", "process", "laneSet", "lane", "flowNodeRef", "childLaneSet", "sequenceFlow", "incoming", "outgoing",
    "conditionExpression", "extensionElements", "documentation", "message", "messageEventDefinition", "timerEventDefinition", "timeDate",
    "timeDuration", "timeCycle", "terminateEventDefinition", "multiInstanceLoopCharacteristics", "loopCardinality", "textAnnotation", "text",
    "association", "group", "category", "categoryValue",
}
NAMESPACES = {      # whose elements may stand in a diagram; None: all of them
    BPMN: None,     # read_processes says which
    SPIFF: {"properties", "property", "calledDecisionId"},
    BPMNDI: {"BPMNDiagram", "BPMNPlane", "BPMNShape", "BPMNEdge", "BPMNLabel", "BPMNLabelStyle"},
    "http://www.omg.org/spec/DD/20100524/DC": {"Bounds", "Font"}, "http://www.omg.org/spec/DD/20100524/DI": {"waypoint"},
}
FLAGS = ("isSequential", "triggeredByEvent", "isForCompensation", "cancelActivity", "isExecutable", "isInterrupting", "isClosed")
FEEL = re.compile(r"feel|https?://www\.omg\.org/spec/(?:DMN|FEEL)/[0-9]{8}(?:/FEEL)?/?", re.IGNORECASE)


@dataclass
class Element:
    """A flow node as it is written: where it stands, its properties and its neighbours."""

    id: str
    kind: str
    name: str
    process: str
    parent: str
    file: str
    properties: dict[str, str] = field(default_factory=dict)
    effects: list[tuple[str, str]] = field(default_factory=list)
    lane: dict[str, str] = field(default_factory=dict)
    attached_to: str | None = None
    interrupting: bool = True
    timer: str | None = None
    message: str | None = None
    multi: bool = False
    terminates: bool = False
    default: str | None = None
    called: str | None = None
    outgoing: list[str] = field(default_factory=list)
    incoming: list[str] = field(default_factory=list)


@dataclass
class Flow:
    """A sequence flow and its condition."""

    id: str
    name: str
    source: str
    target: str
    condition: str | None
    file: str


@dataclass
class ProcessXml:
    """One top-level process of a file: its elements (nested ones too) and flows."""

    id: str
    file: str
    name: str
    properties: dict[str, str]
    elements: dict[str, Element] = field(default_factory=dict)
    flows: dict[str, Flow] = field(default_factory=dict)


def parse_xml(data: bytes, file: str, stored: bool = False) -> etree._Element:
    """Parse untrusted XML: no DTD, no entities, no network, at most 1 MB. Raises ValueError with a readable reason. `stored`: the first look was taken when it was deployed."""
    return parse_guarded(data, stored)


def _properties(node: etree._Element) -> list[tuple[str, str]]:
    path = f"{{{BPMN}}}extensionElements/{{{SPIFF}}}properties/{{{SPIFF}}}property"
    return [(p.get("name", ""), p.get("value", "")) for p in node.findall(path)]


def _local(node: etree._Element) -> str:
    return etree.QName(node).localname


def read_processes(root: etree._Element, file: str, problems: list[Problem], stored: bool = False) -> list[ProcessXml]:
    """The processes of a BPMN document; what the dialect does not allow is added to `problems`."""
    if root.tag != f"{{{BPMN}}}definitions":
        problems.append(Problem(file, _local(root), "not a BPMN document", "the root must be bpmn:definitions"))
        return []
    messages = {m.get("id"): m.get("name") for m in root.iter(f"{{{BPMN}}}message")}
    _check_document(root, file, problems)
    nodes = 0
    for node in root.iter(f"{{{BPMN}}}*"):
        name = _local(node)
        nodes += name in FLOW_NODES
        if name not in FLOW_NODES and name not in OTHER_ELEMENTS:
            problems.append(Problem(file, node.get("id") or name, f"element bpmn:{name} is not allowed", "see docs/modelling.md"))
        elif name in FLOW_NODES and not node.get("id"):
            problems.append(Problem(file, name, f"a bpmn:{name} has no id"))
    if nodes > MAX_NODES:
        problems.append(Problem(file, "definitions", f"holds more than {MAX_NODES} flow nodes", "split it into called processes"))
        if not stored:
            return []
    found = []
    for process in root.findall(f"{{{BPMN}}}process"):
        item = ProcessXml(process.get("id", ""), file, process.get("name", ""), dict(_properties(process)))
        if not item.id:
            problems.append(Problem(file, "process", "a process has no id"))
            continue
        _read_level(process, item, file, messages)
        _read_lanes(process, item, problems)
        _link(item, problems)
        found.append(item)
    if not found:
        problems.append(Problem(file, "definitions", "holds no process"))
    return found


def _check_document(root: etree._Element, file: str, problems: list[Problem]) -> None:
    """What concerns the document rather than one process: namespaces, ids, what refers to nothing, properties and attributes of no known meaning."""
    ids = {node.get("id") for node in root.iter(etree.Element)}
    problems += [Problem(file, *each) for each in (*foreign(root, NAMESPACES), *repeated_ids(root))]
    for node in root.iter(etree.Element):
        name, where = _local(node), node.get("id") or (node.getparent() if node.getparent() is not None else node).get("id") or _local(node)
        for attribute in ("messageRef", "processRef", "bpmnElement", "categoryValueRef"):
            if node.get(attribute) is not None and node.get(attribute) not in ids:
                problems.append(Problem(file, where, f"{attribute} names '{node.get(attribute)[:100]}', which does not exist"))
        if name in ("flowNodeRef", "incoming", "outgoing") and (node.text or "").strip() not in ids:
            problems.append(Problem(file, where, f"{name} names '{(node.text or '').strip()[:100]}', which does not exist"))
        if name == "association":
            for attribute in ("sourceRef", "targetRef"):
                if node.get(attribute) not in ids:
                    problems.append(Problem(file, where, f"{attribute} names '{str(node.get(attribute))[:100]}', which does not exist"))
        for attribute in ("expressionLanguage", "language", "scriptFormat", "implementation", "operationRef"):
            if node.get(attribute) and not FEEL.fullmatch(node.get(attribute)):
                problems.append(Problem(file, where, f"{attribute}='{node.get(attribute)[:60]}' is not allowed", "expressions are FEEL, and nothing else is run"))
        for attribute in FLAGS:     # other spellings of a truth value mean one thing to the schema and another to the engine
            if node.get(attribute, "true") not in ("true", "false"):
                problems.append(Problem(file, where, f"{attribute}='{node.get(attribute)[:60]}' is neither true nor false"))
        for attribute in FLAGS[:3]:
            if node.get(attribute) == "true":
                problems.append(Problem(file, where, f"{attribute} is not allowed", "see docs/modelling.md"))
        if node.tag in (f"{{{SPIFF}}}properties", f"{{{SPIFF}}}calledDecisionId") and node.getparent().tag != f"{{{BPMN}}}extensionElements":
            problems.append(Problem(file, where, f"{name} stands outside bpmn:extensionElements"))
        if node.tag == f"{{{BPMN}}}extensionElements":
            _check_properties(node, file, problems)


def _check_properties(extension: etree._Element, file: str, problems: list[Problem]) -> None:
    where = extension.getparent().get("id") or _local(extension.getparent())
    seen = set()
    for prop in extension.iter(f"{{{SPIFF}}}property"):
        name = prop.get("name") or ""
        if name in seen:
            problems.append(Problem(file, where, f"the property '{name[:60]}' stands twice", "a second effect of one name is written effect.NAME#2"))
        elif name not in PROPERTIES and not name.startswith("effect."):
            problems.append(Problem(file, where, f"unknown property '{name[:60]}'", f"one of {', '.join(sorted(PROPERTIES - {'decision'}))}, effect.NAME"))
        seen.add(name)


def _read_level(parent: etree._Element, item: ProcessXml, file: str, messages: dict) -> None:
    for node in parent:
        kind = _local(node)
        if kind == "sequenceFlow":
            condition = node.find(f"{{{BPMN}}}conditionExpression")
            text = (condition.text or "").strip() if condition is not None else None
            flow = Flow(node.get("id", ""), node.get("name", ""), node.get("sourceRef", ""), node.get("targetRef", ""), text or None, file)
            item.flows[flow.id] = flow
        elif kind in FLOW_NODES:
            element = _element(node, kind, item, parent.get("id", ""), file, messages)
            if element.id in item.elements or element.id == item.id or not element.id:
                continue        # said already, by repeated_ids
            item.elements[element.id] = element
            if kind == "subProcess":
                _read_level(node, item, file, messages)


def _element(node, kind, item, parent, file, messages) -> Element:
    properties = _properties(node)
    element = Element(node.get("id", ""), kind, " ".join((node.get("name") or "").split()), item.id, parent, file)
    element.properties = {k: v for k, v in properties if not k.startswith("effect.")}
    element.effects = [(k.removeprefix("effect.").split("#")[0], v) for k, v in properties if k.startswith("effect.")]
    element.attached_to = node.get("attachedToRef")
    element.interrupting = node.get("cancelActivity", "true") != "false"
    element.default = node.get("default")
    element.called = node.get("calledElement")
    timer = node.find(f"{{{BPMN}}}timerEventDefinition")
    if timer is not None:
        element.timer = next(((child.text or "").strip() for child in timer), "")
    decision = node.find(f"{{{BPMN}}}extensionElements/{{{SPIFF}}}calledDecisionId")
    if decision is not None:
        element.properties["decision"] = (decision.text or "").strip()
    message = node.find(f"{{{BPMN}}}messageEventDefinition")
    if message is not None:
        element.message = messages.get(message.get("messageRef")) or node.get("name")
    element.multi = node.find(f"{{{BPMN}}}multiInstanceLoopCharacteristics") is not None
    element.terminates = node.find(f"{{{BPMN}}}terminateEventDefinition") is not None
    return element


def _read_lanes(process: etree._Element, item: ProcessXml, problems: list[Problem]) -> None:
    for lane in process.iter(f"{{{BPMN}}}lane"):
        info = {"id": lane.get("id", ""), "name": lane.get("name", ""), **dict(_properties(lane))}
        if "role" in info and info["role"] not in ROLES:
            problems.append(Problem(item.file, info["id"] or "lane", f"unknown role '{info['role'][:60]}'", f"one of {', '.join(sorted(ROLES))}"))
        if "unit" in info and not is_unit_word(info["unit"]):
            problems.append(Problem(item.file, info["id"] or "lane", f"unknown unit '{info['unit'][:100]}'", UNIT_REMEDY))
        for ref in lane.findall(f"{{{BPMN}}}flowNodeRef"):
            element = item.elements.get((ref.text or "").strip())
            if element is not None:
                element.lane = info
    for element in item.elements.values():      # an element inside a sub-process stands in its host's lane unless listed itself
        host = element
        while not element.lane and host is not None:
            host = item.elements.get(host.parent)
            if host is not None and host.lane:
                element.lane = host.lane


def _link(item: ProcessXml, problems: list[Problem]) -> None:
    for flow in item.flows.values():
        for end, side in ((flow.source, "outgoing"), (flow.target, "incoming")):
            element = item.elements.get(end)
            if element is None:
                problems.append(Problem(flow.file, flow.id, f"flow leads from or to '{end}', which does not exist"))
            else:
                getattr(element, side).append(flow.id)
        ends = item.elements.get(flow.source), item.elements.get(flow.target)
        if all(ends) and ends[0].parent != ends[1].parent:
            problems.append(Problem(flow.file, flow.id, "a flow does not cross the border of a sub-process", "lead it to the sub-process itself"))
