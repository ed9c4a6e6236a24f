"""The demonstration's page: the clock moved to the next working day, the next deadline or a day; and the letters that would have gone out."""
from __future__ import annotations

from datetime import datetime, time, timedelta

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy import select

from webapp.cases.fire_moments import fire_all
from webapp.domain.clock import SHANGHAI, local_date
from webapp.http.jinja import current_lang
from webapp.http.told_words import told
from webapp.http.web import env, languages, public
from webapp.models import MomentRow, Outbox, db

demo = Blueprint("demo", __name__, url_prefix="/demo")
OPENING = time(8, 30)       # of a working day, in Shanghai
FARTHEST = timedelta(days=400)
LETTERS = 60


@demo.get("")
@public
def index():
    letters = db.session.scalars(select(Outbox).where(Outbox.channel.in_(("mail", "app")), Outbox.case_id.is_not(None)).order_by(Outbox.id.desc()).limit(LETTERS)).all()
    return render_template("demo/index.html", now=env().now(), working=next_working_day(), deadline=next_deadline(), languages=languages(),
                           letters=[{"row": letter, "told": told(letter.payload.get("kind", ""), letter.payload, current_lang())} for letter in letters])


@demo.post("/clock")
@public
def clock():
    to = _wanted()
    now = env().now()
    if to is None or to <= now or to > now + FARTHEST:
        flash(_("时钟只能往前拨，一次最多 400 天。"), "error")
        return redirect(url_for("demo.index"))
    db.session.remove()
    env().clock.move(to)
    fire_all(env())
    flash(_("时钟已经拨到新的时间，到期的事项都已触发。"), "success")
    return redirect(url_for("demo.index"))


def _wanted() -> datetime | None:
    match request.form.get("to"):
        case "working":
            return next_working_day()
        case "deadline":
            return next_deadline()
        case "day":
            try:
                return datetime.combine(datetime.fromisoformat(request.form.get("day", "")).date(), OPENING, SHANGHAI)
            except ValueError:
                return None
    return None


def next_working_day() -> datetime:
    """The opening of the next working day by the national calendar."""
    day = env().registry.calendar("national").working_day_after(local_date(env().now()), 1)
    return datetime.combine(day, OPENING, SHANGHAI)


def next_deadline() -> datetime | None:
    """A minute after the next moment that a case waits for."""
    found = db.session.scalar(select(MomentRow.fire_at).where(MomentRow.fire_at > env().now()).order_by(MomentRow.fire_at).limit(1))
    return found + timedelta(minutes=1) if found else None
