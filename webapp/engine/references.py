"""Holds names against what they name: deadlines, units, decisions, processes, messages, triggers, and what effects say literally."""
from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from webapp.feel.literals import keys_of, texts_of

from .check_reminders import check_reminders
from .manifest import FILE, Manifest
from .problems import Problem
from .scope import FUNCTIONS
from .words import EFFECTS, MOMENT, NAME, OUTCOMES, ROLES, SEND, TOLD, UNIT_REMEDY, is_unit_code, is_unit_word
from .xml import Element, ProcessXml

NEEDS = {"assign": ("unit",), "entrust": ("unit",), "dispatch": ("lead",), "respondent": ("unit",), "tell": ("kind",), "notify": ("role", "unit", "kind"),
         "close": ("outcome",), "merge": ("case",), "extend": ("deadline",), "open": ("process",), "supervise": ("trigger",), "send": ("message",), "ledger": ("kind",), "rectify": ("unit", "text"),
         "pause": ("deadline",), "resume": ("deadline",)}
CLOSED = {("tell", "kind"): TOLD, ("close", "outcome"): OUTCOMES, ("notify", "role"): ROLES}
UNITS = {("assign", "unit"), ("entrust", "unit"), ("dispatch", "lead"), ("respondent", "unit"), ("notify", "unit"), ("supervise", "unit")}
PROCEDURE = re.compile(r"[a-z0-9][a-z0-9-]{0,79}", re.ASCII)
NUMBER = re.compile(r"[A-Z]{1,8}", re.ASCII)


def check_node(e: Element, manifest: Manifest | None, decisions: Mapping | None, problems: list[Problem]) -> None:
    """What one element names."""
    def bad(message: str, remedy: str = "") -> None:
        problems.append(Problem(e.file, e.id, message, remedy))

    p = e.properties
    for deadline in [*p.get("starts", "").split(), *p.get("ends", "").split(), *filter(None, [p.get("deadline")])]:
        if not NAME.fullmatch(deadline) or (manifest is not None and deadline not in manifest.deadlines):
            bad(f"unknown deadline '{deadline[:60]}'", "name it in the manifest's [deadlines]")
    if e.kind == "businessRuleTask" and (not p.get("decision") or (decisions is not None and p["decision"] not in decisions)):
        bad(f"unknown decision '{p.get('decision')}'", "name one of the tables in spiffworkflow:calledDecisionId")
    if "moment" in p and not MOMENT.fullmatch(" ".join(p["moment"].split())):
        bad(f"'{p['moment'][:60]}' is no moment", "yellow, last_day, overdue, every N wd|d|w, overdue every N wd|d|w")
    if e.timer is None and ("moment" in p or "deadline" in p):
        bad("only a timer on the border of something names a `moment` and its `deadline`")
    for unit in {p.get("unit"), e.lane.get("unit")} - {None, ""}:
        if not is_unit_word(unit):
            bad(f"unknown unit '{unit[:100]}'", UNIT_REMEDY)
    for name in ("task", "form"):
        if name in p and not NAME.fullmatch(p[name]):
            bad(f"'{p[name][:60]}' is no name for a {name}", "letters, digits and underscores, beginning with a letter")
    if "each" in p and not e.multi:
        bad("`each` stands without the mark of parallel instances")
    for name, text in e.effects:
        check_effect(e.file, e.id, name, text or "{}", manifest, problems)


