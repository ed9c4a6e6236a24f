"""A form-js schema as plain fields for pages that work without a script: what macros.html `field` draws. Pure.

The schema is already in the reader's language (webapp.answers.localise).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

_TEXT_INPUT = {"email": "email", "phone": "tel"}
_DATES = {"date": "date", "time": "time", "datetime": "datetime-local"}
_MANY = 12  # choices more than these are a list to scroll, not boxes to tick


@dataclass(frozen=True)
class Choice:
    """An option as HTML knows it: its value as text."""

    value: str
    label: str


@dataclass(frozen=True)
class FieldView:
    """One field. `kind`: text, textarea, number, date, time, datetime-local, email, tel, select, multiselect, radio, checkbox, checklist, file, words,
    heading (of a group, with `fields`), rule."""

    kind: str
    key: str = ""
    label: str = ""
    help: str = ""
    required: bool = False
    choices: tuple[Choice, ...] = ()
    multiple: bool = False
    accept: str = ""
    max_length: int | None = None
    min_value: object = None
    max_value: object = None
    step: object = None
    autocomplete: str = ""
    fields: tuple[FieldView, ...] = ()

    @property
    def id(self) -> str:
        """The id of its first input, for links from the error summary."""
        return f"f-{self.key}"


def fields_of(schema: Mapping[str, Any], options: Mapping[str, Iterable[Any]] | None = None, *, only: Iterable[str] | None = None) -> list[FieldView]:
    """The fields of a schema in order.

    `options`: the lists that `valuesKey` names, of `{value, label}` or bare values. `only`: keys to show (those that the conditions leave, or
    one page's); groups left empty fall away. Repeated lists are left out: they need a script.
    """
    keys = None if only is None else set(only)
    return _walk(schema.get("components", []), options or {}, keys)


def _walk(components: Iterable[Mapping[str, Any]], options: Mapping[str, Iterable[Any]], keys: set[str] | None) -> list[FieldView]:
    found = []
    for component in components:
        if component["type"] == "group":
            inner = tuple(_walk(component.get("components", []), options, keys))
            if any(each.key for each in inner):
                found.append(FieldView("heading", label=component.get("label", ""), fields=inner))
        elif component.get("key"):
            if keys is None or component["key"] in keys:
                found.append(_field(component, options))
        elif component["type"] == "text":
            found.append(FieldView("words", help=component.get("text", "")))
        elif component["type"] == "separator":
            found.append(FieldView("rule"))
    return found


def _kind(component: Mapping[str, Any], choices: int) -> str:
    kind, validate = component["type"], component.get("validate") or {}
    if kind == "textfield":
        return _TEXT_INPUT.get(validate.get("validationType", ""), "text")
    if kind == "datetime":
        return _DATES[component.get("subtype", "date")]
    if kind in ("taglist", "checklist"):
        return "checklist" if choices <= _MANY else "multiselect"
    return {"filepicker": "file"}.get(kind, kind)


def _choices(component: Mapping[str, Any], options: Mapping[str, Iterable[Any]]) -> tuple[Choice, ...]:
    given = options.get(component["valuesKey"], ()) if "valuesKey" in component else component.get("values") or ()
    found = []
    for each in given:
        value, label = (each.get("value"), each.get("label")) if isinstance(each, Mapping) else (each, each)
        found.append(Choice(_text(value), str(label if label is not None else value)))
    return tuple(found)


def _text(value: Any) -> str:
    return {True: "true", False: "false"}[value] if isinstance(value, bool) else str(value)


def _field(component: Mapping[str, Any], options: Mapping[str, Iterable[Any]]) -> FieldView:
    validate = component.get("validate") or {}
    choices = _choices(component, options)
    digits = component.get("decimalDigits")
    return FieldView(
        kind=_kind(component, len(choices)),
        key=component["key"],
        label=component.get("label") or component.get("dateLabel") or component.get("timeLabel") or component["key"],
        help=component.get("description") or "",
        required=bool(validate.get("required")),
        choices=choices,
        multiple=component.get("multiple") is True,
        accept=component.get("accept") or "",
        max_length=validate.get("maxLength"),
        min_value=validate.get("min"),
        max_value=validate.get("max"),
        step=component.get("increment") or ("any" if digits is None else 10**-digits if digits else 1),
        autocomplete={"name": "name", "phone": "tel", "email": "email"}.get(component["key"], ""),
    )


def submitted(schema: Mapping[str, Any], form: Any, *, only: Iterable[str] | None = None) -> dict[str, Any]:
    """What a plain HTML form sent (a werkzeug MultiDict), as form-js would have it: lists for many, booleans for boxes, numbers, None for blanks.

    Files are left out: they come by `request.files`. Texts that are no numbers stay texts, for the answers' check to refuse.
    """
    found: dict[str, Any] = {}
    keys = None if only is None else set(only)
    for component in _keyed(schema.get("components", [])):
        key = component["key"]
        if component["type"] == "filepicker" or (keys is not None and key not in keys):
            continue
        if component["type"] in ("taglist", "checklist"):
            found[key] = form.getlist(key)
        elif component["type"] == "checkbox":
            found[key] = form.get(key) == "true"
        else:
            found[key] = _plain(component, (form.get(key) or "").replace("\r\n", "\n").strip())
    return found


def _keyed(components: Iterable[Mapping[str, Any]]) -> Iterable[Mapping[str, Any]]:
    for component in components:
        if component["type"] == "group":
            yield from _keyed(component.get("components", []))
        elif component.get("key"):
            yield component


def _plain(component: Mapping[str, Any], text: str) -> Any:
    if text == "":
        return None
    if component["type"] == "number":
        try:
            return int(text)
        except ValueError:
            try:
                return float(text)
            except ValueError:
                return text
    typed = {_text(each["value"]): each["value"] for each in component.get("values") or () if isinstance(each, Mapping) and "value" in each}
    return typed.get(text, text)
