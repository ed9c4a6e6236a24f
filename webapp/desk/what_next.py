"""What comes after a task, read off the diagram: for the words at the button. Where it depends on the answers, the possibilities."""
from __future__ import annotations

from dataclasses import dataclass

from flask_babel import gettext as _

from webapp.cases.case_work import CaseWork
from webapp.cases.offer_actions import limit_of
from webapp.cases.resolve import resolve_unit
from webapp.engine import Node, Refusal
from webapp.engine.xml import Element, ProcessXml
from webapp.http.case_words import ROLES, word
from webapp.http.formats import english, span
from webapp.http.process_xml import process_of

MOST = 5        # steps named; more would be no help


@dataclass(frozen=True)
class Ahead:
    """The user tasks and ends that may come next, and whether the answers decide which."""

    tasks: tuple[str, ...]
    ends: tuple[str, ...]
    chosen: bool


def ahead_of(found: ProcessXml | None, node: str) -> Ahead:
    """What the diagram leads to from a node, through gateways and into and out of sub-processes."""
    if found is None or node not in found.elements:
        return Ahead((), (), False)
    tasks: dict[str, None] = {}
    ends: dict[str, None] = {}
    seen, chosen, queue = {node}, False, [found.elements[node]]
    while queue:
        at = queue.pop(0)
        chosen |= at.kind in ("exclusiveGateway", "inclusiveGateway") and len(at.outgoing) > 1
        for element in _after(found, at):
            if element.id in seen:
                continue
            seen.add(element.id)
            if element.kind == "userTask":
                tasks[element.id] = None
            elif element.kind == "endEvent" and element.parent not in found.elements:
                ends[element.id] = None
            else:
                if element.kind == "endEvent" and element.effects:
                    ends[element.id] = None
                queue.append(element)
    telling = tuple(e for e in ends if found.elements[e].effects)       # an end that does something says more than 结束
    return Ahead(tuple(tasks), telling or tuple(ends), chosen)


def _after(process: ProcessXml, element: Element) -> list[Element]:
    """The elements right after one: its flows' targets, a sub-process's start, or what follows the sub-process that an end ends."""
    if element.kind == "subProcess":
        return [e for e in process.elements.values() if e.parent == element.id and e.kind == "startEvent"]
    if element.kind == "endEvent":
        host = process.elements.get(element.parent)
        return _targets(process, host) if host is not None else []
    return _targets(process, element)


def _targets(process: ProcessXml, element: Element) -> list[Element]:
    return [process.elements[process.flows[f].target] for f in element.outgoing if process.flows[f].target in process.elements]


def words_after(work: CaseWork, node: Node, lang: str) -> str:
    """The sentence at the button; empty where nothing is known."""
    definition = work.deployed.definition
    ahead = ahead_of(process_of(definition, node.process), node.id)
    nodes = [found for found in (_node(definition, node_id) for node_id in ahead.tasks) if found is not None]
    ends = [found for found in (_node(definition, node_id) for node_id in ahead.ends) if found is not None]
    if len(nodes) == 1 and not ahead.chosen:
        return _("提交后转 %(who)s：%(step)s", who=_who(work, nodes[0], lang), step=_name(nodes[0], lang)) + _within(work, nodes[0], lang)
    if nodes:
        steps = (", " if english(lang) else "、").join(_name(each, lang) for each in [*nodes, *ends][:MOST])
        return _("提交后按您的选择进入：%(steps)s", steps=steps) if ahead.chosen else _("提交后进入：%(steps)s", steps=steps)
    return _("提交后：%(end)s", end=_name(ends[0], lang)) if ends else ""


def _node(definition, node_id: str) -> Node | None:
    return next((level[node_id] for level in definition.nodes.values() if node_id in level), None)


def _name(node: Node, lang: str) -> str:
    return (node.en if english(lang) else node.zh) or node.task


def _who(work: CaseWork, node: Node, lang: str) -> str:
    """The unit where it is known already, else the role."""
    if node.who is None:
        return ""
    if node.who.role == "citizen":
        return word(ROLES, "citizen")
    try:
        return work.env.registry.unit_name(resolve_unit(work, node.who.unit), lang)
    except (RuntimeError, Refusal):
        return word(ROLES, node.who.role)


def _within(work: CaseWork, node: Node, lang: str) -> str:
    for deadline in node.starts:
        limit = limit_of(work, deadline).get("span")
        if limit:
            return _("，%(span)s内", span=span(str(limit), lang))
    return ""
