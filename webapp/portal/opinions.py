"""Opinions on drafts: what is being consulted on, and what the public has said. Nothing here tells who said it."""
from __future__ import annotations

from flask import abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from webapp.cases.published import Consulted, consultation, consultations, published
from webapp.http.jinja import current_lang
from webapp.http.web import env, public

from .frame import portal

LAST_PAGE = 500


def must_be_there(consultation_id: int) -> Consulted:
    """The consultation; 404 where there is none."""
    found = consultation(env(), consultation_id)
    if found is None:
        abort(404)
    return found


@portal.get("/opinions")
@public
def opinions():
    """The drafts on which opinions are, will be or were gathered."""
    return render_template("portal/opinions.html", drafts=consultations(env()))


@portal.get("/opinions/<int:consultation_id>")
@public
def opinions_on(consultation_id: int):
    """One draft and the published opinions on it."""
    draft = must_be_there(consultation_id)
    page = min(max(request.args.get("page", 1, type=int), 1), LAST_PAGE)
    found, more = published(draft, page)
    manifest = env().registry.active(draft.procedure, env().now()).manifest
    office = env().registry.unit_name(manifest.office, current_lang())
    return render_template("portal/opinions_on.html", draft=draft, found=found, page=page, more=more, office=office)


@portal.get("/opinions/<int:consultation_id>/file")
@public
def give_opinion(consultation_id: int):
    """On to the form, while the window is open."""
    draft = must_be_there(consultation_id)
    if draft.state != "open":
        flash(_("现在不在征求意见的期限内，不能提交意见。"), "warn")
        return redirect(url_for("portal.opinions_on", consultation_id=draft.id))
    return redirect(url_for("portal.procedure", procedure=draft.procedure, consultation=draft.id))
