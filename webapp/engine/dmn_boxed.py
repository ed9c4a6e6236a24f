"""The logic that is no table: expressions, contexts, lists, functions, invocations, conditionals, filters and loops."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from webapp.feel import Expression, Function, Run, invoke
from webapp.feel.errors import MAX_LIST, too_many
from webapp.feel.nodes_lists import members_of

from .dmn_logic import Table, overlaid
from .dmn_types import Type

_TURN = 20      # steps of a turn, besides what it does


@dataclass(frozen=True)
class Literal:
    """One expression."""

    expression: Expression

    def decide(self, run: Run) -> tuple[object, list[str]]:
        """The expression's value; no rules."""
        return self.expression.code(run), []


@dataclass(frozen=True)
class Boxed:
    """A boxed context: entries in order, each seeing those before it; an entry without a name is the result."""

    entries: tuple[tuple[str, Type | None, Logic], ...]

    def decide(self, run: Run) -> tuple[object, list[str]]:
        """The context, or its result entry."""
        outside, made = run.context, {}
        try:
            for name, kind, logic in self.entries:
                run.context = overlaid(outside, made)
                value, _ = logic.decide(run)
                if not name:
                    return value, []
                made[name] = value if kind is None else kind.coerced(value, run)
            return made, []
        finally:
            run.context = outside


@dataclass(frozen=True)
class Row:
    """A row of a relation: a context whose entries do not see one another."""

    entries: tuple[tuple[str, Logic], ...]

    def decide(self, run: Run) -> tuple[object, list[str]]:
        """The context."""
        return {name: logic.decide(run)[0] for name, logic in self.entries}, []


@dataclass(frozen=True)
class Listed:
    """A list of logic."""

    members: tuple[Logic, ...]

    def decide(self, run: Run) -> tuple[object, list[str]]:
        """The list of the values."""
        return run.items([logic.decide(run)[0] for logic in self.members]), []


@dataclass(frozen=True)
class Definition:
    """A function, seeing the context it stands in. `slots`: how many variables its texts need."""

    params: tuple[tuple[str, Type | None], ...]
    body: Logic
    kind: Type | None
    slots: int

    def decide(self, run: Run) -> tuple[object, list[str]]:
        """The function as a value."""
        return self.function(lambda context=run.context: context), []

    def function(self, context: Callable[[], object]) -> Function:
        """The function, its body run over a context."""

        def call(run: Run, arguments: list) -> object:
            given = typed(self.params, arguments, run)
            if given is None:
                return None
            value = apart(run, overlaid(context(), given), self.slots, lambda: self.body.decide(run)[0])
            return value if self.kind is None else self.kind.coerced(value, run)

        return Function(tuple(name for name, _ in self.params), call)


def typed(params: tuple[tuple[str, Type | None], ...], arguments: list, run: Run) -> dict[str, object] | None:
    """The arguments by name, as the parameters' types; null where one is not of its type."""
    given = {}
    for (name, kind), value in zip(params, arguments, strict=True):
        given[name] = value if kind is None else kind.coerced(value, run)
        if given[name] is None and value is not None:
            return None
    return given


def apart(run: Run, context: object, slots: int, work: Callable[[], object]) -> object:
    """Works with a context and variables of its own, and puts the caller's back."""
    kept = run.context, run.slots, run.value
    run.context, run.slots, run.value = context, [None] * slots, None
    try:
        return work()
    finally:
        run.context, run.slots, run.value = kept


@dataclass(frozen=True)
class Invocation:
    """A function called with named arguments."""

    function: Logic
    bindings: tuple[tuple[str, Logic], ...]

    def decide(self, run: Run) -> tuple[object, list[str]]:
        """The function's value."""
        function, _ = self.function.decide(run)
        values = [logic.decide(run)[0] for _, logic in self.bindings]
        return invoke(function, run, values, tuple(name for name, _ in self.bindings)), []


@dataclass(frozen=True)
class Conditional:
    """If, then, else; null where the condition is no truth value."""

    condition: Logic
    positive: Logic
    negative: Logic

    def decide(self, run: Run) -> tuple[object, list[str]]:
        """The value of the branch."""
        holds, _ = self.condition.decide(run)
        if holds is not None and type(holds) is not bool:
            return None, []
        chosen = self.positive if holds else self.negative
        return chosen.decide(run)[0], []


@dataclass(frozen=True)
class Filtered:
    """The members of a list for which the test is true; any test that is no truth value makes it null."""

    source: Logic
    test: Logic

    def decide(self, run: Run) -> tuple[object, list[str]]:
        """The list of them."""
        value, _ = self.source.decide(run)
        if value is None:
            return None, []
        kept = []
        for each in value if type(value) is list else [value]:
            found = {**(each if type(each) is dict else {}), "item": each}
            holds = _turn(run, found, self.test)
            if holds is not None and type(holds) is not bool:
                return None, []
            if holds is True:
                kept.append(each)
        return kept, []


@dataclass(frozen=True)
class Turns:
    """`for`, `some`, `every`: the body for each member, under the variable's name."""

    kind: str
    variable: str
    source: Logic
    body: Logic

    def decide(self, run: Run) -> tuple[object, list[str]]:
        """The list of the body's values, or whether some or every one is true."""
        members = members_of(self.source.decide(run)[0], run)
        if members is None:
            return None, []
        values: list[object] = []
        for each in members:
            if len(values) >= MAX_LIST:
                raise too_many("项", "members of a list", MAX_LIST)
            found = {self.variable: Decimal(each) if type(each) is int else each}
            if self.kind == "for":
                found["partial"] = run.items(list(values))
            values.append(_turn(run, found, self.body))
        if self.kind == "for":
            return values, []
        if any(type(each) is not bool for each in values):
            return None, []
        return (any if self.kind == "some" else all)(values), []


def _turn(run: Run, found: dict[str, object], logic: Logic) -> object:
    outside = run.context
    run.charge(_TURN)
    run.context = overlaid(outside, found)
    try:
        return logic.decide(run)[0]
    finally:
        run.context = outside


Logic = Table | Literal | Boxed | Row | Listed | Definition | Invocation | Conditional | Filtered | Turns
