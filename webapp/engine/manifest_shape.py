"""The shape of a manifest: which keys there are at each place and what kind of value each holds. Said before anything is read from it."""
from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import date
from typing import Any

from .words import CHANNELS, OPENED_BY, ROLES, TYPES

TEXT, FLAG, WORDS, COUNT, ANY, FINITE = "a text", "true or false", "a list of texts", "a whole number from 1 to 1000", "anything", "anything but nan and inf"
BOTH = {"zh": TEXT, "en": TEXT}


class Each:
    """A table of entries of one shape, by name."""

    def __init__(self, shape: Any):
        self.shape = shape


class Many:
    """A list of entries of one shape."""

    def __init__(self, shape: Any, least: int = 0):
        self.shape, self.least = shape, least


WHO = {"role": ROLES, "unit?": TEXT}
RULE = {"when": TEXT, "code?": TEXT, "zh?": TEXT, "en?": TEXT, "field?": TEXT, "task?": TEXT, "article?": TEXT}
DESK = {"role": ROLES, "unit": TEXT, "channels?": Many(CHANNELS)}
SHAPE: dict[str, Any] = {
    "id": TEXT, "process": TEXT, "directory": TEXT, "office": TEXT, "number": TEXT, "limits": TEXT, "title": {"zh": TEXT, "en?": TEXT},
    "document": {"zh": TEXT, "en?": TEXT, "issued?": date, "*": ANY}, "calendar?": TEXT, "office_instead?": TEXT, "base?": TEXT, "uses?": WORDS,
    "params?": Each(FINITE), "filing?": {"form?": TEXT, "types?": Many(TYPES), "channels?": Many(CHANNELS), "captcha?": FLAG, "consultation?": FLAG, "desk?": Many(DESK)},
    "scope?": Many({"id": TEXT, "article?": TEXT, "zh": TEXT, "en?": TEXT, "*": ANY}),
    "exclusion?": Many({"id": TEXT, "article?": TEXT, "zh": TEXT, "en?": TEXT, "*": ANY}),
    "condition?": Many({"id": TEXT, "article?": TEXT, "zh": TEXT, "en?": TEXT, "*": ANY}),
    "accountability?": Many({"id": TEXT, "article?": TEXT, "zh": TEXT, "en?": TEXT, "*": ANY}),
    "deadlines?": Each({"zh": TEXT, "en?": TEXT, "lapses?": FLAG, "urgent_by_date?": FLAG}), "who?": Each(WHO),
    "extensions?": Each({"decision": TEXT, "duty?": Many({"zh": TEXT, "en?": TEXT, "article?": TEXT})}),
    "supervision?": {
        "process?": TEXT, "unit?": TEXT, "modes?": Many(ANY), "rungs?": Many(ANY),
        "trigger?": Many({"id": TEXT, "article?": TEXT, "by?": Many(OPENED_BY), "zh": TEXT, "en?": TEXT}),
    },
    "actions?": Each({
        "zh?": TEXT, "en?": TEXT, "by?": Many(WHO), "form?": TEXT, "article?": TEXT, "opens?": TEXT, "message?": TEXT, "does?": TEXT, "deadline?": TEXT,
        "closed?": FLAG, "effects?": Many({"name": TEXT, "with?": TEXT}), "refuse?": Many(RULE),
    }),
    "checks?": Many({**RULE, "task": TEXT}),
    "remind?": Many({"deadline": TEXT, "moment": TEXT, "tell": WORDS, "from?": COUNT, "article?": TEXT}),
    "tasks?": ANY, "outcomes?": ANY, "reports?": ANY, "duplicates?": {"days?": COUNT}, "sampling?": ANY,
}
MAX_ENTRIES = 2_000
Fault = tuple[str, str]     # the key, what is wrong with it


def faults_of(raw: dict[str, Any], shape: dict[str, Any] = SHAPE) -> list[Fault]:
    """Everything that is wrong with the shape of a manifest (or of another file, by its own shape), by key."""
    return list(_check(raw, shape, ""))


def _check(value: Any, shape: Any, at: str) -> Iterator[Fault]:
    if isinstance(shape, dict):
        yield from _check_table(value, shape, at)
    elif isinstance(shape, Each):
        if not isinstance(value, dict):
            yield at, "must be a table"
            return
        for name, each in list(value.items())[:MAX_ENTRIES]:
            yield from _check(each, shape.shape, f"{at}.{name}")
    elif isinstance(shape, Many):
        if not isinstance(value, list):
            yield at, "must be a list"
            return
        for each in value[:MAX_ENTRIES]:
            yield from _check(each, shape.shape, at)
    elif isinstance(shape, frozenset):
        if not isinstance(value, str) or value not in shape:
            yield at, f"{'unknown role ' if shape is ROLES else ''}{str(value)[:60]!r} is not one of {', '.join(sorted(shape))}"
    elif not _fits(value, shape):
        yield at, "must be a date" if shape is date else f"must be {shape}"


def _fits(value: Any, shape: Any) -> bool:
    if shape is TEXT:
        return isinstance(value, str) and bool(value.strip())
    if shape is FLAG:
        return isinstance(value, bool)
    if shape is WORDS:
        return isinstance(value, list) and all(isinstance(each, str) for each in value)
    if shape is COUNT:
        return isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= 1000
    if shape is FINITE:
        return not isinstance(value, float) or math.isfinite(value)
    return shape is ANY or isinstance(value, shape)


def _check_table(value: Any, shape: dict[str, Any], at: str) -> Iterator[Fault]:
    if not isinstance(value, dict):
        yield at, "must be a table"
        return
    known = {key.rstrip("?"): key for key in shape}
    for key, each in value.items():
        place = f"{at}.{key}" if at else key
        if key in known:
            yield from _check(each, shape[known[key]], place)
        elif "*" not in known:
            yield place, "is not a key of the manifest" if not at else "is not a key here"
    for key in shape:
        if key != "*" and not key.endswith("?") and key not in value:
            yield (f"{at}.{key}" if at else key), "is missing"
