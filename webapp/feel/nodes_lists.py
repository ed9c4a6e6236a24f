"""Lists and contexts, and what goes through them: filters, `for`, `some`, `every`. Every turn costs its steps."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from .compiler import Code, Compiler, Scope, compiles
from .errors import MAX_LIST, Run, too_many
from .numbers import whole
from .syntax import Node
from .values import Range

_PREDICATES = frozenset({"compare", "between", "in", "and", "or", "some", "every", "instance"})


@compiles("list")
def _list(compiler: Compiler, node: Node) -> Code:
    codes = tuple(compiler.code(part) for part in node.parts)
    return lambda run: [code(run) for code in codes]


@compiles("context")
def _context(compiler: Compiler, node: Node) -> Code:
    kept, entries = compiler.scope, []
    for key, part in zip(node.data, node.parts, strict=True):
        code = compiler.code(part)      # an entry sees the ones before it, not itself
        entries.append((key, compiler.bind(key), code))
    compiler.release(kept)

    def context(run: Run) -> dict:
        result = {}
        for key, slot, code in entries:
            run.slots[slot] = result[key] = code(run)
        return result

    return context


@compiles("filter")
def _filter(compiler: Compiler, node: Node) -> Code:
    target, inside = compiler.code(node.parts[0]), node.parts[1]
    if inside.kind in ("literal", "negate", "sum", "product", "power", "at"):
        index = compiler.code(inside)
        return lambda run: _indexed(target(run), index(run))
    kept: Scope | None = compiler.scope
    slot = compiler.slots
    compiler.scope = Scope(compiler.scope, "item", slot)
    compiler.bind(None)     # of the same slot: a member's own entry `item` comes first
    predicate = compiler.code(inside)
    compiler.release(kept)
    cost, certain = inside.size, inside.kind in _PREDICATES

    def filtered(run: Run) -> object:
        value = target(run)
        if value is None:
            return None
        members = value if type(value) is list else [value]
        if not certain:     # a name, a path or a call may turn out to be an index
            run.slots[slot] = None
            index = predicate(run)
            if type(index) is Decimal:
                return _indexed(members, index)
        run.charge(len(members) * cost)
        return [each for each in members if _holds(predicate, run, slot, each)]

    return filtered


def _holds(predicate: Code, run: Run, slot: int, each: object) -> bool:
    run.slots[slot] = each
    return predicate(run) is True


def _indexed(value: object, index: object) -> object:
    """The member at a place counted from 1, or from the end when negative; null where there is none."""
    if value is None:
        return None
    members = value if type(value) is list else [value]
    if type(index) is bool:
        return members if index else []
    place = whole(index)
    if not place or abs(place) > len(members):
        return None
    return members[place - 1 if place > 0 else place]


def members_of(value: object, run: Run) -> list | range | None:
    """What a variable runs through: a list, or the whole numbers of a range, up or down; else null."""
    if type(value) is list:
        return value
    if type(value) is not Range:
        return None
    if type(value.start) is date and type(value.end) is date:
        days = range(value.start.toordinal(), value.end.toordinal() + 1) or range(
            value.start.toordinal(), value.end.toordinal() - 1, -1)
        if len(days) > MAX_LIST:
            raise too_many("项", "members of a list", MAX_LIST)
        return [date.fromordinal(each) for each in days]
    start, end = whole(value.start), whole(value.end)
    if start is None or end is None:
        return None
    if abs(end - start) >= MAX_LIST:
        raise too_many("项", "members of a list", MAX_LIST)
    step = 1 if end >= start else -1
    first, last = start + (0 if value.start_in else step), end + (step if value.end_in else 0)
    return range(first, last, step)


class _Turns:
    """The nested turns of `for x in a, y in b`: each list is found anew with the variables before it."""

    def __init__(self, compiler: Compiler, node: Node) -> None:
        self.sources: list[tuple[int, Code]] = []
        for name, part in zip(node.data, node.parts[:-1], strict=True):
            code = compiler.code(part)
            self.sources.append((compiler.bind(name), code))
        self.partial = compiler.bind("partial") if node.kind == "for" and _mentions(node.parts[-1], "partial") else None
        self.body = compiler.code(node.parts[-1])
        self.cost = node.parts[-1].size + 1

    def results(self, run: Run, level: int = 0) -> Iterator[object]:
        """The body's value at every turn. Raises _NoList where something else than a list is to be run through."""
        slot, source = self.sources[level]
        members = members_of(source(run), run)
        if members is None:
            raise _NoList
        cost, last, body = self.cost, level == len(self.sources) - 1, self.body
        for each in members:
            run.charge(cost)
            run.slots[slot] = Decimal(each) if type(each) is int else each
            if last:
                yield body(run)
            else:
                yield from self.results(run, level + 1)


def _mentions(node: Node, name: str) -> bool:
    waiting = [node]
    while waiting:
        each = waiting.pop()
        if each.kind == "name" and each.data == name:
            return True
        waiting += each.parts
    return False


class _NoList(Exception):
    pass


@compiles("for")
def _for(compiler: Compiler, node: Node) -> Code:
    kept, turns = compiler.scope, _Turns(compiler, node)
    compiler.release(kept)

    def code(run: Run) -> list | None:
        results: list[object] = []
        try:
            if turns.partial is not None:
                run.slots[turns.partial] = []
            for value in turns.results(run):
                results.append(value)
                if turns.partial is not None:
                    run.slots[turns.partial] = run.items(list(results))
                if len(results) > MAX_LIST:
                    raise too_many("项", "members of a list", MAX_LIST)
        except _NoList:
            return None
        return results

    return code


@compiles("some")
@compiles("every")
def _quantified(compiler: Compiler, node: Node) -> Code:
    kept, turns = compiler.scope, _Turns(compiler, node)
    compiler.release(kept)
    decisive = node.kind == "some"      # the answer at which the rest need not be looked at

    def code(run: Run) -> bool | None:
        result: bool | None = not decisive
        try:
            for value in turns.results(run):
                if value is decisive:
                    return decisive
                if type(value) is not bool:
                    result = None
        except _NoList:
            return None
        return result

    return code