def check_effect(file: str, where: str, name: str, text: str, manifest: Manifest | None, problems: list[Problem]) -> None:
    """What an effect lacks, and what it names literally that there is not."""
    def bad(message: str, remedy: str = "") -> None:
        problems.append(Problem(file, where, message, remedy))

    for keys in keys_of(text) or ():
        for key in NEEDS.get(name, ()):
            if key not in keys and not (name == "open" and "main" in keys):      # the main process goes without saying
                bad(f"effect.{name} does not say `{key}`")
        for key in sorted(keys - SEND) if name == "send" else ():
            bad(f"effect.send: unknown key '{key[:60]}'", f"one of {', '.join(sorted(SEND))}")
    for (effect, key), allowed in CLOSED.items():
        for word in sorted(texts_of(text, key) - allowed) if effect == name else ():
            bad(f"effect.{name}: unknown {key} '{word[:60]}'", f"one of {', '.join(sorted(allowed))}")
    for effect, key in UNITS:
        for word in sorted(texts_of(text, key)) if effect == name else ():
            if not (is_unit_word(word) if name == "notify" else is_unit_code(word)):
                bad(f"effect.{name}: unknown unit '{word[:100]}'")
    if manifest is None:
        return
    for deadline in sorted(texts_of(text, "deadline") - set(manifest.deadlines)) if name in ("extend", "supervise", "pause", "resume") else ():
        bad(f"effect.{name}: unknown deadline '{deadline[:60]}'", "name it in the manifest's [deadlines]")
    if name == "supervise":
        triggers = {t["id"] for t in manifest.supervision.get("trigger", [])}
        for word in sorted(texts_of(text, "trigger") - triggers):
            bad(f"effect.supervise: unknown trigger '{word[:60]}'", "name it in [[supervision.trigger]]")
        for word in sorted(texts_of(text, "mode") - set(_ids(manifest.supervision.get("modes", [])))):
            bad(f"effect.supervise: unknown mode '{word[:60]}'", "name it in [supervision] modes")
        if not manifest.supervision.get("process"):
            bad("effect.supervise, but the manifest names no supervision process")


def check_processes(processes: list[ProcessXml], problems: list[Problem], whole: bool) -> None:
    """Ids of processes and sub-processes that stand twice across files; with `whole`, calls, openings and messages that lead nowhere."""
    seen: dict[str, str] = {}
    for process in processes:
        for name in [process.id, *(e.id for e in process.elements.values() if e.kind == "subProcess")]:
            if name in seen:
                problems.append(Problem(process.file, name, f"there is a process or sub-process '{name[:60]}' already, in {seen[name]}", "ids of processes and sub-processes are unique in a procedure"))
            seen.setdefault(name, process.file)
        if not set(process.properties.get("ends_with", "main").split()) <= {"main", "deadline", "round"}:
            problems.append(Problem(process.file, process.id, f"`ends_with` cannot be '{process.properties['ends_with'][:60]}'", "of main, deadline, round one or several"))
    known = {p.id for p in processes}
    for element in (e for p in processes for e in p.elements.values()) if whole else ():
        if element.called and element.called not in known:
            problems.append(Problem(element.file, element.id, f"calls '{element.called[:60]}', which does not exist"))
        for name, text in element.effects:
            for word in sorted(texts_of(text, "process") - known) if name == "open" else ():
                problems.append(Problem(element.file, element.id, f"effect.open: there is no process '{word[:60]}'"))
            for said in check_send(text, processes) if name == "send" else ():
                problems.append(Problem(element.file, element.id, said))


def check_send(text: str, processes: list[ProcessXml]) -> list[str]:
    """What is wrong with an `effect.send`: a process that there is not, or a message that nothing in it waits for."""
    to = texts_of(text, "to")
    awaited = {e.message for p in processes if not to or p.id in to for e in p.elements.values() if e.message}
    return [*(f"effect.send: there is no process '{word[:60]}'" for word in sorted(to - {p.id for p in processes})),
            *(f"effect.send: nothing waits for the message '{word[:60]}'" for word in sorted(texts_of(text, "message") - awaited))]


