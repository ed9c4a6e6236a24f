"""A compiled form: its fields in order, what hides each, and its answers as typed values for expressions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from webapp.feel import Expression, FeelError

from . import values
from .rules import SHANGHAI


@dataclass(frozen=True)
class Field:
    """One keyed component or list. `conditions` are its own and its groups' `hide`; `rows` the fields of a
    list's row; `required_when` what makes it required beside `validate.required`; `starts_with` what its text is before anybody answers."""

    key: str
    type: str
    component: Mapping[str, Any]
    conditions: tuple[Expression, ...] = ()
    rows: tuple[Field, ...] | None = None
    required_when: Expression | None = None
    starts_with: Expression | None = None

    @property
    def labels(self) -> tuple[str, str]:
        """What people read as its name: Chinese, English (the Chinese one, or the key, where there is none)."""
        zh = self.component.get("label") or self.component.get("dateLabel") or self.component.get("timeLabel") or self.key
        return zh, (self.component.get("properties") or {}).get("en") or zh

    @property
    def entity(self) -> str | None:
        """`unit`, `units`, `respondent`, `case`, `files`, or none; a file picker's is always `files`."""
        return "files" if self.type == "filepicker" else (self.component.get("properties") or {}).get("entity")

    @property
    def required(self) -> bool:
        """Whether it must be answered when it is shown."""
        return bool((self.component.get("validate") or {}).get("required"))

    @property
    def initial(self) -> Any:
        """What it holds before anybody answered."""
        return [] if self.rows is not None else values.initial(self.component)

    def reads(self) -> Iterator[str]:
        """The names that its conditions read."""
        return (path[0] for condition in self.conditions for path in condition.paths if path)


@dataclass(frozen=True)
class Form:
    """A schema that is in order: its fields by key, and the order in which their conditions can be evaluated."""

    schema: Mapping[str, Any]
    fields: Mapping[str, Field] = field(default_factory=dict)
    order: tuple[str, ...] = ()

    def hidden(self, answers: Mapping[str, Any], context: Mapping[str, Any], now: datetime) -> set[str]:
        """The keys of the fields that these answers hide.

        A hidden field counts as not answered for the conditions after it. A condition that comes to null
        hides, as it does in form-js, which reads it as a unary test.
        """
        scope = {**context, **{key: answers.get(key, each.initial) for key, each in self.fields.items()}}
        hidden = set()
        for key in self.order:
            each = self.fields[key]
            if any(_hides(condition, scope, now) for condition in each.conditions):
                hidden.add(key)
                scope[key] = each.initial
        return hidden

    def beginning(self, context: Mapping[str, Any], now: datetime) -> dict[str, str]:
        """The texts that fields start with on the page, by key: what the case says already, to be kept or changed."""
        found = {key: _text(each.starts_with, context, now) for key, each in self.fields.items() if each.starts_with is not None}
        return {key: text for key, text in found.items() if text}

    def begins_from(self) -> set[tuple[str, str]]:
        """The answers (task, field) that its fields start with."""
        return {(p[1], p[2]) for each in self.fields.values() if each.starts_with is not None for p in each.starts_with.paths if p[0] == "answers" and len(p) > 2}

    def typed(self, answers: Mapping[str, Any]) -> dict[str, Any]:
        """Clean answers as expressions should see them: dates and times instead of their text; a naive moment is Shanghai's."""
        return _typed(self.fields, answers)


def asks(condition: Expression | None, scope: Mapping[str, Any], now: datetime) -> bool:
    """Whether a `required_when` holds: only where it comes to true."""
    try:
        return condition is not None and condition.evaluate(scope, now=now) is True
    except FeelError:
        return False


def _text(expression: Expression, scope: Mapping[str, Any], now: datetime) -> str | None:
    try:
        found = expression.evaluate(scope, now=now)
    except FeelError:
        return None
    return found if isinstance(found, str) else None


def _hides(condition: Expression, scope: Mapping[str, Any], now: datetime) -> bool:
    try:
        return condition.evaluate(scope, now=now) in (True, None)
    except FeelError:
        return False


def _typed(fields: Mapping[str, Field], answers: Mapping[str, Any]) -> dict[str, Any]:
    found = dict(answers)
    for key, value in answers.items():
        each = fields.get(key)
        if each is None or value is None:
            continue
        if each.type == "datetime":
            moment = values.moment(each.component, value)
            found[key] = moment.replace(tzinfo=SHANGHAI) if isinstance(moment, datetime) and moment.tzinfo is None else moment
        elif each.rows is not None:
            rows = {row.key: row for row in each.rows}
            found[key] = [_typed(rows, row) for row in value]
    return found
