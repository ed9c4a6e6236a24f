"""A procedure's reports as data: `figures.toml` (what can be counted) and `reports.toml` (what is shown), read and checked when they are deployed."""
from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from webapp.answers import Form
from webapp.engine import Definition, Problem
from webapp.engine.manifest_shape import ANY, FLAG, TEXT, WORDS, Each, Many, faults_of
from webapp.engine.words import CHANNELS, OUTCOMES, TYPES

FIGURES, REPORTS = "figures.toml", "reports.toml"
PERIODS = frozenset({"week", "month", "half-year", "year"})
GROUPS = frozenset({"unit", "county", "office", "channel", "type", "category", "claimant", "outcome", "basis"})
COHORTS = frozenset({"received", "closed"})
STATES = frozenset({"begun", "ended", "on_time", "late", "missed", "running"})
WRITTEN = frozenset({"extended", "reopened"})      # entries of the ledger that are no task's and no action's
CONDITION = {"step?": WORDS, "field?": TEXT, "values?": Many(ANY), "last?": FLAG, "deadline?": TEXT, "state?": STATES, "supervised?": WORDS,
             "outcome?": Many(frozenset(OUTCOMES)), "status?": frozenset({"open", "closed"}), "claimant?": frozenset({"person", "enterprise"}),
             "channel?": Many(CHANNELS), "type?": Many(TYPES)}
KINDS = ("step", "deadline", "supervised", "outcome", "status", "claimant", "channel", "type")
FIGURE = {"zh": TEXT, "en": TEXT, "of?": COHORTS, "where?": Many(CONDITION), "without?": Many(CONDITION), "share?": {"of": TEXT, "by": TEXT}, "mean?": FLAG}
REPORT = {"id": TEXT, "zh": TEXT, "en": TEXT, "article?": TEXT, "periods": Many(PERIODS), "groups?": Many(GROUPS), "figures?": WORDS, "entries?": Many(CONDITION),
          "rank?": TEXT, "previous?": FLAG, "note_zh?": TEXT, "note_en?": TEXT}
SHAPES: dict[str, dict[str, Any]] = {FIGURES: {"figures": Each(FIGURE)}, REPORTS: {"figures?": Each(FIGURE), "report?": Many(REPORT)}}


@dataclass(frozen=True)
class Condition:
    """Something that holds of a case: one of KINDS, each with what belongs to it."""

    step: tuple[str, ...] = ()
    field: str | None = None
    values: tuple[str, ...] = ()
    last: bool = False
    deadline: str | None = None
    state: str = "on_time"
    supervised: tuple[str, ...] | None = None
    outcome: tuple[str, ...] = ()
    status: str | None = None
    claimant: str | None = None
    channel: tuple[str, ...] = ()
    type: tuple[str, ...] = ()


def kinds_of(condition: Condition) -> list[str]:
    """Which of KINDS it is; in a sound file exactly one. `supervised = []` is any supervision."""
    return [kind for kind in KINDS if getattr(condition, kind) not in ((None,) if kind == "supervised" else (None, ()))]


@dataclass(frozen=True)
class Figure:
    """A number: cases of a cohort that fulfil conditions; or a share (percent) of one such number in another; or the mean of working days from filing to closing."""

    id: str
    zh: str
    en: str
    of: str = "received"
    where: tuple[Condition, ...] = ()
    without: tuple[Condition, ...] = ()
    share: tuple[str, str] | None = None
    mean: bool = False


@dataclass(frozen=True)
class Report:
    """A report: its figures by period and group, or the entries of the ledger that it lists."""

    id: str
    zh: str
    en: str
    article: str
    periods: tuple[str, ...]
    groups: tuple[str, ...] = ()
    figures: tuple[str, ...] = ()
    entries: tuple[Condition, ...] = ()
    rank: str | None = None
    previous: bool = False
    note_zh: str = ""
    note_en: str = ""


@dataclass(frozen=True)
class Reports:
    """What a deployment has of both, by id."""

    figures: Mapping[str, Figure] = field(default_factory=dict)
    reports: Mapping[str, Report] = field(default_factory=dict)

    def of(self, report: Report) -> list[Figure]:
        return [self.figures[name] for name in report.figures]


def read_reports(bundle: Mapping[str, bytes], definition: Definition, forms: Mapping[str, Form], problems: list[Problem]) -> Reports:
    """The reports of a bundle; every fault goes to `problems`. A shared figure may name steps that the procedure lacks, as long as a report's figure has one left."""
    read = {name: _read(name, bundle[name], problems) for name in (FIGURES, REPORTS) if name in bundle}
    figures: dict[str, Figure] = {}
    for raw in read.values():
        figures |= {id: _figure(id, entry) for id, entry in raw.get("figures", {}).items()}
    own = set(read.get(REPORTS, {}).get("figures", {}))
    reports: dict[str, Report] = {}
    for entry in read.get(REPORTS, {}).get("report", []):
        report = _report(entry)
        if report.id in reports:
            problems.append(Problem(REPORTS, report.id[:100], "stands twice"))
        reports[report.id] = report
        problems += [Problem(REPORTS, report.id[:100], message) for message in _faults(report, figures, own, _Known(definition, forms))]
    return Reports(figures, reports)


