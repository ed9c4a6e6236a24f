"""What staff do: claim, give back, complete a task, take an action, reveal who the claimant is. Each commits once, here."""
from __future__ import annotations

import re
import secrets

from flask import flash, jsonify, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy import select

from webapp.cases.do_task import claim_task, complete_task, give_back_task
from webapp.cases.errors import NotFound
from webapp.cases.offer_actions import offers
from webapp.cases.read_case import read_case
from webapp.cases.reveal import reveal
from webapp.cases.take_action import take_action
from webapp.engine import Refusal
from webapp.http.article_words import article_words
from webapp.http.desk_frame import frame
from webapp.http.jinja import current_lang
from webapp.http.problems import problem_response, refusal_response
from webapp.http.web import env, loosen_styles, person, safe_next, staff_only
from webapp.models import Case, db
from webapp.permissions import may_see, may_see_task

from .blueprint import desk
from .budgets import budget_view
from .case_view import CaseView, form_parts
from .cases import case_page

KEY = re.compile(r"[A-Za-z0-9_-]{20,60}", re.ASCII)


def submitted() -> dict | None:
    """The values of a form sent as JSON `{"values": {…}}`; None for anything else."""
    body = request.get_json(silent=True)
    values = body.get("values") if isinstance(body, dict) else None
    return values if isinstance(values, dict) else None


def sent_key() -> str | None:
    """The key that a page brought, by which what it sends is done once; None without one."""
    key = request.args.get("key", "")
    return key if KEY.fullmatch(key) else None


def gone_on(work, done: str, seen: bool):
    """The answer to a form that was taken: where to go next. Back to the case, or to the list where it is closed to the person now."""
    number = work.case.number
    db.session.commit()
    flash(done, "done")
    return jsonify({"next": url_for("desk.case", number=number) if seen else url_for("desk.tasks")})


def bad_request():
    return problem_response(400, "bad_request", _("请求无法处理"))


@desk.post("/tasks/<int:task_id>/complete")
@staff_only
def complete(task_id: int):
    values = submitted()
    if values is None:
        return bad_request()
    try:
        work = complete_task(env(), task_id, values, person(), request.args.get("version", type=int))
    except NotFound:
        return not_found()
    except Refusal as refusal:
        db.session.rollback()
        return refusal_response(refusal, seen=True) if may_see_task(person(), task_id) else not_found()
    seen = work.case.respondent is None or work.case.respondent not in person().covered()      # their unit had the task: it is on the case
    return gone_on(work, _("已提交：%(number)s", number=work.case.number), seen)


def not_found():
    db.session.rollback()
    return problem_response(404, "not_found", _("没有找到"))


@desk.post("/tasks/<int:task_id>/claim")
@staff_only
def claim(task_id: int):
    return _hold(task_id, claim_task)


@desk.post("/tasks/<int:task_id>/give-back")
@staff_only
def give_back(task_id: int):
    return _hold(task_id, give_back_task)


def _hold(task_id: int, use_case):
    """Claim or give back, then back to where one was; a refusal is said there."""
    back = safe_next(request.values.get("next"), url_for("desk.tasks"))
    try:
        use_case(env(), task_id, person())
        db.session.commit()
    except Refusal as refusal:
        db.session.rollback()
        if not may_see_task(person(), task_id):
            raise NotFound from None
        flash(refusal.en if current_lang() == "en" else refusal.zh, "warn")
    return redirect(back)


@desk.post("/cases/<number>/reveal")
@staff_only
def show_claimant(number: str):
    case_id = db.session.scalar(select(Case.id).where(Case.number == number))
    if case_id is None:
        raise NotFound
    try:
        reveal(env(), case_id, request.form.get("reason", ""), person())
        db.session.commit()
    except Refusal as refusal:
        db.session.rollback()
        if refusal.code in ("respondent", "recused"):
            raise NotFound from None
        return case_page(number, refusal.en if current_lang() == "en" else refusal.zh, 422)
    return redirect(url_for("desk.case", number=number, _anchor="claimant"))


@desk.get("/cases/<number>/actions/<name>")
@staff_only
def action(number: str, name: str):
    who, lang = person(), current_lang()
    work = read_case(env(), number, who)
    offer = next((o for o in offers(work, who) if o.action.name == name), None)
    if offer is None:
        raise NotFound
    view = CaseView(work, who, lang)
    loosen_styles()
    return render_template(
        "desk/action.html", head=view.head(), name=offer.action.en if lang == "en" else offer.action.zh, article=article_words(offer.action.article, lang),
        refusal=(offer.refusal.en if lang == "en" else offer.refusal.zh) if offer.refusal else "", refusal_article=article_words(offer.article, lang),
        budget=budget_view(work, offer.action, lang),
        action_url=url_for("desk.take", number=number, name=name, key=secrets.token_urlsafe(18)), **form_parts(work, work.deployed.forms[offer.action.form], lang), **frame())


@desk.post("/cases/<number>/actions/<name>")
@staff_only
def take(number: str, name: str):
    values = submitted()
    if values is None:
        return bad_request()
    case_id = db.session.scalar(select(Case.id).where(Case.number == number))
    if case_id is None:
        return not_found()
    try:
        work = take_action(env(), case_id, name, values, person(), sent_key())
    except NotFound:
        return not_found()
    except Refusal as refusal:
        db.session.rollback()
        return refusal_response(refusal, seen=True) if may_see(person(), case_id) else not_found()
    taken = work.manifest.actions[name]
    return gone_on(work, _("已提交：%(name)s", name=taken.en if current_lang() == "en" else taken.zh), may_see(person(), work.case.id))

