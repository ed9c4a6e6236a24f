"""Reads what a program sends, strictly: JSON in UTF-8, bounded, no member twice, no text that a database could not hold."""
from __future__ import annotations

import json
import math
from typing import Any

from flask import request

from .checking import check
from .components import SCHEMAS
from .problems import ApiProblem

MOST = 1024 * 1024      # bytes of a body
DEEPEST = 8             # objects and lists within each other
LONGEST_NAME = 100      # characters of a member's name
LONGEST_NUMBER = 40     # characters of a number


class _Bad(Exception):
    """The text is no JSON that is taken: code, zh, en."""


def read_body(schema: str, optional: bool = False) -> dict[str, Any]:
    """The body, checked against a schema of the document. ApiProblem 400, 413, 415, or 422 with every field that does not hold.

    `optional`: an absent body is an empty object.
    """
    request.max_content_length = MOST
    raw = request.get_data(cache=False)
    if request.content_length is None and len(raw) >= MOST:     # sent in chunks: what goes beyond the bound was left unread
        raise ApiProblem(413)
    if optional and not raw:
        return {}
    if request.mimetype != "application/json" or request.mimetype_params.get("charset", "utf-8").lower() != "utf-8":
        raise ApiProblem(415)
    body = parse(raw)
    problems = check(SCHEMAS[schema], body)
    if problems:
        raise ApiProblem(422, problems)
    return body


def read_query(schema: dict[str, Any]) -> dict[str, Any]:
    """The query's parameters, checked: none twice, none unknown, integers as integers. ApiProblem 422."""
    given: dict[str, Any] = {}
    for name, values in request.args.lists():
        if len(values) > 1:
            raise ApiProblem(422, [(name[:LONGEST_NAME], "duplicate", "参数重复", "This parameter stands twice")])
        wanted = schema["properties"].get(name, {}).get("type")
        text = values[0]
        given[name] = int(text) if wanted == "integer" and text.isascii() and text.isdigit() and len(text) < LONGEST_NUMBER else text
    problems = check(schema, given)
    if problems:
        raise ApiProblem(422, problems)
    return given


def parse(raw: bytes) -> Any:
    """A JSON text as values. ApiProblem 400 that says what and where."""
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise _problem("encoding", f"第 {error.start + 1} 个字节不是 UTF-8", f"Byte {error.start + 1} is not UTF-8") from None
    try:
        value = json.loads(text, object_pairs_hook=_object, parse_constant=_constant, parse_int=_integer, parse_float=_float)
        _look(value, "", 1)
    except _Bad as error:
        raise _problem(*error.args) from None
    except RecursionError:
        raise _problem(*_deep().args) from None
    except json.JSONDecodeError as error:
        raise _problem("bad_json", f"不是 JSON：第 {error.lineno} 行第 {error.colno} 列", f"Not JSON: line {error.lineno}, column {error.colno}") from None
    return value


def _problem(code: str, zh: str, en: str, field: str = "") -> ApiProblem:
    return ApiProblem(400, [(field, code, zh, en)])


def _deep() -> _Bad:
    return _Bad("too_deep", f"嵌套不能超过 {DEEPEST} 层", f"Not nested deeper than {DEEPEST}")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            raise _Bad("duplicate", f"成员“{_shown(name)}”出现两次", f"The member '{_shown(name)}' stands twice", _shown(name))
        found[name] = value
    return found


def _constant(text: str):
    raise _Bad("bad_json", f"{text} 不是 JSON 的数", f"{text} is no number of JSON")


def _integer(text: str) -> int:
    if len(text) > LONGEST_NUMBER:
        raise _Bad("number", "数太长", "A number is too long")
    return int(text)


def _float(text: str) -> float:
    value = float(text) if len(text) <= LONGEST_NUMBER else math.inf
    if not math.isfinite(value):
        raise _Bad("number", "数太大或太长", "A number is too big or too long")
    return value


def _look(value: Any, path: str, depth: int) -> None:
    """Refuse nesting without end, and texts with NUL or half of a surrogate pair."""
    if depth > DEEPEST:
        raise _deep()
    if isinstance(value, str):
        _text(value, path)
    elif isinstance(value, dict):
        for name, each in value.items():
            if len(name) > LONGEST_NAME:
                raise _Bad("too_long", "成员的名字太长", "A member's name is too long", path)
            _text(name, path)
            _look(each, f"{path}.{name}" if path else name, depth + 1)
    elif isinstance(value, list):
        for index, each in enumerate(value):
            _look(each, f"{path}.{index}" if path else str(index), depth + 1)


def _text(value: str, path: str) -> None:
    if "\0" in value:
        raise _Bad("control_characters", "含有 NUL 字符", "Contains a NUL character", path)
    if any("\ud800" <= c <= "\udfff" for c in value):
        raise _Bad("encoding", "含有不成对的代理字符", "Contains half of a surrogate pair", path)


def _shown(text: str) -> str:
    return text[:LONGEST_NAME].encode("utf-8", "replace").decode()