def check_manifest(manifest: Manifest, processes: list[ProcessXml], decisions: Mapping | None, tasks: dict[str, set[str] | None],
                   problems: list[Problem], whole: bool) -> None:
    """What the manifest names: patterns always; with `whole`, also whether it is there."""
    m, known = manifest, {p.id for p in processes}
    awaited = {e.message for p in processes for e in p.elements.values() if e.message}

    def bad(key: str, message: str, remedy: str = "") -> None:
        problems.append(Problem(FILE, key, message, remedy))

    if not PROCEDURE.fullmatch(m.id):
        bad("id", f"'{m.id[:60]}' cannot be an id", "small letters, digits and hyphens")
    if not NUMBER.fullmatch(m.number):
        bad("number", f"'{m.number[:20]}' cannot begin a case's number", "capital letters, eight at most")
    for key, unit in (("office", m.office), ("office_instead", m.office_instead)):
        if unit is not None and not is_unit_code(unit):
            bad(key, f"'{unit[:100]}' is no unit's code")
    units = [(f"who.{name}", who.unit) for name, who in m.who.items()] + [(f"actions.{a.name}.by", w.unit) for a in m.actions.values() for w in a.by]
    for key, unit in [*units, ("supervision.unit", m.supervision.get("unit", "office"))]:
        if not is_unit_word(unit):
            bad(key, f"unknown unit '{unit[:100]}'", UNIT_REMEDY)
    for place, names in (("deadlines", m.deadlines), ("actions", m.actions), ("who", m.who)):
        for name in names:
            if not NAME.fullmatch(name):
                bad(f"{place}.{name[:60]}", "is no name", "letters, digits and underscores, beginning with a letter")
    for place, ids in (("supervision.trigger", _ids(m.supervision.get("trigger", []))), ("scope", _ids(m.scope)), ("exclusion", _ids(m.exclusions))):
        for twice in sorted({i for i in ids if ids.count(i) > 1}):
            bad(place, f"'{twice[:60]}' stands twice")
    for name, entry in m.extensions.items():
        if name not in m.deadlines:
            bad(f"extensions.{name[:60]}", f"unknown deadline '{name[:60]}'")
        if decisions is not None and entry["decision"] not in decisions:
            bad(f"extensions.{name[:60]}", f"there is no decision '{entry['decision'][:60]}'")
    for action in m.actions.values():
        where = f"actions.{action.name}"
        if action.deadline and action.deadline not in m.deadlines:
            bad(where, f"unknown deadline '{action.deadline[:60]}'", "name it in [deadlines]")
        if whole and action.opens and action.opens not in known:
            bad(where, f"there is no process '{action.opens[:60]}'")
        if whole and action.message and action.message not in awaited:
            bad(where, f"nothing waits for the message '{action.message[:60]}'", "draw a message boundary event of that name")
        for name, expression in action.effects:
            if name not in EFFECTS:
                bad(where, f"unknown effect '{name[:60]}'", f"one of {', '.join(sorted(EFFECTS))}")
            check_effect(FILE, where, name, expression.text, m, problems)
            for said in check_send(expression.text, processes) if whole and name == "send" else ():
                bad(where, said)
    check_reminders(m, processes, problems, whole)
    if not whole:
        return
    for key, process in (("process", m.process), ("supervision.process", m.supervision.get("process"))):
        if process is not None and process not in known:
            bad(key, f"there is no process '{process[:60]}'")
    if m.limits not in (decisions or {}):
        bad("limits", f"there is no decision '{m.limits[:60]}'")
    drawn = {p.file.removesuffix(".bpmn") for p in processes}
    for name in m.raw.get("uses", ()):
        if name not in drawn:
            bad("uses", f"there is no diagram '{name[:60]}'", "name the diagrams of processes/national")
    for rule in m.checks:
        fields = tasks.get(rule.task)
        if rule.task not in tasks:
            bad(f"checks ({rule.task[:60]})", f"there is no task '{rule.task[:60]}'")
        elif rule.field is not None and fields is not None and rule.field not in fields:
            bad(f"checks ({rule.task})", f"the form of '{rule.task}' has no field '{rule.field[:60]}'")


def check_decisions(decisions: Mapping[str, Any], names: dict, functions: tuple[str, ...], problems: list[Problem]) -> None:
    """What tables and expressions of decisions read that is not there."""
    for decision in decisions.values():
        seen = {**names, **dict.fromkeys(decision.own_names())}
        for each in decision.check(seen, functions):
            problems.append(Problem(each.file, each.element, str(each.message), "see Expressions in docs/modelling.md"))


def decision_functions(decision: Any) -> list[Problem]:
    """The functions of one decision that there are not; which names it may read is not known."""
    return [Problem(each.file, each.element, str(each.message)) for each in decision.check({"*": None}, FUNCTIONS)]


def _ids(entries: Any) -> list[str]:
    return [str(each.get("id", "")) if isinstance(each, dict) else str(each) for each in entries]


__all__ = ["check_decisions", "check_effect", "check_manifest", "check_node", "check_processes", "decision_functions"]
