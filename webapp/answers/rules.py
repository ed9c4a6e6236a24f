"""What a visible, rightly typed answer must still satisfy: the component's own rules and the dialect's bounds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any
from zoneinfo import ZoneInfo

from webapp.feel import FeelError, parse

from . import dialect, text, values

SHANGHAI = ZoneInfo("Asia/Shanghai")
Found = tuple[str, object]  # code, the figure it breaks


def check(component: Mapping[str, Any], value: Any, scope: Mapping[str, Any], now: datetime) -> Iterator[Found]:
    """Every rule of the component that the value breaks. `scope` is what FEEL figures may read; `now` is aware."""
    rules = component.get("validate") or {}
    if values.is_empty(value) or value is False and component["type"] == "checkbox":
        if rules.get("required"):
            yield "required", ""
        return
    kind = component["type"]
    if kind in dialect.TEXT:
        yield from _check_text(component, rules, value, scope)
    elif kind == "number":
        yield from _check_number(component, rules, value, scope)
    elif kind == "datetime" and component.get("disallowPassedDates") and _is_past(values.moment(component, value), now):
        yield "past_date", ""


def figure(rules: Mapping[str, Any], name: str, scope: Mapping[str, Any]) -> Decimal | None:
    """A rule's figure: a number, or a FEEL expression (`=…`) that gives one; none where it gives no number."""
    value = rules.get(name)
    if isinstance(value, str) and value.startswith("="):
        try:
            value = parse(value[1:]).evaluate(scope)
        except FeelError:
            return None
    if value is None or isinstance(value, bool) or value == "":
        return None
    try:
        return Decimal(str(value))
    except InvalidOperation:
        return None


def pattern_matches(pattern: str, value: str) -> bool | None:
    """Whether the pattern is found in the value (unanchored, as in a browser); None where it is no pattern we run."""
    found = parse("matches(value, pattern)").evaluate({"value": value, "pattern": pattern})
    return found if isinstance(found, bool) else None


def _check_text(component: Mapping[str, Any], rules: Mapping[str, Any], value: str, scope: Mapping[str, Any]) -> Iterator[Found]:
    size = text.length(value)
    least = figure(rules, "minLength", scope)
    if least is not None and size < least:
        yield "too_short", least
    most = figure(rules, "maxLength", scope)
    most = dialect.MAX_TEXT[component["type"]] if most is None else most
    if size > most:
        yield "too_long", most
        return
    if rules.get("pattern") and pattern_matches(rules["pattern"], value) is not True:
        yield "pattern", ""
    if rules.get("validationType") == "email" and not text.is_email(value):
        yield "email", ""
    if rules.get("validationType") == "phone" and not text.is_phone(value):
        yield "phone", ""


def _check_number(
    component: Mapping[str, Any], rules: Mapping[str, Any], value: int | float, scope: Mapping[str, Any]
) -> Iterator[Found]:
    number = Decimal(str(value))
    least, most = figure(rules, "min", scope), figure(rules, "max", scope)
    if least is not None and number < least:
        yield "too_small", _plain(least)
    if most is not None and number > most:
        yield "too_big", _plain(most)
    digits = component.get("decimalDigits")
    if digits is not None and -number.normalize().as_tuple().exponent > digits:
        yield "decimals", digits
    step = component.get("increment")
    if step and number % Decimal(str(step)):
        yield "step", step


def _plain(number: Decimal) -> str:
    return format(number.normalize(), "f")


def _is_past(moment: Any, now: datetime) -> bool:
    """Before today in Shanghai; a bare time of day never is."""
    if isinstance(moment, datetime):
        local = moment.astimezone(SHANGHAI) if moment.tzinfo else moment
        return local.date() < now.astimezone(SHANGHAI).date()
    return isinstance(moment, date) and moment < now.astimezone(SHANGHAI).date()
