"""A procedure's manifest (procedure.toml), read and checked: what a diagram cannot say."""
from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from typing import Any

from webapp.feel import Expression, FeelError, parse

from .manifest_shape import faults_of
from .problems import Problem

FILE = "procedure.toml"
BUILT_IN = {"recuse", "release_assist", "add_information"}


@dataclass(frozen=True)
class Who:
    """Who does a task: a role, held in the unit that `unit` names (office, assigned, lead, co, citizen, supervising, one_up(x), or a code)."""

    role: str
    unit: str


@dataclass(frozen=True)
class Rule:
    """A condition that refuses: when it is true, with code and message."""

    when: Expression
    code: str
    zh: str
    en: str
    field: str | None = None
    task: str | None = None
    article: str = ""


@dataclass(frozen=True)
class Action:
    """What may be asked for on a running case."""

    name: str
    zh: str
    en: str
    by: tuple[Who, ...]
    form: str
    article: str
    opens: str | None = None
    message: str | None = None
    does: str | None = None
    deadline: str | None = None
    closed: bool = False
    effects: tuple[tuple[str, Expression], ...] = ()
    refuse: tuple[Rule, ...] = ()


@dataclass(frozen=True)
class Reminder:
    """Who is told when a moment of a deadline comes; where it repeats, from its `first`-th time on."""

    deadline: str
    moment: str
    tell: tuple[Who, ...]
    first: int
    article: str


@dataclass(frozen=True)
class Manifest:
    """The manifest, whole; `raw` keeps what the engine does not need."""

    id: str
    process: str
    calendar: str
    directory: str
    office: str
    office_instead: str | None
    number: str
    limits: str
    title: dict[str, str]
    document: dict[str, Any]
    params: dict[str, Any]
    scope: tuple[dict, ...]
    exclusions: tuple[dict, ...]
    deadlines: dict[str, dict]
    who: dict[str, Who]
    actions: dict[str, Action]
    checks: tuple[Rule, ...]
    extensions: dict[str, dict]
    supervision: dict[str, Any]
    filing: dict[str, Any]
    reminders: tuple[Reminder, ...] = ()
    raw: dict = field(repr=False, default_factory=dict)

    def trigger(self, name: str) -> dict | None:
        """The supervision trigger of that id, or None."""
        return next((t for t in self.supervision.get("trigger", []) if t["id"] == name), None)

    def reminded(self, deadline: str) -> tuple[str, ...]:
        """The moments of a deadline at which somebody is told."""
        return tuple(dict.fromkeys(r.moment for r in self.reminders if r.deadline == deadline))

    def text(self, entry: dict, lang: str) -> str:
        return entry.get(lang) or entry.get("zh") or ""


def read_manifest(data: bytes, problems: list[Problem], stored: bool = False) -> Manifest | None:
    """Parse the manifest; every fault goes to `problems` with the key that it concerns. None where its shape does not hold (`stored`: where it cannot be read)."""
    try:
        raw = tomllib.loads(data.decode("utf-8"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError, ValueError) as error:
        problems.append(Problem(FILE, "file", f"not readable as TOML: {str(error)[:300] or 'nested too deep'}"))
        return None
    faults = faults_of(raw)
    problems += [Problem(FILE, key[:200], message) for key, message in faults]
    if any(not message.startswith("is not a key") for _, message in faults) and not stored:
        return None
    try:
        return _manifest(raw, problems)
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        problems.append(Problem(FILE, "file", f"cannot be read: {type(error).__name__}: {str(error)[:200]}", stops=True))
        return None


def _manifest(raw: dict[str, Any], problems: list[Problem]) -> Manifest:
    """What a manifest says. Every expression that does not parse goes to `problems`."""
    def who(entry: Any, where: str) -> Who:
        role = entry["role"]
        return Who(role, entry.get("unit", "citizen" if role == "citizen" else "office"))

    def feel(text: Any, where: str) -> Expression:
        try:
            return parse(str(text))
        except FeelError as error:
            problems.append(Problem(FILE, where, f"expression does not parse: {error}", stops=True))
            return parse("null")

    def rule(entry: dict, where: str) -> Rule:
        return Rule(feel(entry.get("when", "false"), f"{where}.when"), entry.get("code", "refused"), entry.get("zh", ""), entry.get("en", ""),
                    entry.get("field"), entry.get("task"), entry.get("article", ""))

    def action(name: str, entry: dict) -> Action:
        where = f"actions.{name}"
        does = entry.get("does")
        if does is not None and does not in BUILT_IN:
            problems.append(Problem(FILE, where, f"'{does}' is not something an action can do", f"one of {', '.join(sorted(BUILT_IN))}"))
        if not any(entry.get(k) for k in ("opens", "message", "does", "effects")):
            problems.append(Problem(FILE, where, "does nothing", "give it opens, message, effects or does"))
        return Action(
            name, entry.get("zh", name), entry.get("en", name), tuple(who(w, f"{where}.by") for w in entry.get("by", [])),
            entry.get("form", name), entry.get("article", "local"), entry.get("opens"), entry.get("message"), does, entry.get("deadline"),
            bool(entry.get("closed", False)),
            tuple((e["name"], feel(e.get("with", "{}"), f"{where}.effects")) for e in entry.get("effects", [])),
            tuple(rule(r, f"{where}.refuse") for r in entry.get("refuse", [])),
        )

    def told(entry: str) -> Who:
        unit, _, role = entry.rpartition(".")
        return Who(role, unit)

    def reminder(entry: dict) -> Reminder:
        return Reminder(entry["deadline"], " ".join(entry["moment"].split()), tuple(told(t) for t in entry["tell"]), entry.get("from", 1), entry.get("article", "local"))

    return Manifest(
        raw["id"], raw["process"], raw.get("calendar", "national"), raw["directory"], raw["office"], raw.get("office_instead"), raw["number"],
        raw["limits"], raw["title"], raw["document"], raw.get("params", {}), tuple(raw.get("scope", [])), tuple(raw.get("exclusion", [])),
        raw.get("deadlines", {}), {name: who(entry, f"who.{name}") for name, entry in raw.get("who", {}).items()},
        {name: action(name, entry) for name, entry in raw.get("actions", {}).items()},
        tuple(rule(entry, "checks") for entry in raw.get("checks", [])), raw.get("extensions", {}), raw.get("supervision", {}),
        raw.get("filing", {}), tuple(reminder(entry) for entry in raw.get("remind", [])), raw,
    )
