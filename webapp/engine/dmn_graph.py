"""Compiles the sources of DMN files in the order of their requirements: decisions, business knowledge, services."""

from __future__ import annotations

from collections.abc import Mapping

from webapp.feel import Function, Said

from .dmn_boxed import Definition
from .dmn_build import Builder
from .dmn_model import Decision, Needs, Service
from .dmn_records import Problem, SourceXml
from .dmn_types import Types
from .dmn_xml import Reader

_MAX_CHAIN = 50     # sources that require one another in a row


class Knowledge:
    """A business knowledge model as a function; it sees its parameters and the functions that it requires."""

    def __init__(self, source: SourceXml, function: Function) -> None:
        self.id = source.element
        self.name = source.name
        self.function = function


class Graph:
    """All sources of the files by id, compiled when first asked for. `problems` are what was found."""

    def __init__(self, files: Mapping[str, bytes]) -> None:
        self.problems: list[Problem] = []
        self.sources: dict[str, SourceXml] = {}
        self.inputs: dict[str, tuple[str, str]] = {}
        self.types: dict[str, Types] = {}
        self.made: dict[str, Decision | Knowledge | Service | None] = {}
        for file, data in files.items():
            reader = Reader(file, data)
            self.problems += reader.problems
            self.types[file] = Types(reader.items, reader.names)
            self.inputs.update(reader.inputs)
            for source in reader.sources:
                if source.element in self.sources:
                    self.problems.append(Problem(file, source.element, Said("决策 id 重复", "the decision's id stands twice")))
                self.sources.setdefault(source.element, source)
        for source in self.sources.values():
            self.compiled(source, ())
        for file, types in self.types.items():
            for name in types.items:
                types.of(name)
            self.problems += [Problem(file, name, error.message) for name, error in types.problems]

    def decisions(self) -> dict[str, Decision]:
        return self._of(Decision)

    def services(self) -> dict[str, Service]:
        return self._of(Service)

    def _of(self, sort: type) -> dict:
        return {name: self.made[name] for name in self.sources if isinstance(self.made[name], sort)}

    def problem(self, source: SourceXml, zh: str, en: str) -> None:
        self.problems.append(Problem(source.file, source.element, Said(zh, en)))

    def compiled(self, source: SourceXml, around: tuple[str, ...]) -> Decision | Knowledge | Service | None:
        """A source after the ones that it requires; null with its problems noted."""
        if source.element in self.made:
            return self.made[source.element]
        needs = [self.needed(source, name, around) for name in (*source.requires, *source.knows, *source.outputs)]
        made = None
        if source.sort == "service":
            made = self.service(source, None in needs)
        else:
            made = self.built(source, needs)
        self.made[source.element] = made
        return made

    def needed(self, source: SourceXml, name: str, around: tuple[str, ...]):
        """What a source requires by its id, or null with the problem noted."""
        if name in (*around, source.element):
            return self.problem(source, f"决策互相依赖：{name}", f"{name} requires itself")
        if len(around) >= _MAX_CHAIN:
            return self.problem(source, "决策依赖过长", "too long a chain of decisions")
        if name not in self.sources:
            return self.problem(source, f"没有决策 {name}", f"there is no decision {name}")
        return self.compiled(self.sources[name], (*around, source.element))

    def built(self, source: SourceXml, needs: list) -> Decision | Knowledge | None:
        """A decision or business knowledge model over what it requires."""
        before, types = len(self.problems), self.types[source.file]
        builder = Builder(source, types, self.problems)
        logic = builder.logic(source.logic)
        if not source.sound or logic is None or None in needs or len(self.problems) > before:
            return None
        functions = {each.name: each.function for each in needs if not isinstance(each, Decision)}
        if source.sort == "knowledge":
            self.closed(source, builder, functions)
            return Knowledge(source, _closed(logic, functions, builder.slots))
        typed = [self.inputs[name] for name in source.inputs if name in self.inputs]
        inputs = tuple((name, kind) for name, kind in ((name, types.of(kind)) for name, kind in typed) if kind is not None)
        required = tuple(each for each in needs if isinstance(each, Decision))
        return Decision(source, logic, Needs(required, functions, inputs, types.of(source.kind)), builder)

    def closed(self, source: SourceXml, builder: Builder, functions: Mapping[str, Function]) -> None:
        """Business knowledge reads nothing but its parameters and what it requires."""
        seen = {*builder.local, *functions, "?"}
        for element, each in builder.texts:
            for path in sorted(each.paths - each.guesses):
                if path[0] not in seen:
                    name = ".".join(path)
                    self.problems.append(Problem(source.file, element, Said(f"未知名称 {name}", f"unknown name {name}")))

    def service(self, source: SourceXml, broken: bool) -> Service | None:
        """A decision service: its parameters are its input data, then its input decisions."""
        types = self.types[source.file]
        params = []
        for name in source.inputs:
            if name in self.inputs:
                params.append((self.inputs[name][0], types.of(self.inputs[name][1]), ""))
        for name in source.requires:
            decision = self.sources.get(name)
            if decision is not None:
                params.append((decision.name, types.of(decision.kind), name))
        if not source.outputs:
            return self.problem(source, "决策服务没有输出", "the service has no output decision")
        if broken or len({name for name, _, _ in params}) < len(source.requires) + len(source.inputs):
            return None
        outputs = tuple(self.made[name] for name in source.outputs)
        return Service(source, outputs, tuple(params), types.of(source.kind))


def _closed(logic: Definition, functions: Mapping[str, Function], slots: int) -> Function:
    """The function that a business knowledge model is."""
    return Definition(logic.params, logic.body, logic.kind, slots).function(lambda: functions)

