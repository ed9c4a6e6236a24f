"""Writes small BPMN processes from a few lines of text, so that a test can show a shape instead of an XML file.

    task handle clerk lead starts=handle          a user task: id, role, unit, properties
    end done effect.close={outcome: "replied"}    properties may hold spaces to the end of the line when written as name={…} or name="…"
    a -> b if FEEL                                a flow; "else" marks the default
"""
from __future__ import annotations

import re
from xml.sax.saxutils import quoteattr

HEAD = ('<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
        'xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI" xmlns:dc="http://www.omg.org/spec/DD/20100524/DC" '
        'xmlns:spiffworkflow="http://spiffworkflow.org/bpmn/schema/1.0/core" id="d" targetNamespace="http://duban.example/bpmn">')
PROPERTY = re.compile(r'([\w.#]+)=("(?:[^"]*)"|\{.*?\}(?=\s+[\w.#]+=|$)|\S+)')
KINDS = {"start": "startEvent", "end": "endEvent", "task": "userTask", "gate": "exclusiveGateway", "fork": "parallelGateway", "throw": "intermediateThrowEvent",
         "sub": "subProcess", "timer": "boundaryEvent", "message": "boundaryEvent", "decide": "businessRuleTask", "call": "callActivity"}


def draw(process: str, text: str, **process_properties: str) -> bytes:
    """The BPMN of one process. A `sub NAME` line opens a sub-process, `close` ends it."""
    out, stack, flows, messages = [], [], [], set()
    lines = [line.strip() for line in text.strip().splitlines() if line.strip() and not line.strip().startswith("#")]
    for line in lines:
        if " -> " in line:
            flows.append(line)
    defaults = {f.split(" -> ")[0]: _flow_id(f) for f in flows if f.endswith(" else")}
    for line in lines:
        if line == "close":
            out.append("</bpmn:subProcess>")
            stack.pop()
        elif " -> " in line:
            out.append(_flow(line))
        else:
            kind, name, rest = (line.split(None, 2) + [""])[:3]
            properties = dict((k, v.strip('"')) for k, v in PROPERTY.findall(rest))
            words = PROPERTY.sub("", rest).split()
            out.append(_node(kind, name, words, properties, defaults, messages))
            if kind == "sub":
                stack.append(name)
    extension = _properties(process_properties)
    declared = "".join(f'<bpmn:message id="m_{m}" name="{m}"/>' for m in sorted(messages))
    shapes = "".join(f'<bpmndi:BPMNShape id="s_{n}" bpmnElement="{n}"><dc:Bounds x="{i * 10}" y="{i}" width="10" height="10"/></bpmndi:BPMNShape>'
                     for i, n in enumerate(re.findall(r'<bpmn:(?:\w+) id="(\w+)"', "".join(out))) if not n.startswith("f_"))
    return (f'{HEAD}{declared}<bpmn:process id="{process}" isExecutable="true">{extension}{"".join(out)}</bpmn:process>'
            f'<bpmndi:BPMNDiagram id="dg"><bpmndi:BPMNPlane id="pl" bpmnElement="{process}">{shapes}</bpmndi:BPMNPlane></bpmndi:BPMNDiagram></bpmn:definitions>').encode()


def _flow_id(line: str) -> str:
    source, rest = line.split(" -> ")
    return f"f_{source.strip()}_{rest.split()[0]}"


def _flow(line: str) -> str:
    source, rest = line.split(" -> ")
    target, _, condition = rest.partition(" if ")
    target = target.split()[0]
    inner = f'<bpmn:conditionExpression xsi:type="bpmn:tFormalExpression">{_escape(condition)}</bpmn:conditionExpression>' if condition else ""
    return f'<bpmn:sequenceFlow id="{_flow_id(line)}" sourceRef="{source.strip()}" targetRef="{target}">{inner}</bpmn:sequenceFlow>'


def _escape(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _properties(properties: dict[str, str]) -> str:
    if not properties:
        return ""
    inner = "".join(f"<spiffworkflow:property name={quoteattr(k)} value={quoteattr(v)}/>" for k, v in properties.items())
    return f"<bpmn:extensionElements><spiffworkflow:properties>{inner}</spiffworkflow:properties></bpmn:extensionElements>"


def _node(kind: str, name: str, words: list[str], properties: dict[str, str], defaults: dict[str, str], messages: set[str]) -> str:
    tag, attributes, inner = KINDS[kind], f' name="{name}"', ""
    if kind == "task":
        properties |= dict(zip(("role", "unit"), words, strict=False))
        if "each" in properties:
            inner = '<bpmn:multiInstanceLoopCharacteristics><bpmn:loopCardinality xsi:type="bpmn:tFormalExpression">1</bpmn:loopCardinality></bpmn:multiInstanceLoopCharacteristics>'
    elif kind == "timer":
        host, deadline, *moment = words
        interrupting = properties.pop("interrupting", "false")
        attributes += f' attachedToRef="{host}" cancelActivity="{interrupting}"'
        properties |= {"deadline": deadline, "moment": " ".join(moment)}
        inner = f'<bpmn:timerEventDefinition id="t_{name}"><bpmn:timeDate xsi:type="bpmn:tFormalExpression">x</bpmn:timeDate></bpmn:timerEventDefinition>'
    elif kind == "message":
        attributes += f' attachedToRef="{words[0]}"'
        messages.add(words[1])
        inner = f'<bpmn:messageEventDefinition id="e_{name}" messageRef="m_{words[1]}"/>'
    elif kind == "call":
        attributes += f' calledElement="{words[0]}"'
    elif kind == "decide":
        return (f'<bpmn:{tag} id="{name}"{attributes}><bpmn:extensionElements><spiffworkflow:calledDecisionId>{words[0]}</spiffworkflow:calledDecisionId>'
                f"</bpmn:extensionElements></bpmn:{tag}>")
    elif kind == "end" and words == ["terminate"]:
        inner = f'<bpmn:terminateEventDefinition id="x_{name}"/>'
    if name in defaults:
        attributes += f' default="{defaults[name]}"'
    start = f'<bpmn:{tag} id="{name}"{attributes}>{_properties(properties)}'
    return start if kind == "sub" else f"{start}{inner}</bpmn:{tag}>"
