"""A smoke run: begins every process of a definition in a world without facts, dumps it, loads it again. What breaks here would break every case."""
from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from .advance import MAIN, Advance, new_state
from .commands import World
from .definition import Definition
from .problems import Problem, Refusal
from .scope import CASE_FIELDS

MOMENT = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)


class _NoClocks:
    """Deadlines that are begun and never looked at."""

    def __getattr__(self, name: str):
        return lambda *args, **kwargs: {} if name == "view" else None


class _Trial(Advance):
    """An advance whose effects are noted, not carried out: they would need facts that there are none of."""

    def effect(self, name: str, data: Any, node, instance: str) -> None:
        if name == "set" and isinstance(data, dict):
            super().effect(name, data, node, instance)

    def limit(self, deadline: str) -> dict[str, Any]:
        return {"span": "1 d"}


def smoke_run(definition: Definition) -> list[Problem]:
    """What went wrong, a problem for each process that cannot be begun, dumped and loaded."""
    found = []
    for process in definition.processes:
        file = definition.diagrams[process][0]
        try:
            said = _try(definition, process)
        except Refusal:
            said = ""
        except RecursionError:
            said = "nested or chained too deep"
        except Exception as error:
            said = f"{type(error).__name__}: {str(error)[:300]}"
        if said:
            found.append(Problem(file, process, f"a trial run failed: {said}"))
    return found


def _try(definition: Definition, process: str) -> str:
    world = World(MOMENT, date(2026, 3, 2), dict.fromkeys(CASE_FIELDS), _NoClocks(), {}, {})
    trial = _Trial(definition, new_state(), world)
    trial.functions = lambda: {name: lambda *args: None for name in ("due date", "working days between", "one up", "limit span")}
    instance = trial.open(process, {}, main=process == definition.manifest.process)
    over, tree = trial.run(instance).dump()
    if over:
        return ""
    again = _Trial(definition, {**trial.state, "inst": {instance: {**trial.state["inst"][instance], "w": tree}}}, world)
    if again.run(instance).dump()[0] or _waits(again, instance) != _waits(trial, instance):
        return "an instance that is loaded again is not the one that was dumped"
    if not trial.run(instance).open_tasks() and not trial.run(instance).moments():
        return f"the {'main' if instance == MAIN else 'side'} instance neither ends nor waits for anybody"
    return ""


def _waits(trial: _Trial, instance: str) -> list[tuple[str, str]]:
    run = trial.run(instance)
    return sorted([(t.id, t.node.id) for t in run.open_tasks()] + [(str(m.task_id), m.node.id) for m in run.moments()])
