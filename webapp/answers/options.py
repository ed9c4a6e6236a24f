"""What a choice may be: the options a schema names, the input data brings, or an expression gives; or a lookup's yes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from webapp.feel import FeelError, parse, to_plain

from . import values
from .problems import Refused


class Lookups(Protocol):
    """What the use case knows of units, cases and files: true where the name is one, false where not, Refused with a reason of its own.

    It may also have `respondent(code)`, asked for the reported unit instead of `unit`.
    """

    def unit(self, code: str) -> bool: ...
    def case(self, number: str) -> bool: ...
    def file(self, id: str) -> bool: ...


def offered(component: Mapping[str, Any], scope: Mapping[str, Any]) -> list[Any]:
    """The values a choice offers; an option is `{label, value}` or a bare value."""
    if "valuesKey" in component:
        given = scope.get(component["valuesKey"])
    elif "values" in component:
        given = component["values"]
    else:
        try:
            given = to_plain(parse(component["valuesExpression"][1:]).evaluate(scope))
        except FeelError:
            given = None
    options = given if isinstance(given, list | tuple) else []
    return [option.get("value") if isinstance(option, Mapping) else option for option in options]


def outside(component: Mapping[str, Any], value: Any, scope: Mapping[str, Any]) -> bool:
    """Whether something chosen was not offered."""
    chosen = value if isinstance(value, list) else [value]
    choices = offered(component, scope)
    return any(not any(values.same(each, choice) for choice in choices) for each in chosen)


_ASKS = {
    "unit": ("unit", "unknown_unit"),
    "units": ("unit", "unknown_unit"),
    "respondent": ("respondent", "unknown_unit"),
    "case": ("case", "unknown_case"),
    "files": ("file", "unknown_file"),
}


def refused(entity: str, value: Any, lookups: Lookups | None, respondent: str | None = None) -> tuple[str, str, str] | str | None:
    """What is to be said against the value: a lookup's own (code, zh, en), a code of problems.WORDS, or nothing.

    `respondent` is the reported unit that the same form names: it and the units below it (codes are paths) may not be
    named by another field. Without lookups nothing is known, so every name is refused.
    """
    method, unknown = _ASKS[entity]
    ask = getattr(lookups, method, None) or getattr(lookups, "unit", None)
    for each in value if isinstance(value, list) else [value]:
        if not isinstance(each, str):
            return "type"
        if method == "unit" and respondent is not None and f"{each}/".startswith(f"{respondent}/"):
            return "respondent"
        try:
            if ask is None or not ask(each):
                return unknown
        except Refused as refusal:
            return refusal.code, refusal.zh, refusal.en
    return None
