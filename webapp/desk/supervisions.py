"""What supervisors watch: supervisions that run, and deadlines that have passed, on the cases they may see."""
from __future__ import annotations

from flask import abort, render_template, url_for
from sqlalchemy import select

from webapp.deployments.registry import CALENDARS, read_stamp
from webapp.http.case_words import MODES, word
from webapp.http.deadline_words import deadline_name
from webapp.http.desk_frame import frame
from webapp.http.jinja import current_lang
from webapp.http.web import env, person, staff_only
from webapp.models import Case, DeadlineRow, Supervision, db
from webapp.permissions import visible_cases

from .blueprint import desk
from .lists import clock_of

SHOWN = 200


@desk.get("/supervision")
@staff_only
def supervision():
    who = person()
    if not (who.has_role("supervisor") or who.has_role("leader")):
        abort(404)
    lang, registry = current_lang(), env().registry
    running = []
    query = visible_cases(who).join(Supervision, Supervision.case_id == Case.id).where(Supervision.status == "open")
    for case, row in db.session.execute(query.add_columns(Supervision).order_by(Supervision.opened_at, Supervision.id).limit(SHOWN)):
        manifest = registry.deployed(case.deployment_id).manifest
        trigger = manifest.trigger(row.trigger)
        running.append({
            "case": case, "url": url_for("desk.case", number=case.number), "reason": manifest.text(trigger, lang) if trigger else row.trigger,
            "mode": word(MODES, row.mode), "unit": registry.unit_name(row.unit, lang), "opened_at": row.opened_at,
            "deadline": deadline_name(manifest, row.deadline, lang) if row.deadline else "",
        })
    return render_template("desk/supervision.html", running=running, overdue=_overdue(who, lang), **frame("supervision"))


def _overdue(who, lang: str) -> list[dict]:
    late = (select(DeadlineRow.case_id, DeadlineRow.name, DeadlineRow.doc, DeadlineRow.calendar, DeadlineRow.due_at)
            .where(DeadlineRow.ended_at.is_(None), DeadlineRow.due_at <= env().now()).subquery())
    query = visible_cases(who).join(late, late.c.case_id == Case.id).add_columns(late.c.name, late.c.doc, late.c.calendar)
    stamp, found = read_stamp(CALENDARS), []
    for case, name, doc, calendar in db.session.execute(query.order_by(late.c.due_at, Case.id).limit(SHOWN)):
        manifest = env().registry.deployed(case.deployment_id).manifest
        found.append({**clock_of(doc, calendar, stamp), "url": url_for("desk.case", number=case.number), "step": deadline_name(manifest, name, lang),
                      "number": case.number, "title": case.title,
                      "unit": env().registry.unit_name(case.lead or case.assigned or case.office, lang)})
    return found