def _read(name: str, data: bytes, problems: list[Problem]) -> dict[str, Any]:
    """The file, if its shape holds."""
    try:
        raw = tomllib.loads(data.decode("utf-8"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError, ValueError) as error:
        problems.append(Problem(name, "file", f"not readable as TOML: {str(error)[:300] or 'nested too deep'}"))
        return {}
    faults = faults_of(raw, SHAPES[name])
    problems += [Problem(name, key[:200], message) for key, message in faults]
    return {} if faults else raw


def _condition(raw: dict[str, Any]) -> Condition:
    lists = {key: tuple(raw[key]) for key in ("step", "supervised", "outcome", "channel", "type") if key in raw}
    values = tuple("true" if each is True else "false" if each is False else str(each) for each in raw.get("values", []))
    plain = {key: raw[key] for key in ("field", "last", "deadline", "state", "status", "claimant") if key in raw}
    return Condition(**lists, **plain, values=values)


def _figure(id: str, raw: dict[str, Any]) -> Figure:
    share = (raw["share"]["of"], raw["share"]["by"]) if "share" in raw else None
    return Figure(id, raw["zh"], raw["en"], raw.get("of", "closed" if raw.get("mean") else "received"), tuple(map(_condition, raw.get("where", []))),
                  tuple(map(_condition, raw.get("without", []))), share, raw.get("mean", False))


def _report(raw: dict[str, Any]) -> Report:
    lists = {key: tuple(raw.get(key, ())) for key in ("periods", "groups", "figures")}
    plain = {key: raw[key] for key in ("rank", "previous", "note_zh", "note_en") if key in raw}
    return Report(raw["id"], raw["zh"], raw["en"], raw.get("article", "local"), entries=tuple(map(_condition, raw.get("entries", []))), **lists, **plain)


class _Known:
    """What the procedure has that a condition may name."""

    def __init__(self, definition: Definition, forms: Mapping[str, Form]):
        manifest = definition.manifest
        self.forms: dict[str, list[Form]] = {task: [forms[node.form] for node in nodes if node.form in forms] for task, nodes in definition.tasks().items()}
        self.forms |= {name: [forms[action.form]] for name, action in manifest.actions.items() if action.form in forms}
        self.steps = set(definition.tasks()) | set(manifest.actions) | WRITTEN
        self.deadlines, self.triggers = set(manifest.deadlines), {t["id"] for t in manifest.supervision.get("trigger", [])}

    def options(self, condition: Condition) -> set[str] | None:
        """What the field can hold in the steps' forms; None where it is free, or an expression's."""
        found: set[str] = set()
        for step in condition.step:
            for form in self.forms.get(step, ()):
                component = form.fields[condition.field].component if condition.field in form.fields else {}
                if component.get("type") == "checkbox":
                    found |= {"true", "false"}
                elif "values" in component:
                    found |= {str(each.get("value")).lower() if isinstance(each.get("value"), bool) else str(each.get("value")) for each in component["values"]}
                elif component:
                    return None
        return found

    def faults(self, condition: Condition, strict: bool) -> Iterator[str]:
        """What it names that is not there; not `strict`, one known name of each list is enough."""
        if condition.step:
            yield from _missing("step", condition.step, self.steps, strict)
            yield from self._field(condition, strict)
        if condition.deadline is not None and condition.deadline not in self.deadlines:
            yield f"there is no deadline '{condition.deadline[:60]}'"
        if condition.supervised:
            yield from _missing("trigger", condition.supervised, self.triggers, strict)

    def _field(self, condition: Condition, strict: bool) -> Iterator[str]:
        if condition.field is None:
            if condition.values or condition.last:
                yield "values of a step need its field"
            return
        if not any(condition.field in form.fields for step in condition.step for form in self.forms.get(step, ())):
            yield f"no form of {', '.join(condition.step)[:100]} has a field '{condition.field[:60]}'"
            return
        options = self.options(condition)
        if options is not None and condition.values:
            yield from _missing("value", condition.values, options, strict)


def _missing(what: str, names: tuple[str, ...], known: set[str], strict: bool) -> Iterator[str]:
    unknown = [name for name in names if name not in known]
    if unknown and (strict or len(unknown) == len(names)):
        yield f"there is no {what} '{unknown[0][:60]}'"


def _faults(report: Report, figures: Mapping[str, Figure], own: set[str], known: _Known) -> Iterator[str]:
    if not report.periods:
        yield "has no period"
    if bool(report.figures) == bool(report.entries):
        yield "has either figures or entries"
    if report.figures and not report.groups:
        yield "has figures but no group"
    if report.rank is not None and report.rank not in report.figures:
        yield f"is ranked by '{report.rank[:60]}', which is none of its figures"
    for condition in report.entries:
        if kinds_of(condition) == ["step"]:
            yield from known.faults(condition, True)
        else:
            yield "entries are of steps"
    for name in report.figures:
        yield from _figure_faults(name, figures, own, known)


def _figure_faults(name: str, figures: Mapping[str, Figure], own: set[str], known: _Known, inner: bool = False) -> Iterator[str]:
    figure = figures.get(name)
    if figure is None:
        yield f"there is no figure '{name[:60]}'"
        return
    if figure.share is not None:
        if inner:
            yield f"'{name[:60]}' is a share and cannot be a part of one"
            return
        for part in figure.share:
            yield from _figure_faults(part, figures, own, known, inner=True)
        return
    if figure.mean and (inner or figure.of != "closed"):
        yield f"'{name[:60]}' is a mean: of closed cases, and no part of a share"
    for condition in (*figure.where, *figure.without):
        if len(kinds_of(condition)) != 1:
            yield f"a condition of '{name[:60]}' is exactly one of {', '.join(KINDS)}"
        yield from (f"{name[:60]}: {message}" for message in known.faults(condition, name in own))
