"""What must be known of a matter before its limits can be told: the columns of the procedure's tables that make a difference, as questions."""
from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from webapp.deployments.registry import Deployed
from webapp.engine.decisions import Decision
from webapp.engine.manifest import Manifest
from webapp.feel import FeelError, parse_unary

from .ask_limits import NOT_PROMISED

OTHER = "-"             # none of those that the table names
ANY = ("", "-")         # cells that do not look at their column
MOST = 9999             # of a number
_TEXT = re.compile(r'"(?:[^"\\]|\\.)*"')
_KINDS = {"string": "choice", "boolean": "yes_no", "number": "number"}

Problem = dict[str, str]        # field, code, zh, en


@dataclass(frozen=True)
class Question:
    """One column: `text` is the expression that it reads, `key` its name in an address. `kind`: choice, yes_no or number.

    `values` are what a choice may be; `must`: one of them has to be chosen, else another answer (OTHER) is possible and nothing said means that.
    """

    key: str
    text: str
    zh: str
    en: str
    kind: str
    values: tuple[str, ...] = ()
    must: bool = False


def questions_of(deployed: Deployed) -> tuple[Question, ...]:
    """The questions of a procedure, in the order of its tables' columns."""
    return _questions(deployed.definition, deployed.manifest)


def _questions(definition: Any, manifest: Manifest) -> tuple[Question, ...]:
    tables = {manifest.limits, *(entry["decision"] for entry in manifest.extensions.values())}
    promised = [name for name in manifest.deadlines if name not in NOT_PROMISED]
    found: dict[str, Question] = {}
    cells: dict[str, list[str]] = {}
    asked = [each for name in sorted(tables, key=lambda name: name != manifest.limits) for each in _with_required(definition.decisions[name])]
    for table in asked:
        for n, column in enumerate(table.inputs):
            used = [cell for cell in _cells(table, n, promised) if cell not in ANY]
            derived = any(path[0] in table.own_names() for path in column.expression.paths)     # another decision answers, not a person
            if column.text == "deadline" or derived or not used or column.kind not in _KINDS:
                continue
            zh, en = both(column.label or column.text)
            cells.setdefault(column.text, []).extend(used)
            found.setdefault(column.text, Question(re.sub(r"\W+", "_", column.text).strip("_"), column.text, zh, en, _KINDS[column.kind]))
    full = [_with_values(each, cells[each.text], manifest) for each in found.values()]
    return tuple(each for each in full if not (each.must and len(each.values) == 1))


def _with_required(table: Decision) -> Iterator[Decision]:
    """A decision and all that it rests on, the other ones after it."""
    yield table
    for each in table.required:
        yield from _with_required(each)


def both(label: str) -> tuple[str, str]:
    """A label written `中文 / English` in both languages."""
    zh, _, en = label.partition(" / ")
    return zh.strip(), (en or zh).strip()


def _cells(table: Decision, column: int, promised: list[str]) -> list[str]:
    """The cells of a column in the rows that hold for a promised deadline."""
    of = next((n for n, each in enumerate(table.inputs) if each.text == "deadline"), None)
    return [rule.inputs[column].strip() for rule in table.rules if of is None or _any(rule.inputs[of], promised)]


@lru_cache(maxsize=1024)
def _passes(cell: str, deadline: str) -> bool:
    try:
        return parse_unary(cell).matches(deadline)
    except FeelError:
        return True


def _any(cell: str, promised: list[str]) -> bool:
    return any(_passes(cell, deadline) for deadline in promised)


def _with_values(question: Question, cells: list[str], manifest: Manifest) -> Question:
    """A choice with its values: those of the manifest where it lists them, else those that the cells name."""
    if question.kind != "choice":
        return question
    listed = {"case.type": manifest.filing.get("types"), "case.channel": manifest.filing.get("channels"), "case.category": [entry["id"] for entry in manifest.scope]}
    values = listed.get(question.text)
    if values:
        return Question(question.key, question.text, question.zh, question.en, question.kind, tuple(values), must=question.text != "case.category")
    named = dict.fromkeys(json.loads(text) for cell in cells for text in _TEXT.findall(cell))
    return Question(question.key, question.text, question.zh, question.en, question.kind, tuple(named))


def take_answers(questions: tuple[Question, ...], given: Mapping[str, str]) -> tuple[dict[str, Any], list[Problem]]:
    """The answers by their expressions, and what is wrong with them by the questions' keys. What belongs to no question is left alone."""
    answers: dict[str, Any] = {}
    problems: list[Problem] = []
    for each in questions:
        text = (given.get(each.key) or "").strip()
        if text == "" or (text == OTHER and not each.must):
            if each.must:
                problems.append({"field": each.key, "code": "required", "zh": f"请选择“{each.zh}”", "en": f"Choose: {each.en}"})
            answers[each.text] = None
        elif each.kind == "yes_no" and text in ("true", "false"):
            answers[each.text] = text == "true"
        elif each.kind == "number" and text.isascii() and text.isdigit() and len(text) < 6 and int(text) <= MOST:
            answers[each.text] = int(text)
        elif each.kind == "choice" and text in each.values:
            answers[each.text] = text
        else:
            wrong = "没有这个选项" if each.kind != "number" else f"“{each.zh}”应为 0 到 {MOST} 的整数"
            problems.append({"field": each.key, "code": "not_an_option", "zh": wrong, "en": "There is no such choice" if each.kind != "number" else f"{each.en}: a whole number from 0 to {MOST}"})
    return answers, problems
