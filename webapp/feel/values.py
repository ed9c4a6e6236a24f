"""The values of FEEL: taking them in from Python, reading members, and giving them out as JSON."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import NamedTuple

from . import numbers
from .callables import Function
from .errors import MAX_DEPTH, MAX_LIST, MAX_STEPS, FeelLimit, Run, Said, too_many
from .temporal import PROPERTIES, YearsMonths, iso


class Range(NamedTuple):
    """A range; an end that is null is open."""

    start: object
    end: object
    start_in: bool
    end_in: bool


MISSING = object()          # what a path leads to that is not there (for `is defined`)
_RANGE = {
    "start": lambda r: r.start, "end": lambda r: r.end,
    "start included": lambda r: r.start_in, "end included": lambda r: r.end_in,
}
_PROPERTIES = PROPERTIES | {Range: _RANGE}
_AS_IS = frozenset({type(None), bool, str, date, datetime, time, timedelta, YearsMonths, Range, Function})
_QUICK = frozenset({type(None), bool, str})


def take(value: object, run: Run, depth: int = 0) -> object:
    """A Python value as a FEEL value: numbers become Decimal, mappings and sequences are copied; what FEEL does not
    know is null. Raises FeelLimit for what is too deep or too large."""
    kind = type(value)
    if kind in _AS_IS:
        return value
    if kind is int:
        return numbers.from_int(value)
    if kind is Decimal:
        return numbers.from_decimal(value)
    if kind is float:
        return numbers.from_float(value)
    if isinstance(value, Mapping):
        return _take_mapping(value, run, depth)
    if isinstance(value, (list, tuple)):
        if depth > MAX_DEPTH:
            raise too_many("层", "levels", MAX_DEPTH)
        if len(value) > MAX_LIST:
            raise too_many("项", "members of a list", MAX_LIST)
        run.charge(len(value))
        return [take(each, run, depth + 1) for each in value]
    return _take_other(value)


def _take_mapping(value: Mapping, run: Run, depth: int) -> dict:
    if depth > MAX_DEPTH:
        raise too_many("层", "levels", MAX_DEPTH)
    run.charge(len(value))
    return {str(key): take(each, run, depth + 1) for key, each in value.items() if isinstance(key, str)}


def _take_other(value: object) -> object:
    """Subclasses of the plain types, as their plain type; anything else is null."""
    if isinstance(value, str):
        return str.__str__(value)
    if isinstance(value, int):
        return numbers.from_int(int.__int__(value))
    if isinstance(value, float):
        return numbers.from_float(float.__float__(value))
    return None


def member(value: object, name: str) -> object:
    """One step of a path, not yet taken in: an entry, a property, or the list of the members' entries."""
    kind = type(value)
    if kind is dict:
        return value.get(name)
    if kind is list or kind is tuple:
        if len(value) > MAX_LIST:
            raise too_many("项", "members of a list", MAX_LIST)
        return [None if isinstance(each, (list, tuple)) else member(each, name) for each in value]
    read = _PROPERTIES.get(kind)
    if read is not None:
        read = read.get(name)
        return read(value) if read is not None else None
    if isinstance(value, Mapping):
        return value.get(name)
    return None


def defined(value: object, names: tuple[str, ...]) -> bool:
    """Whether the path is there, be its value null."""
    for name in names:
        if isinstance(value, Mapping):
            if name not in value:
                return False
            value = value[name]
        else:
            read = _PROPERTIES.get(type(value), {}).get(name)
            if read is None:
                return False
            value = read(value)
    return True


def to_plain(value: object) -> object:
    """The value as JSON knows it: numbers int or float, dates and durations ISO texts, ranges FEEL texts.
    Raises FeelLimit when it is too large, or a number no float can hold."""
    return _plain(value, [MAX_STEPS], 0)


def _plain(value: object, left: list[int], depth: int) -> object:
    kind = type(value)
    if kind is Decimal:
        return plain_number(value)
    left[0] -= 1 + len(value) // 100 if kind is str else 1
    if left[0] < 0 or depth > 4 * MAX_DEPTH:
        raise too_many("个值", "values", MAX_STEPS)
    if kind in _QUICK:
        return value
    if kind is list:
        return [_plain(each, left, depth + 1) for each in value]
    if kind is dict:
        return {key: _plain(each, left, depth + 1) for key, each in value.items()}
    if kind is Range:
        return text_of(value)
    if kind is Function:
        return None
    return iso(value) if kind in _AS_IS else _plain_other(value, left, depth)


def _plain_other(value: object, left: list[int], depth: int) -> object:
    run = Run({}, {}, None, 0)
    return _plain(take(value, run), left, depth + 1)


def plain_number(number: Decimal) -> int | float:
    """An int when whole and of at most 34 digits, else a float."""
    if not number:
        return 0
    if number.adjusted() < numbers.MAX_DIGITS and number == number.to_integral_value():
        return int(number)
    if number.adjusted() > 307:
        raise FeelLimit(Said("数值过大", "the number is too large"))
    return float(number)


def text_of(value: object, nested: bool = False) -> str:
    """The value as FEEL's string() says it; strings inside lists and contexts are quoted. Does not bound itself."""
    kind = type(value)
    if kind is str:
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"' if nested else value
    if value is None:
        return "null"
    if kind is bool:
        return "true" if value else "false"
    if kind is Decimal:
        return numbers.number_text(value)
    if kind is list:
        return "[" + ", ".join(text_of(each, True) for each in value) + "]"
    if kind is dict:
        return "{" + ", ".join(f"{_key(key)}: {text_of(each, True)}" for key, each in value.items()) + "}"
    if kind is Range:
        left, right = "[" if value.start_in else "(", "]" if value.end_in else ")"
        return f"{left}{text_of(value.start, True)}..{text_of(value.end, True)}{right}"
    return "function" if kind is Function else iso(value)


def _key(key: str) -> str:
    return key if key.isidentifier() else text_of(key, True)


def size_of(value: object, bound: int = MAX_STEPS) -> int:
    """How many values stand in a value, counted up to `bound`: what a walk over it costs."""
    size, waiting = 0, [value]
    while waiting and size <= bound:
        each = waiting.pop()
        size += 1
        if type(each) is list:
            waiting += each
        elif type(each) is dict:
            waiting += each.values()
        elif type(each) is str:
            size += len(each) // 100
    return size
