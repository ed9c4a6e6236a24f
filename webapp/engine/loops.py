"""Loops that nobody stands in, over all processes of a definition: within a process, through sub-processes and calls, and by processes that open themselves."""
from __future__ import annotations

from webapp.feel.literals import texts_of

from .lint import neighbours
from .problems import Problem
from .xml import ProcessXml

Ways = dict[str, list[str]]


def check_loops(processes: list[ProcessXml], problems: list[Problem]) -> None:
    """Add every automatic loop, every call that comes back to its caller, and every process that opens itself without a person."""
    by_id = {p.id: p for p in processes}
    calls = {p.id: sorted({e.called for e in p.elements.values() if e.called in by_id}) for p in processes}
    for name in _on_cycle(calls):
        calling = next(e for e in by_id[name].elements.values() if e.called in by_id and _leads(calls, e.called, name))
        problems.append(Problem(by_id[name].file, calling.id, f"the process '{name}' calls itself, through '{calling.called}'", "processes call each other in one direction only"))
    through = _passable(by_id, calls)
    for process in processes:
        _check_within(process, through, problems)
    opens = {p.id: sorted(_opened(p, through) & set(by_id)) for p in processes}
    for name in _on_cycle(opens):
        problems.append(Problem(by_id[name].file, name, f"the process '{name}' opens itself without end", "let a person's task stand before `effect.open`"))


def _waits(process: ProcessXml, element, through: dict[tuple[str, str], bool]) -> bool:
    """Whether a person stands in this element for certain."""
    if element.kind == "userTask":
        return True
    if element.kind == "subProcess":
        return not through.get((process.id, element.id), False)
    return element.kind == "callActivity" and not through.get((element.called, element.called), False)


def _passable(by_id: dict[str, ProcessXml], calls: Ways) -> dict[tuple[str, str], bool]:
    """(process, level) -> whether an end can be reached from the start without a person. Grows until nothing changes."""
    through: dict[tuple[str, str], bool] = {}
    ways = {name: neighbours(p) for name, p in by_id.items()}
    levels = [(p, level) for p in by_id.values() for level in [p.id, *(e.id for e in p.elements.values() if e.kind == "subProcess")]]
    grown = True
    while grown:
        grown = False
        for process, level in levels:
            if not through.get((process.id, level)) and _crossed(process, level, ways[process.id], through):
                through[(process.id, level)] = grown = True
    return through


def _crossed(process: ProcessXml, level: str, ways: Ways, through: dict) -> bool:
    return any(process.elements[each].kind == "endEvent" for each in _by_themselves(process, level, ways, through))


def _by_themselves(process: ProcessXml, level: str, ways: Ways, through: dict) -> set[str]:
    """What of a level is reached from its start before anybody does anything."""
    queue = [e.id for e in process.elements.values() if e.parent == level and e.kind == "startEvent"]
    seen = set(queue)
    while queue:
        at = process.elements[queue.pop()]
        if at.attached_to is None and _waits(process, at, through):
            continue
        for each in ways[at.id]:
            if each not in seen and process.elements[each].attached_to is None:
                seen.add(each)
                queue.append(each)
    return seen


def _check_within(process: ProcessXml, through: dict, problems: list[Problem]) -> None:
    automatic = {e.id for e in process.elements.values() if not _waits(process, e, through)}
    ways = {source: [t for t in targets if t in automatic] for source, targets in neighbours(process).items() if source in automatic}
    found = _on_cycle(ways)
    if found:
        problems.append(Problem(process.file, found[0], "is on a loop that no person stands in"))


def _opened(process: ProcessXml, through: dict) -> set[str]:
    """The processes that an instance opens before anybody does anything, so far as they are named literally."""
    ways, found, levels = neighbours(process), set(), [process.id]
    for level in levels:
        for name in _by_themselves(process, level, ways, through):
            element = process.elements[name]
            if element.kind == "subProcess":
                levels.append(name)
            if element.called:
                found.add(element.called)
            if not _waits(process, element, through):
                for effect, text in element.effects:
                    found |= texts_of(text, "process") if effect == "open" else set()
    return found


def _leads(ways: Ways, start: str, goal: str) -> bool:
    seen, queue = {start}, [start]
    while queue:
        at = queue.pop()
        if at == goal:
            return True
        for each in ways.get(at, ()):
            if each not in seen:
                seen.add(each)
                queue.append(each)
    return False


def _on_cycle(ways: Ways) -> list[str]:
    """The members of cycles, sorted: what is left when everything without a way in or out has been taken away, and leads back to itself."""
    left = {name: set(targets) for name, targets in ways.items()}
    shrunk = True
    while shrunk:
        targets = {t for each in left.values() for t in each}
        gone = {name for name, onward in left.items() if not (onward & left.keys()) or name not in targets}
        for name in gone:
            del left[name]
        shrunk = bool(gone)
    return sorted(name for name in left if any(_leads(ways, each, name) for each in ways[name]))
