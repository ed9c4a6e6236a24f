"""Text functions. Places count characters from 1, from the end when negative."""

from __future__ import annotations

import re
from decimal import Decimal

from . import numbers, regexes
from .builtins import feel
from .errors import MAX_TEXT, Run, too_many
from .values import size_of, text_of

_NUMBER = re.compile(r"[-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]{1,5})?")


@feel("substring", "string:text", "start position:number", "length:number?")
def substring(run: Run, text: str, start: Decimal, length: Decimal | None = None) -> str | None:
    place = numbers.truncated(start)
    count = len(text) if length is None else numbers.truncated(length)
    if not place or count is None or count < 0 or (length is not None and count < 1):
        return None
    first = place - 1 if place > 0 else max(len(text) + place, 0)
    return run.text(text[first:first + count])


@feel("string length", "string:text")
def string_length(run: Run, text: str) -> Decimal:
    return Decimal(len(text))


@feel("upper case", "string:text")
def upper_case(run: Run, text: str) -> str:
    return run.text(text.upper())


@feel("lower case", "string:text")
def lower_case(run: Run, text: str) -> str:
    return run.text(text.lower())


@feel("substring before", "string:text", "match:text")
def substring_before(run: Run, text: str, match: str) -> str:
    run.charge(len(text) // 100)
    place = text.find(match) if match else 0
    return run.text(text[:place]) if place > 0 else ""


@feel("substring after", "string:text", "match:text")
def substring_after(run: Run, text: str, match: str) -> str:
    run.charge(len(text) // 100)
    place = text.find(match)
    return run.text(text[place + len(match):]) if place >= 0 else ""


@feel("contains", "string:text", "match:text")
def contains(run: Run, text: str, match: str) -> bool:
    run.charge(len(text) // 100)
    return match in text


@feel("starts with", "string:text", "match:text")
def starts_with(run: Run, text: str, match: str) -> bool:
    return text.startswith(match)


@feel("ends with", "string:text", "match:text")
def ends_with(run: Run, text: str, match: str) -> bool:
    return text.endswith(match)


@feel("matches", "input:text", "pattern:text", "flags:text??")
def matches(run: Run, text: str, pattern: str, flags: str | None = "") -> bool | None:
    return regexes.search(pattern, flags or "", text, run)


@feel("replace", "input:text", "pattern:text", "replacement:text", "flags:text?")
def replace(run: Run, text: str, pattern: str, replacement: str, flags: str = "") -> str | None:
    return regexes.replace(text, pattern, replacement, flags, run)


@feel("split", "string:text", "delimiter:text")
def split(run: Run, text: str, delimiter: str) -> list[str] | None:
    pieces = regexes.split(text, delimiter, run)
    return None if pieces is None else run.items(pieces)


@feel("string join", "list:list", "delimiter:text??")
def string_join(run: Run, items: list, delimiter: str | None = "") -> str | None:
    texts, delimiter = [item for item in items if item is not None], delimiter or ""
    run.charge(len(items))
    if any(type(text) is not str for text in texts):
        return None
    if sum(map(len, texts)) + len(delimiter) * len(texts) > MAX_TEXT + len(delimiter):
        raise too_many("字", "characters of text", MAX_TEXT)
    return run.text(delimiter.join(texts))


@feel("string", "from:any")
def string(run: Run, value: object) -> str | None:
    if value is None:
        return None
    run.charge(size_of(value))
    return run.text(text_of(value))


@feel("number", "from:text", "grouping separator:text??", "decimal separator:text??")
def number(run: Run, text: str, grouping: str | None = "", point: str | None = ".") -> Decimal | None:
    grouping, point = grouping or "", point or "."
    if grouping not in ("", " ", ",", ".") or point not in (",", ".") or grouping == point:
        return None
    text = text.replace(grouping, "") if grouping else text
    text = text.replace(point, ".") if point != "." and "." not in text else text
    return numbers.from_text(text) if len(text) < 200 and _NUMBER.fullmatch(text) else None
