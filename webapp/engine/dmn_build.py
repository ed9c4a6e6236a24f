"""Compiles a source's logic from its records: every text parsed, boxed forms put together, all problems kept."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from webapp.feel import Expression, FeelError, Said, UnaryTests, parse

from .dmn_boxed import Boxed, Conditional, Definition, Filtered, Invocation, Listed, Literal, Logic, Row, Turns
from .dmn_build_table import TableBuilder
from .dmn_records import BoxedXml, Cell, ContextXml, FunctionXml, InvocationXml, ListXml, LogicXml, Problem, SourceXml, TableXml, special_names
from .dmn_types import Types

Parsed = TypeVar("Parsed", Expression, UnaryTests)


class Builder(TableBuilder):
    """Builds the logic of one source. `texts` are all parsed texts with the element each stands in; `local` the names
    that its boxed forms bring (parameters, entries, loop variables)."""

    def __init__(self, source: SourceXml, types: Types, problems: list[Problem]) -> None:
        self.source = source
        self.types = types
        self.items = types.items
        self.names = types.names
        self.problems = problems
        self.texts: list[tuple[str, Expression | UnaryTests]] = []
        self.seen: set[str] = set()
        self.local: set[str] = set()

    @property
    def slots(self) -> int:
        """How many variables the texts need at most."""
        return max((each.slots for _, each in self.texts), default=0)

    def problem(self, element: str, zh: str, en: str) -> None:
        """Notes a problem at an element of this source."""
        self.problems.append(Problem(self.source.file, element or self.source.element, Said(zh, en)))

    def parsed(self, parser: Callable[..., Parsed], cell: Cell) -> Parsed | None:
        """The parsed text of a cell, or null with the problem noted."""
        try:
            found = parser(cell.text, self.names)
        except FeelError as error:
            place = f"：{cell.text[:60]}"
            self.problem(cell.element, f"{_said(error).zh}{place}", f"{_said(error).en}{place}")
            return None
        self.texts.append((cell.element, found))
        return found

    def logic(self, xml: LogicXml) -> Logic | None:
        """The compiled logic, null when there is none to run."""
        if xml is None:
            return None
        return _BUILDS[type(xml)](self, xml)

    def literal(self, xml: Cell) -> Literal | None:
        expression = self.parsed(parse, xml)
        return None if expression is None else Literal(expression)

    def context(self, xml: ContextXml) -> Boxed:
        self.local.update(name for name, _, _ in xml.entries if name)
        entries = [(name, self.types.of(kind), self.logic(each)) for name, kind, each in xml.entries]
        if any(not name for name, _, _ in entries[:-1]):
            self.problem(xml.element, "只有最后一个条目可以没有名称", "only the last entry may have no name")
        return Boxed(tuple(entry for entry in entries if entry[2] is not None))

    def list(self, xml: ListXml) -> Listed:
        return Listed(tuple(map(self.logic, xml.members)))

    def function(self, xml: FunctionXml) -> Definition:
        self.local.update(name for name, _ in xml.params)
        params = tuple((name, self.types.of(kind)) for name, kind in xml.params)
        around, self.names = self.names, self.names | special_names(name for name, _ in xml.params)
        body = self.logic(xml.body)
        self.names = around
        return Definition(params, body, self.types.of(xml.kind), self.slots)

    def invocation(self, xml: InvocationXml) -> Invocation | Row:
        bindings = tuple((name, self.logic(each)) for name, each in xml.bindings)
        if xml.function is None:
            return Row(bindings)
        if any(not name for name, _ in bindings) or len({name for name, _ in bindings}) < len(bindings):
            self.problem(xml.element, "参数须各有名称", "the parameters need a name each")
        return Invocation(self.logic(xml.function), bindings)

    def boxed(self, xml: BoxedXml) -> Conditional | Filtered | Turns:
        self.local.update({"item"} if xml.kind == "filter" else {xml.variable, "partial"})
        parts = [self.logic(each) for each in xml.parts]
        if xml.kind == "conditional":
            return Conditional(*parts)
        if xml.kind == "filter":
            return Filtered(*parts)
        if not xml.variable:
            self.problem(xml.element, "循环变量没有名称", "the loop's variable has no name")
        return Turns(xml.kind, xml.variable, *parts)


_BUILDS = {
    TableXml: Builder.table, Cell: Builder.literal, ContextXml: Builder.context, ListXml: Builder.list,
    FunctionXml: Builder.function, InvocationXml: Builder.invocation, BoxedXml: Builder.boxed,
}


def _said(error: FeelError) -> Said:
    message = error.message
    return message if isinstance(message, Said) else Said(str(message), str(message))
