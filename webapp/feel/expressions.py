"""Parsed expressions and unary tests: what the package hands out. Both are cached by their text and immutable."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import lru_cache
from types import MappingProxyType

from . import nodes_calls, nodes_lists, nodes_logic, nodes_numbers
from .compare import either, matches_value
from .compiler import Compiler
from .errors import FeelLimit, FeelSyntaxError, Run, Said
from .parser import parse_tests, parse_text
from .syntax import Node
from .values import take

_LOADED = (nodes_calls, nodes_lists, nodes_logic, nodes_numbers)    # each fills KINDS
_NONE: Mapping[str, Callable] = MappingProxyType({})
_CACHED = 4096
Test = Callable[[object, Run], "bool | None"]


class _Parsed:
    """What both have: the text, the free variable paths and the functions that it reads."""

    __slots__ = ("text", "paths", "functions", "guesses", "calls", "slots", "code", "asks")

    def __init__(self, text: str, compiler: Compiler, code: object) -> None:
        self.text = text
        self.paths = frozenset(compiler.paths | compiler.guesses)
        self.guesses = frozenset(compiler.guesses - compiler.paths)
        self.functions = frozenset(compiler.functions)
        self.calls = tuple(compiler.calls)
        self.slots = compiler.slots
        self.code = code
        self.asks = ("?",) in self.paths

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.text!r})"


class Expression(_Parsed):
    """A parsed expression. `.paths` holds every path that it may read from its context, as tuples of names."""

    __slots__ = ()

    def evaluate(
        self, context: Mapping, *, functions: Mapping[str, Callable] = _NONE, now: datetime | None = None
    ) -> object:
        """The value in a context. `now` is an aware date and time in the zone whose days `today()` shall count.
        Raises FeelLimit when a bound is passed; every other error is null, by the standard."""
        run = Run(context, functions, now, self.slots)
        if self.asks:
            run.value = take(context.get("?"), run)
        return guarded(self.code, run)


class UnaryTests(_Parsed):
    """Parsed unary tests: what stands in a decision table's cell."""

    __slots__ = ("any", "constants")      # true where every value passes; the texts where only those pass

    def matches(
        self,
        value: object,
        context: Mapping = _NONE,
        *,
        functions: Mapping[str, Callable] = _NONE,
        now: datetime | None = None,
    ) -> bool:
        """Whether the value passes. Raises FeelLimit when a bound is passed."""
        run = Run(context, functions, now, self.slots)
        run.value = take(value, run)
        return guarded(self.code, run) is True


def guarded(code: Callable[[Run], object], run: Run) -> object:
    """Runs a closure; nesting that Python itself refuses is a passed bound too."""
    try:
        return code(run)
    except RecursionError:
        raise FeelLimit(Said("嵌套过深", "nested too deep")) from None


@lru_cache(maxsize=_CACHED)
def parse(text: str, names: frozenset[str] = frozenset()) -> Expression:
    """Parses an expression; `names` are known names that hold more than words (`Person's age`). Raises FeelSyntaxError,
    FeelLimit."""
    tree = parse_text(_checked(text), names)
    compiler = Compiler()
    return Expression(text, compiler, compiler.code(tree))


@lru_cache(maxsize=_CACHED)
def parse_unary(text: str, names: frozenset[str] = frozenset()) -> UnaryTests:
    """Parses unary tests; an empty text is `-`, any value; `names` as `parse`. Raises FeelSyntaxError, FeelLimit."""
    tree = parse_tests(_checked(text), names)
    compiler = Compiler()
    tests = tuple(_unary_test(compiler, part) for part in tree.parts)
    parsed = UnaryTests(text, compiler, None)
    parsed.any = not tests
    literals = [part.data for part in tree.parts if part.kind == "literal" and type(part.data) is str]
    parsed.constants = frozenset(literals) if tests and not tree.data and len(literals) == len(tests) else None
    parsed.code = _all_tests(tests, bool(tree.data))
    return parsed


def _checked(text: str) -> str:
    if not isinstance(text, str):
        raise FeelSyntaxError(Said("表达式须为文本", "an expression is a text"), 0)
    return text


def _unary_test(compiler: Compiler, node: Node) -> Test:
    """One test of a cell. One that speaks of `?` must itself be true; a condition that does not is held against the
    value only where that is a truth value too."""
    if node.kind in ("test", "range", "literal"):
        return nodes_logic.test_code(compiler, node)
    code = compiler.code(node)
    if _asks(node):
        return lambda value, run: _truth(code(run))
    return lambda value, run: _against(value, code(run), run)


def _asks(node: Node) -> bool:
    waiting = [node]
    while waiting:
        each = waiting.pop()
        if each.kind == "name" and each.data == "?":
            return True
        waiting += each.parts
    return False


def _truth(value: object) -> bool | None:
    return value if type(value) is bool else None


def _against(value: object, result: object, run: Run) -> bool | None:
    if type(result) is bool and type(value) is not bool:
        return result
    return matches_value(value, result, run)


def _all_tests(tests: tuple, negated: bool) -> Callable[[Run], bool | None]:
    if not tests:
        return lambda run: True

    def code(run: Run) -> bool | None:
        result: bool | None = False
        value = run.value
        for test in tests:
            result = either(result, test(value, run))
            if result is True:
                break
        if negated:
            return None if result is None else not result
        return result

    return code
