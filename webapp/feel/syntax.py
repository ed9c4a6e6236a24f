"""The syntax tree: one kind of node, held to the bound on depth as it is built, and the words of the grammar."""

from __future__ import annotations

from .errors import MAX_DEPTH, too_many

KEYWORDS = frozenset(
    "if then else for in return some every satisfies and or between true false null function external".split()
)
JOINED = (  # names that hold a keyword
    ("date", "and", "time"),
    ("years", "and", "months", "duration"),
    ("days", "and", "time", "duration"),
)
TYPES = frozenset({
    "number", "string", "boolean", "date", "time", "date and time", "days and time duration",
    "years and months duration", "list", "context", "range", "function", "Any", "Null",
})
COMPOUND = frozenset({"list", "context", "range", "function"})


class Node:
    """A piece of an expression: its kind, parts, what the kind needs besides, and where it stands."""

    __slots__ = ("kind", "parts", "data", "position", "depth", "size")

    def __init__(self, kind: str, parts: tuple[Node, ...] = (), data: object = None, position: int = 0) -> None:
        self.kind = kind
        self.parts = parts
        self.data = data
        self.position = position
        depth = size = 0
        for part in parts:
            size += part.size
            if part.depth > depth:
                depth = part.depth
        self.depth = depth + 1
        self.size = size + 1
        if depth >= MAX_DEPTH:
            raise too_many("层嵌套", "levels of nesting", MAX_DEPTH)
