"""The calculator as JSON: what each procedure asks, its steps' latest dates with their proof, and a span by itself. Public, like the page."""
from __future__ import annotations

import re
from typing import Any

from flask import jsonify

from webapp.cases.calculator import Longest, Step, calculate
from webapp.cases.calculator_input import calendars_in_use, filed_at, read_calendar, read_day, read_hour, read_span
from webapp.cases.limit_questions import Problem, Question, questions_of, take_answers
from webapp.deployments.registry import Deployed, UnknownProcedure
from webapp.domain.calendar import Calendar, CalendarError
from webapp.domain.clock import local_date
from webapp.domain.compute import compute
from webapp.domain.deadlines import Deadline
from webapp.domain.trace import day_json
from webapp.http.jinja import current_lang
from webapp.http.question_words import question_choices
from webapp.http.web import env

from .blueprint import api
from .components import DAY, Schema, list_of, maybe, obj, text
from .operations import NO_QUERY, operation, parameter, problems
from .problems import ApiProblem
from .reading import read_query

NAME = re.compile(r"[a-z0-9-]{1,80}", re.ASCII)
FLAG: Schema = {"type": "boolean"}
COUNT: Schema = {"type": "integer", "minimum": 0}
START: Schema = {"type": "string", "pattern": r"^\d{4}-\d{2}-\d{2}$", "maxLength": 10}
HOUR: Schema = {"type": "string", "pattern": r"^\d{2}:\d{2}$", "maxLength": 5}
FACTS: Schema = {"type": "string", "pattern": r"^[a-z0-9_]{1,80}:[a-z0-9_-]{1,80}(,[a-z0-9_]{1,80}:[a-z0-9_-]{1,80}){0,19}$", "maxLength": 2000}
SPAN: Schema = {"type": "string", "pattern": r"^\d{1,4} ?(wd|d|w|m)$", "maxLength": 10}
CALENDAR: Schema = {"type": "string", "pattern": "^[a-z0-9-]{1,40}$", "maxLength": 40}

QUESTION = obj({"key": text(), "label": text(), "kind": text(enum=["choice", "yes_no", "number"]), "required": FLAG, "options": list_of(obj({"value": text(), "label": text(most=1000)}))})
OFFER = obj({
    "procedures": list_of(obj({"procedure": text(), "title": text(), "document": text(most=1000), "calendar": text(), "questions": list_of(QUESTION)})),
    "calendars": list_of(obj({"calendar": text(), "name": text(), "version": text()}))})
PROOF = list_of(obj({
    "date": DAY, "counted": FLAG, "number": COUNT, "why": text("workday, weekend, holiday, make_up, layer_off, layer_work"), "label": text(most=1000), "label_en": text(most=1000),
    "basis": text(most=2000), "basis_en": text(most=2000), "provisional": FLAG}), description="从开始的次日到最后一日。 From the day after the start to the last.")
EXTENSION = {**obj({"due": DAY, "count": maybe(COUNT), "article": text(most=1000), "local": FLAG, "provisional": FLAG, "days": PROOF},
                   description="最长的延期。 The longest extension."), "type": ["object", "null"]}
STEPS = obj({
    "procedure": text(), "start": DAY, "calendar": text(), "calendar_version": text(),
    "facts": {"type": "object", "additionalProperties": {"type": ["string", "boolean", "integer", "null"]}},
    "steps": list_of(obj({
        "deadline": text(), "name": text(), "start": DAY, "after": maybe(text("从这个期限的最后一日起算；null 为提交当日。 The deadline on whose last day it begins; null: on the day of filing.")),
        "due": DAY, "span": maybe(text()), "article": text(most=1000), "local": FLAG, "provisional": FLAG,
        "assumed": {**FLAG, "description": "之前有没有时限的步骤，按当天办完推算。 A step without a limit lies before it, taken as done the same day."},
        "days": PROOF, "extension": EXTENSION}))})
COUNTED = obj({"due": DAY, "provisional": FLAG, "span": text(), "from": DAY, "calendar": text(), "calendar_version": text(), "days": PROOF})


def _answers(schema: Schema, description: str) -> dict[str, Any]:
    return {"200": {"description": description, "content": {"application/json": {"schema": schema}}}}


@api.get("/calculator")
@operation("public", {
    "operationId": "whatCanBeCalculated", "summary": "可以计算的程序 What can be calculated",
    "description": "现行的程序、它们的时限表问什么、可用的日历。名称按 `Accept-Language`。 The procedures in force, what their tables of limits ask, and the calendars. Names by `Accept-Language`.",
    "responses": {**_answers(OFFER, "程序和日历。 Procedures and calendars."), **problems(422)}})
def calculator() -> Any:
    read_query(NO_QUERY)
    found, lang = env().registry.procedures(env().now()), current_lang()
    offered = [{"procedure": each.procedure, "title": each.manifest.text(each.manifest.title, lang), "document": each.manifest.text(each.manifest.document, lang),
                "calendar": each.manifest.calendar, "questions": [_question(q, each, lang) for q in questions_of(each)]} for each in found]
    calendars = [{"calendar": name, "name": each.layers[-1].name_en if lang == "en" else each.layers[-1].name_zh, "version": each.version}
                 for name, each in calendars_in_use(env(), found).items()]
    return jsonify(procedures=offered, calendars=calendars)


def _question(question: Question, deployed: Deployed, lang: str) -> dict[str, Any]:
    options = [{"value": each.value, "label": each.label} for each in question_choices(question, deployed, lang)]
    return {"key": question.key, "label": question.en if lang == "en" else question.zh, "kind": question.kind, "required": question.must, "options": options}


