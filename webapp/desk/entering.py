"""Entering what came by letter, telephone or at a window: the form, sending it once, and the slip for the citizen."""
from __future__ import annotations

import secrets
from datetime import timedelta
from typing import Any

from flask import redirect, render_template, request, url_for
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from webapp.answers import localise
from webapp.cases.enter_case import FORM, Desk, desks, enter_case, find_desk, lists, open_drafts
from webapp.cases.errors import NotFound
from webapp.cases.file_case import Receipt, query_code
from webapp.cases.find_duplicates import find_duplicates
from webapp.cases.promises import promises
from webapp.cases.read_case import read_case
from webapp.domain.clock import local_date
from webapp.engine import Refusal
from webapp.http.article_words import article_words
from webapp.http.case_words import CHANNELS, word
from webapp.http.desk_frame import frame
from webapp.http.jinja import current_lang
from webapp.http.problems import refusal_response
from webapp.http.qr import qr_picture
from webapp.http.web import env, loosen_styles, person, staff_only
from webapp.models import Case, LedgerEntry, db
from webapp.permissions import may_see, not_walled_off

from .acts import bad_request, sent_key, submitted
from .blueprint import desk

SHOWN_FOR = timedelta(minutes=30)       # how long whoever entered a case may read its query code to the citizen


@desk.get("/enter")
@staff_only
def enter():
    """The procedures under which the person may enter; gone past when there is only one."""
    found, lang = desks(env(), person()), current_lang()
    if not found:
        raise NotFound
    if len(found) == 1:
        return redirect(url_for("desk.enter_form", procedure=found[0].deployed.procedure))
    rows = [{"title": d.deployed.manifest.text(d.deployed.manifest.title, lang), "unit": env().registry.unit_name(d.unit, lang), "channels": [word(CHANNELS, c) for c in d.channels],
             "url": url_for("desk.enter_form", procedure=d.deployed.procedure, unit=d.unit)} for d in found]
    return render_template("desk/enter.html", rows=rows, **frame("enter"))


@desk.get("/enter/<procedure>")
@staff_only
def enter_form(procedure: str):
    """The entry's few questions and the procedure's own filing form on one page. Each page brings the key that files it once."""
    at, lang = find_desk(env(), person(), procedure, request.args.get("unit")), current_lang()
    manifest, channel = at.deployed.manifest, request.args.get("channel")
    drafts = open_drafts(env(), at.deployed)
    schema, values = whole_form(at, lang)
    values |= {"consultations": lists((), drafts)["consultations"], "received_on": str(local_date(env().now()))}
    if channel in at.channels or len(at.channels) == 1:
        values["channel"] = channel if channel in at.channels else next(iter(at.channels))
    if len(drafts) == 1:
        values["consultation"] = str(drafts[0].id)
    loosen_styles()
    return render_template(
        "desk/enter_form.html", title=manifest.text(manifest.title, lang), unit=env().registry.unit_name(at.unit, lang), schema=schema, values=values,
        closed=bool(manifest.filing.get("consultation")) and not drafts, others=len(desks(env(), person())) > 1,
        action_url=url_for("desk.enter_send", procedure=procedure, unit=at.unit, key=secrets.token_urlsafe(18)), **frame("enter"))


