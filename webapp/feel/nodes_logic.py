"""Conditions: comparison, between, in, and, or, if, instance of; three-valued as the standard says."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from decimal import Decimal

from .compare import OPERATORS, either, equal, matches_value, ordered, within
from .compiler import Code, Compiler, compiles
from .errors import Run
from .syntax import Node
from .temporal import YearsMonths
from .types import conforming
from .values import Range, size_of

_SWAPPED = {"<": (False, False), "<=": (False, True), ">": (False, False), ">=": (True, False)}


@compiles("compare")
def _compare(compiler: Compiler, node: Node) -> Code:
    left, right = (compiler.code(part) for part in node.parts)
    operator, literal = node.data, node.parts[1]
    if operator in OPERATORS:
        compare = OPERATORS[operator]
        return lambda run: ordered(compare, left(run), right(run))
    if literal.kind == "literal" and type(literal.data) in (str, bool):
        return _compare_literal(left, literal.data, operator == "=")
    if operator == "=":
        return lambda run: equal(left(run), right(run), run)

    def unequal(run: Run) -> bool | None:
        result = equal(left(run), right(run), run)
        return None if result is None else not result

    return unequal


def _compare_literal(left: Code, literal: str | bool, positive: bool) -> Code:
    """The commonest condition, `path = "text"`, short."""
    kind, negative = type(literal), not positive

    def code(run: Run) -> bool | None:
        value = left(run)
        if type(value) is kind:
            return (value == literal) is positive
        return negative if value is None else None

    return code


@compiles("between")
def _between(compiler: Compiler, node: Node) -> Code:
    value, low, high = (compiler.code(part) for part in node.parts)
    at_least, at_most = OPERATORS[">="], OPERATORS["<="]

    def code(run: Run) -> bool | None:
        each = value(run)
        above, below = ordered(at_least, each, low(run)), ordered(at_most, each, high(run))
        if above is False or below is False:
            return False
        return None if above is None or below is None else True

    return code


@compiles("and")
def _and(compiler: Compiler, node: Node) -> Code:
    codes = tuple(compiler.code(part) for part in node.parts)

    def code(run: Run) -> bool | None:
        result: bool | None = True
        for each in codes:
            value = each(run)
            if value is False:
                return False
            if value is not True:
                result = None
        return result

    return code


@compiles("or")
def _or(compiler: Compiler, node: Node) -> Code:
    codes = tuple(compiler.code(part) for part in node.parts)

    def code(run: Run) -> bool | None:
        result: bool | None = False
        for each in codes:
            value = each(run)
            if value is True:
                return True
            if value is not False:
                result = None
        return result

    return code


@compiles("if")
def _if(compiler: Compiler, node: Node) -> Code:
    condition, positive, negative = (compiler.code(part) for part in node.parts)
    return lambda run: positive(run) if condition(run) is True else negative(run)


@compiles("instance")
def _instance(compiler: Compiler, node: Node) -> Code:
    code = compiler.code(node.parts[0])
    test, compound = conforming(node.data), len(node.data) > 1

    def instance(run: Run) -> bool:
        value = code(run)
        if compound:
            run.charge(size_of(value))
        return test(value)

    return instance


@compiles("in")
def _in(compiler: Compiler, node: Node) -> Code:
    value = compiler.code(node.parts[0])
    tests = tuple(test_code(compiler, part) for part in node.parts[1:])

    def code(run: Run) -> bool | None:
        each = value(run)
        result: bool | None = False
        for test in tests:
            result = either(result, test(each, run))
            if result is True:
                return True
        return result

    return code


def test_code(compiler: Compiler, node: Node):
    """The closure `(value, run) -> true, false or null` of one positive test."""
    if node.kind == "test":
        code, operator = compiler.code(node.parts[0]), node.data
        if operator in OPERATORS:
            compare = OPERATORS[operator]
            return lambda value, run: ordered(compare, value, code(run))
        if operator == "=":
            return lambda value, run: equal(value, code(run), run)
        return lambda value, run: _not(equal(value, code(run), run))
    code = compiler.code(node)
    if node.kind == "range":
        return lambda value, run: _within(value, code(run))
    if node.kind == "literal":
        literal = node.data
        return lambda value, run: equal(value, literal, run)
    return lambda value, run: _matches(value, code(run), run)


def _within(value: object, span: object) -> bool | None:
    return within(value, span) if type(span) is Range else None


def _matches(value: object, test: object, run: Run) -> bool | None:
    if test is None and value is not None:
        return None
    return matches_value(value, test, run)


def _not(value: bool | None) -> bool | None:
    return None if value is None else not value


@compiles("test")
def _test(compiler: Compiler, node: Node) -> Code:
    """`(> 5)` standing as a value: a range with one open end."""
    code, operator = compiler.code(node.parts[0]), node.data
    start_in, end_in = _SWAPPED.get(operator, (False, False))

    def span(run: Run) -> Range | None:
        edge = code(run)
        if type(edge) not in _EDGES:
            return None
        if operator == "=":
            return Range(edge, edge, True, True)
        return Range(edge, None, start_in, False) if operator[0] == ">" else Range(None, edge, False, end_in)

    return span


_EDGES = frozenset({Decimal, str, date, datetime, time, timedelta, YearsMonths})


@compiles("range")
def _range(compiler: Compiler, node: Node) -> Code:
    low, high = (compiler.code(part) for part in node.parts)
    start_in, end_in = node.data

    def span(run: Run) -> Range | None:
        start, end = low(run), high(run)
        kinds = {type(each) for each in (start, end) if each is not None}
        if len(kinds) != 1 or not kinds <= _EDGES:
            return None
        return Range(start, end, start_in and start is not None, end_in and end is not None)

    return span
