"""Reads DMN files into plain records, safely; evaluates nothing. Collects every problem instead of stopping at one."""

from __future__ import annotations

from lxml import etree

from webapp.feel import Said

from .dmn_boxed_xml import LOGIC, BoxedReader
from .dmn_records import Cell, FunctionXml, ItemXml, Problem, SourceXml, special_names

MAX_BYTES = 1_000_000
_NAMESPACES = frozenset({
    "http://www.omg.org/spec/DMN/20151101/dmn.xsd",       # 1.1
    "http://www.omg.org/spec/DMN/20180521/MODEL/",        # 1.2
    "https://www.omg.org/spec/DMN/20191111/MODEL/",       # 1.3
    "https://www.omg.org/spec/DMN/20211108/MODEL/",       # 1.4
    "https://www.omg.org/spec/DMN/20230324/MODEL/",       # 1.5
})
_NAMED = (
    "variable", "itemComponent", "column", "output", "inputData", "decision", "businessKnowledgeModel", "decisionService",
)
_MAX_SPECIAL = 200  # names that hold more than words
_MAX_TYPES = 20     # types within types


class Reader(BoxedReader):
    """Reads one file; `sources`, `inputs`, `items`, `names` and `problems` are what came of it."""

    def __init__(self, file: str, data: bytes) -> None:
        self.file = file
        self.namespace = ""
        self.sources: list[SourceXml] = []
        self.inputs: dict[str, tuple[str, str]] = {}        # input data by id: name, type
        self.items: dict[str, ItemXml] = {}
        self.names: frozenset[str] = frozenset()            # names that hold more than words
        self.problems: list[Problem] = []
        root = self.parsed(data)
        if root is not None:
            self.read(root)

    def problem(self, element: etree._Element | None, zh: str, en: str) -> None:
        """Notes a problem at an element."""
        self.problems.append(Problem(self.file, self.identity(element), Said(zh, en)))

    def parsed(self, data: bytes) -> etree._Element | None:
        """The root of well-formed DMN without a document type, or null with the problem noted."""
        if len(data) > MAX_BYTES:
            return self.problem(None, "文件超过 1 MB", "the file is larger than 1 MB")
        parser = etree.XMLParser(
            resolve_entities=False, no_network=True, load_dtd=False, dtd_validation=False, huge_tree=False,
            remove_comments=True, remove_pis=True,
        )
        try:
            root = etree.fromstring(data, parser)
        except (etree.XMLSyntaxError, ValueError) as error:
            return self.problem(None, f"不是合法的 XML：{error}", f"not well-formed XML: {error}")
        if root.getroottree().docinfo.doctype:
            return self.problem(None, "不得含有 DOCTYPE", "a DOCTYPE is refused")
        name = etree.QName(root)
        if name.namespace not in _NAMESPACES or name.localname != "definitions":
            return self.problem(root, "不是 DMN 1.1–1.5 文件", "not a DMN 1.1–1.5 file")
        self.namespace = name.namespace
        return root

    def read(self, root: etree._Element) -> None:
        for each in self.children(root, "import"):
            self.problem(each, "不支持 import", "import is not supported")
        self.names = self.special_names(root)
        if len(self.names) > _MAX_SPECIAL:
            self.names = frozenset()
            self.problem(root, f"含特殊字符的名称最多 {_MAX_SPECIAL} 个", f"at most {_MAX_SPECIAL} names that hold more than words")
        for each in self.children(root, "itemDefinition"):
            self.items[each.get("name", "")] = self.item(each, 0)
        for each in self.children(root, "inputData"):
            name, kind = self.variable(each)
            self.inputs[each.get("id", "")] = (name, kind)
        for each in self.children(root, "decision", "businessKnowledgeModel", "decisionService"):
            self.sources.append(self.source(each))

    def special_names(self, root: etree._Element) -> frozenset[str]:
        """The names of the file, but for parameters, that are not words side by side."""
        tags = {f"{{{self.namespace}}}{name}" for name in _NAMED}
        return special_names(" ".join(each.get("name", "").split()) for each in root.iter() if each.tag in tags)

    def item(self, element: etree._Element, depth: int) -> ItemXml:
        """A type: of a definition, or of a component of one."""
        allowed = self.text(self.child(element, "allowedValues"))
        collection = element.get("isCollection") == "true"
        if depth > _MAX_TYPES:
            self.problem(element, "类型嵌套过深", "types within types too deep")
            return ItemXml("Any", "")
        components = tuple(
            (each.get("name", "").strip(), self.item(each, depth + 1)) for each in self.children(element, "itemComponent")
        )
        function = self.child(element, "functionItem") is not None
        kind = "Any" if components or function else self.text(element, "typeRef") or "Any"
        return ItemXml(kind, allowed, collection, components)

    def variable(self, element: etree._Element) -> tuple[str, str]:
        """The name and type of an element's variable, else the element's own name."""
        variable = self.child(element, "variable")
        name = (variable.get("name") if variable is not None else None) or element.get("name") or element.get("id", "")
        return " ".join(name.split()), variable.get("typeRef", "") if variable is not None else ""

    def source(self, element: etree._Element) -> SourceXml:
        """A decision, a business knowledge model or a decision service."""
        before, tag = len(self.problems), etree.QName(element).localname
        sort = {"decision": "decision", "businessKnowledgeModel": "knowledge"}.get(tag, "service")
        own = element.get("id") or element.get("name", "")
        if not own:
            self.problem(element, "决策没有 id", "a decision has no id")
        name, kind = self.variable(element)
        logic = None
        if sort == "decision":      # one that has no logic yet is null, by the standard; the gate asks for it
            logic = self.logic(element) if self.children(element, *LOGIC) else Cell(own, "null")
        elif sort == "knowledge":
            encapsulated = self.child(element, "encapsulatedLogic")
            logic = FunctionXml("", (), None) if encapsulated is None else self.function(encapsulated)
        if sort != "service" and (logic is None or (sort == "knowledge" and logic.body is None)):
            self.problem(element, "没有决策表或表达式", "there is no decision table or expression")
        if sort == "service":
            requires, inputs = self.hrefs(element, "inputDecision"), self.hrefs(element, "inputData")
        else:
            requires, inputs = self.required(element, "requiredDecision"), self.required(element, "requiredInput")
        return SourceXml(
            self.file, own, sort, name, (element.get("name") or "").strip(), kind, requires,
            self.required(element, "requiredKnowledge"), inputs, self.hrefs(element, "outputDecision"), logic,
            len(self.problems) == before,
        )

    def required(self, element: etree._Element, tag: str) -> tuple[str, ...]:
        found = self.children(element, "informationRequirement", "knowledgeRequirement")
        return tuple(name for each in found for name in self.hrefs(each, tag))

    def hrefs(self, element: etree._Element, tag: str) -> tuple[str, ...]:
        return tuple(each.get("href", "").rpartition("#")[2] for each in self.children(element, tag))
