"""What can be wrong with one component of a schema, looked at alone."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from html.parser import HTMLParser
from typing import Any

from . import dialect, rules, values

KEY = re.compile(r"[a-z][a-z0-9_]{0,62}", re.ASCII)
_FIGURES = ("min", "max", "minLength", "maxLength")
_MARKUP = re.compile(r"<[a-z/!?]", re.IGNORECASE)       # what a page may take for a tag
_LINK = re.compile(r"\]\(\s*<?\s*(?!https?:)[a-z][a-z0-9+.-]*:", re.IGNORECASE)       # Markdown, as the component `text` is read


def check(component: Mapping[str, Any]) -> Iterator[str]:
    """Every message about a component of a known type: options, words, properties, rules, choices."""
    kind = component["type"]
    for option in sorted(set(component) - dialect.OPTIONS[kind]):
        yield f"unknown option `{option}`"
    yield from _check_words(component)
    yield from _check_properties(component)
    conditional = component.get("conditional", {})
    if not isinstance(conditional, Mapping) or not set(conditional) <= {"hide"}:
        yield "`conditional` may only hold `hide`"
    if kind in dialect.KEYED:
        yield from _check_rules(component)
        yield from _check_figures(component)
    if kind in dialect.CHOICES:
        yield from _check_choices(component)
    if kind == "html":
        yield from _check_html(str(component.get("content", "")))


def expressions(component: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """(option, source) of every place of a component that holds FEEL, `hide` first."""
    conditional = component.get("conditional")
    if isinstance(conditional, Mapping) and conditional.get("hide") is not None:
        yield "hide", conditional["hide"]
    if "valuesExpression" in component:
        yield "valuesExpression", component["valuesExpression"]
    properties = component.get("properties")
    for option in ("required_when", "starts_with"):
        if isinstance(properties, Mapping) and option in properties:
            yield option, properties[option]
    validate = component.get("validate")
    for option in _FIGURES:
        if isinstance(validate, Mapping) and isinstance(validate.get(option), str):
            yield option, validate[option]


def _check_words(component: Mapping[str, Any]) -> Iterator[str]:
    for option in ("label", "description", "dateLabel", "timeLabel", "text"):
        words = component.get(option, "")
        if not isinstance(words, str) or words.startswith("=") or "{{" in words:
            yield f"`{option}` must be plain text, without expressions"
        elif component["type"] == "text" and option == "text":
            yield from _check_html(words) if _MARKUP.search(words) else ()
        elif _MARKUP.search(words):
            yield f"`{option}` must be plain text, without markup"
        if isinstance(words, str) and _LINK.search(words):
            yield f"`{option}` holds a link that is no web address"


def _check_properties(component: Mapping[str, Any]) -> Iterator[str]:
    properties = component.get("properties", {})
    if not isinstance(properties, Mapping) or not all(isinstance(value, str) for value in properties.values()):
        yield "`properties` must be texts by name"
        return
    for option in sorted(set(properties) - dialect.PROPERTIES):
        yield f"unknown property `{option}`"
    if "required_when" in properties and component["type"] not in dialect.KEYED:
        yield "only a field can be required"
    if "starts_with" in properties and component["type"] not in dialect.TEXT:
        yield "only a text can start with something"
    entity = properties.get("entity")
    if entity is not None and entity not in dialect.ENTITIES:
        yield f"unknown entity `{entity}`"
    elif entity is not None and component["type"] not in dialect.ENTITIES[entity]:
        yield f"a {component['type']} cannot name a `{entity}`"


def _check_rules(component: Mapping[str, Any]) -> Iterator[str]:
    kind, validate = component["type"], component.get("validate", {})
    if not isinstance(validate, Mapping):
        yield "`validate` must be an object"
        return
    for option in sorted(set(validate) - dialect.VALIDATE.get(kind, dialect.VALIDATE_OTHERS)):
        yield f"unknown option `validate.{option}`"
    if not isinstance(validate.get("required", False), bool):
        yield "`validate.required` must be true or false"
    for option in _FIGURES:
        if option in validate and not isinstance(validate[option], str) and rules.figure(validate, option, {}) is None:
            yield f"`validate.{option}` must be a number or an expression"
    if isinstance(validate.get("maxLength"), int) and validate["maxLength"] > dialect.MAX_TEXT.get(kind, 0):
        yield f"`validate.maxLength` may be {dialect.MAX_TEXT.get(kind, 0)} at most"
    if "pattern" in validate and (
        not isinstance(validate["pattern"], str) or rules.pattern_matches(validate["pattern"], "") is None
    ):
        yield f"a pattern that cannot be run safely: {validate['pattern']}"
    if validate.get("validationType", "") not in ("", "email", "phone"):
        yield f"unknown validationType `{validate['validationType']}`"


def _check_figures(component: Mapping[str, Any]) -> Iterator[str]:
    digits, step = component.get("decimalDigits"), component.get("increment")
    if digits is not None and (isinstance(digits, bool) or not isinstance(digits, int) or not 0 <= digits <= 6):
        yield "`decimalDigits` must be a whole number from 0 to 6"
    if step is not None and (isinstance(step, bool) or not isinstance(step, int | float) or step < 0.000001):
        yield "`increment` must be a number not below 0.000001"
    for option, allowed in (
        ("subtype", ("date", "time", "datetime")),
        ("timeSerializingFormat", ("utc_offset", "utc_normalized", "no_timezone")),
        ("disabled", (True, False)),
        ("multiple", (True, False)),
        ("disallowPassedDates", (True, False)),
    ):
        if option in component and component[option] not in allowed:
            yield f"`{option}` cannot be {component[option]!r}"
    if component.get("defaultValue") is not None:
        try:
            values.read(component, component["defaultValue"])
        except values.Wrong as wrong:
            yield f"a default value that the field itself refuses: {wrong.code}"


def _check_choices(component: Mapping[str, Any]) -> Iterator[str]:
    sources = [source for source in ("values", "valuesKey", "valuesExpression") if source in component]
    if len(sources) != 1:
        yield "exactly one of `values`, `valuesKey`, `valuesExpression` must say what can be chosen"
    elif sources == ["valuesKey"]:
        if not isinstance(component["valuesKey"], str) or not KEY.fullmatch(component["valuesKey"]):
            yield "`valuesKey` must be a name of the input data"
    elif sources == ["values"]:
        yield from _check_values(component["values"])


def _check_values(choices: Any) -> Iterator[str]:
    if not isinstance(choices, list) or not choices:
        yield "`values` must be a list of options"
        return
    seen: list[Any] = []
    for choice in choices:
        if not isinstance(choice, Mapping) or not {"label", "value"} <= set(choice) <= dialect.OPTION_KEYS:
            yield f"an option is {{label, value, en?}}: {choice!r}"
            continue
        value = choice["value"]
        if (
            not isinstance(value, str | bool | int | float)
            or value == ""
            or not isinstance(choice["label"], str)
            or not choice["label"]
        ):
            yield f"an option needs a label and a text, a number or true/false: {choice!r}"
        elif any(values.same(value, other) for other in seen):
            yield f"duplicate option `{value}`"
        seen.append(value)


_WHOLE_TAG = re.compile(r"""</?[a-z][a-z0-9]*(?:\s+[a-z]+=(?:"[^"<>]*"|'[^'<>]*'))*\s*/?>""", re.ASCII)


class _Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in dialect.ALLOWED_TAGS:
            self.found.append(f"<{tag}>")
        for attribute, value in attrs:
            if not (attribute == "class" or attribute == "href" and re.match(r"(?:https?://|/(?!/)|#)", value or "")):
                self.found.append(f"<{tag} {attribute}>")


def _check_html(content: str) -> Iterator[str]:
    parser = _Tags()
    parser.feed(content)
    parser.close()
    for tag in parser.found:
        yield f"HTML that is not allowed: {tag}"
    if "<" in _WHOLE_TAG.sub("", content):      # what a browser may still take for a tag, once the page goes on behind it
        yield "HTML that is not allowed: a `<` that begins no whole tag"
