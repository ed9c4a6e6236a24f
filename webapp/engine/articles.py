"""Which articles an element cites: its own, else those of what leads to the shared process that it stands in."""
from __future__ import annotations

from collections.abc import Iterable

from webapp.feel.literals import texts_of

from .manifest import Manifest
from .xml import Element

Cited = tuple[str, ...]


class Articles:
    """What the elements of one definition cite."""

    def __init__(self, manifest: Manifest | None, elements: Iterable[Element]):
        self._users: dict[str, list[tuple[Cited, str]]] = {}     # process -> what leads to it: what that cites, and the process that it stands in
        for action in manifest.actions.values() if manifest is not None else ():
            if action.opens:
                self._users.setdefault(action.opens, []).append((_split(action.article), ""))
        for element in elements:
            opened = {word for name, text in element.effects if name == "open" for word in texts_of(text, "process")}
            for process in sorted(opened | ({element.called} if element.called else set())):
                self._users.setdefault(process, []).append((_own(element), element.process))

    def of(self, element: Element) -> Cited:
        """Of a task that says nothing itself, what the calls, effects and actions cite that lead to its process."""
        return _own(element) or (self._of_process(element.process, set()) if element.kind == "userTask" else ())

    def _of_process(self, process: str, seen: set[str]) -> Cited:
        if process in seen:
            return ()
        found = [article for cited, user in self._users.get(process, ()) for article in cited or self._of_process(user, seen | {process})]
        return tuple(dict.fromkeys(found))


def _own(element: Element) -> Cited:
    return _split(element.properties.get("article", ""))


def _split(articles: str) -> Cited:
    return tuple(each.strip() for each in articles.split(";") if each.strip())
