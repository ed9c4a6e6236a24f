"""What may still be extended, in words: for the form that asks for an extension, and beside the deadline's line."""
from __future__ import annotations

from typing import Any

from webapp.cases.case_work import CaseWork
from webapp.cases.offer_actions import budget_of
from webapp.engine.manifest import Action
from webapp.http.article_words import article_words
from webapp.http.deadline_words import deadline_name
from webapp.http.formats import count


def budget_view(work: CaseWork, action: Action, lang: str) -> dict[str, Any] | None:
    """As desk/_budget.html draws it; None where the action is about no deadline that runs and can be extended."""
    found = budget_of(work, action)
    if found is None:
        return None
    running = work.clocks.running(found.deadline)
    duties = [{"text": work.manifest.text(each, lang), "article": article_words(each.get("article", ""), lang)} for each in found.duties]
    return {
        "deadline": found.deadline, "name": deadline_name(work.manifest, found.deadline, lang), "due": found.due, "provisional": running.provisional, "count": found.count,
        "left": found.left, "used_count": found.used_count, "total": found.total, "used": count(found.used_units, found.unit, lang), "until": found.until,
        "original": found.original, "most": f"{found.most} {found.unit}" if found.most else "0 wd" if found.most == 0 else "", "furthest": found.furthest,
        "furthest_provisional": found.furthest_provisional,
        "exhausted": found.most == 0, "duties": duties, "article": "" if found.article == "local" else article_words(found.article, lang), "local": found.local,
    }


def budgets(work: CaseWork, lang: str) -> dict[str, dict[str, Any]]:
    """By deadline, what each that may be extended still allows."""
    asking = [a for a in work.manifest.actions.values() if a.opens and a.deadline in work.manifest.extensions]
    views = [budget_view(work, action, lang) for action in asking]
    return {view["deadline"]: view for view in views if view is not None}
