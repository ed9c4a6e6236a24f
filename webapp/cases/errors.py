"""What a use case answers when it does not do what was asked: nothing has changed then."""
from __future__ import annotations

from webapp.engine import Refusal


class NotFound(Exception):
    """There is no such case or task for this person; says nothing about whether it exists."""


class Invalid(Refusal):
    """The answers do not hold: `fields` lists (field, code, zh, en)."""

    def __init__(self, problems: list[tuple[str, str, str, str]]):
        field, code, zh, en = problems[0]
        super().__init__(code, zh, en, field, problems)


class Stale(Refusal):
    """What was acted on has changed meanwhile."""

    def __init__(self):
        super().__init__("stale", "这项任务已被办理或已变化，请刷新后再看", "This has been done or has changed meanwhile; please look again")


def refuse(code: str, zh: str, en: str, field: str | None = None) -> Refusal:
    return Refusal(code, zh, en, field)
