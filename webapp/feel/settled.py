"""What a condition comes to by what is known for good, whatever the rest of its names will be."""
from __future__ import annotations

from collections.abc import Mapping

from .compiler import Compiler
from .errors import FeelError, Run
from .expressions import guarded
from .parser import parse_text
from .syntax import Node


def settled(text: str, known: Mapping) -> bool | None:
    """True or false where `known` alone decides it (in `a and b` one that is not true is enough), else None. One that does not parse is not decided."""
    try:
        return _settled(parse_text(text), known)
    except FeelError:
        return None


def surely_null(text: str, known: Mapping) -> bool:
    """Whether an expression is `if … then … else null` with a condition that `known` makes untrue."""
    try:
        node = parse_text(text)
    except FeelError:
        return False
    return node.kind == "if" and node.parts[2].kind == "literal" and node.parts[2].data is None and _settled(node.parts[0], known) is False


def _settled(node: Node, known: Mapping) -> bool | None:
    if node.kind in ("and", "or"):
        parts, decides = [_settled(part, known) for part in node.parts], node.kind == "or"
        return decides if decides in parts else None if None in parts else not decides
    compiler = Compiler()
    code = compiler.code(node)
    if compiler.functions or not compiler.paths or any(path[0] not in known for path in compiler.paths | compiler.guesses):
        return None
    return guarded(code, Run(known, {}, None, compiler.slots)) is True
