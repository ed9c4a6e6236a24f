"""Filing, reading a case, taking an action on it."""
from __future__ import annotations

from typing import Any

from flask import jsonify, request, url_for
from sqlalchemy.exc import IntegrityError

from webapp.cases import citizen_view
from webapp.cases.errors import Invalid, NotFound
from webapp.cases.file_case import Receipt, file_case
from webapp.cases.read_case import read_case
from webapp.cases.take_action import take_action
from webapp.deployments.registry import UnknownProcedure
from webapp.engine import Refusal
from webapp.http.web import env
from webapp.models import db
from webapp.permissions import Citizen, Person, may_see

from .asking import asker_of_case
from .blueprint import api
from .case_json import citizen_case, staff_case, state_json
from .checking import check
from .operations import CASE_PARAMETER, CODE_QUERY, NO_QUERY, answer, body, operation, parameter, problems
from .problems import ApiProblem
from .reading import read_body, read_query

KEY = {"type": "string", "minLength": 1, "maxLength": 128, "pattern": "^[!-~]+$"}
TRIES = 3       # when another request with the same key, or the same random number, was quicker


@api.post("/cases")
@operation("public", {
    "operationId": "fileCase", "summary": "提交 File a case",
    "description": "不需要令牌。带 `Idempotency-Key` 时，同一标识、同一内容得到同一答复；同一标识、不同内容被拒绝（422）。 "
                   "Without a token. With an `Idempotency-Key` the same key and body get the same answer, another body is refused (422).",
    "parameters": [parameter("Idempotency-Key", "header", KEY, "提交标识。 Of your choice, one for each filing.")],
    "requestBody": body("Filing"),
    "responses": {"201": answer("已收到。 Received.", "Receipt", {"Location": {"schema": {"type": "string"}, "description": "案件的地址。 The case's address."}}),
                  **problems(400, 413, 415, 422)}})
def file():
    read_query(NO_QUERY)
    key = request.headers.get("Idempotency-Key")
    found = check(KEY, key, "Idempotency-Key") if key is not None else []
    if found:
        raise ApiProblem(422, found)
    given = read_body("Filing")
    receipt = _file(given.pop("procedure"), given, f"api:{key}" if key is not None else None)
    response = jsonify(case=receipt.number, code=receipt.code, hash=receipt.hash)
    response.headers["Location"] = url_for("api.case", case=receipt.number)
    return response, 201


def _file(procedure: str, given: dict[str, Any], key: str | None) -> Receipt:
    for left in reversed(range(TRIES)):
        try:
            receipt, _work = file_case(env(), procedure, given, key=key, consultation=given.get("consultation"))
            db.session.commit()
            return receipt
        except IntegrityError:
            db.session.rollback()
            if not left:
                raise ApiProblem(503) from None
        except UnknownProcedure:
            raise ApiProblem(422, [("procedure", "unknown_procedure", "没有这个程序", "There is no such procedure")]) from None
        except Invalid as invalid:
            raise ApiProblem(422, [(_sent_as(f), c, zh, en) for f, c, zh, en in invalid.fields]) from None
    raise ApiProblem(503)


def _sent_as(field: str) -> str:
    """A field of the form by the place where it was sent."""
    name = field.removeprefix("claimant_")
    return f"claimant.{name}" if name != field or field in ("anonymous", "confidential") else field


@api.get("/cases/<case>")
@operation("token or code", {
    "operationId": "readCase", "summary": "查看案件 Read a case",
    "description": "询问者可见的部分。留言人看不到工作人员和内部理由。 As far as the asker may see. A citizen sees neither staff nor internal reasons.",
    "parameters": [CASE_PARAMETER],
    "responses": {"200": answer("案件。 The case.", "Case"), **problems(401, 404, 422)}})
def case(case: str):
    read_query(CODE_QUERY)
    actor, _id = asker_of_case(case)
    if isinstance(actor, Citizen):
        return jsonify(citizen_case(citizen_view.read_case(env(), actor), env().now()))
    return jsonify(staff_case(read_case(env(), case, actor), actor))


@api.post("/cases/<case>/actions/<action>")
@operation("token or code", {
    "operationId": "takeAction", "summary": "提出操作 Take an action",
    "description": "例如申请延期、撤回、补充材料。 Such as asking for an extension, withdrawing, adding information.",
    "parameters": [CASE_PARAMETER, parameter("action", "path", {"type": "string"}, "操作的名称。 The action's name.")],
    "requestBody": body("ActionData", required=False),
    "responses": {"200": answer("已办。 Done.", "State"), **problems(400, 401, 403, 404, 409, 413, 415, 422)}})
def act(case: str, action: str):
    read_query(CODE_QUERY)
    actor, case_id = asker_of_case(case)
    given = read_body("ActionData", optional=True)
    data = given["data"] if set(given) == {"data"} else given
    try:
        work = take_action(env(), case_id, action, data, actor)
    except Refusal as refusal:
        db.session.rollback()
        if isinstance(actor, Person) and not may_see(actor, case_id):
            raise NotFound() from None
        if refusal.code == "respondent" and not refusal.fields:     # the answer would be taken for the wall
            raise ApiProblem(422, [(refusal.field or "", refusal.code, refusal.zh, refusal.en)]) from None
        raise
    found = state_json(work)
    db.session.commit()
    return jsonify(found)
