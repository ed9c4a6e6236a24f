"""The case page and its picture. For a case that the person may not see the answer is the one for a case that does not exist."""
from __future__ import annotations

from flask import Response, abort, render_template, request

from webapp.cases.read_case import read_case
from webapp.http.desk_frame import frame
from webapp.http.jinja import current_lang
from webapp.http.web import env, loosen_styles, person, staff_only

from .blueprint import desk
from .case_view import CaseView
from .task_rows import task_rows


@desk.get("/cases/<number>")
@staff_only
def case(number: str):
    return case_page(number)


def case_page(number: str, reveal_problem: str = "", status: int = 200):
    """The page of a case; with a problem where a reason to reveal was refused."""
    who = person()
    view = CaseView(read_case(env(), number, who), who, current_lang())
    mine = view.mine()
    wanted = request.args.get("task", type=int)
    task = next((t for t in mine if t.id == wanted), mine[0] if mine else None)
    loosen_styles()
    following = None if mine else next((row for row in task_rows(who, None, 2) if row[1].id != view.case.id), None)
    return render_template(
        "desk/case.html", head=view.head(), written=view.written(), diagrams=view.diagrams(), deadlines=view.deadlines(), supervisions=view.supervisions(),
        timeline_entries=list(reversed(view.teller().tell(view.entries))), act=view.act(task) if task else None,
        others=[{"id": t.id, "step": view.step(t)} for t in mine if t is not task], waiting=view.waiting(), offers=view.offered,
        following=following[1].number if following else None, reveal_problem=reveal_problem, **frame(),
    ), status


@desk.get("/cases/<number>/diagram.bpmn")
@staff_only
def diagram(number: str):
    work = read_case(env(), number, person())
    found = work.deployed.definition.diagrams.get(request.args.get("process") or work.manifest.process)
    if found is None:
        abort(404)
    return Response(found[1], content_type="application/xml; charset=utf-8")