@api.get("/calculator/<procedure>")
@operation("public", {
    "operationId": "calculateLatestDates", "summary": "各步骤最迟的日期 The latest date of each step",
    "description": "每一步按用满期限推算，后一步从前一步的最后一日起算；每个日期附逐日的证明和最长的延期。 "
                   "Each step is taken to use its whole limit, and the next to begin on its last day; each date with every day counted, and with the longest extension.",
    "parameters": [parameter("procedure", "path", {"type": "string"}, "程序。 The procedure's id."), parameter("start", "query", START, "提交的日期，默认今天。 The day of filing; today unless given."),
                   parameter("time", "query", HOUR, "提交的时间，不影响结果。 The hour, which makes no difference."),
                   parameter("facts", "query", FACTS, "所问各项的回答，如 `case_type:consult,case_channel:web`。 Answers to what is asked.")],
    "responses": {**_answers(STEPS, "各步骤。 The steps."), **problems(404, 422)}})
def latest_dates(procedure: str) -> Any:
    query = read_query(obj({"start": START, "time": HOUR, "facts": FACTS}, required=[]))
    deployed = _in_force(procedure)
    start, wrong = read_day(query.get("start") or local_date(env().now()).isoformat())
    hour, wrong_hour = read_hour(query.get("time", ""))
    given = [each.split(":", 1) for each in query.get("facts", "").split(",") if each]
    questions = questions_of(deployed)
    answers, wrong_facts = take_answers(questions, dict(given))
    known = {each.key for each in questions}
    strangers = [_fault(key, "unknown_field", "没有这一项", "There is no such member") for key, _ in given if key not in known]
    doubled = [_fault(key, "duplicate", "参数重复", "This parameter stands twice") for n, (key, _) in enumerate(given) if key in {k for k, _ in given[:n]}]
    _refuse([*wrong, *wrong_hour, *({**each, "field": f"facts.{each['field']}"} for each in wrong_facts + strangers + doubled)])
    try:
        steps, calendar = calculate(env(), deployed, filed_at(start, hour), answers)
    except CalendarError:
        raise _beyond("start") from None
    said = {each.key: answers[each.text] for each in questions}
    return jsonify(procedure=procedure, start=start.isoformat(), calendar=calendar.id, calendar_version=calendar.version, facts=said, steps=[_step(each, calendar) for each in steps])


def _in_force(procedure: str) -> Deployed:
    try:
        return env().registry.active(procedure if NAME.fullmatch(procedure) else "", env().now())
    except UnknownProcedure:
        raise ApiProblem(404) from None


def _step(step: Step, calendar: Calendar) -> dict[str, Any]:
    promise = step.promise
    return {"deadline": promise.deadline, "name": promise.en if current_lang() == "en" else promise.zh, "start": promise.start.isoformat(), "after": promise.after,
            "due": promise.due.isoformat(), "span": promise.span, "article": promise.article, "local": promise.local, "provisional": promise.provisional,
            "assumed": promise.assumed, "days": _days(step.deadline, calendar), "extension": _extension(step.longest, calendar) if step.longest else None}


def _extension(longest: Longest, calendar: Calendar) -> dict[str, Any]:
    return {"due": longest.deadline.due.isoformat(), "count": longest.count, "article": longest.article, "local": longest.local, "provisional": longest.deadline.provisional,
            "days": _days(longest.deadline, calendar)}


def _days(deadline: Deadline, calendar: Calendar) -> list[dict[str, Any]]:
    return [day_json(day) for day in deadline.trace(calendar)]


@api.get("/spans")
@operation("public", {
    "operationId": "countSpan", "summary": "一个期限到哪一天 Where a span ends",
    "description": "与 `duban deadline compute` 相同。 The same as `duban deadline compute`.",
    "parameters": [{**parameter("span", "query", SPAN, "例如 `15 wd`、`10 d`、`2 w`、`2 m`，最多两年。 Such as these, two years at most."), "required": True},
                   parameter("start", "query", START, "开始的日期，不计入，默认今天。 The starting day, which is not counted; today unless given."),
                   parameter("calendar", "query", CALENDAR, "日历，默认全国。 The calendar; the national one unless given.")],
    "responses": {**_answers(COUNTED, "最后一日和逐日的证明。 The last day, and every day up to it."), **problems(422)}})
def spans() -> Any:
    query = read_query(obj({"span": SPAN, "start": START, "calendar": CALENDAR}, required=["span"]))
    known = calendars_in_use(env(), env().registry.procedures(env().now()))
    span, wrong = read_span(query["span"])
    start, wrong_day = read_day(query.get("start") or local_date(env().now()).isoformat())
    calendar, unknown = read_calendar(query.get("calendar", ""), known)
    _refuse(wrong + wrong_day + unknown)
    try:
        return jsonify(compute(span, start, calendar))
    except CalendarError:
        raise _beyond("span") from None


def _fault(field: str, code: str, zh: str, en: str) -> Problem:
    return {"field": field, "code": code, "zh": zh, "en": en}


def _refuse(found: list[Problem]) -> None:
    if found:
        raise ApiProblem(422, [(each["field"], each["code"], each["zh"], each["en"]) for each in found])


def _beyond(field: str) -> ApiProblem:
    return ApiProblem(422, [(field, "year", "算到了日历以外的年份", "It ends in a year beyond the calendar")])
