"""Where the open tasks of a stored instance stand: inside which sub-processes and calls."""
from __future__ import annotations

from collections.abc import Iterator
from typing import Any


def hosts_of(tree: dict[str, Any], around: tuple[str, ...] = ()) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Each waiting task's id with the ids of the sub-processes and call activities around it, the outermost first; of a tree as state.py stores it."""
    for _name, _state, _parent, task_id, *_item in tree["t"]:
        if task_id is not None:
            yield task_id, around
    for row, inner in tree.get("s", {}).items():
        yield from hosts_of(inner, (*around, tree["t"][int(row)][0]))
