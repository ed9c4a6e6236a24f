"""Cleans what was submitted for a task or an action, with the case's units and cases as the form may name them."""
from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import exists, select

from webapp.answers import Form, clean
from webapp.models import Case, Recusal, db
from webapp.permissions import Person, within

from .attach_files import AnsweredFiles
from .errors import Invalid

if TYPE_CHECKING:
    from .case_work import CaseWork


class Lookups:
    """What a form may name: units of the procedure's directory, cases that can take this one, files."""

    def __init__(self, work: CaseWork, files: AnsweredFiles):
        self.work, self.file = work, files.known

    def unit(self, code: str) -> bool:
        return code in self.work.directory

    def case(self, number: str) -> bool:
        actor = self.work.actor
        found = db.session.execute(select(Case.id, Case.respondent).where(Case.number == number, Case.procedure == self.work.case.procedure)).first()
        if found is None or found.id == self.work.case.id:
            return False
        if isinstance(actor, Person):
            if found.respondent is not None and found.respondent in actor.covered():
                return False
            return not db.session.scalar(select(exists().where(Recusal.case_id == found.id, Recusal.account_id == actor.account_id)))
        return True


def clean_answers(work: CaseWork, form_name: str, data: Any, context: dict | None = None) -> dict[str, Any]:
    """The clean answers; Invalid with every problem. Fields that name a unit refuse the reported one and those below it; files become the case's."""
    form = work.deployed.forms[form_name]
    files = AnsweredFiles(work.env, work.actor, work.case.id)
    data = files.prepare(form, data if data is not None else {})
    found = clean(form, data, context={**choices(work), **(context or {})}, now=work.now, lookups=Lookups(work, files))
    problems = [(p.field, p.code, p.zh, p.en) for p in found.problems]
    for key, field in form.fields.items():
        if entity_of(field) in ("unit", "units") and key != "respondent" and key in found.values:
            given = found.values[key]
            for code in given if isinstance(given, list) else [given]:
                if within(code, work.case.respondent):
                    problems.append((key, "respondent", "被反映的单位及其下级单位不能办理此件", "The reported unit and the units below it cannot handle this case"))
    if problems:
        raise Invalid(problems)
    values = files.describe(form, found.values)
    files.attach(work.case.id)
    return values


def entity_of(field) -> str | None:
    return (field.component.get("properties") or {}).get("entity")


def choices(work: CaseWork, lang: str = "zh") -> dict[str, Any]:
    """The lists that a form's `valuesKey` may name, labelled in `lang`, and the facts its conditions may read.

    The page and the server's check are given the same. `units` leaves out the reported unit and those below it.
    """
    manifest, case = work.manifest, work.case
    supervision = manifest.supervision
    return {
        "case": work.facts(), "round": work.state["round"], "count": work.state["count"], "vars": work.state["vars"], "params": manifest.params,
        "open": work.waiting(),
        "scope": [_entry(each, lang) for each in manifest.scope], "exclusions": [_entry(each, lang) for each in manifest.exclusions],
        "units": [{"value": unit.code, "label": unit.en if lang == "en" else unit.zh} for unit in work.directory.units
                  if not within(unit.code, case.respondent)],
        "modes": [_entry(each, lang) for each in supervision.get("modes", [])],
        "triggers": [_entry(each, lang) for each in supervision.get("trigger", []) if "hand" in each.get("by", ["hand"])],
        "rungs": [_entry(each, lang) for each in supervision.get("rungs", [])],
    }


def beginning(work: CaseWork, form: Form, instance: str) -> dict[str, str]:
    """The texts with which a task's form starts, from what the case and this instance hold."""
    entry = work.state["inst"].get(instance, {})
    answers = {**work.state["answers"], **(entry.get("a") or {})}
    return form.beginning({**choices(work), "answers": answers, "request": entry.get("q") or {}, "result": entry.get("r") or {}}, work.now)


def _entry(each: dict | str, lang: str) -> dict[str, Any]:
    """An option from what the manifest lists: a bare id, or an id with its words."""
    if isinstance(each, str):
        return {"value": each, "label": each}
    return {"value": each["id"], "label": each.get(lang) or each.get("zh") or each["id"]}
