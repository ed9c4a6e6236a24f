"""What a decision does when it is asked: a compiled table, expression or context. Everything here is immutable."""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from webapp.feel import Expression, Run, Said, UnaryTests
from webapp.feel.compare import same

from . import hit_policies
from .dmn_types import Conversion
from .hit_policies import DecisionError

Test = Callable[[object, Run], bool]


@dataclass(frozen=True)
class Input:
    """A column of conditions: label, the text of its expression, its type."""

    label: str
    text: str
    kind: str
    expression: Expression = field(repr=False)
    convert: Conversion | None = field(repr=False)
    allowed: UnaryTests | None = field(repr=False)

    def value(self, run: Run, decision: str) -> object:
        """The value, as the column's type. Raises DecisionError for one that is not among the allowed values."""
        value = self.expression.code(run)
        if self.convert is not None and value is not None:
            value = self.convert(value)
        if self.allowed is not None and value is not None:
            run.value = value
            if self.allowed.code(run) is not True:
                name = self.label or self.text
                raise DecisionError(Said(
                    f"决策 {decision}：{name} 的值不在允许之列", f"{decision}: the value of {name} is not allowed"
                ))
        return value


@dataclass(frozen=True)
class Output:
    """A column of results: its name, label and type; `order` holds its allowed values, the most wanted first."""

    name: str
    label: str
    kind: str
    order: tuple[object, ...] | None = field(repr=False)
    default: Expression | None = field(repr=False)


@dataclass(frozen=True)
class Rule:
    """A row: its id, the texts of its cells, its annotations."""

    id: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    annotations: tuple[str, ...]


@dataclass(frozen=True)
class Table:
    """A decision table."""

    decision: str
    policy: str
    aggregation: str
    inputs: tuple[Input, ...]
    outputs: tuple[Output, ...]
    rules: tuple[Rule, ...]
    rows: tuple[tuple[str, tuple[tuple[int, Test], ...], tuple[Expression | None, ...]], ...] = field(repr=False)

    def decide(self, run: Run) -> tuple[object, list[str]]:
        """The value and the ids of the rules that matched."""
        run.charge(len(self.rows) // 4)
        values = [column.value(run, self.decision) for column in self.inputs]
        first, hits = self.policy == "FIRST", []
        for rule, tests, results in self.rows:
            for column, test in tests:
                if not test(values[column], run):
                    break
            else:
                hits.append((rule, self.result(run, results)))
                if first:
                    break
        matched = [rule for rule, _ in hits]
        if run.watch is not None:
            run.watch.hit(self.decision, matched)
        return self.defaulted(run) if not hits else self.chosen(run, hits), matched

    def result(self, run: Run, results: tuple[Expression | None, ...]) -> object:
        """One row's value: of a single output, or a context of several."""
        if len(results) == 1:
            return None if results[0] is None else results[0].code(run)
        return {
            column.name: None if cell is None else cell.code(run)
            for column, cell in zip(self.outputs, results, strict=True)
        }

    def defaulted(self, run: Run) -> object:
        """What holds when no rule matched: the default entries, else null or an empty list."""
        if any(column.default is not None for column in self.outputs):
            value = self.result(run, tuple(column.default for column in self.outputs))
            return [value] if self.policy in hit_policies.LISTS and not self.aggregation else value
        if self.aggregation:
            return hit_policies.AGGREGATIONS[self.aggregation](run, [])
        return [] if self.policy in hit_policies.LISTS else None

    def chosen(self, run: Run, hits: list[tuple[str, object]]) -> object:
        """What the hit policy makes of the matches."""
        policy = self.policy
        if policy == "UNIQUE":
            return hit_policies.only(self.decision, hits)
        if policy == "ANY":
            return hit_policies.agreed(self.decision, hits)
        if policy in hit_policies.RANKED:
            hits = hit_policies.ranked(
                hits, [column.order for column in self.outputs], [column.name for column in self.outputs]
            )
        if policy in hit_policies.SINGLE:
            return hits[0][1]
        values = [value for _, value in hits]
        return hit_policies.AGGREGATIONS[self.aggregation](run, values) if self.aggregation else run.items(values)


def overlaid(context: Mapping, found: Mapping) -> Mapping:
    """A context with further names before its own."""
    if not found:
        return context
    return {**context, **found} if type(context) is dict else ChainMap(dict(found), context)


def test_of(cell: UnaryTests) -> Test:
    """How a cell is tested: texts alone by looking them up, anything else by its code."""
    constants = cell.constants
    if constants is not None:
        return lambda value, run: type(value) is str and value in constants
    code = cell.code

    def test(value: object, run: Run) -> bool:
        run.value = value
        return code(run) is True

    return test


def is_allowed(value: object, order: tuple[object, ...]) -> bool:
    """Whether a value is among the allowed ones."""
    return any(same(value, each) for each in order)


