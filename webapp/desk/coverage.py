"""What the scenarios of each procedure cover, for those who write procedures and those who audit them: on the diagram, row by row, and measured anew."""
from __future__ import annotations

from typing import Any

from flask import Response, abort, flash, redirect, render_template, request, url_for
from flask_babel import gettext as _

from webapp.deployments.registry import Deployed, UnknownProcedure
from webapp.http.article_words import article_words
from webapp.http.desk_frame import COVERAGE, frame
from webapp.http.formats import english
from webapp.http.jinja import current_lang
from webapp.http.process_xml import process_name
from webapp.http.web import env, loosen_styles, person, staff_only
from webapp.models import db
from webapp.scenarios.measuring import ask, latest

from .blueprint import desk

KINDS = ("flow", "boundary_event", "row")


def _deployed(procedure: str | None = None) -> Deployed | None:
    """The deployment in force that is asked for; 404 to whom it does not concern."""
    if not any(person().has_role(role) for role in COVERAGE):
        abort(404)
    try:
        return env().registry.active(procedure, env().now()) if procedure is not None else None
    except UnknownProcedure:
        abort(404)


@desk.get("/coverage")
@staff_only
def coverage():
    _deployed()
    found = []
    for each in env().registry.procedures(env().now()):
        row, doc = latest(each.id)
        found.append({"id": each.procedure, "title": each.manifest.text(each.manifest.title, current_lang()), "number": each.number, "run": row, "doc": doc})
    return render_template("desk/coverage.html", procedures=found, **frame("coverage"))


@desk.get("/coverage/<procedure>")
@staff_only
def coverage_of(procedure: str):
    deployed = _deployed(procedure)
    row, doc = latest(deployed.id)
    loosen_styles()
    lang = current_lang()
    pictures = _pictures(deployed, doc, lang) if doc else []
    return render_template("desk/coverage_of.html", title=deployed.manifest.text(deployed.manifest.title, lang), procedure=procedure, number=deployed.number, run=row, doc=doc,
                           pictures=pictures, tables=_tables(doc, lang) if doc else [], waits=row is not None and row.state in ("asked", "running"), **frame("coverage"))


@desk.get("/coverage/<procedure>/diagram.bpmn")
@staff_only
def coverage_diagram(procedure: str):
    found = _deployed(procedure).definition.diagrams.get(request.args.get("process", ""))
    if found is None:
        abort(404)
    return Response(found[1], content_type="application/xml; charset=utf-8")


@desk.post("/coverage/<procedure>")
@staff_only
def measure_coverage(procedure: str):
    deployed = _deployed(procedure)
    ask(deployed.id, person().login, env().now())
    db.session.commit()
    flash(_("已安排运行全部情景，约需半分钟，完成后本页会显示结果。"), "success")
    return redirect(url_for("desk.coverage_of", procedure=procedure))


def _pictures(deployed: Deployed, doc: dict[str, Any], lang: str) -> list[dict[str, Any]]:
    """Each diagram with how often its flows and boundary events were passed; the main one first, then those with something missing."""
    found = []
    for process in deployed.definition.diagrams:
        items = [item for item in doc["items"] if item.get("process") == process]
        missing = [_item(item, lang) for item in items if not item["count"]]
        found.append({"process": process, "name": process_name(deployed.definition, process, lang), "counts": {item["id"]: item["count"] for item in items},
                      "all": len(items), "missing": missing, "src": url_for("desk.coverage_diagram", procedure=deployed.procedure, process=process)})
    return sorted(found, key=lambda each: (each["process"] != deployed.manifest.process, not each["missing"]))


def _tables(doc: dict[str, Any], lang: str) -> list[dict[str, Any]]:
    """Each table with its rows and how often they were hit."""
    tables: dict[tuple[str, str], list] = {}
    for item in doc["items"]:
        if item["kind"] == "row":
            tables.setdefault((item["file"], item["decision"]), []).append(_item(item, lang))
    return [{"file": file, "decision": decision, "rows": rows, "missing": sum(not row["count"] for row in rows)} for (file, decision), rows in tables.items()]


def _item(item: dict[str, Any], lang: str) -> dict[str, Any]:
    return {**item, "name": item["en"] if english(lang) else item["name"], "basis": article_words(item.get("article"), lang)}
