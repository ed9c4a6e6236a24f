"""Decisions: DMN files compiled once, asked many times. See docs/dmn.md, and docs/feel.md for what stands in cells."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from .dmn_graph import Graph
from .dmn_model import Decision, Service
from .dmn_records import Problem
from .hit_policies import DecisionError

__all__ = [
    "Decision", "DecisionError", "DecisionProblems", "Library", "Service", "compile_decisions", "compile_what_can",
]


class DecisionProblems(Exception):
    """Why files did not compile: `.problems`, all of them, each (file, element, message)."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__("; ".join(f"{each.file}#{each.element}: {each.message}" for each in problems))
        self.problems = problems


class Library(NamedTuple):
    """What files hold: decisions and decision services by id."""

    decisions: dict[str, Decision]
    services: dict[str, Service]

    def find(self, name: str, file: str = "") -> Decision | Service | None:
        """The decision or service of that id or name, of that file where one is given; null where there is none or
        several share the name."""
        pool = [each for each in (*self.decisions.values(), *self.services.values()) if file in ("", each.file)]
        for wanted in ("id", "label", "name"):
            found = [each for each in pool if getattr(each, wanted) == name]
            if found:
                return found[0] if len(found) == 1 else None
        return None


def compile_what_can(files: Mapping[str, bytes]) -> tuple[Library, list[Problem]]:
    """Compiles what is sound in the files (name → bytes), and says what is not."""
    graph = Graph(files)
    return Library(graph.decisions(), graph.services()), graph.problems


def compile_decisions(files: Mapping[str, bytes]) -> dict[str, Decision]:
    """Compiles all decisions of the files (name → bytes) by their ids. Raises DecisionProblems with every problem."""
    library, problems = compile_what_can(files)
    if problems:
        raise DecisionProblems(problems)
    return library.decisions
