"""Filing: place, scope, the questions one page at a time, check, send once."""
from __future__ import annotations

from flask import abort, make_response, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy.exc import IntegrityError

from webapp.cases.errors import Invalid
from webapp.cases.file_case import Receipt, file_case
from webapp.cases.promises import promises
from webapp.cases.published import Consulted, consultation
from webapp.deployments.registry import Deployed, UnknownProcedure
from webapp.engine import Refusal
from webapp.http.jinja import current_lang
from webapp.http.web import env, public
from webapp.models import IdempotencyKey, db

from . import captcha
from .calculator import calculator_url
from .draft import Draft
from .frame import filing_limit, limiter, portal, refuse_machines, upload_limit
from .places import places
from .receipt import keep_receipt
from .steps import Asking
from .uploads import file_limits, sends_files, sent_files, take_files

SCOPE, CHECK = "scope", "check"
SHOWN = ("scope", "matter", "story", "who", "check")        # where one is, in words; two pages may stand under one
UNDER = {"about": "matter", "contact": "who"}


def active(procedure: str) -> Deployed:
    """The procedure in force; 404 where there is none."""
    try:
        return env().registry.active(procedure, env().now())
    except UnknownProcedure:
        abort(404)


def asking(deployed: Deployed) -> Asking:
    return Asking(deployed, env().registry.directory(deployed.manifest.directory), current_lang(), env().now())


def asked_on(deployed: Deployed, consultation_id: int | None) -> Consulted | None:
    """The consultation that an opinion is on, while its window is open; None for procedures that ask for none."""
    found = consultation(env(), consultation_id) if consultation_id is not None else None
    return found if found is not None and found.procedure == deployed.procedure and found.state == "open" else None


def _facts(form: Asking, draft: Draft, on: Consulted | None) -> dict[str, str]:
    """What is known of the case before it is one, for what is promised."""
    said = {"channel": draft.channel} | {name: draft.answers.get(name) for name in ("type", "category", "claimant_kind") if name in form.form.fields}
    return {name: value for name, value in said.items() if value} | ({"consultation": on.kind} if on is not None else {})


def know_files(form: Asking, draft: Draft) -> None:
    """Look up the files that the draft names."""
    keys = [key for step in form.steps for key in form.file_keys(step)]
    form.files.update({file["id"]: file["name"] for files in sent_files(keys, draft.answers).values() for file in files})


@portal.get("/file")
@public
def file():
    """Where, and by which procedure; gone past when there is only one."""
    found = places(env(), current_lang())
    only = [entry for place in found for entry in place.procedures]
    if len(only) == 1:
        return redirect(url_for("portal.procedure", procedure=only[0].id))
    return render_template("portal/places.html", places=found)


@portal.get("/file/<procedure>")
@public
def procedure(procedure: str):
    """What is and is not handled here, before anything is asked."""
    deployed = active(procedure)
    manifest, lang = deployed.manifest, current_lang()
    on = asked_on(deployed, request.args.get("consultation", type=int))
    if manifest.filing.get("consultation") and on is None:
        return redirect(url_for("portal.opinions"))
    channels = manifest.filing.get("channels") or ["web"]
    wanted = request.args.get("from", "web")
    draft = Draft(procedure, channel=wanted if wanted in ("web", "qr", "wechat") and wanted in channels else "web", consultation=on and on.id)
    respondent = request.args.get("unit")
    if respondent and respondent in env().registry.directory(manifest.directory):
        draft.answers["respondent"] = respondent
    office = env().registry.unit_name(manifest.office, lang)
    return render_template("portal/scope.html", deployed=deployed, manifest=manifest, draft=draft.sign(), office=office, on=on, steps=progress(asking(deployed), SCOPE),
                           title=manifest.text(manifest.title, lang))


@portal.post("/file/<procedure>")
@public
@limiter.limit(filing_limit, exempt_when=lambda: request.form.get("to") != "send")
@limiter.limit(upload_limit, exempt_when=lambda: not sends_files())
def fill(procedure: str):
    """One page of the filing was sent: keep what it holds, show the next one."""
    refuse_machines()
    deployed = active(procedure)
    form, draft = asking(deployed), Draft.read(request.form.get("draft"), procedure)
    if draft is None:
        return redirect(url_for("portal.procedure", procedure=procedure))
    order = [SCOPE, *form.steps, CHECK]
    at, to = request.form.get("at", SCOPE), request.form.get("to", "next")
    if to != "send" and deployed.manifest.filing.get("consultation") and asked_on(deployed, draft.consultation) is None:
        return redirect(url_for("portal.opinions"))
    at = at if at in order else SCOPE
    wrong_files = []
    if at in form.steps:
        draft.answers.update(form.take(at, request.form))
        wrong_files = take_files(form.file_keys(at), draft.answers)
        if at == "who" and "anonymous" not in request.form:
            draft.answers["anonymous"] = None
    know_files(form, draft)
    if wrong_files and to != "send":
        return page(form, draft, at, wrong_files, back_to_check="return" in request.form)
    if to.startswith("edit-") and to[5:] in form.steps:
        return page(form, draft, to[5:], back_to_check=True)
    if to == "back":
        return page(form, draft, order[max(order.index(at) - 1, 0)])
    if to == "send":
        return send(form, draft)
    problems = form.problems(draft.answers, at) if at in form.steps else []
    if problems:
        return page(form, draft, at, problems, back_to_check="return" in request.form)
    if "return" in request.form and at != "who":
        return page(form, draft, CHECK)
    return page(form, draft, order[min(order.index(at) + 1, len(order) - 1)], back_to_check="return" in request.form)


