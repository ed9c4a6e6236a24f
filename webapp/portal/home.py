"""The first page with its four doors, and how everything works."""
from __future__ import annotations

from datetime import timedelta

from flask import current_app, render_template, url_for

from webapp.cases.promises import promises
from webapp.deployments.articles import matrix_of
from webapp.domain.calendar import Calendar
from webapp.domain.clock import local_date
from webapp.http.jinja import current_lang
from webapp.http.matrix_words import in_words
from webapp.http.qr import qr_picture
from webapp.http.web import env, public

from .filing import active
from .frame import portal
from .places import places

AHEAD = timedelta(days=200)


@portal.get("/")
@public
def home():
    """Four doors, and what can be reported where."""
    return render_template("portal/home.html", places=places(env(), current_lang()))


@portal.get("/about")
@public
def about():
    """How it works, for every procedure alike."""
    return render_template("portal/about.html", places=places(env(), current_lang()))


@portal.get("/about/<procedure>")
@public
def about_procedure(procedure: str):
    """One procedure: its text, what it handles, its limits with their articles, its calendar."""
    deployed = active(procedure)
    manifest, now, lang = deployed.manifest, env().now(), current_lang()
    calendar = env().registry.calendar(manifest.calendar)
    scan = qr_picture(url_for("portal.procedure", procedure=procedure, **{"from": "qr"}, _external=True)) if "qr" in manifest.filing.get("channels", ()) else None
    return render_template("portal/about_procedure.html", scan=scan, deployed=deployed, manifest=manifest, title=manifest.text(manifest.title, lang),
                           promises=promises(env(), deployed, now), office=env().registry.unit_name(manifest.office, lang), special=special_days(calendar, local_date(now)),
                           today=local_date(now))


@portal.get("/about/<procedure>/articles")
@public
def about_articles(procedure: str):
    """The law made visible: each article and what implements it, each element and its articles."""
    deployed = active(procedure)
    matrix = matrix_of(deployed, current_app.extensions["duban"].settings.content_dir)
    nodes = {f"{node.kind} {node.id}": node for level in deployed.definition.nodes.values() for node in level.values()}
    return render_template("portal/about_articles.html", manifest=deployed.manifest, title=deployed.manifest.text(deployed.manifest.title, current_lang()), matrix=matrix,
                           in_words=lambda name: in_words(name, deployed, matrix.words, current_lang()),
                           steps=[(nodes[name], cited) for name, cited in matrix.elements.items() if nodes[name].zh])


def special_days(calendar: Calendar, today) -> list[dict]:
    """Days ahead on which the calendar differs from the plain week, runs of one name drawn together: {first, last, zh, en, working, provisional, basis}."""
    runs: list[dict] = []
    for step in range(AHEAD.days):
        day = calendar.day(today + timedelta(days=step))
        if day.why in ("workday", "weekend"):
            continue
        last = runs[-1] if runs else None
        if last and (last["zh"], last["working"], last["basis"]) == (day.label_zh, day.working, day.basis) and (day.date - last["last"]).days == 1:
            last["last"] = day.date
        else:
            runs.append({"first": day.date, "last": day.date, "zh": day.label_zh, "en": day.label_en, "working": day.working, "provisional": day.provisional, "basis": day.basis})
    return runs
