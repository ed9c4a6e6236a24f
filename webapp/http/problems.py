"""Refusals as RFC 9457 problem documents, for scripts and for the API: a stable code, words, and the fields concerned."""
from __future__ import annotations

from typing import Any

from flask import Response, json

from webapp.engine import Refusal

from .jinja import current_lang

STATUS = {"not_found": 404, "forbidden": 403, "respondent": 404, "recused": 404, "stale": 409, "claimed": 409, "idempotency": 422}


def problem_response(status: int, code: str, title: str, fields: list[dict[str, Any]] | None = None) -> Response:
    """A problem document."""
    body = {"type": f"urn:duban:problem:{code}", "title": title, "status": status, "code": code, "fields": fields or []}
    return Response(json.dumps(body), status, content_type="application/problem+json")


def refusal_response(refusal: Refusal, seen: bool = False) -> Response:
    """A refusal in the reader's language; what lies behind the wall looks like what does not exist.

    `seen`: the reader may see the case, so that it is not the wall that refuses but what they asked for.
    """
    lang = current_lang()
    say = {"zh": refusal.zh, "en": refusal.en}[lang]
    fields = [{"field": f, "code": c, "message": en if lang == "en" else zh} for f, c, zh, en in refusal.fields]
    if refusal.field and not fields:
        fields = [{"field": refusal.field, "code": refusal.code, "message": say}]
    status = 422 if fields else STATUS.get(refusal.code, 422)
    if status == 404 and seen:
        status = 422
    if status == 404:
        return problem_response(404, "not_found", "没有找到" if lang == "zh" else "Not found")
    return problem_response(status, refusal.code, say, fields)
