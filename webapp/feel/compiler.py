"""Turns a tree into a closure `code(run) -> value`: names, paths and literals here, the rest by kind from `nodes_*`."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time

from .errors import Run
from .syntax import Node
from .temporal import parse_literal
from .values import defined, member, take

Code = Callable[[Run], object]
KINDS: dict[str, Callable[[Compiler, Node], Code]] = {}     # filled by the nodes_* modules
_READY = frozenset({type(None), bool, str, date, datetime, time})


def compiles(kind: str) -> Callable:
    """Registers what compiles a kind of node."""

    def register(function: Callable) -> Callable:
        KINDS[kind] = function
        return function

    return register


class Scope:
    """The local names at a place: a variable has a slot; a filter puts its member's own entries before all outside."""

    __slots__ = ("outer", "name", "slot")

    def __init__(self, outer: Scope | None, name: str | None, slot: int) -> None:
        self.outer = outer
        self.name = name        # None: a filter
        self.slot = slot


class Compiler:
    """Compiles one tree, counting slots and gathering the paths and functions that it reads."""

    def __init__(self) -> None:
        self.scope: Scope | None = None
        self.slots = 0
        self.paths: set[tuple[str, ...]] = set()        # certainly read from outside
        self.guesses: set[tuple[str, ...]] = set()      # read from outside unless a filtered member has the name
        self.functions: set[str] = set()
        self.calls: list[tuple[str, int, tuple[str, ...] | None]] = []

    def code(self, node: Node) -> Code:
        """The closure of a node."""
        return KINDS[node.kind](self, node)

    def bind(self, name: str | None) -> int:
        """Opens a scope with one name (or a filter's); its slot."""
        slot = self.slots
        self.slots += 1
        self.scope = Scope(self.scope, name, slot)
        return slot

    def release(self, scope: Scope | None) -> None:
        """Back to a scope kept from before."""
        self.scope = scope

    def lookup(self, name: str) -> tuple[list[int], int | None]:
        """The filters' slots between here and the name's local slot (null: it is read from outside)."""
        filters: list[int] = []
        scope = self.scope
        while scope is not None:
            if scope.name is None:
                filters.append(scope.slot)
            elif scope.name == name:
                return filters, scope.slot
            scope = scope.outer
        return filters, None

    def bound(self, name: str) -> bool:
        """Whether a name is a local variable here."""
        return self.lookup(name)[1] is not None

    def read(self, keys: tuple[str, ...]) -> Code:
        """The closure that reads a path that starts with a name."""
        filters, slot = self.lookup(keys[0])
        if slot is None:
            (self.guesses if filters else self.paths).add(keys)
            outside = _from_context(keys)
        else:
            outside = _from_slot(slot, keys[1:])
        return _from_filters(filters, keys, outside) if filters else outside

    def read_defined(self, keys: tuple[str, ...]) -> Code:
        """The closure that says whether a path is there."""
        filters, slot = self.lookup(keys[0])
        if slot is None and not filters:
            self.paths.add(keys)
        elif slot is None:
            self.guesses.add(keys)

        def code(run: Run) -> bool:
            if any(defined(run.slots[each], keys) for each in filters):
                return True
            if slot is not None:
                return defined(run.slots[slot], keys[1:])
            return defined(run.context, keys)

        return code


def _from_context(keys: tuple[str, ...]) -> Code:
    first, rest = keys[0], keys[1:]
    if not rest:

        def name(run: Run) -> object:
            value = member(run.context, first)
            return value if type(value) in _READY else take(value, run)

        return name

    def path(run: Run) -> object:
        value = run.context
        for key in keys:
            value = value.get(key) if type(value) is dict else member(value, key)
        return value if type(value) in _READY else take(value, run)

    return path


def _from_slot(slot: int, rest: tuple[str, ...]) -> Code:
    if not rest:
        return lambda run: run.slots[slot]

    def path(run: Run) -> object:
        value = run.slots[slot]
        for key in rest:
            value = member(value, key)
        return value

    return path


def _from_filters(filters: list[int], keys: tuple[str, ...], outside: Code) -> Code:
    first, rest = keys[0], keys[1:]

    def path(run: Run) -> object:
        for slot in filters:
            value = run.slots[slot]
            if type(value) is dict and first in value:
                value = value[first]
                for key in rest:
                    value = member(value, key)
                return value
        return outside(run)

    return path


@compiles("literal")
def _literal(compiler: Compiler, node: Node) -> Code:
    value = node.data
    return lambda run: value


@compiles("at")
def _at(compiler: Compiler, node: Node) -> Code:
    value = parse_literal(node.data)
    return lambda run: value


@compiles("name")
def _name(compiler: Compiler, node: Node) -> Code:
    if node.data == "?" and compiler.lookup("?")[1] is None:
        compiler.paths.add(("?",))
        return lambda run: run.value
    return compiler.read((node.data,))


@compiles("path")
def _path(compiler: Compiler, node: Node) -> Code:
    base = node.parts[0]
    if base.kind == "name" and base.data != "?":
        return compiler.read((base.data, *node.data))
    code, keys = compiler.code(base), node.data

    def path(run: Run) -> object:
        value = code(run)
        for key in keys:
            value = member(value, key)
        return value

    return path
