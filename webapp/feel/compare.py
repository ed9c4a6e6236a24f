"""Equality, order and membership of FEEL values, each three-valued: true, false, or null where it has no meaning."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from operator import ge, gt, le, lt

from .errors import Run
from .temporal import YearsMonths
from .values import Range, size_of

_ORDERED = frozenset({Decimal, str, date, datetime, time, timedelta, YearsMonths})
_PLAIN = _ORDERED | {bool}
_ZONED = frozenset({datetime, time})
OPERATORS: dict[str, Callable] = {"<": lt, "<=": le, ">": gt, ">=": ge}


def equal(left: object, right: object, run: Run) -> bool | None:
    """`=`: false against null, null between kinds; lists and contexts by their members."""
    kind = type(left)
    if kind is type(right):
        if kind in _PLAIN:
            if kind in _ZONED and (left.utcoffset() is None) != (right.utcoffset() is None):
                return None
            return left == right
        if kind is list or kind is dict:
            run.charge(min(size_of(left), size_of(right)))
            return same(left, right)
        return left == right
    return False if left is None or right is None else None


def same(left: object, right: object) -> bool:
    """Equality inside lists and contexts: two-valued, kinds kept apart (true is not 1)."""
    kind = type(left)
    if kind is not type(right):
        return False
    if kind is list:
        return len(left) == len(right) and all(map(same, left, right))
    if kind is dict:
        return left.keys() == right.keys() and all(same(each, right[key]) for key, each in left.items())
    return left == right


def identity(value: object) -> object:
    """A hashable that two values share exactly when they are the `same`."""
    kind = type(value)
    if kind is list:
        return (list, *map(identity, value))
    if kind is dict:
        return (dict, frozenset((key, identity(each)) for key, each in value.items()))
    return (kind, value)


def ordered(compare: Callable, left: object, right: object) -> bool | None:
    """`<`, `<=`, `>`, `>=` of two values of one ordered kind, else null."""
    kind = type(left)
    if kind is not type(right) or kind not in _ORDERED:
        return None
    try:
        return compare(left, right)
    except TypeError:       # one with, one without an offset
        return None


def within(value: object, span: Range) -> bool | None:
    """Whether the value lies in the range; null when it cannot be compared with its ends."""
    start, end = span.start, span.end
    low = ordered(ge if span.start_in else gt, value, start) if start is not None else True
    high = ordered(le if span.end_in else lt, value, end) if end is not None else True
    if low is None or high is None or (start is None and end is None):
        return None
    return low and high


def either(left: bool | None, right: bool | None) -> bool | None:
    """Three-valued or."""
    if left is True or right is True:
        return True
    return None if left is None or right is None else False


def matches_value(value: object, test: object, run: Run) -> bool | None:
    """`value in test` for an evaluated test: a range holds it, a list has it (or a range that holds it), or equal."""
    kind = type(test)
    if kind is Range:
        return within(value, test)
    if kind is not list:
        return equal(value, test, run)
    run.charge(len(test))
    found: bool | None = type(value) is list and equal(value, test, run) is True
    for each in test:
        if found is True:
            return True
        found = either(found, within(value, each) if type(each) is Range else _equal_member(value, each, run))
    return found


def _equal_member(value: object, each: object, run: Run) -> bool:
    return equal(value, each, run) is True
