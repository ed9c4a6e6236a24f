"""In which line of its file a problem lies: the parsers of TOML, XML and JSON keep the elements' names, not their lines."""
from __future__ import annotations

import re

_HEADER = re.compile(r"\s*\[{1,2}\s*([A-Za-z0-9_.\"' -]+?)\s*\]{1,2}\s*(?:#.*)?$")
_KEY = re.compile(r"\s*([A-Za-z0-9_-]+|\"[^\"]*\")\s*(?:\.[A-Za-z0-9_.-]+\s*)?=")
_QUOTED = re.compile(r"'([^']{1,100})'")
_PARSERS = re.compile(r"\bline (\d+)")


def line_of(name: str, data: bytes, element: str, message: str) -> int | None:
    """The line, counted from 1, of the element (what the message quotes, where that stands in it); None where it cannot be told."""
    said = _PARSERS.search(message)
    if said:
        return int(said[1])
    lines = data.decode("utf-8", "replace").splitlines()
    if name.endswith(".toml"):
        return _in_toml(lines, element, _QUOTED.findall(message))
    words = (f'id="{element}"', f"id='{element}'") if name.endswith((".bpmn", ".dmn")) else (f'"key": "{element}"', f'"key":"{element}"', f'"{element}"')
    return next((n for word in words for n, line in enumerate(lines, 1) if word in line), None)


def _in_toml(lines: list[str], element: str, quoted: list[str]) -> int | None:
    """The deepest header and key that the dotted element names; within that entry the line that holds what the message quotes."""
    wanted = element.split(".")
    best, depth, header, entries = None, 0, [], []
    for number, line in enumerate(lines, 1):
        head, key = _HEADER.fullmatch(line), _KEY.match(line)
        if head:
            header = [part.strip(" \"'") for part in head[1].split(".")]
        if not head and not key:
            continue
        path = header if head else [*header, key[1].strip('"')]
        entries.append((number, path))
        common = len(path) if wanted[: len(path)] == path else 0
        if common > depth:
            best, depth = number, common
    inside = [n for n, path in entries if depth and path[:depth] == wanted[:depth]]
    for word in (f'"{word}"' for word in quoted):
        for number in inside:
            after = next((n for n, _ in entries if n > number), len(lines) + 1)
            hit = next((n for n in range(number, after) if word in lines[n - 1]), None)
            if hit is not None:
                return hit
    return best
