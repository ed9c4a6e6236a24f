"""What every request needs and no request should build: compiled deployments, unit directories and calendars, kept in memory."""
from __future__ import annotations

import json
import threading
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import select, update

from webapp.answers import FormProblem, compile_form
from webapp.domain.calendar import Calendar, calendars_of
from webapp.domain.directory import Directory, load_directory
from webapp.domain.layers import Layer, LayerDay, Notice, load_layer
from webapp.engine import Definition, DefinitionError, Problem, compile_definition
from webapp.engine.compile import flat
from webapp.models import CalendarChange, CalendarLayer, Deployment, DirectoryFile, Stamp, Unit, db

from .bundle import Bundle, unpack
from .report_file import Reports, read_reports

CALENDARS, DIRECTORIES = "calendars", "directories"


@dataclass
class Deployed:
    """A deployment in memory: definition, forms, and where it came from."""

    id: int
    procedure: str
    number: int
    hash: str
    definition: Definition
    forms: dict[str, Any]
    bundle: Bundle
    reports: Reports

    @property
    def manifest(self):
        return self.definition.manifest


class UnknownProcedure(Exception):
    """Nothing of that name is deployed."""


def build(bundle: Bundle, *, id: int = 0, number: int = 0, hash: str = "", stored: bool = False) -> Deployed:
    """Compile a bundle whole: forms first, then the definition that names them. DefinitionError with every problem.

    `stored`: it was deployed already. What the gate has come to mind since then is passed over; only what stops it from being run is a problem.
    """
    problems, forms, fields = [], {}, {}
    for path in sorted(p for p in bundle if p.startswith("forms/")):
        name = path.removeprefix("forms/").removesuffix(".form.json")
        try:
            forms[name] = compile_form(json.loads(bundle[path].decode("utf-8")), stored=stored)
            fields[name] = set(forms[name].fields)
        except FormProblem as error:
            problems += [Problem(path, element, message) for element, message in error.problems]
        except (ValueError, RecursionError) as error:
            problems.append(Problem(path, "file", f"not readable as JSON: {error}"))
    try:
        definition = compile_definition(bundle, fields, stored=stored)
    except DefinitionError as error:
        raise DefinitionError([*problems, *error.problems], error.nodes) from None
    for node in (n for level in definition.nodes.values() for n in level.values() if n.kind == "userTask"):
        if node.form not in forms:
            problems.append(Problem(node.file, node.id, f"there is no form '{node.form}'"))
    minor = _beginnings(definition, forms)
    for action in definition.manifest.actions.values():
        if action.form not in forms:
            problems.append(Problem("procedure.toml", f"actions.{action.name}", f"there is no form '{action.form}'"))
    reports = read_reports(bundle, definition, forms, minor)
    problems += [] if stored else minor
    if problems:
        raise DefinitionError(problems, flat(definition.nodes))
    return Deployed(id, definition.manifest.id, number, hash, definition, forms, bundle, reports)


def _beginnings(definition: Definition, forms: dict[str, Any]) -> list[Problem]:
    """What forms start with is kept with the case; the problems are those that no task asks."""
    asked = {(task, field) for task, nodes in definition.tasks().items() for node in nodes if node.form in forms for field in forms[node.form].fields}
    read = {(name, each) for name, form in forms.items() for each in form.begins_from()}
    definition.kept_answers |= {each for _, each in read} & asked
    return [Problem(f"forms/{name}.form.json", "starts_with", f"no task asks answers.{task}.{field}") for name, (task, field) in sorted(read) if (task, field) not in asked]


