"""Compiles decision tables from their records: every column and cell parsed and checked, all problems kept."""

from __future__ import annotations

from collections.abc import Mapping

from webapp.feel import Expression, FeelError, UnaryTests, parse, parse_unary

from . import hit_policies
from .dmn_logic import Input, Output, Rule, Table, is_allowed, test_of
from .dmn_records import Cell, InputXml, ItemXml, OutputXml, RuleXml, TableXml
from .dmn_types import base_of, conversion, fits

_POLICIES = hit_policies.SINGLE | hit_policies.LISTS


class TableBuilder:
    """What builds tables. `source`, `problem` and `parsed` come by the subclass."""

    items: Mapping[str, ItemXml]
    seen: set[str]

    def table(self, xml: TableXml) -> Table | None:
        """A decision table."""
        before = len(self.problems)
        self.policy_fits(xml)
        inputs = [self.input(each) for each in xml.inputs]
        outputs = [self.output(each, xml) for each in xml.outputs]
        self.names_fit(xml)
        rows = [self.row(each, xml, inputs, outputs) for each in xml.rules]
        if len(self.problems) > before:
            return None
        rules = tuple(
            Rule(each.element, tuple(c.text for c in each.inputs), tuple(c.text for c in each.outputs), each.annotations)
            for each in xml.rules
        )
        return Table(
            self.source.element, xml.policy, xml.aggregation, tuple(inputs), tuple(outputs), rules, tuple(rows)
        )

    def policy_fits(self, xml: TableXml) -> None:
        """The hit policy is known and goes with the outputs."""
        if xml.policy not in _POLICIES:
            self.problem(xml.element, f"不认识的命中策略 {xml.policy}", f"unknown hit policy {xml.policy}")
        if xml.aggregation and (xml.policy != "COLLECT" or xml.aggregation not in hit_policies.AGGREGATIONS):
            self.problem(xml.element, f"汇总方式 {xml.aggregation} 不可用", f"aggregation {xml.aggregation} does not fit")
        if xml.aggregation and len(xml.outputs) > 1:
            self.problem(xml.element, "汇总只能有一个输出", "an aggregation takes a single output")
        if xml.policy in hit_policies.RANKED and not any(each.allowed for each in xml.outputs):
            self.problem(xml.element, "该命中策略需要列出输出的允许值", "this hit policy needs the outputs' allowed values")

    def names_fit(self, xml: TableXml) -> None:
        """Several outputs have different names; rules have ids of their own."""
        names = [each.name for each in xml.outputs]
        if not names:
            self.problem(xml.element, "决策表没有输出", "the table has no output")
        if len(names) > 1 and (len(set(names)) < len(names) or "" in names):
            self.problem(xml.element, "多个输出须各有名称", "several outputs need a name each")
        for rule in xml.rules:
            if rule.element in self.seen or rule.element == xml.element:
                self.problem(rule.element, "规则没有自己的 id", "a rule has no id of its own")
            self.seen.add(rule.element)

    def base(self, kind: str, element: str) -> str:
        """The base type of a column."""
        base = base_of(kind, self.items)
        if base is None:
            self.problem(element, f"不认识的类型 {kind}", f"unknown type {kind}")
        return base or ""

    def input(self, xml: InputXml) -> Input | None:
        """A column of conditions."""
        expression = self.parsed(parse, Cell(xml.element, xml.text))
        base = self.base(xml.kind, xml.element)
        values = xml.allowed or (self.items[xml.kind].allowed if xml.kind in self.items else "")
        allowed = self.parsed(parse_unary, Cell(xml.element, values)) if values else None
        if expression is None:
            return None
        return Input(xml.label, xml.text, xml.kind, expression, conversion(base), allowed)

    def output(self, xml: OutputXml, table: TableXml) -> Output:
        """A column of results."""
        base = self.base(xml.kind, xml.element)
        values = xml.allowed or (self.items[xml.kind].allowed if xml.kind in self.items else "")
        order = self.constants(Cell(xml.element, values)) if values else None
        default = self.parsed(parse, Cell(xml.element, xml.default)) if xml.default else None
        if default is not None:
            self.result_fits(xml.element, default, base, order)
        return Output(xml.name, xml.label, xml.kind, order, default)

    def constants(self, cell: Cell) -> tuple[object, ...] | None:
        """The values of a list of literals; null with a problem for anything else."""
        listed = self.parsed(parse, Cell(cell.element, f"[{cell.text}]"))
        if listed is None:
            return None
        if listed.paths or listed.functions:
            self.problem(cell.element, "允许值须为常量", "allowed values are constants")
            return None
        value = listed.evaluate({})
        return tuple(value) if type(value) is list else None

    def row(self, xml: RuleXml, table: TableXml, inputs: list, outputs: list):
        """A rule: the tests of the cells that ask anything, and its results."""
        if len(xml.inputs) != len(inputs) or len(xml.outputs) != len(outputs):
            self.problem(xml.element, "单元格数与列数不符", "the rule's cells do not match the columns")
            return None
        tests = []
        for column, (cell, of) in enumerate(zip(xml.inputs, inputs, strict=True)):
            parsed = self.parsed(parse_unary, cell)
            if parsed is None or parsed.any:
                continue
            tests.append((column, test_of(parsed)))
            if of is not None and of.allowed is not None:
                self.texts_allowed(cell, parsed, of.allowed)
        results = []
        for cell, of, column in zip(xml.outputs, outputs, table.outputs, strict=True):
            parsed = self.parsed(parse, cell) if cell.text else None
            if parsed is not None:
                self.result_fits(cell.element, parsed, base_of(column.kind, self.items) or "", of.order)
            results.append(parsed)
        return xml.element, tuple(tests), tuple(results)

    def texts_allowed(self, cell: Cell, parsed: UnaryTests, allowed: UnaryTests) -> None:
        """A text that the input can never have is a slip of the pen."""
        for text in sorted(parsed.constants or ()):
            if not allowed.paths and not allowed.matches(text):
                self.problem(cell.element, f"{text} 不在输入的允许值之列", f"{text} is not among the input's allowed values")

    def result_fits(self, element: str, parsed: Expression, base: str, order: tuple[object, ...] | None) -> None:
        """A constant result is of the output's type, and among its allowed values."""
        if parsed.paths or parsed.functions:
            return
        try:
            value = parsed.evaluate({})
        except FeelError:
            return
        if not fits(base, value):
            self.problem(element, f"{parsed.text} 不是类型 {base}", f"{parsed.text} is not of type {base}")
        elif order is not None and value is not None and not is_allowed(value, order):
            self.problem(element, f"{parsed.text} 不在输出的允许值之列", f"{parsed.text} is not among the allowed values")