def page(form: Asking, draft: Draft, step: str, problems: list | None = None, back_to_check: bool = False):
    """One page of the filing. It may be kept by the browser for its back button: what follows the sending may not."""
    manifest = form.deployed.manifest
    on = asked_on(form.deployed, draft.consultation)
    common = {"deployed": form.deployed, "manifest": manifest, "draft": draft.sign(), "at": step, "problems": problems or [], "steps": progress(form, step),
              "title": manifest.text(manifest.title, form.lang), "on": on}
    if step == SCOPE:
        body = render_template("portal/scope.html", office=env().registry.unit_name(manifest.office, form.lang), **common)
    elif step == CHECK:
        wrong = problems or form.problems(draft.answers)
        for problem in wrong:
            problem["step"] = next((s for s in form.steps if problem.get("field") in form.keys(s)), None)
        common["problems"] = wrong
        facts = _facts(form, draft, on)
        common["question"] = captcha.ask(draft.key, form.now) if captcha.asks(form.deployed) else None
        body = render_template("portal/check.html", rows=form.summary(draft.answers), promises=promises(env(), form.deployed, form.now, facts),
                               calculator_url=calculator_url(form.deployed, form.now, facts), **common)
    else:
        views = form.fields(step, draft.answers)
        common |= {"asked": [v for v in views if v.kind != "file"], "file_views": [v for v in views if v.kind == "file"], "file_limits": file_limits(),
                   "files": sent_files(form.file_keys(step), draft.answers)}
        body = render_template(f"portal/{'about_unit' if step == 'about' else 'question'}.html", values=draft.answers,
                               groups=unit_groups(form) if step == "about" else [], back_to_check=back_to_check, **common)
    response = make_response(body, 422 if problems else 200)
    response.headers["Cache-Control"] = "private, no-cache"
    return response


def unit_groups(form: Asking) -> list[tuple[str, list[tuple[str, str]]]]:
    """Units to choose from, by the government that they are under: (heading, [(code, name)])."""
    def name(unit):
        return unit.en if form.lang == "en" else unit.zh

    directory = form.directory
    top = directory.top
    counties = [u for u in directory.children(top.code) if directory.children(u.code)]
    own = [u for u in directory.children(top.code) if u not in counties]
    groups = [(name(top), [(top.code, name(top)), *((u.code, name(u)) for u in own)])]
    return groups + [(name(c), [(u.code, name(u)) for u in directory.below(c.code)]) for c in counties]


def progress(form: Asking, step: str) -> list[dict]:
    """Where one is, for the frame's list of steps: those that this form has."""
    asked = {SCOPE, CHECK, *(UNDER.get(each, each) for each in form.steps)}
    words = {"scope": _("征集说明") if form.deployed.manifest.filing.get("consultation") else _("能反映什么"), "matter": _("事项"), "story": _("经过"), "who": _("您是谁"), "check": _("核对")}
    here = SHOWN.index(UNDER.get(step, step))
    return [{"name": words[name], "state": "done" if i < here else "now" if i == here else "next"} for i, name in enumerate(SHOWN) if name in asked]


def send(form: Asking, draft: Draft):
    """File it, once: the same draft sent again finds the receipt of the first time."""
    wrong = unanswered(form, draft)
    if wrong:
        return page(form, draft, CHECK, wrong)
    given = {k: v for k, v in draft.answers.items() if v is not None and k in form.form.fields}
    if "channel" in form.form.fields:
        given["channel"] = draft.channel
    try:
        receipt = _file_once(form.deployed.procedure, given, draft)
    except Refusal as refusal:
        db.session.rollback()
        return page(form, draft, CHECK, _said(refusal))
    keep_receipt(receipt, form.deployed.procedure, _facts(form, draft, asked_on(form.deployed, draft.consultation)))
    return redirect(url_for("portal.receipt"), 303)


def unanswered(form: Asking, draft: Draft) -> list[dict]:
    """What stands between the draft and its filing where the procedure asks a question first. Nothing for a draft that has been filed already."""
    manifest = form.deployed.manifest
    if manifest.filing.get("consultation") and asked_on(form.deployed, draft.consultation) is None:
        return []       # nothing is taken outside the window, and that is what must be said
    if not captcha.asks(form.deployed) or db.session.get(IdempotencyKey, _key(draft)) is not None:
        return []
    problems = form.problems(draft.answers)
    if not problems:
        said = captcha.check(request.form.get("captcha_token", ""), request.form.get("captcha", ""), draft.key, form.now)
        problems = [{"field": "captcha", "text": said}] if said else []
    return problems


def _key(draft: Draft) -> str:
    return f"portal:{draft.key}"


def _file_once(procedure: str, given: dict, draft: Draft) -> Receipt:
    try:
        receipt, _work = file_case(env(), procedure, given, key=_key(draft), consultation=draft.consultation)
        db.session.commit()
    except IntegrityError:      # the same draft, sent twice at once: the other one was first
        db.session.rollback()
        receipt, _work = file_case(env(), procedure, given, key=_key(draft), consultation=draft.consultation)
        db.session.commit()
    return receipt


def _said(refusal: Refusal) -> list[dict]:
    if refusal.code == "idempotency":
        return [{"text": _("这份留言已经提交过了，不会再提交一次。要补充内容，请到“查询进度”。")}]
    if refusal.code == "respondent":      # the office lies below what is reported, and so does the one instead of it
        return [{"field": refusal.field, "text": _("您选的单位是受理机关的上级，这里没有别的单位可以办理。请改选具体的部门，或选“不针对哪个单位”；要反映这级机关本身，请向它的上一级反映。")}]
    if isinstance(refusal, Invalid):
        return [{"field": f, "zh": zh, "en": en} for f, _code, zh, en in refusal.fields]
    return [{"field": refusal.field, "zh": refusal.zh, "en": refusal.en}]
