"""What an expression of a definition can see: the one list of names, for checking and for evaluation."""
from __future__ import annotations

CASE_FIELDS = (
    "number", "procedure", "type", "category", "channel", "office", "assigned", "lead", "co", "respondent", "claimant_kind", "anonymous",
    "confidential", "status", "outcome", "filed_on", "title", "sample", "consultation",
)
DEADLINE_FIELDS = ("due", "started", "status", "extensions")
FUNCTIONS = ("due date", "working days between", "limit span", "one up", "level of")


def known_names(tasks: dict[str, set[str] | None], deadlines: set[str] | None, decisions: set[str] | None) -> dict:
    """The nested names an expression may use. None where they are not known here: below a task its form's fields, or any deadline, any decision."""
    any_below = None
    of_deadline = dict.fromkeys(DEADLINE_FIELDS)
    return {
        "case": dict.fromkeys(CASE_FIELDS),
        "answers": {task: (dict.fromkeys(fields) if fields is not None else any_below) for task, fields in tasks.items()} if deadlines is not None else any_below,
        "request": any_below,
        "deadlines": {name: of_deadline for name in deadlines} if deadlines is not None else {"*": of_deadline},
        "vars": any_below, "result": {name: any_below for name in decisions} if decisions is not None else any_below,
        "params": any_below,
        "count": any_below, "open": any_below, "round": None, "today": None, "now": None, "item": None, "deadline": None,
    }
