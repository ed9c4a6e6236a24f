"""Number functions, and the summaries of lists of numbers."""

from __future__ import annotations

from datetime import timedelta
from decimal import (
    ROUND_CEILING,
    ROUND_DOWN,
    ROUND_FLOOR,
    ROUND_HALF_DOWN,
    ROUND_HALF_EVEN,
    ROUND_HALF_UP,
    ROUND_UP,
    Decimal,
)

from . import numbers
from .builtins import FUNCTIONS, Form, Param, feel
from .compare import OPERATORS, ordered
from .errors import Run
from .numbers import ARITHMETIC, ONE, ZERO
from .temporal import YearsMonths


def _rounding(name: str, rounding: str, scale_needed: bool = False) -> None:
    def function(run: Run, number: Decimal, scale: Decimal = ZERO) -> Decimal | None:
        return numbers.rounded(number, scale, rounding)

    params = (Param("n", "number", False), Param("scale", "number", not scale_needed))
    FUNCTIONS[name] = [Form(params, "", function)]


_rounding("decimal", ROUND_HALF_EVEN, scale_needed=True)
_rounding("floor", ROUND_FLOOR)
_rounding("ceiling", ROUND_CEILING)
_rounding("round up", ROUND_UP)
_rounding("round down", ROUND_DOWN)
_rounding("round half up", ROUND_HALF_UP)
_rounding("round half down", ROUND_HALF_DOWN)


@feel("abs", "n:amount")
def absolute(run: Run, amount: Decimal | timedelta | YearsMonths) -> Decimal | timedelta | YearsMonths:
    if type(amount) is Decimal:
        return amount.copy_abs()
    return YearsMonths(abs(amount.months)) if type(amount) is YearsMonths else abs(amount)


@feel("modulo", "dividend:number", "divisor:number")
def modulo(run: Run, dividend: Decimal, divisor: Decimal) -> Decimal | None:
    return numbers.modulo(dividend, divisor)


@feel("sqrt", "number:number")
def sqrt(run: Run, number: Decimal) -> Decimal | None:
    return numbers.finite(ARITHMETIC.sqrt(number)) if number >= 0 else None


@feel("odd", "number:number")
def odd(run: Run, number: Decimal) -> bool:
    return numbers.modulo(number, Decimal(2)) == ONE


@feel("even", "number:number")
def even(run: Run, number: Decimal) -> bool:
    return numbers.modulo(number, Decimal(2)) == ZERO


def _all_numbers(values: list) -> bool:
    return bool(values) and all(type(value) is Decimal for value in values)


def _total(values: list) -> Decimal | None:
    total = ZERO
    for value in values:
        total = ARITHMETIC.add(total, value)
    return numbers.finite(total)


@feel("sum", "list:list", rest="all")
def total(run: Run, values: list) -> Decimal | None:
    return _total(values) if _all_numbers(values) else None


@feel("mean", "list:list", rest="all")
def mean(run: Run, values: list) -> Decimal | None:
    summed = _total(values) if _all_numbers(values) else None
    return None if summed is None else ARITHMETIC.divide(summed, Decimal(len(values)))


@feel("median", "list:list", rest="all")
def median(run: Run, values: list) -> Decimal | None:
    if not _all_numbers(values):
        return None
    ranked, middle = sorted(values), len(values) // 2
    if len(ranked) % 2:
        return ranked[middle]
    return numbers.finite(ARITHMETIC.divide(ARITHMETIC.add(ranked[middle - 1], ranked[middle]), Decimal(2)))


def _extreme(values: list, operator: str) -> object:
    if not values:
        return None
    best = values[0]
    for value in values:
        better = ordered(OPERATORS[operator], value, best)
        if better is None:
            return None
        best = value if better else best
    return best


@feel("min", "list:list", rest="all")
def minimum(run: Run, values: list) -> object:
    return _extreme(values, "<=")


@feel("max", "list:list", rest="all")
def maximum(run: Run, values: list) -> object:
    return _extreme(values, ">=")
