"""The blueprint and what every page of the portal shares: doors, languages, type size, brakes against guessing and flooding."""
from __future__ import annotations

from flask import Blueprint, current_app, redirect, request, session, url_for
from flask_babel import gettext as _
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address
from werkzeug.exceptions import BadRequest
from werkzeug.routing import BuildError

from webapp.http.article_words import article_words
from webapp.http.jinja import current_lang
from webapp.http.web import languages, public, safe_next

portal = Blueprint("portal", __name__)
limiter = Limiter(get_remote_address, default_limits=[])
DOORS = {"file": "portal.file", "follow": "portal.follow", "rate": "portal.rate", "open": "portal.about"}
TRAP = "company_fax"        # a field no person sees; whoever fills it in is a machine


@portal.record_once
def _install(state) -> None:
    state.app.config.setdefault("RATELIMIT_STORAGE_URI", state.app.extensions["duban"].settings.rate_limit_storage)
    state.app.config.setdefault("RATELIMIT_IN_MEMORY_FALLBACK_ENABLED", True)      # each process counts for itself while the storage is away
    state.app.config.setdefault("PORTAL_FILING_LIMIT", "20 per hour;60 per day")
    state.app.config.setdefault("PORTAL_GUESS_LIMIT", "10 per 10 minutes;60 per day")
    state.app.config.setdefault("PORTAL_UPLOAD_LIMIT", "60 per hour")
    state.app.config.setdefault("PORTAL_CALCULATOR_LIMIT", "120 per minute")
    limiter.init_app(state.app)


def filing_limit() -> str:
    """How many filings an address may send."""
    return current_app.config["PORTAL_FILING_LIMIT"]


def upload_limit() -> str:
    """How many pages with files an address may send."""
    return current_app.config["PORTAL_UPLOAD_LIMIT"]


def calculator_limit() -> str:
    """How often an address may calculate."""
    return current_app.config["PORTAL_CALCULATOR_LIMIT"]


def guess_limit() -> str:
    """How many wrong codes an address may try."""
    return current_app.config["PORTAL_GUESS_LIMIT"]


def refuse_machines() -> None:
    """400 when the field that no person sees was filled in."""
    if request.form.get(TRAP):
        raise BadRequest()


@portal.app_context_processor
def _words() -> dict:
    return {"article_words": lambda article: article_words(article, current_lang())}


@portal.context_processor
def _frame() -> dict:
    here = request.endpoint or ""
    current = {"portal.file": "file", "portal.procedure": "file", "portal.fill": "file", "portal.receipt": "file", "portal.rate": "rate",
               "portal.about": "open", "portal.about_procedure": "open", "portal.about_counting": "open", "portal.calculator": "open", "portal.calculator_span": "open", "portal.opinions": "open", "portal.opinions_on": "open"}.get(here, "follow" if "follow" in here or "act" in here or "task" in here else "")
    again = request.full_path.rstrip("?") if request.method == "GET" else _start_again()
    large = bool(session.get("large"))
    found = languages()
    for each in found:
        each["url"] = url_for("language", code=each["code"], next=again)
    return {
        "doors": [{"id": name, "url": url_for(endpoint), "current": name == current} for name, endpoint in DOORS.items()],
        "place": {"name": _("群众留言办理"), "url": url_for("portal.home")},
        "languages": found,
        "large_type": {"on": large, "url": url_for("portal.size", size="normal" if large else "large", next=again)},
        "staff_url": _staff_url(),
        "explained": {"calculator": url_for("portal.calculator"), "counting": url_for("portal.about_counting")},
        "trap": TRAP,
    }


def _start_again() -> str:
    """Where to go from a page that was the answer to a form: its own address where that can be asked for, else its beginning."""
    args = request.view_args or {}
    return url_for("portal.procedure", **args) if request.endpoint == "portal.fill" else request.path


def _staff_url() -> str | None:
    try:
        return url_for("desk.login")
    except BuildError:
        return None


@portal.get("/size/<size>")
@public
def size(size: str):
    """Large type on or off; remembered for the visit."""
    session["large"] = size == "large"
    return redirect(safe_next(request.args.get("next"), url_for("portal.home")))
