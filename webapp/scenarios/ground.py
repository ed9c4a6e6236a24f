"""What the scenarios of a procedure are to cover: every flow and boundary event of its diagrams, every row of its decision tables."""
from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from webapp.deployments.registry import Deployed
from webapp.engine import Node
from webapp.engine.dmn_records import BoxedXml, ContextXml, FunctionXml, InvocationXml, ListXml, LogicXml, SourceXml, TableXml
from webapp.engine.dmn_xml import Reader
from webapp.engine.xml import Element, Flow, ProcessXml, parse_xml, read_processes

FLOW, BOUNDARY, ROW = "flow", "boundary_event", "row"
GATEWAY = "exclusiveGateway"


@dataclass(frozen=True)
class Item:
    """Something to be covered. `place` is its process or decision; a row's `number` counts from 1; `article` is what it cites, as written."""

    kind: str
    file: str
    place: str
    id: str
    zh: str
    en: str
    article: str = ""
    number: int = 0

    @property
    def key(self) -> tuple[str, str, str]:
        return self.kind, self.place, self.id

    def to_json(self) -> dict[str, Any]:
        found = {"kind": self.kind, "file": self.file, "decision" if self.kind == ROW else "process": self.place, "id": self.id, "name": self.zh, "en": self.en}
        return found | ({"number": self.number} if self.number else {}) | ({"article": self.article} if self.article else {})


@dataclass
class Ground:
    """All items of a procedure by key, in the order of the files; and which flows a completed node goes on by."""

    items: dict[tuple[str, str, str], Item] = field(default_factory=dict)
    leading: dict[tuple[str, str], list[Flow]] = field(default_factory=dict)        # (process, node) -> its outgoing flows, as written
    defaults: dict[tuple[str, str], str] = field(default_factory=dict)

    def of(self, *kinds: str) -> list[Item]:
        return [item for item in self.items.values() if item.kind in kinds]

    def passed_by(self, node: Node, condition: str | None) -> Iterator[tuple[str, str, str]]:
        """The keys that a completed node passes; `condition` is the one that held, of a gateway whose default was not taken."""
        if node.kind == "boundaryEvent":
            yield BOUNDARY, node.process, node.id
        flows = self.leading.get((node.process, node.id), [])
        if node.kind == GATEWAY and len(flows) > 1:
            if condition is not None:
                flows = [flow for flow in flows if flow.condition == condition.strip()][:1]       # of two alike the first is taken
            else:
                flows = [flow for flow in flows if flow.id == self.defaults.get((node.process, node.id))]
        yield from ((FLOW, node.process, flow.id) for flow in flows)


def ground_of(deployed: Deployed) -> Ground:
    """What is to be covered of a compiled deployment."""
    ground = Ground()
    for file, xml in sorted(set(deployed.definition.diagrams.values())):
        for process in read_processes(parse_xml(xml, file), file, []):
            _add_process(ground, process)
    for name in sorted(n for n in deployed.bundle if n.endswith(".dmn")):
        for source in Reader(name, deployed.bundle[name]).sources:
            _add_rows(ground, source)
    return ground


def _add_process(ground: Ground, process: ProcessXml) -> None:
    for element in process.elements.values():
        if element.default:
            ground.defaults[process.id, element.id] = element.default
        if element.kind == "boundaryEvent":
            host = process.elements.get(element.attached_to or "")
            zh, en = (f"{_named(element, lang)} ({_named(host, lang)})" if host else _named(element, lang) for lang in ("zh", "en"))
            _put(ground, Item(BOUNDARY, process.file, process.id, element.id, zh, en, element.properties.get("article", "")))
    for flow in process.flows.values():
        ground.leading.setdefault((process.id, flow.source), []).append(flow)
        ends = process.elements.get(flow.source), process.elements.get(flow.target)
        zh, en = (" → ".join(_named(end, lang) for end in ends if end is not None) for lang in ("zh", "en"))
        _put(ground, Item(FLOW, process.file, process.id, flow.id, f"{zh} ({flow.name})" if flow.name else zh, en))


def _named(element: Element, lang: str) -> str:
    return " ".join(((element.properties.get("en") if lang == "en" else element.name) or element.name or element.id).split())


def _put(ground: Ground, item: Item) -> None:
    ground.items[item.key] = item


def _add_rows(ground: Ground, source: SourceXml) -> None:
    for table in _tables(source.logic):
        cites = next((n for n, column in enumerate(table.outputs) if column.name == "article"), None)
        for number, rule in enumerate(table.rules, 1):
            zh, _, en = next((text for text in rule.annotations if text), "").partition(" / ")
            cells = "; ".join(cell.text for cell in rule.inputs)
            article = rule.outputs[cites].text.strip('"') if cites is not None else ""
            _put(ground, Item(ROW, source.file, source.element, rule.element, zh or cells, en or zh or cells, article, number))


def _tables(logic: LogicXml) -> Iterator[TableXml]:
    """The tables of some logic, however deep in boxed forms."""
    if isinstance(logic, TableXml):
        yield logic
        return
    match logic:
        case ContextXml():
            inner = [each for _, _, each in logic.entries]
        case ListXml():
            inner = list(logic.members)
        case FunctionXml():
            inner = [logic.body]
        case InvocationXml():
            inner = [logic.function, *(each for _, each in logic.bindings)]
        case BoxedXml():
            inner = list(logic.parts)
        case _:
            inner = []
    for each in inner:
        yield from _tables(each)
