"""Reads the logic of DMN elements: tables, expressions, and the boxed forms that hold one another."""

from __future__ import annotations

from lxml import etree

from .dmn_records import (
    BoxedXml,
    Cell,
    ContextXml,
    FunctionXml,
    InputXml,
    InvocationXml,
    ListXml,
    LogicXml,
    OutputXml,
    RuleXml,
    TableXml,
)

_PARTS = {
    "conditional": ("if", "then", "else"), "filter": ("in", "match"), "for": ("in", "return"),
    "some": ("in", "satisfies"), "every": ("in", "satisfies"),
}
LOGIC = (
    "decisionTable", "literalExpression", "context", "relation", "list", "invocation", "functionDefinition", *_PARTS,
)
_MAX_BOXES = 40     # boxed forms within one another


class BoxedReader:
    """What reads logic. `file`, `namespace` and `problem` come by the subclass."""

    boxes = 0

    def identity(self, element: etree._Element | None) -> str:
        """The element's id, or the nearest one around it."""
        while element is not None and not element.get("id"):
            element = element.getparent()
        return "" if element is None else element.get("id")

    def children(self, element: etree._Element, *names: str) -> list[etree._Element]:
        return [each for name in names for each in element.iterchildren(f"{{{self.namespace}}}{name}")]

    def child(self, element: etree._Element | None, name: str) -> etree._Element | None:
        return None if element is None else element.find(f"{{{self.namespace}}}{name}")

    def text(self, element: etree._Element | None, name: str = "text") -> str:
        """The text of a child element."""
        found = self.child(element, name)
        return "" if found is None or found.text is None else found.text.strip()

    def logic(self, element: etree._Element | None) -> LogicXml:
        """The logic that stands in an element, null where none does."""
        found = [] if element is None else self.children(element, *LOGIC)
        return self.boxed(found[0]) if found else None

    def boxed(self, element: etree._Element) -> LogicXml:
        """The logic that an element is."""
        if self.boxes >= _MAX_BOXES:
            return self.problem(element, "表达式嵌套过深", "boxed expressions within one another too deep")
        self.boxes += 1
        kind = etree.QName(element).localname
        reads = {
            "decisionTable": self.table, "literalExpression": self.cell, "context": self.context,
            "relation": self.relation, "list": self.listed, "invocation": self.invocation,
            "functionDefinition": self.function,
        }
        made = reads.get(kind, self.other)(element)
        self.boxes -= 1
        return made

    def wanted(self, element: etree._Element, logic: LogicXml) -> LogicXml:
        """The logic; a problem where there is none."""
        if logic is None:
            self.problem(element, "没有表达式", "there is no expression")
        return logic

    def cell(self, element: etree._Element) -> Cell:
        language = element.get("expressionLanguage")
        if language and language.lower() != "feel" and "/FEEL" not in language and "/MODEL" not in language:
            self.problem(element, f"只支持 FEEL，不支持 {language}", f"only FEEL is supported, not {language}")
        if self.children(element, "importedValues"):
            self.problem(element, "不支持引入的值", "imported values are not supported")
        return Cell(self.identity(element), self.text(element))

    def context(self, element: etree._Element) -> ContextXml:
        entries = []
        for each in self.children(element, "contextEntry"):
            variable = self.child(each, "variable")
            name = "" if variable is None else " ".join(variable.get("name", "").split())
            kind = "" if variable is None else variable.get("typeRef", "")
            entries.append((name, kind, self.wanted(each, self.logic(each))))
        return ContextXml(self.identity(element), tuple(entries))

    def listed(self, element: etree._Element) -> ListXml:
        return ListXml(self.identity(element), tuple(map(self.boxed, self.children_in_order(element))))

    def children_in_order(self, element: etree._Element) -> list[etree._Element]:
        """The children that are logic, as they stand."""
        tags = {f"{{{self.namespace}}}{name}" for name in LOGIC}
        return [each for each in element if each.tag in tags]

    def relation(self, element: etree._Element) -> ListXml:
        """A relation is the list of its rows' contexts."""
        columns = [" ".join(each.get("name", "").split()) for each in self.children(element, "column")]
        rows = []
        if not columns or "" in columns or len(set(columns)) < len(columns):
            self.problem(element, "列须各有名称", "the columns need a name each")
        for row in self.children(element, "row"):
            cells = [self.boxed(each) for each in self.children_in_order(row)]
            if len(cells) != len(columns):
                self.problem(row, "单元格数与列数不符", "the row's cells do not match the columns")
            rows.append(InvocationXml(self.identity(row), None, tuple(zip(columns, cells, strict=False))))
        return ListXml(self.identity(element), tuple(rows))

    def function(self, element: etree._Element) -> FunctionXml:
        if element.get("kind", "FEEL").upper() != "FEEL":
            self.problem(element, "不支持外部函数", "external functions are refused")
        params = tuple(
            (" ".join(each.get("name", "").split()), each.get("typeRef", ""))
            for each in self.children(element, "formalParameter")
        )
        names = [name for name, _ in params]
        if "" in names or len(set(names)) < len(names):
            self.problem(element, "参数须各有名称", "the parameters need a name each")
        bodies = self.children(element, *LOGIC)
        kind = bodies[0].get("typeRef", "") if bodies else ""
        return FunctionXml(self.identity(element), params, self.wanted(element, self.logic(element)), kind)

    def invocation(self, element: etree._Element) -> InvocationXml:
        bindings = []
        for each in self.children(element, "binding"):
            parameter = self.child(each, "parameter")
            name = "" if parameter is None else " ".join(parameter.get("name", "").split())
            bindings.append((name, self.logic(each) or Cell(self.identity(each), "null")))
        return InvocationXml(self.identity(element), self.wanted(element, self.logic(element)), tuple(bindings))

    def other(self, element: etree._Element) -> BoxedXml:
        """A conditional, a filter, a loop."""
        kind = etree.QName(element).localname
        parts = tuple(self.wanted(element, self.logic(self.child(element, name))) for name in _PARTS[kind])
        return BoxedXml(self.identity(element), kind, " ".join(element.get("iteratorVariable", "").split()), parts)

    def table(self, element: etree._Element) -> TableXml:
        inputs = []
        for each in self.children(element, "input"):
            expression = self.child(each, "inputExpression")
            kind = "" if expression is None else expression.get("typeRef", "")
            text = "" if expression is None else self.cell(expression).text
            allowed = self.text(self.child(each, "inputValues"))
            inputs.append(InputXml(self.identity(each), each.get("label", ""), text, kind, allowed))
        outputs = []
        for each in self.children(element, "output"):
            outputs.append(OutputXml(
                self.identity(each), " ".join(each.get("name", "").split()), each.get("label", ""),
                each.get("typeRef", ""), self.text(self.child(each, "outputValues")),
                self.text(self.child(each, "defaultOutputEntry")),
            ))
        policy = element.get("hitPolicy", "UNIQUE").replace("_", " ")
        name = self.identity(element)
        rules = tuple(self.rule(each, f"{name}.{place}") for place, each in enumerate(self.children(element, "rule"), 1))
        return TableXml(name, policy, element.get("aggregation", ""), tuple(inputs), tuple(outputs), rules)

    def rule(self, element: etree._Element, instead: str) -> RuleXml:
        """A row; one without an id is called by its table and place."""
        return RuleXml(
            element.get("id") or instead,
            tuple(self.cell(each) for each in self.children(element, "inputEntry")),
            tuple(self.cell(each) for each in self.children(element, "outputEntry")),
            tuple(filter(None, [
                self.text(element, "description"),
                *(self.text(each) for each in self.children(element, "annotationEntry")),
            ])),
        )
