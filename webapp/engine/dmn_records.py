"""What is read from a DMN file, as plain records: decisions, business knowledge, services, types and boxed logic."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

from webapp.feel.syntax import KEYWORDS

_WORDS = re.compile(r"[^\W\d]\w*(\s+[^\W\d]\w*)*")
_MAX_NAME = 200


def special_names(names: Iterable[str]) -> frozenset[str]:
    """Those of the names that are not words side by side, such as `Person's age` or `rate-1`."""
    return frozenset(
        name for name in names
        if name and len(name) <= _MAX_NAME and re.match(r"[^\W\d]", name)
        and not (_WORDS.fullmatch(name) and not KEYWORDS.intersection(name.split()))
    )


class Problem(NamedTuple):
    """Something wrong with a definition: the file, the id of the element (or the nearest around it), what."""

    file: str
    element: str
    message: str


class Cell(NamedTuple):
    """A text with the id of the element that it stands in."""

    element: str
    text: str


class InputXml(NamedTuple):
    element: str
    label: str
    text: str
    kind: str
    allowed: str


class OutputXml(NamedTuple):
    element: str
    name: str
    label: str
    kind: str
    allowed: str
    default: str


class RuleXml(NamedTuple):
    element: str
    inputs: tuple[Cell, ...]
    outputs: tuple[Cell, ...]
    annotations: tuple[str, ...]


class TableXml(NamedTuple):
    element: str
    policy: str
    aggregation: str
    inputs: tuple[InputXml, ...]
    outputs: tuple[OutputXml, ...]
    rules: tuple[RuleXml, ...]


class ContextXml(NamedTuple):
    """Entries (name, type, logic); a name `""` is the result."""

    element: str
    entries: tuple[tuple[str, str, LogicXml], ...]


class ListXml(NamedTuple):
    element: str
    members: tuple[LogicXml, ...]


class FunctionXml(NamedTuple):
    element: str
    params: tuple[tuple[str, str], ...]         # name, type
    body: LogicXml
    kind: str = ""                              # the type of its value


class InvocationXml(NamedTuple):
    """A function called with bindings; without a function, the context of the bindings (a row of a relation)."""

    element: str
    function: LogicXml
    bindings: tuple[tuple[str, LogicXml], ...]


class BoxedXml(NamedTuple):
    """`conditional` (if, then, else), `filter` (in, match), `for`, `some`, `every` (in, body) with its variable."""

    element: str
    kind: str
    variable: str
    parts: tuple[LogicXml, ...]


LogicXml = TableXml | ContextXml | ListXml | FunctionXml | InvocationXml | BoxedXml | Cell | None


class SourceXml(NamedTuple):
    """A decision, a business knowledge model (its logic a FunctionXml) or a decision service (no logic of its own).

    `name` is its variable's; `requires` the decisions', `knows` the knowledge models' and services' ids; `inputs` the
    ids of its input data; `outputs` a service's decisions. `sound`: nothing was wrong with it when it was read."""

    file: str
    element: str
    sort: str                   # decision, knowledge, service
    name: str
    label: str
    kind: str
    requires: tuple[str, ...]
    knows: tuple[str, ...]
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    logic: LogicXml
    sound: bool


class ItemXml(NamedTuple):
    """A named type of a file: its base, the values allowed, whether it is a list, its components (name → type)."""

    kind: str
    allowed: str
    collection: bool = False
    components: tuple[tuple[str, ItemXml], ...] = ()
