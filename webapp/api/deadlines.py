"""The proof of a deadline as JSON: the document that every page and the printed sheet are made from."""
from __future__ import annotations

from typing import Any

from flask import jsonify

from webapp.cases.prove_deadline import prove_deadline
from webapp.http.web import env

from .asking import asker_of_case
from .blueprint import api
from .components import DAY, MOMENT, NUMBER, PROVISIONAL, Schema, list_of, maybe, obj, text
from .operations import CASE_PARAMETER, operation, parameter, problems
from .reading import read_query

WHICH: Schema = {"type": "integer", "minimum": 1, "maximum": 2**31 - 1}
FLAG: Schema = {"type": "boolean"}
COUNT: Schema = {"type": "integer"}
WORDS = obj({"zh": text(most=5000), "en": text(most=5000)})
BY = obj({"who": text(enum=["staff", "citizen", "system"]), "unit": maybe(text()), "unit_name": maybe(WORDS), "role": maybe(text()),
          "name": maybe(text("留言人查询时为 null。 Null for the citizen."))})
EVENT = obj({
    "kind": text(enum=["started", "extended", "paused", "resumed", "recomputed", "met", "late", "cancelled"]), "at": MOMENT, "on": DAY, "by": BY,
    "act": maybe(obj({"id": text(), "zh": text(), "en": text()})), "asked": maybe(obj({"at": MOMENT, "by": BY})), "reason": text(most=30000), "due": maybe(DAY), "old": maybe(DAY),
    "span": maybe(text()), "until": maybe(DAY), "units": maybe(COUNT), "basis": maybe(text(most=2000)), "version": maybe(text()), "old_version": maybe(text()), "provisional": maybe(FLAG)})
PROOF_DAY = obj({
    "date": DAY, "counted": FLAG, "number": {**COUNT, "description": "计入的第几日；不计的是前一个计入的日子的序号。 The day's count; that of the last counted day where it is not."},
    "why": text("workday, weekend, holiday, make_up, layer_off, layer_work, paused, start"), "label": text(most=1000), "label_en": text(most=1000), "basis": text(most=2000),
    "basis_en": text(most=2000), "provisional": FLAG, "extension": {**COUNT, "description": "0 为原期限，1 为第一次延期。 0 for the limit itself, 1 for the first extension."},
    "event": maybe({**COUNT, "description": "`history` 中的序号，从 0 起。 The event in `history` that it is owed to, from 0."})})
PROOF = obj({
    "case": NUMBER, "title": text(most=300), "procedure": text(), "procedure_name": WORDS, "document": WORDS, "deadline": text(), "n": COUNT, "name": WORDS, "at": MOMENT, "today": DAY,
    "status": text(enum=["running", "paused", "met", "missed", "late", "cancelled"]), "light": text(enum=["green", "yellow", "red"]), "days_left": maybe(COUNT),
    "span": maybe(text()), "until": maybe(DAY), "urgent": FLAG, "article": text(most=1000),
    "local": {**FLAG, "description": "数字是本地参数，文件没有给出。 The figure is a local parameter that the document does not give."},
    "says": list_of(obj({"article": text(), "zh": text(most=5000), "en": text(most=5000)})), "started_at": MOMENT, "start": DAY,
    "due": maybe({**DAY, "description": "按现在的日历。 By the calendar as it is now."}), "original_due": DAY,
    "recorded_due": maybe({**DAY, "description": "记录的。 As recorded."}), "ended_at": maybe(MOMENT), "total": COUNT, "extensions": COUNT, "provisional": PROVISIONAL,
    "provisional_years": list_of(COUNT), "agrees": {**FLAG, "description": "`due` 与记录一致。 Whether `due` is what is recorded."},
    "calendar": obj({"id": text(), "layers": list_of(obj({"id": text(), "zh": text(), "en": text()})), "version": text(), "recorded_version": text(), "changed": FLAG}),
    "rules": list_of(obj({"id": text(), "zh": text(most=1000), "en": text(most=1000), "civil": COUNT, "article": text(most=1000), "local": FLAG, "basis": text(), "basis_en": text()})),
    "days": list_of(PROOF_DAY), "history": list_of(EVENT), "numbers": list_of(COUNT), "names": FLAG})


@api.get("/cases/<case>/deadlines/<name>")
@operation("token or code", {
    "operationId": "proveDeadline", "summary": "期限的证明 Prove a deadline",
    "description": "从开始到到期的每一天：是否计入，为什么，依据什么；以及期限的全部经过。留言人看到的相同，只是以单位和岗位代替姓名。 "
                   "Every day from start to due: counted or not, why, and on what basis; and all that happened to the deadline. A citizen sees the same, with unit and role in place of names.",
    "parameters": [CASE_PARAMETER, parameter("name", "path", {"type": "string"}, "期限的 id。 The deadline's id."),
                   parameter("n", "query", WHICH, "第几次，默认最近一次。 Which one of that id; the latest unless given.")],
    "responses": {"200": {"description": "证明。 The proof.", "content": {"application/json": {"schema": PROOF}}}, **problems(401, 404, 422)}})
def deadline(case: str, name: str) -> Any:
    query = read_query(obj({"n": WHICH, "code": {"type": "string", "maxLength": 40}}, required=[]))
    actor, _id = asker_of_case(case)
    return jsonify(prove_deadline(env(), actor, case, name, query.get("n")))
