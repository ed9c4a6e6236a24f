"""How built-in functions are declared: parameters with kinds, several forms of one name, conversion of arguments.

A function is written `function(run, *arguments)`. An argument that is not of its parameter's kind makes the result
null; a list of one stands for its member and a value for a list of one, as the standard has it.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import NamedTuple

from .callables import Function
from .errors import Run
from .temporal import YearsMonths

_KINDS = {
    "text": (str,), "number": (Decimal,), "context": (dict,), "flag": (bool,), "clock": (time,),
    "day": (date, datetime), "span": (timedelta, YearsMonths),
    "amount": (Decimal, timedelta, YearsMonths), "function": (Function,),
}


class Param(NamedTuple):
    """One parameter: its name in the standard, its kind (`any`, `list` or of _KINDS), whether it may be left out, and
    whether null leaves it out too."""

    name: str
    kind: str
    optional: bool
    nullable: bool = False


class Form(NamedTuple):
    """One way to call a function. `rest` is `all` where all arguments (or the members of a single list) are collected
    into one list, `last` where the last parameter may be given again and again."""

    params: tuple[Param, ...]
    rest: str
    function: Callable


FUNCTIONS: dict[str, list[Form]] = {}


def feel(name: str, *params: str, rest: str = "") -> Callable:
    """Declares a function; params as `name:kind`, `name:kind?` (may be left out) or `name:kind??` (or be null)."""

    def register(function: Callable) -> Callable:
        made = []
        for param in params:
            label, kind = param.split(":")
            made.append(Param(label, kind.rstrip("?"), kind.endswith("?"), kind.endswith("??")))
        FUNCTIONS.setdefault(name, []).append(Form(tuple(made), rest, function))
        return function

    return register


def form_for(name: str, count: int, names: tuple[str, ...] | None) -> tuple[Form, tuple[int, ...]] | None:
    """The form that a call fits, and for each parameter given the argument that it takes; null when none fits."""
    for form in FUNCTIONS.get(name, ()):
        labels = [param.name for param in form.params]
        needed = {param.name for param in form.params if not param.optional}
        if names is not None:
            if set(names) <= set(labels) and needed <= set(names):
                given = [label for label in labels if label in names]
                if given == labels[: len(given)]:
                    return form, tuple(names.index(label) for label in given)
        elif form.rest == "all":
            if count:
                return form, tuple(range(count))
        elif len(needed) <= count and (count <= len(labels) or form.rest):
            return form, tuple(range(count))
    return None


_BAD = object()


def convert(value: object, kind: str) -> object:
    """The argument as its parameter wants it, or _BAD."""
    if kind == "any":
        return value
    if kind == "list":
        return _BAD if value is None else value if type(value) is list else [value]
    if type(value) is list and len(value) == 1:
        value = value[0]
    return value if type(value) in _KINDS[kind] else _BAD


def caller(form: Form, order: tuple[int, ...], codes: tuple[Callable, ...], named: bool) -> Callable[[Run], object]:
    """The closure of a call: arguments evaluated, converted and handed over; arithmetic errors are null."""
    function = form.function
    if form.rest == "all":

        def collect(run: Run) -> object:
            values = [code(run) for code in codes]
            if (len(values) == 1 and type(values[0]) is list) or named:
                values = convert(values[0], "list")
                if values is _BAD:
                    return None
            run.charge(len(values))
            return function(run, values)

        return collect
    params = form.params + form.params[-1:] * (len(order) - len(form.params))
    pairs = tuple((codes[index], param.kind, param.nullable) for index, param in zip(order, params, strict=False))

    def call(run: Run) -> object:
        arguments = []
        for code, kind, nullable in pairs:
            given = code(run)
            value = None if nullable and given is None else convert(given, kind)
            if value is _BAD:
                return None
            arguments.append(value)
        try:
            return function(run, *arguments)
        except (ArithmeticError, ValueError):
            return None

    return call


def builtin(name: str) -> Function | None:
    """A built-in function as a value, taking its arguments by place; null where there is none of that name."""
    if name not in FUNCTIONS:
        return None

    def call(run: Run, arguments: list) -> object:
        fitting = form_for(name, len(arguments), None)
        if fitting is None:
            return None
        codes = tuple((lambda run, value=value: value) for value in arguments)
        return caller(*fitting, codes, False)(run)

    return Function(None, call)
