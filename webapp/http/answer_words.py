"""Answers read back as people gave them: each field's label and its value in words, the long texts apart."""
from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from webapp.answers import Field, Form

from .formats import english, long_date

LONG = ("textarea",)


@dataclass(frozen=True)
class Said:
    """What was answered: the decision's words, short facts and long texts, each (label, text); and the files as answers hold them, `{id, name, size, …}`."""

    decision: str = ""
    facts: list[tuple[str, str]] = field(default_factory=list)
    texts: list[tuple[str, str]] = field(default_factory=list)
    files: list[dict[str, Any]] = field(default_factory=list)


def read_answers(form: Form | None, answers: dict[str, Any], lang: str, unit_name: Callable[[str], str], *, without: Iterable[str] = ()) -> Said:
    """Every answered field in the form's order, but those of `without`. A field the form no longer has is left out."""
    said, left_out = Said(), set(without)
    decision = ""
    for key, each in (form.fields if form else {}).items():
        value = answers.get(key)
        if key in left_out or value in (None, "", [], False):
            continue
        label = each.labels[1 if english(lang) else 0]
        if key == "decision":
            decision = value_words(each, value, lang, unit_name)
        elif each.entity == "files":
            said.files.extend(f for f in value if isinstance(f, dict) and "name" in f)
        elif each.type in LONG:
            said.texts.append((label, str(value)))
        else:
            said.facts.append((label, value_words(each, value, lang, unit_name)))
    return Said(decision, said.facts, said.texts, said.files)


def value_words(each: Field, value: Any, lang: str, unit_name: Callable[[str], str]) -> str:
    """A value in words: an option's label, a unit's name, a date, yes."""
    comma = ", " if english(lang) else "、"
    if each.rows is not None:
        return "; ".join(comma.join(str(v) for v in row.values() if v not in (None, "")) for row in value)
    if isinstance(value, list):
        return comma.join(value_words(each, item, lang, unit_name) for item in value)
    if isinstance(value, dict):
        return str(value.get("name", ""))
    if value is True:
        return "yes" if english(lang) else "是"
    if each.entity in ("unit", "units", "respondent"):
        return unit_name(str(value))
    if each.type == "datetime" and isinstance(value, str) and len(value) == 10:
        return long_date(value, lang)
    for option in each.component.get("values") or ():
        if isinstance(option, dict) and option.get("value") == value:
            return str((option.get("en") if english(lang) else None) or option.get("label") or value)
    return str(value)
