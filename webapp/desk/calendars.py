"""Calendars at the desk: a page per layer and year for everybody, entering a change, what it moves, approving it, and how far it has been applied."""
from __future__ import annotations

import secrets
from datetime import date

from flask import Response, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _
from sqlalchemy import select

from webapp.cases.calendar_changes import ROLES_APPROVE, ROLES_ENTER, approve, change_of, discard, enter_change, first_day, layers_of
from webapp.cases.errors import NotFound
from webapp.cases.preview_change import PAGE, Move, moved, preview
from webapp.domain.calendar import Calendar
from webapp.domain.clock import local_date
from webapp.domain.notice_rows import ChangedDay, read_rows
from webapp.engine import Refusal
from webapp.http.calendar_view import months, stretches
from webapp.http.deadline_words import deadline_name
from webapp.http.desk_frame import frame
from webapp.http.jinja import current_lang
from webapp.http.web import env, person, staff_only
from webapp.models import CalendarChange, db
from webapp.reports.exports import CALENDAR_EXPORT, KINDS, MOST, record_export, write_file

from .blueprint import desk

YEARS = range(2001, 2099)
MOST_BYTES = 200_000


@desk.get("/calendar")
@staff_only
def calendar():
    mine = layers_of(env(), person(), ROLES_ENTER)
    return redirect(url_for("desk.calendar_year", layer=mine[-1] if mine else "national", year=local_date(env().now()).year))


@desk.get("/calendar/<layer>/<int:year>")
@staff_only
def calendar_year(layer: str, year: int):
    found, today = _calendar(layer), local_date(env().now())
    if year not in YEARS:
        abort(404)
    chain = [each.id for each in found.layers]
    changes = db.session.scalars(select(CalendarChange).where(CalendarChange.layer.in_(chain), CalendarChange.state != "discarded").order_by(CalendarChange.id.desc()).limit(40)).all()
    return render_template(
        "desk/calendar.html", layer=layer, year=year, months=months(found, year, today), special=stretches(found, year), names=_layer_names(),
        changes=[c for c in changes if c.state != "draft" or c.layer in layers_of(env(), person())], may_enter=layer in layers_of(env(), person()),
        provisional=found.provisional(date(year, 1, 1)), working=len(found.working_days(year)), version=found.version, chain=found.layers, **frame("calendar"))


@desk.get("/calendar/<layer>/change")
@staff_only
def calendar_change_form(layer: str):
    _must_be_mine(layer)
    day = request.args.get("day", "")[:10]
    given = {"rows": f"{day}," if day else "", "key": secrets.token_urlsafe(18), "decided_on": "", "basis": "", "year": request.args.get("year", "")[:4]}
    return _form(layer, given, [])


@desk.post("/calendar/<layer>/change")
@staff_only
def enter_calendar_change(layer: str):
    _must_be_mine(layer)
    given = {name: request.form.get(name, "") for name in ("rows", "basis", "decided_on", "year", "whole", "key")}
    problems: list[tuple[str, str]] = []
    upload = request.files.get("file")
    if upload is not None and upload.filename:
        given["rows"] = _text_of(upload.stream.read(MOST_BYTES + 1), problems)
    year = _number(given["year"], 0, 9999) or None
    if given["year"] and year not in YEARS:
        problems.append(("year", _("年份须是 2001 至 2098 之间的四位数字")))
    days, unread = read_rows(given["rows"], year)
    problems += [("rows", _("第 %(n)s 行：%(what)s", n=p.line, what=p.en if current_lang() == "en" else p.zh)) for p in unread[:20]]
    if problems:
        return _form(layer, given, problems), 422
    try:
        change = enter_change(env(), person(), layer, days, year if given["whole"] else None, given["basis"], _date(given["decided_on"]), given["key"][:64] or None)
    except Refusal as refusal:
        db.session.rollback()
        return _form(layer, given, [({"days": "rows"}.get(refusal.field, refusal.field or "rows"), refusal.en if current_lang() == "en" else refusal.zh)]), 422
    db.session.commit()
    return redirect(url_for("desk.calendar_change", change_id=change.id), 303)


@desk.get("/calendar/changes/<int:change_id>")
@staff_only
def calendar_change(change_id: int):
    change = _readable(change_id)
    limit = _number(request.args.get("rows", ""), PAGE, 2000)
    context = {"change": change, "days": _days(change), "calendar": _calendar(change.layer), "names": _layer_names(), "limit": limit, "first_day": first_day(change)}
    if change.state == "draft":
        seen = preview(env(), person(), change, limit)
        return render_template("desk/calendar_change.html", seen=seen, rows=_rows(seen.rows), mine=change.entered_by == person().login,
                               may_approve=change.layer in layers_of(env(), person(), ROLES_APPROVE), **context, **frame("calendar"))
    counts, rows = moved(person(), change, limit) if change.state != "discarded" else ({}, [])
    return render_template("desk/calendar_change.html", counts=counts, rows=_rows(rows), percent=100 if change.state == "applied" else 100 * change.done // max(1, change.total),
                           **context, **frame("calendar"))


