"""Calls: built-in functions, the host's own, and `is defined`, which looks without evaluating."""

from __future__ import annotations

from . import functions_list, functions_more, functions_number, functions_range, functions_text, functions_time
from .builtins import FUNCTIONS, builtin, caller, form_for
from .callables import Function, invoke
from .compiler import Code, Compiler, compiles
from .errors import FeelError, Run
from .syntax import Node
from .types import conforming
from .values import member, take

IS_DEFINED = "is defined"
_LOADED = (functions_list, functions_more, functions_number, functions_range, functions_text, functions_time)    # each fills FUNCTIONS
_HOST_CALL = 20     # steps of a call into the host


@compiles("call")
def _call(compiler: Compiler, node: Node) -> Code:
    name, names = node.data
    if compiler.bound(name):
        return _invocation(compiler.read((name,)), _handed(compiler, node.parts), names)
    compiler.calls.append((name, len(node.parts), names))
    if name == IS_DEFINED:
        return _is_defined(compiler, node)
    codes = tuple(compiler.code(part) for part in node.parts)
    compiler.functions.add(name)
    if name not in FUNCTIONS:
        return _host_call(name, codes, _handed(compiler, node.parts, codes), names)
    fitting = form_for(name, len(codes), names)
    if fitting is None:
        return lambda run: None
    form, order = fitting
    return caller(form, order, codes, names is not None)


def _host_call(name: str, codes: tuple[Code, ...], handed: tuple[Code, ...], names: tuple[str, ...] | None) -> Code:
    def call(run: Run) -> object:
        function = run.functions.get(name)
        if function is None:
            own = member(run.context, name)
            return None if own is None else invoke(own, run, [code(run) for code in handed], names)
        if names is not None:
            return None
        arguments = [code(run) for code in codes]
        run.charge(_HOST_CALL)
        try:
            result = function(*arguments)
        except FeelError:
            raise
        except Exception:  # noqa: BLE001  whatever the host's function objects to is null, as the standard has it
            return None
        return take(result, run)

    return call


def _handed(compiler: Compiler, parts: tuple[Node, ...], codes: tuple[Code, ...] | None = None) -> tuple[Code, ...]:
    """Arguments of an expression's own functions: among them a built-in's name stands for it, where it names nothing
    else."""
    if codes is None:       # compiled once: twice would double at every level of nesting
        codes = tuple(compiler.code(part) for part in parts)
    return tuple(_or_builtin(compiler, part, code) for part, code in zip(parts, codes, strict=True))


def _or_builtin(compiler: Compiler, part: Node, code: Code) -> Code:
    function = builtin(part.data) if part.kind == "name" and not compiler.bound(part.data) else None
    if function is None:
        return code

    def handed(run: Run) -> object:
        value = code(run)
        return function if value is None else value

    return handed


def _invocation(target: Code, codes: tuple[Code, ...], names: tuple[str, ...] | None) -> Code:
    return lambda run: invoke(target(run), run, [code(run) for code in codes], names)


@compiles("invoke")
def _invoke(compiler: Compiler, node: Node) -> Code:
    return _invocation(compiler.code(node.parts[0]), _handed(compiler, node.parts[1:]), node.data)


@compiles("function")
def _function(compiler: Compiler, node: Node) -> Code:
    """A function keeps the names that it sees where it stands; each call has variables of its own."""
    names, kinds = node.data
    kept, slots = compiler.scope, tuple(compiler.bind(name) for name in names)
    body, cost = compiler.code(node.parts[0]), node.parts[0].size
    compiler.release(kept)
    checks = tuple(None if kind is None else conforming(kind) for kind in kinds)

    def define(run: Run) -> Function:
        seen, context, value = list(run.slots or ()), run.context, run.value
        run.charge(len(seen) // 4 + 1)

        def call(run: Run, arguments: list) -> object:
            run.charge(cost + len(seen) // 4)
            kept = run.slots, run.context, run.value
            run.slots = list(seen)
            run.context, run.value = context, value
            for slot, argument, check in zip(slots, arguments, checks, strict=True):
                run.slots[slot] = argument if check is None or check(argument) else None
            try:
                return body(run)
            finally:
                run.slots, run.context, run.value = kept

        return Function(names, call)

    return define


def _is_defined(compiler: Compiler, node: Node) -> Code:
    compiler.functions.add(IS_DEFINED)
    if len(node.parts) != 1:
        return lambda run: None
    part = node.parts[0]
    if part.kind == "name":
        return compiler.read_defined((part.data,))
    if part.kind == "path" and part.parts[0].kind == "name":
        return compiler.read_defined((part.parts[0].data, *part.data))
    code = compiler.code(part)
    return lambda run: code(run) is not None
