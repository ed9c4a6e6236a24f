"""Names of a bundle's files: what they may look like, wherever they come from; a name decides nothing about where something is written."""
from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from webapp.engine import Problem

MAX_NAME = 100
KINDS = (".bpmn", ".dmn", ".form.json", ".toml", ".yaml", ".yml")
_STEM = re.compile(r"[A-Za-z0-9一-鿿][A-Za-z0-9一-鿿 ._+()-]*")       # ASCII and Han only: nothing that looks like something else
REMEDY = "rename it: ASCII letters, digits, Chinese characters, . _ -"


def fault_of_path(path: str) -> str | None:
    """What is wrong with a path inside an archive or a folder; None where nothing is."""
    if not path or len(path) > 400:
        return "has an empty or very long name"
    if any(unicodedata.category(c)[0] == "C" for c in path):
        return "has a control or invisible character in its name"
    if "\\" in path:
        return "has a backslash in its name"
    if path.startswith("/") or re.match(r"[A-Za-z]:", path):
        return "has an absolute name"
    parts = path.split("/")
    if any(part in ("", ".", "..") for part in parts):
        return "has a name that leads out of the bundle (.., . or an empty part)"
    if any(len(part) > MAX_NAME for part in parts):
        return f"has a name longer than {MAX_NAME} characters"
    if unicodedata.normalize("NFC", path) != path:
        return "has a name that is not in normal form (NFC)"
    if not all(_STEM.fullmatch(part) and not part.endswith((" ", ".")) for part in parts):
        return "has characters in its name that can be taken for others"
    return None


def clashes(paths: Iterable[str]) -> list[Problem]:
    """Names that some file system takes for one and the same."""
    seen: dict[str, str] = {}
    found = []
    for path in paths:
        key = unicodedata.normalize("NFKC", path).casefold()
        if key in seen:
            found.append(Problem(shown(path), "file", f"has the same name as '{shown(seen[key])}'", "names differ by more than capitals or character forms"))
        seen.setdefault(key, path)
    return found


def shown(path: str) -> str:
    """A name as it can be printed: nothing in it moves a cursor or turns the direction."""
    return "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in path[:200])
