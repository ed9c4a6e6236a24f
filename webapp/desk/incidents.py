"""Incidents for administrators: what the worker could not do by itself, and having it tried again."""
from __future__ import annotations

from flask import abort, flash, redirect, render_template, url_for
from flask_babel import gettext as _

from webapp.cases.incidents import retry, unsolved
from webapp.http.desk_frame import frame
from webapp.http.web import env, person, staff_only
from webapp.models import db

from .blueprint import desk


def _admins_only() -> None:
    if not person().has_role("admin"):
        abort(404)


@desk.get("/incidents")
@staff_only
def incidents():
    _admins_only()
    return render_template("desk/incidents.html", incidents=unsolved(person()), **frame("incidents"))


@desk.post("/incidents/<int:incident_id>/retry")
@staff_only
def retry_incident(incident_id: int):
    _admins_only()
    if not retry(incident_id, env().now(), person()):
        abort(404)
    db.session.commit()
    flash(_("稍后由系统重试。"), "success")
    return redirect(url_for("desk.incidents"))
