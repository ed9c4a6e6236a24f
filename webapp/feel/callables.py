"""Functions as values: an expression's own `function(a) …`, a file's business knowledge, a built-in handed on by name.
Every call costs steps and nests no deeper than Python itself lets it, so recursion ends at a bound."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from .errors import Run, too_many

_CALL = 10          # steps of a call, besides its arguments
_MAX_CALLS = 40     # calls within calls


class Function:
    """A function: its parameters' names, and what it does with their values. `names` is null where any number goes."""

    __slots__ = ("names", "body")

    def __init__(self, names: tuple[str, ...] | None, body: Callable[[Run, list], object]) -> None:
        self.names = names
        self.body = body


def invoke(function: object, run: Run, values: Sequence[object], names: tuple[str, ...] | None = None) -> object:
    """The function's value for arguments by place, or by `names`; null where they do not fit or it is none."""
    if type(function) is not Function:
        return None
    wanted = function.names
    if names is not None:
        if wanted is None or set(names) != set(wanted):
            return None
        values = [values[names.index(name)] for name in wanted]
    elif wanted is not None and len(values) != len(wanted):
        return None
    run.charge(_CALL + len(values))
    if run.calls >= _MAX_CALLS:
        raise too_many("层函数调用", "calls within calls", _MAX_CALLS)
    run.calls += 1
    try:
        return function.body(run, list(values))
    finally:
        run.calls -= 1
