"""What can be asked of the engine, what it is handed in, and what it answers."""
from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Protocol

from .definition import Node


class Watch(Protocol):
    """Is told what a command passes, where somebody asked to be: for measuring what scenarios cover. It changes nothing."""

    def passed(self, node: Node, condition: str | None) -> None:
        """A node was completed; `condition` is the one that held, of a gateway."""

    def hit(self, decision: str, rules: list[str]) -> None:
        """These rows of a decision's table matched."""


class Clocks(Protocol):
    """The case's deadlines, handed in: the engine says when they start and end, never what the date is."""

    def begin(self, name: str, span: str | None, until: date | None, article: str, local: bool, scope: str) -> None: ...
    def end(self, name: str, instance: str) -> None: ...
    def keep_scopes(self, live: set[str], instance: str) -> None: ...
    def cancel_all(self) -> None: ...
    def cancel(self, name: str) -> None: ...
    def extend(self, name: str, days: int | None, until: date | None, caps: dict | None) -> None: ...
    def pause(self, name: str, reason: str) -> None: ...
    def resume(self, name: str, reason: str) -> None: ...
    def judge(self, name: str, days: int | None, until: date | None, caps: dict | None) -> None: ...
    def view(self) -> dict[str, dict]: ...


@dataclass
class World:
    """What the engine may know beyond its own state. `case` holds the facts of docs/modelling.md; `open_tasks` counts what waits."""

    now: datetime
    today: date
    case: dict[str, Any]
    clocks: Clocks
    open_tasks: dict[str, int] = field(default_factory=dict)
    functions: dict[str, Any] = field(default_factory=dict)      # by FEEL name: due date, working days between, one up
    watch: Watch | None = None


@dataclass(frozen=True)
class Start:
    """Begin the main instance."""


@dataclass(frozen=True)
class Complete:
    """A user task is completed with clean answers."""

    instance: str
    task_id: str
    answers: dict[str, Any]


@dataclass(frozen=True)
class Act:
    """An action of the manifest is taken with clean data."""

    name: str
    data: dict[str, Any]


@dataclass(frozen=True)
class Fire:
    """The moment that this engine task waits for has come."""

    instance: str
    task_id: str


@dataclass(frozen=True)
class Release:
    """One instance of a multi-instance task is cancelled: the one for `item`."""

    item: str


@dataclass(frozen=True)
class Withdraw:
    """The supervisions that a deadline's miss had opened end: it runs again."""

    deadline: str


Command = Start | Complete | Act | Fire | Release | Withdraw


@dataclass(frozen=True)
class Effect:
    """A named effect that a node had, with its evaluated context, for the store to carry out."""

    name: str
    data: dict[str, Any]
    node: Node | None
    instance: str


@dataclass(frozen=True)
class OpenTask:
    """A user task that waits."""

    id: str
    instance: str
    node: Node
    item: str | None
    deadline: str | None        # that it is under: the nearest that runs, through sub-processes and calls


@dataclass(frozen=True)
class Moment:
    """A moment that an engine task waits for."""

    task_id: str
    instance: str
    deadline: str
    moment: str
    node: Node


@dataclass
class Outcome:
    """What a command came to. `tasks` and `moments` hold the touched instances only, each whole."""

    state: dict[str, Any]
    effects: list[Effect] = field(default_factory=list)
    tasks: dict[str, list[OpenTask]] = field(default_factory=dict)
    moments: dict[str, list[Moment]] = field(default_factory=dict)
    passed: list[str] = field(default_factory=list)
    opened: list[tuple[str, str]] = field(default_factory=list)       # (side instance, process)
    cancelled: list[tuple[str, str]] = field(default_factory=list)    # side instances that ended with the main one
    main_ended: bool = False
