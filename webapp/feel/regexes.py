"""Regular expressions by RE2, which never backtracks; what they may cost is charged beforehand.

The syntax is what RE2 and the browser's expressions share: no look-around, no back-references.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

import re2

from .errors import MAX_LIST, MAX_TEXT, Run, too_many

_MEMORY = 1 << 18
_PATTERN = 200              # characters of a pattern
_PER_STEP = 700             # program size × bytes that may be scanned for one step (about 5 µs at the worst)
_BAD = 600                  # steps of a pattern that turns out to be too large
_FLAGS = frozenset("ims")
_ENDLESS = re.compile(r"[*+]|,\}")
_RUN = re.compile(r"(\\[sdwSDW]|\[(\\.|[^\[\]\\])*\]|[^\\.*+?()\[\]{}|^$])\+")     # `\s+` scans no further than it matches
_REFERENCE = re.compile(rb"\\([\\$])|\$([0-9])")


@lru_cache(maxsize=64)
def _compiled(pattern: str, flags: str):
    options = re2.Options()
    options.max_mem = _MEMORY
    options.log_errors = False
    options.case_sensitive = "i" not in flags
    options.dot_nl = "s" in flags
    try:
        source = f"(?m:{pattern})" if "m" in flags else pattern
        return re2.compile(source.encode("utf-8", "replace"), options=options)
    except re2.error:
        return None


def compiled(pattern: str, flags: str, run: Run):
    """The pattern, or null where it is none (or too large). Raises FeelLimit."""
    groups = pattern.replace("\\\\", "").replace("\\(", "").replace("(?:", "(")
    if len(pattern) > _PATTERN or not _FLAGS.issuperset(flags) or "(?" in groups:
        return None
    found = _compiled(pattern, flags)
    run.charge(_BAD + 20 * len(pattern) if found is None else 5 * len(pattern) + found.programsize // 4)
    return found


def _scan(found, size: int) -> int:
    return found.programsize * size // _PER_STEP + 1


def search(pattern: str, flags: str, text: str, run: Run) -> bool | None:
    """Whether the pattern occurs in the text; null for a bad pattern."""
    found = compiled(pattern, flags, run)
    if found is None:
        return None
    encoded = text.encode("utf-8", "replace")
    run.charge(_scan(found, len(encoded)))
    return found.search(encoded) is not None


def _matches(found, pattern: str, text: bytes, run: Run) -> Iterator:
    """All matches in UTF-8 from left to right, an empty one moving on by a character."""
    size = len(text)
    run.charge(_scan(found, size))
    far = _ENDLESS.search(pattern) and not _RUN.fullmatch(pattern)      # a match may scan to the end and come back
    each_time = _scan(found, size if far else found.programsize) + 6
    position = 0
    while position <= size:
        match = found.search(text, position)
        if match is None:
            return
        run.charge(each_time)
        yield match
        position = match.end()
        if position == match.start():
            position += 1
            while position < size and text[position] & 0xC0 == 0x80:
                position += 1


def replace(text: str, pattern: str, replacement: str, flags: str, run: Run) -> str | None:
    """Every match replaced; `$1`…`$9` stand for groups, `$0` for the match. Null for a bad pattern."""
    found = compiled(pattern, flags, run)
    if found is None:
        return None
    encoded, pieces = text.encode("utf-8", "replace"), []
    filling, plain = replacement.encode("utf-8", "replace"), "$" not in replacement and "\\" not in replacement
    length = position = 0
    for match in _matches(found, pattern, encoded, run):
        piece = encoded[position:match.start()] + (filling if plain else _filled(filling, match, found.groups))
        pieces.append(piece)
        length += len(piece)
        if length > 4 * MAX_TEXT:
            raise too_many("字", "characters of text", MAX_TEXT)
        position = match.end()
    return run.text((b"".join(pieces) + encoded[position:]).decode("utf-8", "replace"))


def _filled(replacement: bytes, match, groups: int) -> bytes:
    def reference(found: re.Match) -> bytes:
        if found.group(1):
            return found.group(1)
        number = int(found.group(2))
        return (match.group(number) or b"") if number <= groups else found.group()

    return _REFERENCE.sub(reference, replacement)


def split(text: str, pattern: str, run: Run) -> list[str] | None:
    """The pieces between the matches; null for a bad pattern."""
    found = compiled(pattern, "", run)
    if found is None:
        return None
    encoded, pieces = text.encode("utf-8", "replace"), []
    position = 0
    for match in _matches(found, pattern, encoded, run):
        if match.end() == match.start() and match.start() in (0, len(encoded)):
            continue
        pieces.append(encoded[position:match.start()].decode("utf-8", "replace"))
        position = match.end()
        if len(pieces) > MAX_LIST:
            raise too_many("项", "members of a list", MAX_LIST)
    pieces.append(encoded[position:].decode("utf-8", "replace"))
    return pieces