class Registry:
    """The process's memory of what is shared. One per application; safe between threads."""

    def __init__(self):
        self._lock = threading.Lock()
        self._deployed: dict[int, Deployed] = {}
        self._calendars: tuple[int, dict[str, Calendar]] = (-1, {})
        self._earlier: dict[tuple[str, str], Calendar] = {}
        self._directories: tuple[int, dict[str, Directory], dict[str, int]] = (-1, {}, {})

    def deployed(self, deployment_id: int) -> Deployed:
        """The deployment of that id, compiled once per process."""
        found = self._deployed.get(deployment_id)
        if found is None:
            row = db.session.get(Deployment, deployment_id)
            if row is None:
                raise UnknownProcedure(f"deployment {deployment_id}")
            with self._lock:
                found = self._deployed.get(deployment_id)
                if found is None:
                    found = self._deployed[deployment_id] = build(unpack(row.bundle), id=row.id, number=row.number, hash=row.hash, stored=True)
        return found

    def active(self, procedure: str, now: datetime) -> Deployed:
        """The deployment of a procedure that is in force at `now`. UnknownProcedure when there is none."""
        query = select(Deployment.id).where(Deployment.procedure == procedure, Deployment.effective_at <= now)
        found = db.session.scalar(query.order_by(Deployment.effective_at.desc(), Deployment.number.desc()).limit(1))
        if found is None:
            raise UnknownProcedure(procedure)
        return self.deployed(found)

    def procedures(self, now: datetime) -> list[Deployed]:
        """All procedures in force, by id."""
        query = select(Deployment.procedure, Deployment.id).where(Deployment.effective_at <= now)
        latest = dict(db.session.execute(query.order_by(Deployment.procedure, Deployment.effective_at, Deployment.number)).all())      # the last of each name
        return [self.deployed(id) for id in latest.values()]

    def calendar(self, calendar_id: str, stamp: int | None = None) -> Calendar:
        """The calendar of a layer with all above it, as amended. `stamp`: the calendars' stamp where the caller has read it already."""
        return self.calendars(stamp)[calendar_id]

    def calendars(self, stamp: int | None = None) -> dict[str, Calendar]:
        """All calendars by the id of their lowest layer; `stamp` as in `calendar`."""
        stamp = read_stamp(CALENDARS) if stamp is None else stamp
        if self._calendars[0] != stamp:
            self._calendars = (stamp, calendars_with())
        return self._calendars[1]

    def calendar_of_version(self, calendar_id: str, version: str) -> Calendar:
        """The calendar as it was at a version that the approved changes led through; as it is now where they led through none."""
        now = self.calendar(calendar_id)
        if now.version == version:
            return now
        if (calendar_id, version) not in self._earlier:
            changes = approved_changes()
            every = (_calendars_after(changes[:n])[calendar_id] for n in range(len(changes) - 1, -1, -1))
            found = next((each for each in every if each.version == version), None)
            if found is None:
                return now
            self._earlier[(calendar_id, version)] = found
        return self._earlier[(calendar_id, version)]

    def _directory_memory(self) -> tuple:
        stamp = self._directories[0]
        if stamp < 0:
            self.reload_directories()
        return self._directories

    def reload_directories(self) -> None:
        files = db.session.execute(select(DirectoryFile.id, DirectoryFile.content)).all()
        ids = dict(db.session.execute(select(Unit.code, Unit.id)).all())
        self._directories = (read_stamp(DIRECTORIES), {row.id: load_directory(row.content) for row in files}, ids)

    def directory(self, directory_id: str) -> Directory:
        return self._directory_memory()[1][directory_id]

    def directories(self) -> dict[str, Directory]:
        return self._directory_memory()[1]

    def unit_id(self, code: str) -> int | None:
        return self._directory_memory()[2].get(code)

    def unit_name(self, code: str | None, lang: str = "zh") -> str:
        """A unit's name in a language; its code where it is unknown."""
        for directory in self.directories().values():
            if code in directory:
                unit = directory.unit(code)
                return unit.en if lang == "en" else unit.zh
        return code or ""

    def keep_compiled_only(self) -> None:
        """Forget what may differ in another database: all but the deployments it holds under the same number."""
        held = {(row.id, row.hash) for row in db.session.execute(select(Deployment.id, Deployment.hash))}
        self._deployed = {id: it for id, it in self._deployed.items() if (id, it.hash) in held}
        self._calendars, self._earlier = (-1, {}), {}
        self._directories = (-1, {}, {})

    def forget(self) -> None:
        """Forget everything (another database, or a test)."""
        self.__init__()


def read_stamp(name: str, hold: bool = False) -> int:
    """The stamp; with `hold` nobody else raises it before this transaction has ended."""
    query = select(Stamp.value).where(Stamp.name == name)
    return db.session.scalar(query.with_for_update() if hold else query) or 0


def raise_stamp(name: str) -> None:
    if not db.session.execute(update(Stamp).where(Stamp.name == name).values(value=Stamp.value + 1)).rowcount:
        db.session.add(Stamp(name=name, value=1))
    db.session.flush()


def approved_changes() -> list[CalendarChange]:
    """In the order in which they came into force."""
    approved = select(CalendarChange).where(CalendarChange.state.in_(("applying", "applied")))
    return list(db.session.scalars(approved.order_by(CalendarChange.decided_at, CalendarChange.id)))


def calendars_with(more: CalendarChange | None = None) -> dict[str, Calendar]:
    """All calendars by id, each layer with its approved changes in their order, and with one more that is only being looked at."""
    return _calendars_after([*approved_changes(), *([more] if more is not None else [])])


def _calendars_after(changes: list[CalendarChange]) -> dict[str, Calendar]:
    layers = {layer.id: layer for layer in (load_layer(row.source) for row in db.session.scalars(select(CalendarLayer)))}
    for change in changes:
        layers[change.layer] = _changed(layers[change.layer], change)
    return dict(calendars_of(layers.values()))


def _changed(layer: Layer, change: CalendarChange) -> Layer:
    days = tuple(LayerDay(date.fromisoformat(d["day"]), d["working"], d["zh"], d["en"], change.basis, change.decided_on) for d in change.days)
    if change.year is not None:             # a notice's days in the December before are single days
        layer = layer.noticed(Notice(change.year, tuple(entry for entry in days if entry.day.year == change.year), change.basis))
        days = tuple(entry for entry in days if entry.day.year != change.year)
    touched = {entry.day for entry in days}
    return replace(layer, entries=tuple(entry for entry in layer.entries if entry.day not in touched) + days)
