"""The lists: my tasks (the desk's home), my unit's open cases, search."""
from __future__ import annotations

from typing import Any

from flask import current_app, redirect, render_template, request, url_for
from flask_babel import gettext as _

from webapp.deployments.registry import CALENDARS, read_stamp
from webapp.domain.deadlines import Deadline
from webapp.http.case_words import CHANNELS, OUTCOMES, word
from webapp.http.desk_frame import frame
from webapp.http.formats import short_date
from webapp.http.jinja import current_lang
from webapp.http.web import env, person, staff_only
from webapp.models import Case, Task

from . import task_rows
from .blueprint import desk


def page_size() -> int:
    return current_app.extensions["duban"].settings.page_size


@desk.get("/")
@staff_only
def tasks():
    who, size = person(), page_size()
    after = task_rows.read_key(request.args.get("after"))
    found = task_rows.task_rows(who, after, size + 1)
    more, found = len(found) > size, found[:size]
    names = task_rows.names_of({row[0].assignee_id for row in found if row[0].assignee_id != who.account_id})
    rows = [task_view(row, who.account_id, names) for row in found]
    return render_template("desk/tasks.html", rows=rows, older=_next("desk.tasks", found[-1][0].due_at, found[-1][0].id) if more else None,
                           newer=url_for("desk.tasks") if after else None, first=after is None, **frame("tasks"))


def _next(endpoint: str, at, number: int, **values) -> str:
    return url_for(endpoint, after=task_rows.write_key(at, number), **values)


def clock_of(doc: dict | None, calendar_id: str | None, stamp: int | None) -> dict[str, Any]:
    """Light, days left and due date of a stored deadline; nothing of these without one."""
    if not doc:
        return {"light": "done", "days_left": None, "due": None, "provisional": False, "none": True}
    deadline, now = Deadline.from_json(doc), env().now()
    calendar = env().registry.calendar(calendar_id, stamp or 0)
    status = deadline.status(now)
    return {"light": "paused" if status == "paused" else deadline.light(now, calendar), "days_left": deadline.days_left(now, calendar),
            "due": deadline.due, "provisional": deadline.provisional, "none": False}


def step_name(case: Case, task: Task) -> str:
    """The name of the task's node in the reader's language."""
    definition = env().registry.deployed(case.deployment_id).definition
    node = next((level[task.node] for level in definition.nodes.values() if task.node in level), None)
    return task.name if node is None else ((node.en if current_lang() == "en" else node.zh) or task.name)


def task_view(row, me: int, names: dict[int, str]) -> dict[str, Any]:
    """A row of my tasks, as macros.html `task_row` draws it."""
    task, case, unit, doc, calendar, stamp = row
    mine = task.assignee_id == me
    return {
        **clock_of(doc, calendar, stamp), "url": url_for("desk.case", number=case.number, task=task.id), "step": step_name(case, task),
        "number": case.number, "title": case.title, "unit": env().registry.unit_name(unit, current_lang()), "channel": word(CHANNELS, case.channel),
        "came": _("%(date)s转来", date=short_date(task.opened_at, current_lang(), env().now())),
        "claimed_by": _("我领取") if mine else names.get(task.assignee_id),
        "claim_url": url_for("desk.claim", task_id=task.id, next=request.full_path.rstrip("?")) if task.assignee_id is None else None,
    }


def case_views(cases: list[Case]) -> list[dict[str, Any]]:
    """Rows of cases: what waits on each, and until when."""
    waiting, stamp, lang = task_rows.waiting_on([c.id for c in cases]), read_stamp(CALENDARS), current_lang()
    rows = []
    for case in cases:
        task, unit, doc, calendar = waiting.get(case.id, (None, None, None, None))
        view = clock_of(doc, calendar, stamp)
        if case.status == "closed":
            view |= {"light": "done", "days_left": None, "due": None, "none": False}
        rows.append(view | {
            "url": url_for("desk.case", number=case.number), "number": case.number, "title": case.title, "channel": word(CHANNELS, case.channel),
            "step": word(OUTCOMES, case.outcome) if case.status == "closed" else step_name(case, task) if task else "",
            "unit": env().registry.unit_name(unit or case.lead or case.assigned or case.office, lang), "came": "",
        })
    return rows


@desk.get("/unit")
@staff_only
def unit():
    size, after = page_size(), task_rows.read_key(request.args.get("after"))
    found = task_rows.open_cases(person(), after, size + 1)
    more, found = len(found) > size, found[:size]
    return render_template("desk/unit.html", rows=case_views(found), older=_next("desk.unit", found[-1].filed_at, found[-1].id) if more else None,
                           newer=url_for("desk.unit") if after else None, **frame("unit"))


@desk.get("/search")
@staff_only
def search():
    words, size, after = request.args.get("q", "").strip()[:100], page_size(), task_rows.read_key(request.args.get("after"))
    found = task_rows.found_cases(person(), words, after, size + 1) if words else []
    if len(found) == 1 and found[0].number == words.upper():
        return redirect(url_for("desk.case", number=found[0].number))
    more, found = len(found) > size, found[:size]
    return render_template("desk/search.html", q=words, rows=case_views(found),
                           older=_next("desk.search", found[-1].filed_at, found[-1].id, q=words) if more else None,
                           newer=url_for("desk.search", q=words) if after else None, **frame("search"))
