"""What comes after a task, read off the diagram: for the words at the button. Where it depends on the answers, the possibilities."""
from __future__ import annotations

from dataclasses import dataclass

from flask_babel import gettext as _

from webapp.cases.case_work import CaseWork
from webapp.cases.offer_actions import limit_of
from webapp.cases.resolve import resolve_unit
from webapp.engine import Definition, Node, Refusal
from webapp.engine.xml import Element, ProcessXml
from webapp.http.case_words import ROLES, word
from webapp.http.formats import english, span
from webapp.http.process_xml import process_of

Place = tuple[str, str]     # process, element
MOST = 5        # steps named; more would be no help


@dataclass(frozen=True)
class Ahead:
    """The user tasks and ends that may come next, and whether the answers decide which."""

    tasks: tuple[Place, ...]
    ends: tuple[Place, ...]
    chosen: bool


def ahead_of(definition: Definition, process: str, node: str) -> Ahead:
    """What the diagram leads to from a node, through gateways, into and out of sub-processes and called processes."""
    drawn = {name: found for name in definition.diagrams if (found := process_of(definition, name)) is not None}
    if process not in drawn or node not in drawn[process].elements:
        return Ahead((), (), False)
    tasks: dict[Place, None] = {}
    ends: dict[Place, None] = {}
    seen, chosen, queue = {(process, node)}, False, [drawn[process].elements[node]]
    forked: set[str] = set()        # levels in which the way divides: an end there ends one branch only
    while queue:
        at = queue.pop(0)
        if at.kind == "parallelGateway" and len(at.outgoing) > 1:
            forked.add(at.parent)
        elif at.kind == "endEvent" and at.parent in forked:
            continue
        chosen |= at.kind in ("exclusiveGateway", "inclusiveGateway") and len(at.outgoing) > 1
        after = _after(drawn, at)
        if at.kind == "endEvent" and (at.effects or not after):
            ends[at.process, at.id] = None
        for element in after:
            if (element.process, element.id) in seen:
                continue
            seen.add((element.process, element.id))
            if element.kind == "userTask":
                tasks[element.process, element.id] = None
            else:
                queue.append(element)
    telling = tuple(e for e in ends if drawn[e[0]].elements[e[1]].effects)       # an end that does something says more than 结束
    return Ahead(tuple(tasks), telling or tuple(ends), chosen)


def _after(drawn: dict[str, ProcessXml], element: Element) -> list[Element]:
    """The elements right after one: its flows' targets, the start of what it holds or calls, or what follows that which an end ends."""
    process = drawn[element.process]
    if element.kind in ("subProcess", "callActivity"):
        inner = drawn.get(element.called, process) if element.called else process
        return [e for e in inner.elements.values() if e.parent == (element.called or element.id) and e.kind == "startEvent"]
    if element.kind != "endEvent":
        return _targets(process, element)
    around = process.elements.get(element.parent)
    hosts = [around] if around is not None else [e for each in drawn.values() for e in each.elements.values() if e.called == process.id]
    return [target for host in hosts for target in _targets(drawn[host.process], host)]


def _targets(process: ProcessXml, element: Element) -> list[Element]:
    return [process.elements[process.flows[f].target] for f in element.outgoing if process.flows[f].target in process.elements]


def words_after(work: CaseWork, node: Node, lang: str) -> str:
    """The sentence at the button; empty where nothing is known."""
    definition = work.deployed.definition
    ahead = ahead_of(definition, node.process, node.id)
    known = {(each.process, each.id): each for level in definition.nodes.values() for each in level.values()}
    nodes, ends = [known[place] for place in ahead.tasks if place in known], [known[place] for place in ahead.ends if place in known]
    if len(nodes) == 1 and not ahead.chosen:
        return _("提交后转 %(who)s：%(step)s", who=_who(work, nodes[0], lang), step=_name(nodes[0], lang)) + _within(work, nodes[0], lang)
    if nodes:
        steps = (", " if english(lang) else "、").join(_name(each, lang) for each in [*nodes, *ends][:MOST])
        return _("提交后按您的选择进入：%(steps)s", steps=steps) if ahead.chosen else _("提交后进入：%(steps)s", steps=steps)
    return _("提交后：%(end)s", end=_name(ends[0], lang)) if ends else ""


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
