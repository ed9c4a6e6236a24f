"""One submitted value → one clean value of its component's type; nothing is guessed or converted between types."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Any

from . import dialect, text


class Wrong(Exception):
    """The value cannot be taken: a code of problems.WORDS, and the figure it breaks."""

    def __init__(self, code: str, limit: object = ""):
        super().__init__(code)
        self.code, self.limit = code, limit


def read(component: Mapping[str, Any], raw: Any) -> Any:
    """The clean value of a keyed component, or its empty value. Raises Wrong."""
    kind = component["type"]
    if raw is None:
        return empty(kind)
    return _READERS[kind](component, raw)


def empty(kind: str) -> Any:
    """What form-js holds for a field that was not answered."""
    if kind in dialect.TEXT:
        return ""
    if kind == "checkbox":
        return False
    return [] if kind in dialect.CHOOSE_MANY or kind == "filepicker" else None


def initial(component: Mapping[str, Any]) -> Any:
    """What a field holds before anybody answered: its default value, else nothing."""
    if "defaultValue" in component:
        try:
            return read(component, component["defaultValue"])
        except Wrong:
            pass
    return empty(component["type"])


def is_empty(value: Any) -> bool:
    """Nothing answered, or only blanks; `false` and 0 are answers."""
    return value is None or value == [] or isinstance(value, str) and not value.strip()


def same(a: Any, b: Any) -> bool:
    """Equal as JSON values: true is not 1."""
    return a == b and isinstance(a, bool) == isinstance(b, bool)


def _string(raw: Any, most: int, code: str = "too_long") -> str:
    """A text of bounded size without control characters; the size is looked at first, so that a huge text costs nothing."""
    if not isinstance(raw, str):
        raise Wrong("type")
    if len(raw) > 2 * most + 100:  # blanks around it do not count for its length
        raise Wrong(code, most)
    if text.has_control(raw.replace("\r", "\n")):
        raise Wrong("control_characters")
    return raw


def _textfield(component: Mapping[str, Any], raw: Any) -> str:
    value = text.one_line(_string(raw, dialect.MAX_TEXT["textfield"]))
    if text.has_invisible(value):
        raise Wrong("invisible_characters")
    return value


def _textarea(component: Mapping[str, Any], raw: Any) -> str:
    return text.many_lines(_string(raw, dialect.MAX_TEXT["textarea"]))


def _number(component: Mapping[str, Any], raw: Any) -> int | float:
    if isinstance(raw, bool) or not isinstance(raw, int | float) or isinstance(raw, float) and not math.isfinite(raw):
        raise Wrong("type")
    if abs(raw) > dialect.MAX_NUMBER:
        raise Wrong("too_big" if raw > 0 else "too_small", dialect.MAX_NUMBER if raw > 0 else -dialect.MAX_NUMBER)
    return int(raw) if float(raw).is_integer() else raw


def _checkbox(component: Mapping[str, Any], raw: Any) -> bool:
    if not isinstance(raw, bool):
        raise Wrong("type")
    return raw


def _choice(component: Mapping[str, Any], raw: Any) -> str | bool | int | float | None:
    if isinstance(raw, str):
        return _string(raw, dialect.MAX_TEXT["textfield"], "not_an_option") or None
    if isinstance(raw, bool):
        return raw
    if isinstance(raw, int | float):
        return _number(component, raw)
    raise Wrong("type")


def _choices(component: Mapping[str, Any], raw: Any) -> list[Any]:
    if not isinstance(raw, list):
        raise Wrong("type")
    if len(raw) > dialect.MAX_CHOSEN:
        raise Wrong("too_many", dialect.MAX_CHOSEN)
    chosen: list[Any] = []
    for each in raw:
        value = _choice(component, each)
        if value is None:
            raise Wrong("type")
        if any(same(value, other) for other in chosen):
            raise Wrong("duplicate")
        chosen.append(value)
    return chosen


def _files(component: Mapping[str, Any], raw: Any) -> list[str]:
    """Ids of uploaded files; what the upload answered (`{id, name, …}`) stands for its id."""
    given = raw if isinstance(raw, list) else [] if raw == "" else [raw]
    ids = [each.get("id") if isinstance(each, Mapping) else each for each in given]
    if not all(isinstance(each, str) for each in ids):
        raise Wrong("type")
    most = dialect.MAX_FILES if component.get("multiple") else 1
    if len(ids) > most:
        raise Wrong("too_many", most)
    if len(set(ids)) < len(ids):
        raise Wrong("duplicate")
    if not all(each and len(each) <= 200 and not text.has_control(each) for each in ids):
        raise Wrong("unknown_file")
    return ids


_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_CLOCK = r"\d{2}:\d{2}(?::\d{2})?(?:Z|[+-]\d{2}:\d{2})?"
_TIME = re.compile(_CLOCK, re.ASCII)
_DATETIME = re.compile(r"\d{4}-\d{2}-\d{2}T" + _CLOCK, re.ASCII)


def moment(component: Mapping[str, Any], value: str) -> date | time | datetime:
    """A datetime component's text as what it means. Raises Wrong("date") where there is no such date or time."""
    shape, parse = {"date": (_DATE, date.fromisoformat), "time": (_TIME, time.fromisoformat)}.get(
        component.get("subtype", "date"), (_DATETIME, datetime.fromisoformat)
    )
    try:
        if shape.fullmatch(value):
            return parse(value)
    except ValueError:
        pass
    raise Wrong("date")


def _datetime(component: Mapping[str, Any], raw: Any) -> str | None:
    value = _string(raw, 40, "date")
    if not value:
        return None
    moment(component, value)
    return value


_READERS = {
    "textfield": _textfield,
    "textarea": _textarea,
    "number": _number,
    "checkbox": _checkbox,
    "radio": _choice,
    "select": _choice,
    "checklist": _choices,
    "taglist": _choices,
    "filepicker": _files,
    "datetime": _datetime,
}
