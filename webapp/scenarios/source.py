"""Reads a scenario's YAML (1.2 core): every value with its line, times and dates as they are written, bounded in size and depth."""
from __future__ import annotations

import re
from datetime import date, datetime
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.constructor import RoundTripConstructor
from ruamel.yaml.error import YAMLError

from webapp.domain.clock import SHANGHAI

MAX_BYTES = 500_000
MAX_VALUES, MAX_DEPTH = 50_000, 30       # an alias counts each time it stands
DAY = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})", re.ASCII)
TIME = re.compile(DAY.pattern + r"(?:[T ]+(\d{1,2}):(\d{2})(?::(\d{2}))?)?(Z|[+-]\d{2}:\d{2})?", re.ASCII)


class ScenarioError(Exception):
    """The file is no scenario: each problem as (line, message), lines from 1."""

    def __init__(self, problems: list[tuple[int, str]]):
        self.problems = problems
        super().__init__("; ".join(f"line {line}: {message}" for line, message in problems))


class _Constructor(RoundTripConstructor):
    """Leaves dates and times as text, so that one that does not exist is found with its line."""


_Constructor.add_constructor("tag:yaml.org,2002:timestamp", lambda self, node: str(node.value))


def load(source: bytes) -> Any:
    """The file's content with the lines of its keys. ScenarioError when it cannot be read or is too large."""
    if len(source) > MAX_BYTES:
        raise ScenarioError([(1, f"larger than {MAX_BYTES} bytes")])
    yaml = YAML(typ="rt")
    yaml.Constructor = _Constructor
    yaml.allow_duplicate_keys = False
    try:
        raw = yaml.load(source.decode("utf-8"))
    except UnicodeDecodeError:
        raise ScenarioError([(1, "not UTF-8")]) from None
    except (YAMLError, RecursionError, ValueError, TypeError, AttributeError) as error:
        mark = getattr(error, "problem_mark", None)
        said = str(getattr(error, "problem", None) or error).splitlines() or [type(error).__name__]
        raise ScenarioError([((mark.line + 1) if mark else 1, f"not readable as YAML: {said[0].strip()}")]) from None
    _bound(raw)
    return raw


def _bound(raw: Any) -> None:
    left, queue = MAX_VALUES, [(raw, 0, 1)]
    while queue:
        value, depth, line = queue.pop()
        left -= 1
        if left < 0 or depth > MAX_DEPTH:
            raise ScenarioError([(line, "too many values, or too deep")])
        if isinstance(value, dict):
            queue += [(v, depth + 1, line_of(value, k)) for k, v in value.items()]
        elif isinstance(value, list | tuple | set):
            queue += [(v, depth + 1, line) for v in value]


def line_of(raw: Any, key: Any) -> int:
    """The line of a key of a mapping, else that of the mapping; from 1."""
    try:
        return raw.lc.key(key)[0] + 1
    except (AttributeError, KeyError, TypeError):
        return own_line(raw)


def own_line(raw: Any) -> int:
    """The line where a mapping or a list begins; from 1."""
    line = getattr(getattr(raw, "lc", None), "line", None)
    return 1 if line is None else line + 1


def item_line(raw: Any, index: int) -> int:
    """The line of an entry of a list."""
    try:
        return raw.lc.item(index)[0] + 1
    except (AttributeError, KeyError, TypeError, IndexError):
        return own_line(raw)


def plain(value: Any) -> Any:
    """Plain Python values, no YAML types."""
    if isinstance(value, dict):
        return {str(k): plain(v) for k, v in value.items()}
    if isinstance(value, list | tuple | set):
        return [plain(v) for v in value]
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, int):
        return int(value)
    if isinstance(value, float):
        return float(value)
    return str(value)


def absolute(text: str) -> datetime:
    """An absolute time of a scenario, in Shanghai where it names no zone. ValueError otherwise."""
    found = TIME.fullmatch(str(text).strip())
    if found is None:
        raise ValueError("no time")
    moment = datetime(*(int(part or 0) for part in found.groups()[:6]))
    return moment.replace(tzinfo=SHANGHAI if found[7] is None else datetime.fromisoformat(f"2000-01-01T00:00{found[7]}").tzinfo)


def day(text: Any) -> date:
    """A date of a scenario. ValueError when there is none such."""
    found = DAY.fullmatch(str(text).strip())
    if found is None:
        raise ValueError("no date")
    return date(*map(int, found.groups()))
