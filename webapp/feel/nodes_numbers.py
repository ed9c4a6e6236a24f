"""Arithmetic: sums, products, powers and negation of numbers, texts, dates, times and durations."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

from .compiler import Code, Compiler, compiles
from .errors import Run
from .numbers import ARITHMETIC, ZERO, finite
from .syntax import Node
from .temporal import YearsMonths, difference, scaled, seconds_of, shift

_SPANS = frozenset({timedelta, YearsMonths})
_DAYS = frozenset({date, datetime})
_POINTS = frozenset({date, datetime, time})
_add, _subtract, _multiply, _divide = (
    ARITHMETIC.add, ARITHMETIC.subtract, ARITHMETIC.multiply, ARITHMETIC.divide,
)


def plus(left: object, right: object, run: Run) -> object:
    """left + right, null where that has no meaning."""
    kind, other = type(left), type(right)
    if kind is other:
        if kind is Decimal:
            return finite(_add(left, right))
        if kind is str:
            return run.text(left + right)
        return _add_spans(left, right, 1) if kind in _SPANS else None
    if kind in _SPANS and other in _POINTS:
        return shift(right, left, 1)
    return shift(left, right, 1) if kind in _POINTS and other in _SPANS else None


def minus(left: object, right: object, run: Run) -> object:
    """left − right, null where that has no meaning."""
    kind, other = type(left), type(right)
    if kind is other:
        if kind is Decimal:
            return finite(_subtract(left, right))
        if kind in _SPANS:
            return _add_spans(left, right, -1)
        return difference(left, right) if kind in _POINTS else None
    if kind in _DAYS and other in _DAYS:
        return difference(_midnight(left), _midnight(right))
    return shift(left, right, -1) if kind in _POINTS and other in _SPANS else None


def _midnight(day: date) -> datetime:
    """A date beside a date and time is its midnight in UTC."""
    return day if type(day) is datetime else datetime(day.year, day.month, day.day, tzinfo=UTC)


def _add_spans(left, right, sign: int):
    if type(left) is YearsMonths:
        return YearsMonths(left.months + sign * right.months)
    try:
        return left + right if sign > 0 else left - right
    except OverflowError:
        return None


def times(left: object, right: object, run: Run) -> object:
    """left · right: numbers, or a duration and a number."""
    kind, other = type(left), type(right)
    if kind is Decimal:
        if other is Decimal:
            return finite(_multiply(left, right))
        return scaled(right, left, False) if other in _SPANS else None
    return scaled(left, right, False) if kind in _SPANS and other is Decimal else None


def over(left: object, right: object, run: Run) -> object:
    """left / right: numbers, a duration by a number, or two durations of a kind; null by zero."""
    kind, other = type(left), type(right)
    if kind in _SPANS:
        if other is Decimal:
            return scaled(left, right, True)
        if other is not kind:
            return None
        left, right = _size(left), _size(right)
    elif kind is not Decimal or other is not Decimal:
        return None
    return finite(_divide(left, right)) if right else None


def _size(span: timedelta | YearsMonths) -> Decimal:
    return Decimal(span.months) if type(span) is YearsMonths else seconds_of(span)


_OPERATIONS = {"+": plus, "-": minus, "*": times, "/": over}


@compiles("sum")
@compiles("product")
def _chain(compiler: Compiler, node: Node) -> Code:
    codes = [compiler.code(part) for part in node.parts]
    operations = [_OPERATIONS[sign] for sign in node.data]
    if len(codes) == 2:
        left, right, operation = *codes, operations[0]
        return lambda run: operation(left(run), right(run), run)
    first, rest = codes[0], tuple(zip(operations, codes[1:], strict=True))

    def code(run: Run) -> object:
        value = first(run)
        for operation, operand in rest:
            value = operation(value, operand(run), run)
        return value

    return code


@compiles("power")
def _power(compiler: Compiler, node: Node) -> Code:
    base, exponent = (compiler.code(part) for part in node.parts)

    def code(run: Run) -> Decimal | None:
        left, right = base(run), exponent(run)
        if type(left) is not Decimal or type(right) is not Decimal:
            return None
        if not left and not right:
            return Decimal(1)
        run.charge(10)
        return finite(ARITHMETIC.power(left, right))

    return code


@compiles("negate")
def _negate(compiler: Compiler, node: Node) -> Code:
    code = compiler.code(node.parts[0])

    def negative(run: Run) -> object:
        value = code(run)
        kind = type(value)
        if kind is Decimal:
            return _subtract(ZERO, value)
        if kind is YearsMonths:
            return YearsMonths(-value.months)
        return _add_spans(timedelta(), value, -1) if kind is timedelta else None

    return negative
