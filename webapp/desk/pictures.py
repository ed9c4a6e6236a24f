"""The pictures of a case's way: the main process, the side instances that run, and under each the processes that it calls, the present steps lit in all."""
from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from webapp.cases.case_work import CaseWork
from webapp.engine import Definition, hosts_of
from webapp.http.process_xml import process_of
from webapp.models import Task


@dataclass
class Picture:
    """One diagram: the ids that wait, those of them that are late, and which processes its call activities open (id -> process)."""

    process: str
    called: bool = False
    current: set[str] = field(default_factory=set)
    missed: set[str] = field(default_factory=set)
    calls: dict[str, str] = field(default_factory=dict)

    @property
    def lit(self) -> bool:
        return bool(self.current or self.missed)


def pictures_of(work: CaseWork) -> list[Picture]:
    """The main picture first; what is called comes after what calls it."""
    definition, running = work.deployed.definition, {name: entry for name, entry in work.state["inst"].items()}
    found: dict[str, Picture] = {}
    for process in dict.fromkeys([work.manifest.process, *(entry["p"] for entry in running.values())]):
        _add(found, definition, process, called=False)
    for name, entry in running.items():
        waiting = [task for task in work.tasks if task.instance == name]
        hosts = dict(hosts_of(entry["w"])) if waiting and entry["w"] else {}
        for task in waiting:
            for process, node in _places(found, entry["p"], hosts.get(task.engine_id, ()), task):
                if process in found:
                    (found[process].missed if task.due_at <= work.now else found[process].current).add(node)
    for picture in found.values():
        picture.current -= picture.missed
    return list(found.values())


def _add(found: dict[str, Picture], definition: Definition, process: str, called: bool) -> None:
    drawn = process_of(definition, process)
    if drawn is None or process in found:
        return
    found[process] = Picture(process, called, calls={e.id: e.called for e in drawn.elements.values() if e.called})
    for each in found[process].calls.values():
        _add(found, definition, each, called=True)


def _places(found: dict[str, Picture], process: str, hosts: Iterable[str], task: Task) -> Iterator[tuple[str, str]]:
    """Where a task is seen: itself in the diagram that it is drawn in, and in those above it the call that leads there."""
    for host in hosts:
        called = found[process].calls.get(host) if process in found else None
        if called is not None:
            yield process, host
            process = called
    yield process, task.node
