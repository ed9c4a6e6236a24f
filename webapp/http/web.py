"""What every door shares: who is asking, in which language, what a refusal looks like, and the headers of every answer."""
from __future__ import annotations

from functools import wraps
from urllib.parse import urlsplit

from flask import Flask, Response, abort, current_app, g, redirect, render_template, request, session, url_for
from flask_babel import Babel
from flask_babel import gettext as _
from flask_login import LoginManager, UserMixin, current_user
from flask_wtf.csrf import CSRFError, CSRFProtect
from sqlalchemy.exc import DataError

from webapp.cases.environment import Environment
from webapp.cases.errors import NotFound
from webapp.models import db
from webapp.models.storage import set_reading
from webapp.permissions import Person, find_person

from .health import health
from .jinja import current_lang, install

csrf = CSRFProtect()
login_manager = LoginManager()
babel = Babel()
LANGUAGES = {"zh": "中文", "en": "English"}
POLICY = {
    "default-src": "'self'", "img-src": "'self' data:", "font-src": "'self' data:", "script-src": "'self'", "style-src": "'self'",
    "object-src": "'none'", "base-uri": "'none'", "frame-ancestors": "'none'", "form-action": "'self'",
}


class Session(UserMixin):
    """Flask-Login's user: the person, found anew in one query for each request."""

    def __init__(self, person: Person):
        self.person = person

    def get_id(self) -> str:
        return str(self.person.account_id)


def env() -> Environment:
    """The application's environment: clock, registry, keys."""
    return current_app.extensions["duban"].env


def person() -> Person:
    """Who is logged in. Only behind `staff_only`."""
    return current_user.person


def staff_only(view):
    """Only for those with an account; others are sent to log in."""
    @wraps(view)
    def guarded(*args, **kwargs):
        if not current_user.is_authenticated:
            return login_manager.unauthorized()
        return view(*args, **kwargs)

    guarded.access = "staff"
    return guarded


def public(view):
    """Open to everybody; said aloud so that a test can find what nobody decided on."""
    view.access = "public"
    return view


def loosen_styles() -> None:
    """This page draws diagrams or forms whose libraries set styles on elements."""
    g.inline_styles = True


def safe_next(target: str | None, fallback: str) -> str:
    """A local address to go on to, never another site's."""
    if target and target.isprintable():        # a line break cannot stand in a header, and browsers pass over tabs
        parts = urlsplit(target)
        if not parts.scheme and not parts.netloc and target.startswith("/") and not target.startswith(("//", "/\\")):
            return target
    return fallback


def setup(app: Flask) -> None:
    """Install everything on an application."""
    csrf.init_app(app)
    login_manager.init_app(app)
    login_manager.login_view = "desk.login"
    babel.init_app(app, locale_selector=_locale, default_locale="zh", default_timezone="Asia/Shanghai", default_translation_directories="translations")
    install(app)
    app.before_request(_begin)
    app.after_request(_headers)
    app.teardown_request(_end)
    app.register_error_handler(NotFound, lambda error: _page(404))
    for status in (400, 403, 404, 405, 413, 429, 500):
        app.register_error_handler(status, lambda error, status=status: _page(status))
    app.register_error_handler(DataError, lambda error: _page(400))      # what no text of the database can hold, such as NUL on PostgreSQL
    app.register_error_handler(CSRFError, lambda error: _page(400, _("页面停留太久，请回到那一页再提交一次。")))
    app.add_url_rule("/language/<code>", "language", public(_set_language), methods=["POST", "GET"])
    app.add_url_rule("/healthz", "health", public(health))


@login_manager.user_loader
def _load(account_id: str) -> Session | None:
    found = find_person(account_id=int(account_id)) if account_id.isdigit() else None
    return Session(found) if found else None


@login_manager.unauthorized_handler
def _unauthorized():
    if request.accept_mimetypes.best == "application/json":
        abort(401)
    return redirect(url_for("desk.login", next=request.full_path.rstrip("?")))


def _begin() -> None:
    set_reading(request.method in ("GET", "HEAD", "OPTIONS"))
    env().courtesy.enter()
    g.being_served = True


def _end(error: BaseException | None) -> None:
    set_reading(False)
    if g.pop("being_served", False):
        env().courtesy.leave()


def _locale() -> str:
    if session.get("lang") in LANGUAGES:
        return session["lang"]
    return request.accept_languages.best_match(["zh", "zh-CN", "en"], "zh")[:2] if request else "zh"


def _set_language(code: str):
    if code in LANGUAGES:
        session["lang"] = code
        session.permanent = True
    return redirect(safe_next(request.values.get("next"), "/"))


def languages() -> list[dict]:
    """The language links of a page's frame."""
    here = current_lang()
    return [{"code": code, "label": label, "url": url_for("language", code=code, next=request.full_path.rstrip("?")), "current": code == here}
            for code, label in LANGUAGES.items()]


def _headers(response: Response) -> Response:
    policy = dict(POLICY)
    if getattr(g, "inline_styles", False):
        policy["style-src"] += " 'unsafe-inline'"
    response.headers.setdefault("Content-Security-Policy", "; ".join(f"{k} {v}" for k, v in policy.items()))
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    response.headers.setdefault("Referrer-Policy", "same-origin")
    response.headers.setdefault("X-Frame-Options", "DENY")
    if request.endpoint != "static":
        response.headers.setdefault("Cache-Control", "no-store")
    return response


WORDS = {
    400: ("请求无法处理", "请检查填写的内容后再试。"),
    403: ("您不能查看这一页", "如果这是您的工作，请联系本单位管理员。"),
    404: ("没有这一页", "可能地址有误，或者此件不在您的查看范围内。"),
    405: ("请求无法处理", "请从页面上的按钮操作。"),
    413: ("内容太大", "请减少附件或文字后再提交。"),
    429: ("操作太频繁", "为防止滥用，短时间内的次数有上限。以前提交的都已保存，请过一会儿再试。"),
    500: ("系统出错了", "错误已经记录，请稍后再试。"),
}


def _page(status: int, hint: str | None = None):
    db.session.rollback()
    title, usual = WORDS[status]
    if request.path.startswith("/api/") or (request.is_json and request.accept_mimetypes.best != "text/html"):
        from .problems import problem_response

        return problem_response(status, {400: "bad_request", 403: "forbidden", 404: "not_found", 405: "method", 413: "too_large", 429: "too_many"}.get(status, "error"), _(title))
    ways = _ways(status)
    return render_template("error.html", title=_(title), hint=hint or _(usual), sent=request.method == "POST", ways=ways, home=ways[0][1],
                           languages=languages() if request.method == "GET" and not _at_desk() else []), status


def _ways(status: int) -> list[tuple[str, str]]:
    """Where to go on from a page that cannot be shown, the likeliest first: at the desk the tasks, or logging in; else the portal's doors."""
    found = [(_("回到首页"), "portal.home"), (_("查询进度"), "portal.follow")]
    if _at_desk():
        inside = status == 500 or current_user.is_authenticated      # after a fault nobody is looked up: the database may be what is gone
        found = [(_("回到我的任务"), "desk.tasks"), (_("查找"), "desk.search")] if inside else [(_("工作人员登录"), "desk.login"), found[0]]
    return [(words, url_for(endpoint)) for words, endpoint in found if endpoint in current_app.view_functions] or [(_("回到首页"), "/")]


def _at_desk() -> bool:
    return request.path.startswith("/desk")
