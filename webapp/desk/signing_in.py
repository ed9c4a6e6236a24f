"""Logging in and out. The same words whether the login or the password is wrong, after the same work."""
from __future__ import annotations

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError
from flask import current_app, redirect, render_template, request, session, url_for
from flask_babel import gettext as _
from flask_login import current_user, login_user, logout_user
from sqlalchemy import func, select

from webapp.http.case_words import ROLES, word
from webapp.http.jinja import current_lang
from webapp.http.web import Session, env, languages, public, safe_next, staff_only
from webapp.models import Account, Case, Deployment, Membership, Task, Unit, db
from webapp.permissions import find_person

from .blueprint import WRONG_FOR_ONE_LOGIN, WRONG_FROM_ONE_ADDRESS, by_login, desk, limiter, unlimited

_hasher = PasswordHasher()
_nobody = _hasher.hash("nobody has this password")      # verified where there is no such account, so that time tells nothing
SAMPLES = 8


@desk.get("/login")
@public
def login():
    if current_user.is_authenticated:
        return redirect(safe_next(request.args.get("next"), url_for("desk.tasks")))
    return _page()


@desk.post("/login")
@public
@limiter.limit(WRONG_FROM_ONE_ADDRESS, deduct_when=lambda answer: answer.status_code == 422, exempt_when=unlimited)
@limiter.limit(WRONG_FOR_ONE_LOGIN, key_func=by_login, deduct_when=lambda answer: answer.status_code == 422, exempt_when=unlimited)
def do_login():
    name, password = request.form.get("login", "").strip(), request.form.get("password", "")
    if not verify(name, password):
        return _page(name, _("账号或密码不对，请核对后再试。")), 422
    session.clear()
    login_user(Session(find_person(login=name)))
    session.permanent = True
    return redirect(safe_next(request.form.get("next"), url_for("desk.tasks")))


@desk.post("/logout")
@staff_only
def logout():
    lang = session.get("lang")
    logout_user()
    session.clear()
    if lang:
        session["lang"] = lang
    return redirect(url_for("desk.login"))


def verify(login: str, password: str) -> bool:
    """Whether an active account has this password; one hash is verified either way."""
    stored = db.session.scalar(select(Account.password_hash).where(Account.login == login, Account.active))
    try:
        return _hasher.verify(stored or _nobody, password[:1000]) and bool(stored)
    except (Argon2Error, InvalidHashError):
        return False


def _page(name: str = "", wrong: str = ""):
    settings = current_app.extensions["duban"].settings
    samples = _samples() if settings.demo else []
    return render_template("desk/login.html", login=name, wrong=wrong, next=request.values.get("next", ""), languages=languages(), samples=samples,
                           password=settings.demo_password if settings.demo else "")


def _samples() -> list[dict]:
    """Accounts of the demonstration, by procedure: of the first those along the way of a case, of the others whoever has something to do; and who looks after the system."""
    registry, now, lang = env().registry, env().now(), current_lang()
    found = registry.procedures(now)
    wanted = [(deployed.manifest.text(deployed.manifest.title, lang), _busy(deployed.procedure)) for deployed in found]
    if found:
        wanted[0] = (wanted[0][0], _along_the_way(found[0].manifest, registry.directory(found[0].manifest.directory))[:SAMPLES])
        wanted.append((_("流程、管理和审计"), [f"{found[0].manifest.office}.{role}" for role in ("policy", "admin", "auditor")]))
    rows = db.session.execute(select(Account.login, Account.name, Membership.role, Unit.code).join(Membership, Membership.account_id == Account.id)
                              .join(Unit, Unit.id == Membership.unit_id).where(Account.demo, Account.active, Account.login.in_([w for _title, logins in wanted for w in logins]))).all()
    people = {row.login: {"login": row.login, "name": row.name, "role": word(ROLES, row.role), "unit": registry.unit_name(row.code, lang)} for row in rows}
    groups = [{"title": title, "people": [people[login] for login in logins if login in people]} for title, logins in wanted]
    return [group for group in groups if group["people"]]


def _busy(procedure: str) -> list[str]:
    """The logins for which most waits in cases of a procedure; an account's login is its unit and role."""
    rows = db.session.execute(select(Unit.code, Task.role).join(Task, Task.unit_id == Unit.id).join(Case, Case.id == Task.case_id).join(Deployment, Deployment.id == Case.deployment_id)
                              .where(Deployment.procedure == procedure, Task.state == "open").group_by(Unit.code, Task.role).order_by(func.count().desc(), Unit.code).limit(SAMPLES)).all()
    return [f"{row.code}.{row.role}" for row in rows]


def _along_the_way(manifest, directory) -> list[str]:
    """The office's people, then those of the county that has named the most departments ready to handle."""
    ready = [u for u in directory.units if u.kind == "department" and u.contact and u.parent]
    counties = [u for u in directory.units if u.kind == "government" and u.level == "county"]
    logins = [f"{manifest.office}.supervisor", f"{manifest.office}.intake"]
    if counties:
        county = max(counties, key=lambda u: sum(r.parent == u.code for r in ready))
        logins += [f"{county.code}.{role}" for role in ("intake", "dispatcher", "approver")]
        logins += [f"{unit.code}.clerk" for unit in [r for r in ready if r.parent == county.code][:2]]
    return [*logins, f"{manifest.office}.leader"]
