"""What compiled DMN files answer with: decisions over what they require, and decision services."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from copy import copy
from dataclasses import replace
from datetime import datetime
from types import MappingProxyType
from typing import NamedTuple, Protocol

from webapp.feel import Expression, Function, Run, check, guarded, take
from webapp.feel.values import member

from .dmn_boxed import Logic, apart, typed
from .dmn_build import Builder
from .dmn_logic import Input, Output, Rule, Table, overlaid
from .dmn_records import Problem, SourceXml
from .dmn_types import Type
from .hit_policies import LISTS

_OWN = Function(None, lambda run, arguments: None)     # stands for a function of the file in a scope
_NONE: Mapping[str, Callable] = MappingProxyType({})


class HitWatch(Protocol):
    """Who is told which rows of a table matched: the decision (or knowledge model) that it stands in, the rows' ids."""

    def hit(self, decision: str, rules: list[str]) -> None: ...


class Needs(NamedTuple):
    """What a decision rests on: other decisions, functions by name, typed input data (name, type), its own type."""

    required: tuple[Decision, ...] = ()
    knowledge: Mapping[str, Function] = MappingProxyType({})
    inputs: tuple[tuple[str, Type], ...] = ()
    kind: Type | None = None


class Decision:
    """One decision, with the decisions that it requires. `.inputs`, `.outputs` and `.rules` are those of its table."""

    def __init__(self, source: SourceXml, logic: Logic, needs: Needs, builder: Builder) -> None:
        self.id = source.element
        self.name = source.name
        self.label = source.label
        self.file = source.file
        self.required = needs.required
        self.texts = tuple(builder.texts)
        table = logic if isinstance(logic, Table) else None
        self.inputs: tuple[Input, ...] = table.inputs if table else ()
        self.outputs: tuple[Output, ...] = table.outputs if table else ()
        self.rules: tuple[Rule, ...] = table.rules if table else ()
        self.hit_policy = table.policy if table else None
        self._needs = needs
        self._plain = not (needs.required or needs.knowledge or needs.inputs or needs.kind)
        self._local = frozenset(builder.local)
        required = self.required
        own = {path for _, each in self.texts for path in each.paths if path[0] != "?"}
        known = self.own_names() | builder.local
        self.paths = frozenset(path for path in own if path[0] not in known).union(*(each.paths for each in required))
        called = {name for _, each in self.texts for name in each.functions}
        self.functions = frozenset(called - known).union(*(each.functions for each in required))
        self._logic = logic
        self._slots = max([builder.slots, *(each._slots for each in required)])

    def own_names(self) -> frozenset[str]:
        """The names that required decisions' results are found under (their variables' and ids), and its functions'."""
        return frozenset(name for each in self.required for name in (each.name, each.id)) | self._needs.knowledge.keys()

    def given(self, columns: Mapping[str, Expression]) -> Decision:
        """The same decision, with other expressions in the columns that have these texts, of its table and of those it requires."""
        if not columns:
            return self
        found = copy(self)
        found.required = tuple(each.given(columns) for each in self.required)
        if not isinstance(self._logic, Table):
            return found
        inputs = (replace(each, expression=columns.get(each.text, each.expression)) for each in self._logic.inputs)
        found._logic = replace(self._logic, inputs=tuple(inputs))
        return found

    def evaluate(
        self, context: Mapping, *, functions: Mapping[str, Callable] = _NONE, now: datetime | None = None,
        watch: HitWatch | None = None, decided: Mapping[str, object] = _NONE,
    ) -> object:
        """The decision's value: of a single output its value, of several a dict; a list by the list policies; null
        when no rule matches. `watch` is told every table's rows that matched; `decided` are required decisions' values that
        are not to be asked for. Raises DecisionError, FeelLimit."""
        return self.explain(context, functions=functions, now=now, watch=watch, decided=decided)[0]

    def explain(
        self, context: Mapping, *, functions: Mapping[str, Callable] = _NONE, now: datetime | None = None,
        watch: HitWatch | None = None, decided: Mapping[str, object] = _NONE,
    ) -> tuple[object, list[str]]:
        """The value, and the ids of the rules that matched. Raises as `evaluate`."""
        run = Run(context, functions, now, self._slots)
        run.watch = watch
        return guarded(lambda run: self.decide(run, dict(decided)), run)

    def decide(self, run: Run, known: dict[str, object]) -> tuple[object, list[str]]:
        """Decides after the required decisions; `known` holds what has been decided in this evaluation."""
        if self._plain:
            return self._logic.decide(run)
        outside, found = run.context, dict(self._needs.knowledge)
        for name, kind in self._needs.inputs:
            found[name] = kind.coerced(take(member(outside, name), run), run)
        for each in self.required:
            if each.id not in known:
                known[each.id] = each.decide(run, known)[0]
            found[each.name] = found[each.id] = known[each.id]
        run.context = overlaid(outside, found)
        try:
            value, rules = self._logic.decide(run)
        finally:
            run.context = outside
        return (value if self._needs.kind is None else self._needs.kind.coerced(value, run)), rules

    def check(self, scope: Mapping, functions: Collection[str] = ()) -> list[Problem]:
        """What this decision's own texts read that is not there, against a scope as `webapp.feel.check` has it."""
        own = dict.fromkeys([*self._needs.knowledge, *self._local], _OWN)
        seen = {**scope, **dict.fromkeys(self.own_names(), True), **own}
        return [
            Problem(self.file, element, message)
            for element, each in self.texts
            for message in check(each, seen, functions)
        ]

    @property
    def lists(self) -> bool:
        """Whether its table gives a list of what its rules say."""
        return self.hit_policy in LISTS and not self._logic.aggregation

    def __repr__(self) -> str:
        return f"Decision({self.id!r})"


class Service:
    """A decision service: decisions asked together, over nothing but the input decisions and data it names."""

    def __init__(
        self, source: SourceXml, outputs: tuple[Decision, ...], params: tuple[tuple[str, Type | None, str], ...],
        kind: Type | None,
    ) -> None:
        self.id = source.element
        self.name = source.name
        self.label = source.label
        self.file = source.file
        self.outputs = outputs
        self.params = params        # name, type, the input decision's id (or none)
        self.kind = kind
        self._slots = max([0, *(each._slots for each in outputs)])
        self.function = Function(tuple(name for name, _, _ in params), self._call)

    def _call(self, run: Run, arguments: list) -> object:
        given = typed(tuple((name, kind) for name, kind, _ in self.params), arguments, run)
        if given is None:
            return None
        known = {decision: given[name] for name, _, decision in self.params if decision}
        return apart(run, given, self._slots, lambda: self._decided(run, known))

    def explain(
        self, context: Mapping, *, functions: Mapping[str, Callable] = _NONE, now: datetime | None = None
    ) -> tuple[object, list[str]]:
        """The value, and no rules: those are its decisions'."""
        return self.evaluate(context, functions=functions, now=now), []

    def _decided(self, run: Run, known: dict[str, object]) -> object:
        values = {each.name: each.decide(run, known)[0] for each in self.outputs}
        value = next(iter(values.values())) if len(values) == 1 else values
        return value if self.kind is None else self.kind.coerced(value, run)

    def evaluate(
        self, context: Mapping, *, functions: Mapping[str, Callable] = _NONE, now: datetime | None = None
    ) -> object:
        """The value of its decision, or of several by name; inputs by name from the context. Raises as a decision."""
        run = Run(context, functions, now, self._slots)
        return guarded(lambda run: self._call(run, [take(member(context, name), run) for name, _, _ in self.params]), run)
