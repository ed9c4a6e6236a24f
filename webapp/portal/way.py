"""Where a case is, in a citizen's words: one sentence, and the steps of the way."""
from __future__ import annotations

from datetime import datetime
from typing import Any

from flask_babel import gettext as _

from webapp.cases.citizen_view import CitizenCase
from webapp.cases.environment import Environment
from webapp.domain.clock import local_date
from webapp.http.formats import short_date

# task → what it is for the one who waits
STAGE = {
    **dict.fromkeys(("screen", "accept", "moderate"), "look"),
    **dict.fromkeys(("receive", "sign"), "arrive"),
    **dict.fromkeys(("compare", "dispatch", "assign", "approve_return"), "arrange"),
    **dict.fromkeys(("handle", "assist", "interim_reply", "progress_report", "coordinate", "inspect", "formal_letter", "examine", "edit", "consider"), "work"),
    **dict.fromkeys(("review", "principal_approval", "verify", "feedback", "revisit", "explain", "review_letter", "answer", "publish"), "answer"),
}
HANDLED = {"handle", "inspect", "consider"}      # after one of them there is something that is answered
ORDER = ("answer", "work", "arrange", "arrive", "look")     # of several things going on, the furthest says where it is


def where(view: CitizenCase, env: Environment, lang: str) -> str:
    """One sentence: who has it now, and what they do with it; or how it ended."""
    case = view.case
    if case.status == "closed":
        return _ended(case.outcome)
    if view.own_task("supplement"):
        return _("等您补充材料")
    waiting = [t for t in view.tasks if t.main and t.role != "citizen" and t.unit]
    if not waiting:
        return _("正在处理")
    task = min(waiting, key=lambda t: (ORDER.index(STAGE.get(t.name, "work")), t.name == "assist"))
    unit = env.registry.unit_name(task.unit, lang)
    return {
        "look": _("%(unit)s正在查看您的留言", unit=unit), "arrive": _("已转到%(unit)s，等待接收", unit=unit), "arrange": _("%(unit)s正在确定由谁办理", unit=unit),
        "work": _("%(unit)s正在办理", unit=unit), "answer": _("已办理，%(unit)s正在审核并准备答复", unit=unit) if HANDLED & view.done.keys() else _("%(unit)s正在审核并准备答复", unit=unit),
    }[STAGE.get(task.name, "work")]


def _ended(outcome: str | None) -> str:
    return {"replied": _("已办结，结果见下"), "rejected": _("不予受理，理由见下"), "redirected": _("请向有关机构反映，见下"), "merged": _("已与同一事项合并办理"),
            "withdrawn": _("您已撤回"), "supplement_timeout": _("没有等到补充材料，已终止")}.get(outcome or "", _("已办结"))


def steps(view: CitizenCase, now: datetime, lang: str) -> list[dict[str, Any]]:
    """The way as a list for macros.html `way`: received, taken on, passed on, handled, answered; or where it ended otherwise."""
    since = view.reopened_at
    told = {m.kind: m.at for m in view.messages if since is None or m.at >= since}
    case, today = view.case, local_date(now)
    busy = {STAGE.get(t.name) for t in view.tasks if t.main}
    handled = view.done.get("handle") or view.done.get("inspect")
    found = [(_("收到留言"), case.filed_at), (_("受理"), told.get("accepted")), (_("交给办理单位"), told.get("dispatched")),
             (_("核实办理"), handled if "work" not in busy else None), (_("答复您"), told.get("replied"))]
    if case.status == "closed" and not told.get("replied"):
        return [{"name": n, "when": short_date(at, lang, today), "state": "done"} for n, at in found if at] + [
            {"name": _ended(case.outcome), "when": short_date(case.closed_at, lang, today), "state": "done"}]
    last = max(i for i, (_name, at) in enumerate(found) if at)
    rows = [{"name": n, "when": short_date(at, lang, today) if at else "", "state": "done"} for n, at in found[: last + 1] if at]
    rows += [{"name": n, "when": "", "state": "next"} for n, _at in found[last + 1:]]
    if case.status != "closed":
        for row in rows:
            if row["state"] == "next":
                row["state"] = "now"
                break
    return rows
