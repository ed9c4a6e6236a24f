"""Says what an expression reads that is not there: unknown names, unknown functions, calls that fit no form."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping

from .builtins import FUNCTIONS, form_for
from .callables import Function
from .errors import Said
from .expressions import Expression, UnaryTests
from .nodes_calls import IS_DEFINED

Scope = Mapping | Callable[[tuple[str, ...]], bool]
_STRING = re.compile(r'"(?:[^"\\]|\\.)*"')
_INTERNAL = re.compile(r"(?<!\w)__\w+")


def check(expression: Expression | UnaryTests, scope: Scope, functions: Collection[str] = ()) -> list[str]:
    """The problems of an expression against the names that its context will have, each a `Said`.

    `scope` is a nested mapping: a mapping's keys are the known members (`"*"` stands for any), anything else is a
    value whose members are not looked into; a callable at the top is a host function, a `Function` a function of the file's own. Or a callable that says
    whether a path is known. `functions` names further host functions."""
    problems = [
        Said(f"未知名称 {'.'.join(path)}", f"unknown name {'.'.join(path)}")
        for path in sorted(expression.paths - expression.guesses)
        if path[0] != "?" and not _known(path, scope)
    ]
    found = {name for path in expression.paths for name in path}
    for name in dict.fromkeys(_INTERNAL.findall(_STRING.sub('""', expression.text))):
        if name not in found:       # a walk along attributes, of a value that no name leads to
            problems.append(Said(f"未知名称 {name}", f"unknown name {name}"))
    hosts, own = set(functions), set()
    if isinstance(scope, Mapping):
        own.update(name for name, value in scope.items() if type(value) is Function)
        hosts.update(name for name, value in scope.items() if callable(value))
    for name, count, names in dict.fromkeys(expression.calls):
        problem = None if name in own else _call_problem(name, count, names, hosts)
        if problem:
            problems.append(problem)
    return problems


def _known(path: tuple[str, ...], scope: Scope) -> bool:
    if not isinstance(scope, Mapping):
        return bool(scope(path))
    for name in path:
        if not isinstance(scope, Mapping):
            return True
        if name not in scope and "*" not in scope:
            return False
        scope = scope[name] if name in scope else scope["*"]
    return True


def _call_problem(name: str, count: int, names: tuple[str, ...] | None, hosts: Collection[str]) -> Said | None:
    if name == IS_DEFINED:
        fits = count == 1 and names is None
    elif name in FUNCTIONS:
        fits = form_for(name, count, names) is not None
    elif name in hosts:
        fits = names is None
    else:
        return Said(f"未知函数 {name}()", f"unknown function {name}()")
    return None if fits else Said(f"函数 {name}() 的参数不符", f"the arguments of {name}() do not fit")