@desk.post("/calendar/changes/<int:change_id>/moves")
@staff_only
def export_calendar_moves(change_id: int):
    """What moves, as far as the person may see it, as a file; recorded first, as every export."""
    change = _readable(change_id)
    found = preview(env(), person(), change, MOST + 1).rows if change.state == "draft" else moved(person(), change, MOST + 1)[1]
    if len(found) > MOST:
        flash(_("超过 %(most)s 行，不能导出；在页面上可以看到更多。", most=MOST), "warn")
        return redirect(url_for("desk.calendar_change", change_id=change_id), 303)
    rows = [[_("编号"), _("期限"), _("原到期日"), _("新到期日"), _("逾期状态变化")],
            *([each["move"].number, each["deadline"], str(each["move"].old), str(each["move"].new), each["word"]] for each in _rows(found))]
    file = write_file("csv", rows, "")
    record_export(person(), "", CALENDAR_EXPORT, {"change": change_id}, "csv", len(found), file, env().now())
    db.session.commit()
    return Response(file, content_type=KINDS["csv"], headers={"Content-Disposition": f"attachment; filename=calendar-change-{change_id}.csv"})


@desk.post("/calendar/changes/<int:change_id>/approve")
@staff_only
def approve_calendar_change(change_id: int):
    stamp = _number(request.form.get("stamp", ""), -1, 10**9)
    return _decide(change_id, lambda: approve(env(), person(), change_id, stamp), _("已批准，正在逐件重新计算。"))


@desk.post("/calendar/changes/<int:change_id>/discard")
@staff_only
def discard_calendar_change(change_id: int):
    return _decide(change_id, lambda: discard(env(), person(), change_id), _("这项变更已作废，没有改动任何期限。"))


def _decide(change_id: int, act, said: str):
    try:
        act()
        db.session.commit()
        flash(said, "success")
    except Refusal as refusal:
        db.session.rollback()
        flash(refusal.en if current_lang() == "en" else refusal.zh, "error")
    return redirect(url_for("desk.calendar_change", change_id=change_id), 303)


def _form(layer: str, given: dict, problems: list[tuple[str, str]]):
    return render_template("desk/calendar_enter.html", layer=layer, given=given, problems=problems, by_field=dict(reversed(problems)), names=_layer_names(),
                           national=len(_calendar(layer).layers) == 1, year=local_date(env().now()).year, **frame("calendar"))


def _must_be_mine(layer: str) -> None:
    if layer not in layers_of(env(), person(), ROLES_ENTER):
        raise NotFound()


def _readable(change_id: int) -> CalendarChange:
    """A draft is its keepers'; what was approved is everybody's among staff: it decides on their cases."""
    change = db.session.get(CalendarChange, change_id)
    if change is not None and change.state in ("applying", "applied"):
        return change
    return change_of(env(), person(), change_id)


def _calendar(layer: str) -> Calendar:
    try:
        return env().registry.calendar(layer)
    except KeyError:
        raise NotFound() from None


def _layer_names() -> dict[str, str]:
    english = current_lang() == "en"
    return {layer.id: layer.name_en if english else layer.name_zh for row in env().registry.calendars().values() for layer in row.layers}


def _days(change: CalendarChange) -> list[ChangedDay]:
    return [ChangedDay(date.fromisoformat(d["day"]), d["working"], d["zh"], d["en"]) for d in change.days]


def _rows(moves: list[Move]) -> list[dict]:
    words = {(False, True): _("变为逾期"), (True, False): _("不再逾期"), (True, True): _("仍然逾期")}
    return [{"move": m, "deadline": deadline_name(env().registry.deployed(m.deployment_id).manifest, m.name, current_lang()), "word": words.get((m.was_missed, m.is_missed), "")}
            for m in moves]


def _text_of(content: bytes, problems: list[tuple[str, str]]) -> str:
    if len(content) > MOST_BYTES:
        problems.append(("file", _("文件太大，最多 200 KB")))
        return ""
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    problems.append(("file", _("文件不是可读的文字，请用 CSV（UTF-8 或 GB18030）")))
    return ""


def _number(text: str, otherwise: int, most: int) -> int:
    return min(int(text), most) if text.isascii() and text.isdigit() and len(text) < 10 else otherwise


def _date(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
