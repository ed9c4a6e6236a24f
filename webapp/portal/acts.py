"""What the one who filed can do on a running case: add, withdraw, answer what is asked, rate. Each is a page of its own."""
from __future__ import annotations

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from webapp.answers import localise
from webapp.cases.citizen_view import CitizenCase
from webapp.cases.do_task import complete_task
from webapp.cases.errors import Invalid
from webapp.cases.take_action import take_action
from webapp.engine import Refusal
from webapp.http.form_view import FieldView, fields_of, submitted
from webapp.http.jinja import current_lang
from webapp.http.web import env, public
from webapp.models import db

from .draft import Draft
from .follow import ask_code, check_code, wrong_code
from .frame import guess_limit, limiter, portal, refuse_machines, upload_limit
from .uploads import file_limits, sends_files, sent_files, take_files
from .visits import must_be_open, opened


@portal.get("/rate")
@public
def rate():
    """Rating begins with number and code."""
    return ask_code("rate", request.args.get("number", "").strip().upper()[:40])


@portal.post("/rate")
@public
@limiter.shared_limit(guess_limit, scope="codes", deduct_when=wrong_code)
def rate_check():
    number, again = check_code("rate")
    if number is None:
        return again
    task = opened(number).own_task("rate")
    if task is None:
        flash(_("此件现在还不能评价。办结后会请您评价。"))
        return redirect(url_for("portal.follow_case", number=number), 303)
    return redirect(url_for("portal.task", number=number, task_id=task.id), 303)


def words_of_action(name: str) -> dict[str, str]:
    """Heading, button and what was done, for the acts the portal knows by name."""
    return {
        "add_information": {"title": _("补充情况"), "button": _("提交补充"), "done": _("补充的内容已经附在您的留言后面。")},
        "withdraw": {"title": _("撤回留言"), "button": _("确认撤回"), "done": _("已按您的要求撤回。")},
        "rate": {"title": _("评价办理结果"), "button": _("提交评价"), "done": _("谢谢，您的评价已经记下。")},
        "supplement": {"title": _("补充材料"), "button": _("提交补充"), "done": _("补充的材料已经交给办理单位。")},
    }.get(name, {"title": "", "button": _("提交"), "done": _("已提交。")})


def form_fields(schema: dict, view: CitizenCase) -> list[FieldView]:
    """What a page without a script can draw of a form."""
    directory = env().registry.directory(view.deployed.manifest.directory)
    units = [{"value": u.code, "label": u.en if current_lang() == "en" else u.zh} for u in directory.units]
    return fields_of(localise(schema, current_lang()), {"units": units})


def _draft_name(view: CitizenCase, name: str) -> str:
    return f"{view.case.number}/{name}"


def page(view: CitizenCase, name: str, schema: dict, title: str, values: dict | None = None, problems: list | None = None):
    words = words_of_action(name)
    found, values = form_fields(schema, view), values or {}
    file_views = [f for f in found if f.kind == "file"]
    keys = [f.key for f in file_views]
    draft = Draft(_draft_name(view, name), answers={key: values.get(key) or [] for key in keys})       # its key makes what the page sends one act
    body = render_template("portal/act.html", case=view.case, name=name, words=words, title=words["title"] or title, asked=[f for f in found if f.kind != "file"],
                           values=values, problems=problems or [], file_views=file_views, files=sent_files(keys, values), file_limits=file_limits(), draft=draft.sign())
    return body, 422 if problems else 200


@portal.route("/follow/<number>/act/<name>", methods=["GET", "POST"])
@public
@limiter.limit(upload_limit, exempt_when=lambda: not sends_files())
def act(number: str, name: str):
    """An action of the citizen's: asked for, or taken."""
    who, view = must_be_open(number)
    action = next((a for a in view.actions if a.name == name), None)
    if action is None and (request.method == "GET" or name not in view.deployed.manifest.actions):
        abort(404)
    if action is None:      # sent twice, and the first one closed the case
        flash(_("这一项已经提交过了。") if name in view.done else _("此件已办结，没有提交。"))
        return redirect(url_for("portal.follow_case", number=number), 303)
    schema = view.deployed.forms[action.form].schema
    title = action.en if current_lang() == "en" else action.zh
    if request.method == "GET":
        return page(view, name, schema, title)
    return _submit(view, name, schema, title, lambda data, key: take_action(env(), view.case.id, name, data, who, key))


@portal.route("/follow/<number>/task/<int:task_id>", methods=["GET", "POST"])
@public
@limiter.limit(upload_limit, exempt_when=lambda: not sends_files())
def task(number: str, task_id: int):
    """A task that waits for the citizen, such as rating."""
    who, view = must_be_open(number)
    waiting = next((t for t in view.tasks if t.id == task_id and t.role == "citizen"), None)
    if waiting is None:
        if request.method == "GET":
            abort(404)
        flash(_("这一项已经提交过了。"))
        return redirect(url_for("portal.follow_case", number=number), 303)
    node = next(n for n in view.deployed.definition.tasks()[waiting.name] if n.id == waiting.node)
    schema = view.deployed.forms[node.form].schema
    title = node.en if current_lang() == "en" else node.zh
    if request.method == "GET":
        return page(view, waiting.name, schema, title)
    return _submit(view, waiting.name, schema, title, lambda data, key: complete_task(env(), waiting.id, data, who, waiting.version))


def _submit(view: CitizenCase, name: str, schema: dict, title: str, do):
    refuse_machines()
    data = {k: v for k, v in submitted(schema, request.form).items() if v is not None}
    keys = [f.key for f in form_fields(schema, view) if f.kind == "file"]
    kept = Draft.read(request.form.get("draft"), _draft_name(view, name))
    data |= {key: kept.answers.get(key, []) for key in keys} if kept else {}
    problems = take_files(keys, data)
    if problems:
        return page(view, name, schema, title, data, problems)
    try:
        do(data, kept.key if kept else None)
        db.session.commit()
    except Invalid as invalid:
        db.session.rollback()
        return page(view, name, schema, title, data, [{"field": f, "zh": zh, "en": en} for f, _code, zh, en in invalid.fields])
    except Refusal as refusal:
        db.session.rollback()
        return page(view, name, schema, title, data, [{"field": refusal.field, "zh": refusal.zh, "en": refusal.en}])
    flash(words_of_action(name)["done"], "done")
    return redirect(url_for("portal.follow_case", number=view.case.number), 303)
