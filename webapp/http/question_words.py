"""The calculator's questions in the reader's language, as fields that macros.html draws."""
from __future__ import annotations

from flask_babel import gettext as _

from webapp.cases.limit_questions import OTHER, Question
from webapp.deployments.registry import Deployed

from .case_words import CHANNELS, CONSULTED, KINDS, LEVELS, TYPES, word
from .form_view import Choice, FieldView
from .formats import english

BOXES = 8           # choices up to this many are boxes to tap, more are a list
_WORDS = {"case.type": TYPES, "case.channel": CHANNELS, "case.claimant_kind": KINDS, "case.consultation": CONSULTED}


def question_field(question: Question, deployed: Deployed, lang: str) -> FieldView:
    """A question as a field; one that need not be answered has the other answer as its last choice."""
    label = question.en if english(lang) else question.zh
    if question.kind == "number":
        return FieldView("number", question.key, label, required=False, min_value=0, step=1)
    choices = question_choices(question, deployed, lang)
    return FieldView("radio" if len(choices) <= BOXES else "select", question.key, label, required=True, choices=tuple(choices))


def question_choices(question: Question, deployed: Deployed, lang: str) -> list[Choice]:
    """What may be answered, with its words; none for a number."""
    if question.kind == "number":
        return []
    if question.kind == "yes_no":
        return [Choice("true", _("是")), Choice("false", _("否"))]
    found = [Choice(value, choice_word(question, value, deployed, lang)) for value in question.values]
    return found if question.must else [*found, Choice(OTHER, _("其他情况"))]


def choice_word(question: Question, value: str, deployed: Deployed, lang: str) -> str:
    """A value in words: of the manifest's scope, of the form that asks for it, or of the shared vocabulary."""
    manifest, path = deployed.manifest, question.text.split(".")
    if question.text == "case.category":
        return next((manifest.text(entry, "en" if english(lang) else "zh") for entry in manifest.scope if entry["id"] == value), value)
    if path[0] == "answers" and len(path) == 3:
        return _form_word(path[1], path[2], value, deployed, lang)
    return word(_WORDS.get(question.text, LEVELS if question.text.startswith("level of(") else {}), value)


def _form_word(task: str, key: str, value: str, deployed: Deployed, lang: str) -> str:
    """As the task's form words the option."""
    forms = {node.form for node in deployed.definition.tasks().get(task, ())}
    fields = [deployed.forms[form].fields[key] for form in forms if form in deployed.forms and key in deployed.forms[form].fields]
    for option in (each for field in fields for each in field.component.get("values") or () if isinstance(each, dict)):
        if option.get("value") == value:
            return str((option.get("en") if english(lang) else None) or option.get("label") or value)
    return value


def answered(question: Question, given: object, deployed: Deployed, lang: str) -> str:
    """What was answered, in words, for the head of the result."""
    if isinstance(given, bool):
        return _("是") if given else _("否")
    if given is None:
        return _("其他情况") if question.kind == "choice" else ""
    return str(given) if question.kind == "number" else choice_word(question, str(given), deployed, lang)
