"""Reports: figures of the cases one may see, the cases behind each figure, registers; and carrying them away, which is recorded."""
from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from flask import Response, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from webapp.deployments.registry import Deployed
from webapp.domain.clock import local_date
from webapp.http.article_words import article_words
from webapp.http.desk_frame import frame
from webapp.http.jinja import current_lang
from webapp.http.web import env, person, staff_only
from webapp.models import ExportRecord, db
from webapp.permissions import REPORTING
from webapp.reports.exports import CALENDAR_EXPORT, KINDS, MOST, exports_of, record_export, write_file
from webapp.reports.lists import behind, register
from webapp.reports.periods import period_of
from webapp.reports.tables import Question, compute

from . import report_words as words
from .blueprint import desk
from .lists import case_views, page_size
from .task_rows import read_key, write_key

SHOWN = 500
EARLIEST = date(2000, 1, 1)
AUDITING = ("auditor", "admin")


def _readers_only() -> None:
    if not any(person().has_role(role) for role in REPORTING):
        abort(404)


def _own_procedures() -> list:
    """The procedures in force where the person works."""
    units = [h.unit for h in person().holdings if h.role in REPORTING]
    directories = {d.id for d in env().registry.directories().values() if any(unit in d for unit in units)}
    return [d for d in env().registry.procedures(env().now()) if d.manifest.directory in directories and d.reports.reports]


def _asked(procedure: str, report: str, given: Mapping[str, str]) -> Question:
    """What is asked for; 404 where there is no such report for the person, 400 for a period, date or group that it has not."""
    _readers_only()
    deployed = next((d for d in _own_procedures() if d.procedure == procedure), None)
    if deployed is None or report not in deployed.reports.reports:
        abort(404)
    found, now, registry = deployed.reports.reports[report], env().now(), env().registry
    kind, group, today = given.get("period") or found.periods[0], given.get("group") or next(iter(found.groups), ""), local_date(now)
    try:
        day = min(date.fromisoformat(given["date"]), today) if given.get("date") else today
    except ValueError:
        abort(400)
    if kind not in found.periods or (group and group not in found.groups) or day < EARLIEST:
        abort(400)
    return Question(person(), deployed, found, period_of(kind, day), group, now, registry.calendar(deployed.manifest.calendar), registry.directory(deployed.manifest.directory))


def _address(asked: Question, endpoint: str = "desk.report", **more: Any) -> str:
    given = {"period": asked.period.kind, "date": asked.period.last.isoformat(), "group": asked.group or None, **more}
    return url_for(endpoint, procedure=asked.deployed.procedure, report=asked.report.id, **given)


@desk.get("/reports")
@staff_only
def reports():
    _readers_only()
    lang = current_lang()
    found = [(d.manifest.text(d.manifest.title, lang), [(url_for("desk.report", procedure=d.procedure, report=r.id), r) for r in d.reports.reports.values()])
             for d in _own_procedures()]
    auditing = any(person().has_role(role) for role in AUDITING)
    return render_template("desk/reports.html", found=found, auditing=auditing, article_words=article_words, **frame("reports"))


@desk.get("/reports/<procedure>/<report>")
@staff_only
def report(procedure: str, report: str):
    asked = _asked(procedure, report, request.args)
    return _page(asked)


def _page(asked: Question):
    lang, period = current_lang(), asked.period
    names = words.GroupNames(env().registry, asked.deployed, asked.group, lang)
    following = period.after(local_date(asked.now))
    shown = {"asked": asked, "article_words": article_words, "title": words.said(asked.report, lang), "names": names, "words": words, "when": words.period_words(period, lang), "address": _address,
             "earlier": _address(asked, date=period.before().last.isoformat()), "later": _address(asked, date=following.last.isoformat()) if following else None,
             "note": asked.report.note_en if lang == "en" else asked.report.note_zh, "today": local_date(asked.now)}
    if asked.report.entries:
        entries = [words.entry_facts(case, entry, names) for case, entry in register(asked, SHOWN)]
        return render_template("desk/register.html", entries=entries, most=SHOWN, **shown, **frame("reports"))
    table = compute(asked)
    return render_template("desk/report.html", table=table, heads=words.heads(asked, table.figures), **shown, **frame("reports"))


