"""A schema made ready for the viewer: in one language, and with the server's stricter reading of `required`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from . import dialect


def localise(schema: Mapping[str, Any], lang: str) -> dict[str, Any]:
    """A copy of the schema for form-js: English words from `properties` and `en` for `en…`, else the Chinese as written.

    A text gets the most that the server takes, a required one a least length of 1, without which form-js takes blanks for
    an answer. Where the English is missing the Chinese stays.
    """
    english = lang.startswith("en")
    return {**schema, "components": [_component(each, english) for each in schema.get("components", [])]}


def _component(component: Mapping[str, Any], english: bool) -> dict[str, Any]:
    made = dict(component)
    if component.get("type") in dialect.CONTAINERS:
        made["components"] = [_component(each, english) for each in component.get("components", [])]
    validate = dict(component.get("validate") or {})
    if component.get("type") in dialect.TEXT:
        validate.setdefault("maxLength", dialect.MAX_TEXT[component["type"]])
        if validate.get("required") or "required_when" in (component.get("properties") or {}):
            validate.setdefault("minLength", 1)
    properties = component.get("properties") or {}
    if english:
        _words(made, properties)
        if "en_pattern" in properties and "patternErrorMessage" in validate:
            validate["patternErrorMessage"] = properties["en_pattern"]
        if isinstance(component.get("values"), list):
            made["values"] = [{**choice, "label": choice.get("en") or choice.get("label")} for choice in component["values"]]
    if validate:
        made["validate"] = validate
    return made


def _words(made: dict[str, Any], properties: Mapping[str, str]) -> None:
    for name, options in (
        ("en", ("label", "dateLabel", "text", "content")),
        ("en_description", ("description",)),
        ("en_time", ("timeLabel",)),
    ):
        for option in options:
            if name in properties and option in made:
                made[option] = properties[name]
    if made.get("type") == "datetime" and made.get("subtype") == "time" and "en_time" not in properties and "en" in properties:
        made["timeLabel"] = properties["en"]
    if "en_suffix" in properties and "suffixAdorner" in (made.get("appearance") or {}):
        made["appearance"] = {**made["appearance"], "suffixAdorner": properties["en_suffix"]}
