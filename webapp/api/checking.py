"""Checks values against the schemas that the document publishes, so that the two cannot differ. The part of JSON Schema they use, no more."""
from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

Field = tuple[str, str, str, str]       # field, code, zh, en

TYPES = {"object": dict, "array": list, "string": str, "boolean": bool, "integer": int, "number": (int, float), "null": type(None)}


def check(schema: dict[str, Any], value: Any, path: str = "") -> list[Field]:
    """Everything in the value that the schema does not allow; [] when it holds."""
    return list(_check(schema, value, path))


def _check(schema: dict[str, Any], value: Any, path: str) -> Iterator[Field]:
    wanted = schema.get("type")
    if wanted is not None and not _is(value, wanted):
        yield path, "type", f"应为 {_said(wanted)}", f"Should be {_said(wanted)}"
        return
    if "enum" in schema and value not in schema["enum"]:
        yield path, "not_an_option", "不在可选的范围内", "Not one of the choices"
    if isinstance(value, str):
        yield from _string(schema, value, path)
    elif isinstance(value, list):
        if len(value) > schema.get("maxItems", len(value)):
            yield path, "too_many", f"最多 {schema['maxItems']} 项", f"At most {schema['maxItems']}"
        for index, each in enumerate(value):
            yield from _check(schema.get("items", {}), each, f"{path}.{index}")
    elif isinstance(value, dict):
        yield from _object(schema, value, path)
    elif isinstance(value, int | float) and not isinstance(value, bool):
        if value < schema.get("minimum", value):
            yield path, "too_small", f"不能小于 {schema['minimum']}", f"Not less than {schema['minimum']}"
        if value > schema.get("maximum", value):
            yield path, "too_big", f"不能大于 {schema['maximum']}", f"Not more than {schema['maximum']}"


def _is(value: Any, wanted: str | list[str]) -> bool:
    names = [wanted] if isinstance(wanted, str) else wanted
    return any(isinstance(value, TYPES[name]) and (name == "boolean" or not isinstance(value, bool)) for name in names)


def _said(wanted: str | list[str]) -> str:
    return wanted if isinstance(wanted, str) else " / ".join(wanted)


def _string(schema: dict[str, Any], value: str, path: str) -> Iterator[Field]:
    if len(value) < schema.get("minLength", 0):
        yield path, "too_short", f"至少 {schema['minLength']} 个字", f"At least {schema['minLength']} characters"
    elif len(value) > schema.get("maxLength", len(value)):
        yield path, "too_long", f"最多 {schema['maxLength']} 个字", f"At most {schema['maxLength']} characters"
    elif "pattern" in schema and not _matches(schema["pattern"], value):
        yield path, "pattern", "格式不对", "Not in the form that is asked for"


def _matches(pattern: str, value: str) -> bool:
    """As JSON Schema means it: `$` is the very end, not before a last line break."""
    return re.search(pattern[:-1] + r"\Z" if pattern.endswith("$") else pattern, value, re.ASCII) is not None


def _object(schema: dict[str, Any], value: dict[str, Any], path: str) -> Iterator[Field]:
    known = schema.get("properties", {})
    for name in schema.get("required", ()):
        if name not in value:
            yield _below(path, name), "required", "缺少这一项", "This is missing"
    if len(value) > schema.get("maxProperties", len(value)):
        yield path, "too_many", f"最多 {schema['maxProperties']} 项", f"At most {schema['maxProperties']} members"
    for name, each in value.items():
        if name in known:
            yield from _check(known[name], each, _below(path, name))
        elif schema.get("additionalProperties") is False:
            yield _below(path, name), "unknown_field", "没有这一项", "There is no such member"


def _below(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name
