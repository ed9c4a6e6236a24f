"""A compiled definition: everything the engine needs of one deployment, parsed once and shared by all its cases."""
from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from webapp.feel import Expression

from .manifest import Manifest, Who


@dataclass(frozen=True)
class Node:
    """A flow node as the engine uses it."""

    id: str
    process: str
    kind: str
    zh: str
    en: str
    task: str
    form: str
    who: Who | None
    articles: tuple[str, ...]
    starts: tuple[str, ...]
    ends: tuple[str, ...]
    effects: tuple[tuple[str, Expression], ...]
    moment: str | None
    deadline: str | None
    interrupting: bool
    each: Expression | None
    file: str
    under: tuple[str, ...] = ()   # the deadlines that an open task of this node may be under, the nearest first

    @property
    def binds(self) -> str | None:
        """The nearest of them."""
        return self.under[0] if self.under else None


@dataclass
class Definition:
    """One deployment, compiled. Immutable after `compile_definition`; safe to share between threads."""

    manifest: Manifest
    processes: dict[str, Any]                  # process id -> SpiffWorkflow spec
    subprocesses: dict[str, dict[str, Any]]    # process id -> its nested and called specs
    nodes: dict[str, dict[str, Node]]          # spec name -> node id -> node
    decisions: dict[str, Any]
    kept_answers: frozenset[tuple[str, str]]   # (task, field) pairs that some expression reads
    diagrams: dict[str, tuple[str, bytes]] = field(default_factory=dict)   # process id -> (file, xml)
    process_properties: dict[str, dict[str, str]] = field(default_factory=dict)

    def node(self, spec_name: str, node_id: str) -> Node | None:
        return self.nodes.get(spec_name, {}).get(node_id)

    def tasks(self) -> dict[str, list[Node]]:
        """All user tasks by their task name."""
        found: dict[str, list[Node]] = {}
        for level in self.nodes.values():
            for node in level.values():
                if node.kind == "userTask":
                    found.setdefault(node.task, []).append(node)
        return found
