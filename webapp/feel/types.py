"""The types that an expression can name, and whether a value is of one. A type is a tuple: its name, then its parts."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from .callables import Function
from .temporal import YearsMonths
from .values import Range

Check = Callable[[object], bool]
PLAIN = {
    "number": Decimal, "string": str, "boolean": bool, "date": date, "time": time, "date and time": datetime,
    "days and time duration": timedelta, "years and months duration": YearsMonths, "list": list, "context": dict,
    "range": Range, "function": Function,
}


def conforming(kind: tuple) -> Check:
    """Whether a value is of the type; null is of none. Members of lists and contexts may be null."""
    name, *parts = kind
    if name == "Any":
        return lambda value: value is not None
    if name == "Null":
        return lambda value: value is None
    wanted = PLAIN[name]
    if not parts:
        return lambda value: type(value) is wanted
    if name == "list":
        member = _or_null(parts[0])
        return lambda value: type(value) is list and all(map(member, value))
    if name == "range":
        end = _or_null(parts[0])
        return lambda value: type(value) is Range and end(value.start) and end(value.end)
    if name == "context":
        entries = tuple((key, _or_null(part)) for key, part in parts[0])
        return lambda value: type(value) is dict and all(key in value and test(value[key]) for key, test in entries)
    count = len(parts[0])
    return lambda value: type(value) is Function and (value.names is None or len(value.names) == count)


def _or_null(kind: tuple) -> Check:
    test = conforming(kind)
    return lambda value: value is None or test(value)
