"""Judges files in this process: every problem at once. Meant to be called inside the bounded child of gate_child.py; runs and fetches nothing."""
from __future__ import annotations

import importlib
import json
import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from lxml import etree

from webapp.answers import FormProblem, compile_form
from webapp.domain.directory import Directory, DirectoryProblems, load_directory
from webapp.engine import DefinitionError, Problem
from webapp.engine.compile import check_diagram, check_manifest_alone, flat
from webapp.engine.decisions import DecisionProblems, compile_decisions
from webapp.engine.definition import Node
from webapp.engine.dmn_boxed_xml import LOGIC
from webapp.engine.manifest import Manifest, read_manifest
from webapp.engine.references import decision_functions
from webapp.engine.smoke import smoke_run
from webapp.engine.words import unit_code_in
from webapp.engine.xml_guard import foreign, parse_guarded, repeated_ids
from webapp.feel.literals import texts_of

from .bundle import Bundle
from .registry import build

DMN_PREFIXES = ("http://www.omg.org/spec/DMN/", "https://www.omg.org/spec/DMN/")
_TURNS = re.compile(r"[\u202a-\u202e\u2066-\u2069]|&#(?:0*(?:823[4-8]|829[4-7])|x0*(?:202[a-e]|206[6-9]));|\\u(?:202[a-e]|206[6-9])", re.IGNORECASE)
UNIT_EFFECTS = {"assign": "unit", "entrust": "unit", "dispatch": "lead", "respondent": "unit", "notify": "unit", "supervise": "unit"}


@dataclass(frozen=True)
class Surroundings:
    """What a procedure rests on besides its own files: unit directories (id -> TOML) and the ids of calendar layers. None: not known, nothing is said."""

    directories: Mapping[str, bytes] | None = None
    calendars: frozenset[str] | None = None
    further: tuple[str, ...] = field(default=())       # judges of other floors, "module:function", called with (deployed, directory)


def judge_bundle(bundle: Bundle, around: Surroundings) -> list[Problem]:
    """Every problem of a whole bundle."""
    problems: list[Problem] = []
    for name in sorted(bundle):
        problems += turned(name, bundle[name])
        if name.endswith(".dmn"):
            problems += dmn_problems(name, bundle[name])
        elif name.endswith(".form.json"):
            problems += form_problems(name, bundle[name])
    unread = {p.file for p in problems if p.element == "file"}
    try:
        deployed = build(bundle)
    except DefinitionError as error:
        problems += [p for p in error.problems if p.file not in unread]
        manifest = read_manifest(bundle.get("procedure.toml", b""), [])
        return list(dict.fromkeys([*problems, *(_surroundings(manifest, bundle, error.nodes, around)[1] if manifest is not None else ())]))
    directory, more = _surroundings(deployed.manifest, bundle, flat(deployed.definition.nodes), around)
    problems += more + smoke_run(deployed.definition)
    for named in around.further if not problems else ():
        module, _, function = named.partition(":")
        problems += getattr(importlib.import_module(module), function)(deployed, directory)
    return list(dict.fromkeys(problems))


def judge_file(name: str, data: bytes) -> list[Problem]:
    """Every problem of one file that can be told without the others."""
    return turned(name, data) + _judge_alone(name, data)


def _judge_alone(name: str, data: bytes) -> list[Problem]:
    if name.endswith(".bpmn"):
        return check_diagram(name, data)
    if name.endswith(".dmn"):
        problems = dmn_problems(name, data)
        if not problems:
            try:
                problems += [p for each in compile_decisions({name: data}).values() for p in decision_functions(each)]
            except DecisionProblems as error:
                problems += [Problem(name, p.element, str(p.message)) for p in error.problems]
        return problems
    if name.endswith(".form.json"):
        problems = form_problems(name, data)
        if not problems:
            try:
                compile_form(json.loads(data))
            except FormProblem as error:
                problems += [Problem(name, element, message) for element, message in error.problems]
        return problems
    if name == "procedure.toml":
        return check_manifest_alone(data)
    return [Problem(name, "file", "is no file of a procedure", "a folder, .bpmn, .dmn, .form.json, procedure.toml, .zip, .tar, .tar.gz")]


def turned(name: str, data: bytes) -> list[Problem]:
    """Marks that turn the direction of what is read: of what they stand in, and of the page around it. Forms are looked at once they are read; scenarios may try them."""
    if not name.endswith((".bpmn", ".dmn", ".toml")):
        return []
    found = _TURNS.search(data.decode("utf-8", "replace"))
    return [] if found is None else [Problem(name, "file", f"line {found.string.count(chr(10), 0, found.start()) + 1} holds a direction mark", "take it out")]


def dmn_problems(name: str, data: bytes) -> list[Problem]:
    """What no table may hold, whatever it decides: foreign elements, other languages, references out of the file."""
    try:
        root = parse_guarded(data)
    except ValueError as error:
        return [Problem(name, "file", str(error))]
    allowed: dict[str, set[str] | None] = {etree.QName(node).namespace: None for node in root.iter(etree.Element)
                                           if (etree.QName(node).namespace or "").startswith(DMN_PREFIXES)}
    allowed |= dict.fromkeys(("http://www.omg.org/spec/DMN/20180521/DI/", "http://www.omg.org/spec/DD/20100524/DC", "http://www.omg.org/spec/DD/20100524/DI"))
    found = [Problem(name, *each) for each in (*foreign(root, allowed), *repeated_ids(root))]
    for node in root.iter(etree.Element):
        where = node.get("id") or etree.QName(node).localname
        if etree.QName(node).localname == "decision" and not any(etree.QName(each).localname in LOGIC for each in node.iterchildren(etree.Element)):
            found.append(Problem(name, where, "there is no decision table or expression"))
        language = node.get("expressionLanguage", "")
        if language and "feel" not in language.lower() and "/MODEL" not in language:
            found.append(Problem(name, where, f"expressionLanguage '{language[:60]}' is not allowed", "FEEL"))
        href = node.get("href")
        if href is not None and not href.startswith("#"):
            found.append(Problem(name, where, f"'{href[:100]}' leads out of the file", "#ID of an element of this file"))
    return found


