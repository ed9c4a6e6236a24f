"""The calculator: what the law promises a matter filed on a day, or where a span by itself ends; each date with its proof. Plain GET addresses, to keep and to share."""
from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from flask import render_template, request, url_for
from flask_babel import gettext as _

from webapp.cases.calculator import Step, calculate
from webapp.cases.calculator_input import calendars_in_use, filed_at, read_calendar, read_day, read_hour, read_span
from webapp.cases.limit_questions import OTHER, Question, questions_of, take_answers
from webapp.deployments.registry import Deployed, UnknownProcedure
from webapp.domain.calendar import Calendar, CalendarError
from webapp.domain.clock import local_date, start_of_day
from webapp.domain.counting_rules import rules_of
from webapp.domain.deadlines import Deadline
from webapp.http.deadline_words import sheet_of
from webapp.http.form_view import Choice, FieldView
from webapp.http.formats import span as span_words
from webapp.http.formats import unit_word
from webapp.http.jinja import current_lang
from webapp.http.question_words import answered, question_field
from webapp.http.web import env, public

from .frame import calculator_limit, limiter, portal
from .places import places

UNITS = ("wd", "d", "w", "m")


@portal.get("/calculator")
@public
@limiter.limit(calculator_limit)
def calculator():
    """Choose a procedure; answer what its tables ask; read the dates."""
    wanted = request.args.get("procedure", "")
    if not wanted:
        return render_template("portal/calculator.html", places=places(env(), current_lang()))
    try:
        deployed = env().registry.active(wanted, env().now())
    except UnknownProcedure:
        return render_template("portal/calculator.html", places=places(env(), current_lang()), unknown=True), 404
    questions, problems, result = questions_of(deployed), [], None
    if "start" in request.args:
        result, problems = _result(deployed, questions)
    values = {"start": local_date(env().now()).isoformat(), **{each.key: _usual(each) for each in questions}, **request.args.to_dict()}
    page = render_template("portal/calculator_procedure.html", manifest=deployed.manifest, title=deployed.manifest.text(deployed.manifest.title, current_lang()),
                           fields=[*(question_field(each, deployed, current_lang()) for each in questions), *_when()], values=values, problems=problems, result=result)
    return page, 422 if problems else 200


def _result(deployed: Deployed, questions: tuple[Question, ...]) -> tuple[dict[str, Any] | None, list[dict]]:
    start, problems = read_day(request.args["start"])
    hour, wrong = read_hour(request.args.get("time", ""))
    answers, unanswered = take_answers(questions, request.args)
    problems = unanswered + problems + wrong
    if problems or start is None:
        return None, problems
    try:
        steps, calendar = calculate(env(), deployed, filed_at(start, hour), answers)
    except CalendarError:
        return None, [_beyond()]
    said = [(each.en if current_lang() == "en" else each.zh, answered(each, answers[each.text], deployed, current_lang())) for each in questions]
    names = {each.promise.deadline: each.promise.en if current_lang() == "en" else each.promise.zh for each in steps}
    return {"start": start, "hour": hour, "steps": [_shown(each, names, calendar) for each in steps], "said": [pair for pair in said if pair[1]], "calendar": calendar}, []


def _shown(step: Step, names: dict[str, str], calendar: Calendar) -> dict[str, Any]:
    """A step as its page draws it, with the sheet of its days and that of the same extended."""
    extended = step.longest.deadline if step.longest else None
    return {"name": names[step.promise.deadline], "promise": step.promise, "after": names.get(step.promise.after or ""), "sheet": sheet_of(step.deadline, calendar),
            "longest": step.longest, "extended": sheet_of(extended, calendar) if extended else None, "rules": rules_of(step.deadline)}


def calculator_url(deployed: Deployed, at: datetime, case: Mapping[str, Any]) -> str:
    """The calculator's address for a matter filed at `at` with these facts; where all is known that it asks it answers at once."""
    given = {each.key: case.get(each.text.removeprefix("case.")) or _usual(each) for each in questions_of(deployed)}
    start = {"start": local_date(at).isoformat()} if all(given.values()) else {}
    return url_for("portal.calculator", procedure=deployed.procedure, **start, **given)


def _usual(question: Question) -> str:
    """What stands there before anything is chosen."""
    return {"yes_no": "false", "choice": "" if question.must else OTHER}.get(question.kind, "")


def _when() -> list[FieldView]:
    return [FieldView("date", "start", _("哪一天提交"), required=True),
            FieldView("time", "time", _("几点提交"), help=_("当天 24 时以前都算当天，不影响结果。"))]


@portal.get("/calculator/span")
@public
@limiter.limit(calculator_limit)
def calculator_span():
    """A span by itself: from a day, by a calendar."""
    known = calendars_in_use(env(), env().registry.procedures(env().now()))
    problems, result = [], None
    if "start" in request.args:
        result, problems = _span_result(known)
    values = {"start": local_date(env().now()).isoformat(), "unit": "wd", "calendar": "national", **request.args.to_dict()}
    page = render_template("portal/calculator_span.html", fields=_span_fields(known), values=values, problems=problems, result=result)
    return page, 422 if problems else 200


def _span_fields(known: dict) -> list[FieldView]:
    named = [Choice(name, each.layers[-1].name_en if current_lang() == "en" else each.layers[-1].name_zh) for name, each in known.items()]
    return [FieldView("number", "n", _("多长"), required=True, min_value=0, step=1), FieldView("radio", "unit", _("按什么数"), required=True, choices=tuple(Choice(u, unit_word(u, current_lang())) for u in UNITS)),
            FieldView("date", "start", _("从哪一天开始"), help=_("开始的当天不算。"), required=True),
            FieldView("select" if len(named) > 5 else "radio", "calendar", _("哪里的放假安排"), required=True, choices=tuple(named))]


def _span_result(known: dict) -> tuple[dict[str, Any] | None, list[dict]]:
    span, problems = read_span(f"{request.args.get('n', '').strip()} {request.args.get('unit', 'wd')}", "n")
    start, wrong = read_day(request.args["start"])
    calendar, unknown = read_calendar(request.args.get("calendar", ""), known)
    problems += wrong + unknown
    if problems or span is None or start is None or calendar is None:
        return None, problems
    try:
        deadline = Deadline.begin("span", 1, span, None, start_of_day(start), calendar)
    except CalendarError:
        return None, [_beyond()]
    return {"deadline": deadline, "words": span_words(span, current_lang()), "calendar": calendar, "rules": rules_of(deadline),
            "sheet": sheet_of(deadline, calendar)}, []


def _beyond() -> dict:
    return {"field": "start", "code": "year", "zh": "算到了日历以外的年份", "en": "It ends in a year beyond the calendar"}
