"""What was submitted → clean answers, or every problem at once; the browser's verdict is never trusted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from . import dialect, options, rules, values
from .form import Field, Form, asks
from .options import Lookups
from .problems import Problem, problem
from .schema import compile_form


@dataclass(frozen=True)
class Clean:
    """`values` are JSON-safe, only what was answered (a shown checkbox always); use them only where there are no `problems`."""

    values: dict[str, Any] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        """Nothing is wrong."""
        return not self.problems


@dataclass(frozen=True)
class _Around:
    context: Mapping[str, Any]
    now: datetime
    lookups: Lookups | None
    respondent: str | None = None


def clean(
    form: Form | Mapping[str, Any],
    data: Any,
    *,
    context: Mapping[str, Any] | None = None,
    now: datetime,
    lookups: Lookups | None = None,
) -> Clean:
    """Evaluate what was submitted for a form.

    `context` holds the names that conditions and figures read and the lists that `valuesKey` names; `now` is an aware
    moment; `lookups` answers for units, cases and files. A key left out takes the field's default; hidden and disabled
    fields are dropped. Raises FormProblem where a schema is given that does not compile.
    """
    form = form if isinstance(form, Form) else compile_form(form)
    around = _Around(context or {}, now, lookups)
    if not isinstance(data, Mapping):
        return Clean({}, [problem("", "type", ("表单", "Form"))])
    problems = [problem(str(key)[:100], "unknown_field", (str(key)[:100],) * 2) for key in data if key not in form.fields]
    read = {key: _read(each, data, key) for key, each in form.fields.items()}
    answers = {key: value for key, (value, _) in read.items()}
    hidden = form.hidden(answers, around.context, now)
    shown = {key: each.initial if key in hidden else answers[key] for key, each in form.fields.items()}
    scope = {**around.context, **shown}
    around = replace(around, respondent=_respondent(form, shown))
    clean_values: dict[str, Any] = {}
    for key, each in form.fields.items():
        if key in hidden or each.component.get("disabled"):
            continue
        value, found = read[key]
        if found:
            problems += found
        elif each.rows is not None:
            clean_values[key], more = _clean_rows(each, value, scope, around)
            problems += more
        else:
            more = _check(each, key, value, scope, around)
            problems += more
            if not more and not values.is_empty(value):
                clean_values[key] = value
    return Clean(clean_values, problems)


def _respondent(form: Form, shown: Mapping[str, Any]) -> str | None:
    """The reported unit that this very form names: no other field of it may name that one."""
    named = [shown[key] for key, each in form.fields.items() if each.entity == "respondent" and not values.is_empty(shown[key])]
    return named[0] if named and isinstance(named[0], str) else None


def _read(each: Field, data: Mapping[str, Any], path: str) -> tuple[Any, list[Problem]]:
    """The typed value of a field and what is wrong with its type; its initial value where it cannot be read."""
    if each.key not in data or each.component.get("disabled"):
        return each.initial, []
    raw = data[each.key]
    if each.rows is not None:
        if raw is None:
            return [], []
        if not isinstance(raw, list) or not all(isinstance(row, Mapping) for row in raw):
            return [], [problem(path, "type", each.labels)]
        return (raw, []) if len(raw) <= dialect.MAX_ROWS else ([], [problem(path, "too_many", each.labels, dialect.MAX_ROWS)])
    try:
        return values.read(each.component, raw), []
    except values.Wrong as wrong:
        return each.initial, [problem(path, wrong.code, each.labels, wrong.limit)]


def _check(each: Field, path: str, value: Any, scope: Mapping[str, Any], around: _Around) -> list[Problem]:
    """What a shown field's value breaks."""
    found = [problem(path, code, each.labels, limit) for code, limit in rules.check(each.component, value, scope, around.now)]
    if values.is_empty(value) and not found and asks(each.required_when, scope, around.now):
        return [problem(path, "required", each.labels)]
    if found or values.is_empty(value):
        return found
    if each.type in dialect.CHOICES and not (each.entity and "values" not in each.component):
        if options.outside(each.component, value, scope):
            return [problem(path, "not_an_option", each.labels)]
    refusal = options.refused(each.entity, value, around.lookups, around.respondent) if each.entity else None
    if isinstance(refusal, tuple):
        return [Problem(path, *refusal)]
    return [problem(path, refusal, each.labels)] if refusal else []


def _clean_rows(
    each: Field, rows: list[Any], scope: Mapping[str, Any], around: _Around
) -> tuple[list[dict[str, Any]], list[Problem]]:
    """A list's rows, each by its own fields; problems are named `list.0.field`."""
    known = {row.key: row for row in each.rows or ()}
    clean_rows: list[dict[str, Any]] = []
    problems: list[Problem] = []
    for index, row in enumerate(rows):
        at = f"{each.key}.{index}"
        problems += [problem(f"{at}.{str(key)[:100]}", "unknown_field", (str(key)[:100],) * 2) for key in row if key not in known]
        clean_row: dict[str, Any] = {}
        for key, cell in known.items():
            value, found = _read(cell, row, f"{at}.{key}")
            found = found or _check(cell, f"{at}.{key}", value, scope, around)
            problems += found
            if not found and not values.is_empty(value):
                clean_row[key] = value
        clean_rows.append(clean_row)
    return clean_rows, problems