@desk.get("/reports/<procedure>/<report>/cases")
@staff_only
def report_cases(procedure: str, report: str):
    asked = _asked(procedure, report, request.args)
    figure, value, after, size = _figure(asked, request.args), request.args.get("value"), read_key(request.args.get("after")), page_size()
    found = behind(asked, figure, value, after, size + 1)
    more, found = len(found) > size, found[:size]
    lang = current_lang()
    names = words.GroupNames(env().registry, asked.deployed, asked.group, lang)
    older = _address(asked, "desk.report_cases", figure=figure.id, value=value, after=write_key(found[-1].filed_at, found[-1].id)) if more else None
    return render_template("desk/report_cases.html", asked=asked, figure=figure, value=value, rows=case_views(found), older=older,
                           newer=_address(asked, "desk.report_cases", figure=figure.id, value=value) if after else None, back=_address(asked), title=words.said(asked.report, lang),
                           what=words.said(figure, lang), whose=names.name(value) if value is not None else "", when=words.period_words(asked.period, lang), **frame("reports"))


def _figure(asked: Question, given: Mapping[str, str]):
    """A figure of the report that is a number of cases; 400 for another."""
    figure = asked.deployed.reports.figures.get(given.get("figure", ""))
    if figure is None or figure.id not in asked.report.figures or figure.share or figure.mean:
        abort(400)
    return figure


@desk.post("/reports/<procedure>/<report>/export")
@staff_only
def export_report(procedure: str, report: str):
    """A file of the table, of a register, or of the cases behind a figure; recorded first."""
    given = request.form
    asked, kind = _asked(procedure, report, given), given.get("kind", "")
    if kind not in KINDS:
        abort(400)
    rows = _rows(asked, given)
    if len(rows) > MOST + 1:
        flash(_("超过 %(most)s 行，请缩短时间或选小范围后再导出。", most=MOST), "warn")
        return redirect(_address(asked))
    file = write_file(kind, rows, words.said(asked.report, current_lang()))
    what = {"period": asked.period.kind, "from": str(asked.period.first), "to": str(asked.period.last), "group": asked.group,
            **{key: given[key] for key in ("figure", "value") if given.get(key)}}
    record_export(person(), procedure, report, what, kind, len(rows) - 1, file, asked.now)
    db.session.commit()
    name = f"{procedure}-{report}-{asked.period.first}-{asked.period.last}.{kind}"
    return Response(file, content_type=KINDS[kind], headers={"Content-Disposition": f'attachment; filename="{name}"'})


def _rows(asked: Question, given: Mapping[str, str]) -> list[list]:
    lang = current_lang()
    names = words.GroupNames(env().registry, asked.deployed, asked.group, lang)
    if given.get("figure"):
        return words.case_rows(behind(asked, _figure(asked, given), given.get("value"), None, MOST + 1), names)
    if asked.report.entries:
        return words.entry_rows([words.entry_facts(case, entry, names) for case, entry in register(asked, MOST + 1)])
    return words.table_rows(asked, compute(asked), names, lang)


@desk.get("/reports/exports")
@staff_only
def exports():
    """What was carried away by people of one's units; how many rows it had is not told."""
    if not any(person().has_role(role) for role in AUDITING):
        abort(404)
    deployed = {d.procedure: d for d in env().registry.procedures(env().now())}
    return render_template("desk/exports.html", exports=[(each, _name_of(each, deployed.get(each.procedure))) for each in exports_of(person(), AUDITING, SHOWN)],
                           **frame("reports"))


def _name_of(export: ExportRecord, deployed: Deployed | None) -> str:
    """What was carried away, in words; the ids of what is in force no longer."""
    if export.report == CALENDAR_EXPORT:
        return _("日历变更 %(n)s", n=export.asked.get("change"))
    lang = current_lang()
    found = deployed.reports.reports.get(export.report) if deployed else None
    return f"{export.procedure} / {export.report}" if found is None else f"{deployed.manifest.text(deployed.manifest.title, lang)} · {words.said(found, lang)}"