def form_problems(name: str, data: bytes) -> list[Problem]:
    """What no form may hold: another encoding, keys that stand twice, numbers that JSON has not, characters nobody can see."""
    if len(data) > 1_000_000:
        return [Problem(name, "file", "larger than 1000000 bytes")]
    found: list[Problem] = []

    def pairs(items: list[tuple[str, Any]]) -> dict[str, Any]:
        for key in {k for k, _ in items if [k for k, _ in items].count(k) > 1} if len(items) < 500 else ():
            found.append(Problem(name, "file", f"the key '{key[:60]}' stands twice in one object"))
        return dict(items)

    def constant(text: str) -> None:
        raise ValueError(f"{text} is no number of JSON")

    def number(text: str) -> float:
        value = float(text)
        if not math.isfinite(value):
            raise ValueError(f"{text[:40]} is too large a number")
        return value

    try:
        schema = json.loads(data.decode("utf-8"), object_pairs_hook=pairs, parse_constant=constant, parse_float=number)
    except RecursionError:
        return [Problem(name, "file", "nested too deep")]
    except ValueError as error:
        return [Problem(name, "file", f"not readable as JSON: {str(error)[:200]}")]
    for key, text in _texts(schema):
        if any((ord(c) < 32 and c not in "\n\t\r") or 0xD800 <= ord(c) < 0xE000 or c in "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069" for c in text):
            found.append(Problem(name, key, "holds control characters, direction marks or half characters"))
    return found


def _texts(value: Any, key: str = "form") -> Iterable[tuple[str, str]]:
    if isinstance(value, str):
        yield key, value
    elif isinstance(value, dict):
        key = str(value.get("key") or value.get("id") or key)[:100]
        for name, each in value.items():
            yield key, str(name)
            yield from _texts(each, key)
    elif isinstance(value, list):
        for each in value:
            yield from _texts(each, key)


def _surroundings(manifest: Manifest, bundle: Bundle, nodes: Iterable[Node], around: Surroundings) -> tuple[Directory | None, list[Problem]]:
    """The unit directory, and what of it and of the calendars is named but is not there."""
    problems: list[Problem] = []

    def bad(key: str, message: str, file: str = "procedure.toml") -> None:
        problems.append(Problem(file, key, message))

    if around.calendars is not None and manifest.calendar != "national" and manifest.calendar not in around.calendars:
        bad("calendar", f"there is no calendar layer '{manifest.calendar[:60]}'")
    form = manifest.filing.get("form", "file")
    if f"forms/{form}.form.json" not in bundle:
        bad("filing.form", f"there is no form '{form[:60]}'")
    if around.directories is None:
        return None, problems
    if manifest.directory not in around.directories:
        bad("directory", f"there is no directory '{manifest.directory[:60]}'")
        return None, problems
    try:
        directory = load_directory(around.directories[manifest.directory])
    except DirectoryProblems as error:
        bad("directory", f"the directory '{manifest.directory}' has problems: {str(error)[:300]}")
        return None, problems
    for file, key, unit in _units(manifest, nodes):
        code = unit_code_in(unit)
        if code is not None and code not in directory:
            bad(key, f"there is no unit '{code[:100]}' in the directory '{manifest.directory}'", file)
    for entry, who in ((each, who) for each in manifest.reminders for who in each.tell):
        if who.unit in directory and who.role not in directory.unit(who.unit).roles:
            bad(f"remind ({entry.deadline} {entry.moment})", f"nobody holds the role '{who.role}' in '{who.unit}'")
    return directory, problems


def _units(manifest: Manifest, nodes: Iterable[Node]) -> Iterable[tuple[str, str, str]]:
    """(file, key, unit) of every unit that is named literally."""
    toml = "procedure.toml"
    yield from ((toml, key, unit) for key, unit in (("office", manifest.office), ("office_instead", manifest.office_instead)) if unit)
    yield toml, "supervision.unit", manifest.supervision.get("unit", "office")
    yield from ((toml, f"who.{name}", who.unit) for name, who in manifest.who.items())
    yield from ((toml, f"remind ({entry.deadline} {entry.moment})", who.unit) for entry in manifest.reminders for who in entry.tell)
    for action in manifest.actions.values():
        yield from ((toml, f"actions.{action.name}.by", who.unit) for who in action.by)
        for name, expression in action.effects:
            if name in UNIT_EFFECTS:
                yield from ((toml, f"actions.{action.name}", unit) for unit in texts_of(expression.text, UNIT_EFFECTS[name]))
    for node in nodes:
        if node.who is not None:
            yield node.file, node.id, node.who.unit
        for name, expression in node.effects:
            if name in UNIT_EFFECTS:
                yield from ((node.file, node.id, unit) for unit in texts_of(expression.text, UNIT_EFFECTS[name]))
