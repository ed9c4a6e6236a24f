"""What an expression says literally: the constant texts that a key of its context (or of any branch of an `if`) may have. For checks before a run."""
from __future__ import annotations

from .errors import FeelError
from .parser import parse_text
from .syntax import Node


def keys_of(text: str) -> list[set[str]] | None:
    """The keys of each context that the expression may give; None where that cannot be told. An expression that does not parse gives none."""
    found: list[set[str]] = []
    whole = True
    for node in _outcomes(_tree(text)):
        if node.kind == "context":
            found.append(set(node.data))
        elif not (node.kind == "literal" and node.data is None):
            whole = False
    return found if whole else None


def texts_of(text: str, key: str) -> set[str]:
    """The texts that stand literally as the value of a key: `{kind: if a then "x" else "y"}` gives x and y."""
    found: set[str] = set()
    for node in _outcomes(_tree(text)):
        if node.kind == "context" and key in node.data:
            found |= {each.data for each in _outcomes(node.parts[node.data.index(key)]) if each.kind == "literal" and type(each.data) is str}
    return found


def _tree(text: str) -> Node:
    try:
        return parse_text(text)
    except FeelError:
        return Node("list")


def _outcomes(node: Node) -> list[Node]:
    if node.kind == "if":
        return _outcomes(node.parts[1]) + _outcomes(node.parts[2])
    return [node]
