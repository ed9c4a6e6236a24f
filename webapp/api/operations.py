"""Each operation's own words in the document, kept beside its route, and the document put together from them once."""
from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from flask import Flask

from .blueprint import PREFIX, api
from .components import ID, SCHEMAS, Schema, obj, ref
from .problems import STATUSES

SECURITY = {"public": [{}], "token": [{"token": []}], "token or code": [{"token": []}, {"code": []}]}
USUAL = (429, 500, 503)     # what every operation may answer


def operation(access: str, words: dict[str, Any]) -> Callable:
    """Keep an OpenAPI operation object beside its view. `access`: public, token, or `token or code`; a test looks for views without it."""
    def keep(view):
        view.access, view.operation = access, {**words, "security": SECURITY[access]}
        return view

    return keep


def body(schema: str, required: bool = True) -> dict[str, Any]:
    return {"required": required, "content": {"application/json": {"schema": ref(schema)}}}


def answer(description: str, schema: str, headers: dict[str, Any] | None = None) -> dict[str, Any]:
    return {"description": description, "content": {"application/json": {"schema": ref(schema)}}, **({"headers": headers} if headers else {})}


def problems(*statuses: int) -> dict[str, Any]:
    """The problem documents that an operation may answer, besides those that every one may."""
    return {str(status): {"description": f"{STATUSES[status][1]}。 {STATUSES[status][2]}.",
                          "content": {"application/problem+json": {"schema": ref("Problem")}}} for status in sorted({*statuses, *USUAL})}


def parameter(name: str, place: str, schema: Schema, description: str) -> dict[str, Any]:
    return {"name": name, "in": place, "required": place == "path", "schema": schema, "description": description}


NO_QUERY = obj({})                                              # what the query may hold, for reading.read_query
CODE_QUERY = obj({"code": {"type": "string", "maxLength": 40}}, required=[])
CASE_PARAMETER = parameter("case", "path", {"type": "string"}, "案件编号。 The case's number.")
TASK_PARAMETER = parameter("task_id", "path", ID, "任务的 id。 The task's id.")

ABOUT = """督办的接口。工作人员用令牌（`duban token create LOGIN`，请求头 `Authorization: Bearer …`），留言人用编号和查询码（`?code=`，两者都有时以查询码为准）。\
内容一律为 UTF-8 的 JSON，不接受未知成员和重复成员。拒绝时返回问题文档（RFC 9457），`code` 不变，`title` 和 `message` 按 `Accept-Language` 为中文或英文。

The API of Duban. Staff use a token (`duban token create LOGIN`, header `Authorization: Bearer …`), citizens a case's number and query code (`?code=`, which \
counts where both are given). Everything is JSON in UTF-8; unknown members and members that stand twice are refused. Refusals are problem documents \
(RFC 9457) with a stable `code`; `title` and `message` are in Chinese or English by `Accept-Language`. A case that is walled off from whoever asks is answered \
as one that does not exist."""


def document(app: Flask) -> dict[str, Any]:
    """The OpenAPI 3.1 document of every route of the API that says what it does."""
    paths: dict[str, dict[str, Any]] = {}
    for rule in app.url_map.iter_rules():
        words = getattr(app.view_functions[rule.endpoint], "operation", None)
        if words is None or not rule.endpoint.startswith(api.name + "."):
            continue
        path = re.sub(r"<(?:[^:<>]+:)?(\w+)>", r"{\1}", rule.rule.removeprefix(PREFIX))
        for method in rule.methods - {"HEAD", "OPTIONS"}:
            paths.setdefault(path, {})[method.lower()] = words
    return {
        "openapi": "3.1.0", "info": {"title": "Duban 督办", "version": "1", "description": ABOUT}, "servers": [{"url": PREFIX}],
        "paths": dict(sorted(paths.items())),
        "components": {"schemas": SCHEMAS, "securitySchemes": {
            "token": {"type": "http", "scheme": "bearer", "description": "`duban token create LOGIN`"},
            "code": {"type": "apiKey", "in": "query", "name": "code", "description": "案件的查询码。 A case's query code."}}},
    }