def whole_form(at: Desk, lang: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Both forms as one schema, the entry's questions in front and in place of the filing form's own; and the lists that the filing form draws from."""
    manifest, forms = at.deployed.manifest, at.deployed.forms
    asked = set(forms[FORM].fields)
    own = localise(forms[manifest.filing.get("form", "file")].schema, lang)
    front = localise(forms[FORM].schema, lang)
    directory = env().registry.directory(manifest.directory)
    values = {
        "scope": [{"value": s["id"], "label": manifest.text(s, lang)} for s in manifest.scope],
        "exclusions": [{"value": s["id"], "label": manifest.text(s, lang)} for s in manifest.exclusions],
        "channels": channel_choices(at, own), "types": manifest.filing.get("types", []), "units": [{"value": u.code, "label": u.en if lang == "en" else u.zh} for u in directory.units],
    }
    only = {"type"} if len(manifest.filing.get("types") or ()) == 1 else set()
    return {**own, "components": [*front["components"], {"type": "separator"}, *(c for c in own["components"] if c.get("key") not in asked | only)]}, values


def channel_choices(at: Desk, schema: dict[str, Any]) -> list[dict[str, str]]:
    """The desk's channels in the order and the words of the filing form."""
    said = {v["value"]: v["label"] for c in schema["components"] if c.get("key") == "channel" for v in c.get("values", []) if v["value"] in at.channels}
    return [{"value": c, "label": label} for c, label in {**said, **{c: word(CHANNELS, c) for c in at.channels if c not in said}}.items()]


@desk.post("/enter/<procedure>")
@staff_only
def enter_send(procedure: str):
    values, key = submitted(), sent_key()
    if values is None or key is None:
        return bad_request()
    at = find_desk(env(), person(), procedure, request.args.get("unit"))
    try:
        receipt = _once(at, values, key)
    except Refusal as refusal:
        db.session.rollback()
        if refusal.code == "idempotency":
            refusal = Refusal("idempotency", "这一页已经登记过一件，没有再登记。要登记另一件，请从“登记来件”重新打开。",
                              "A case has been entered from this page already, and none was entered now. To enter another, open “Enter a case” anew.")
        return refusal_response(refusal)
    return {"next": url_for("desk.entered", number=receipt.number)}


def _once(at: Desk, values: dict[str, Any], key: str) -> Receipt:
    for left in (2, 1, 0):
        try:
            receipt, _work = enter_case(env(), person(), at, values, key)
            db.session.commit()
            return receipt
        except IntegrityError:      # the same page, sent twice at once: the other one was first
            db.session.rollback()
            if not left:
                raise
    raise AssertionError


@desk.get("/entered/<number>")
@staff_only
def entered(number: str):
    """The slip: number, query code and dates, to be printed or read out. Only for who entered it, for a short while; then the case itself."""
    who, lang, now = person(), current_lang(), env().now()
    query = (select(Case, LedgerEntry).join(LedgerEntry, (LedgerEntry.case_id == Case.id) & (LedgerEntry.seq == 1))
             .where(Case.number == number, LedgerEntry.actor == who.login, LedgerEntry.kind == "filed", not_walled_off(who)))
    found = db.session.execute(query).first()
    if found is None:
        raise NotFound
    case, entry = found
    seen = may_see(who, case.id)
    if now - case.filed_at > SHOWN_FOR:
        if not seen:
            raise NotFound
        return redirect(url_for("desk.case", number=number))
    deployed = env().registry.deployed(case.deployment_id)
    link = url_for("portal.follow", number=number, _external=True)
    facts = {"consultation": case.consultation} if case.consultation else {}
    code = query_code(env().ledger_key, number)
    return render_template(
        "desk/entered.html", case=case, title=deployed.manifest.text(deployed.manifest.title, lang), code=f"{code[:5]} {code[5:]}", received=entry.data.get("received"),
        office=env().registry.unit_name(case.office, lang), channel=word(CHANNELS, case.channel), link=link, picture=qr_picture(link), article_words=lambda a: article_words(a, lang),
        promises=promises(env(), deployed, case.filed_at, facts), seen=seen, candidates=_candidates(case, lang) if seen else [],
        again=url_for("desk.enter_form", procedure=case.procedure, unit=entry.unit, channel=case.channel), **frame("enter"))


def _candidates(case: Case, lang: str) -> list[dict[str, Any]]:
    """Cases that this one may repeat: a hint for the comparison, which is a step of its own."""
    return [{"case": c, "unit": env().registry.unit_name(c.unit, lang), "open": may_see(person(), _id_of(c.number))} for c in find_duplicates(read_case(env(), case.number, person()), person())]


def _id_of(number: str) -> int:
    return db.session.scalar(select(Case.id).where(Case.number == number)) or 0
