"""Following a case with its number and query code: where it is, until when, what was told, what can be done now."""
from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from webapp.cases.file_case import find_by_code
from webapp.http.deadline_words import line_of
from webapp.http.jinja import current_lang
from webapp.http.told_words import told
from webapp.http.web import env, public

from .frame import guess_limit, limiter, portal, refuse_machines
from .visits import forget, opened, remember
from .way import steps, where

WRONG = 422


def ask_code(then: str, number: str = "", problems: list | None = None):
    """The page that asks for number and code, before `then` (follow or rate)."""
    body = render_template("portal/code.html", then=then, number=number, problems=problems or [])
    return body, WRONG if problems else 200


def check_code(then: str):
    """Number and code as sent: the case's number when they belong together, else the page again. A wrong code and an unknown number look alike."""
    refuse_machines()
    number, code = request.form.get("number", "").strip().upper(), request.form.get("code", "").strip()
    missing = [{"field": key, "text": text} for key, value, text in (("number", number, _("请填写编号")), ("code", code, _("请填写查询码"))) if not value]
    if missing:
        return None, ask_code(then, number, missing)
    found = find_by_code(env(), number[:40], code[:40].replace(" ", "").replace("-", ""))
    if found is None:
        return None, ask_code(then, number, [{"field": "code", "text": _("编号和查询码对不上，请对照回执再填一次")}])
    remember(number, found.case_id)
    return number, None


def wrong_code(response) -> bool:
    """Only these count as guesses."""
    return response.status_code == WRONG


@portal.get("/follow")
@public
def follow():
    """Number and code; straight on where this visit has the case open."""
    number = request.args.get("number", "").strip().upper()[:40]
    if number and opened(number):
        return redirect(url_for("portal.follow_case", number=number))
    return ask_code("follow", number)


@portal.post("/follow")
@public
@limiter.shared_limit(guess_limit, scope="codes", deduct_when=wrong_code)
def follow_check():
    number, again = check_code("follow")
    return again if number is None else redirect(url_for("portal.follow_case", number=number), 303)


@portal.get("/follow/<number>")
@public
def follow_case(number: str):
    """The page of one case."""
    view = opened(number)
    if view is None:
        return redirect(url_for("portal.follow", number=number))
    lang, now = current_lang(), env().now()
    manifest = view.deployed.manifest
    deadlines = [line_of(d, manifest, view.calendar, now, lang, proof_url=url_for("portal.deadline", number=view.case.number, name=d.name, n=d.n)) for d in view.running]
    messages = [(m.at, told(m.kind, m.data, lang, manifest.exclusions)) for m in reversed(view.messages)
                if m.kind != "rate_wanted" or not view.own_task("rate")]      # the page asks for it above
    return render_template(
        "portal/case.html", view=view, case=view.case, where=where(view, env(), lang), steps=steps(view, now, lang), deadlines=deadlines, messages=messages,
        actions=view.actions, rate=view.own_task("rate"), own_tasks=[t for t in view.tasks if t.role == "citizen" and t.name != "rate"], now=now,
        title=manifest.text(manifest.title, lang), office=env().registry.unit_name(view.case.office, lang), late=any(d["status"] == "missed" for d in deadlines))


@portal.post("/leave")
@public
def leave():
    """Nothing of the visit stays in this browser."""
    forget()
    flash(_("已退出，本机不再显示您的留言。"), "done")
    return redirect(url_for("portal.home"), 303)
