"""The built scripts and styles of a page, from the manifest that the build leaves in webapp/static/dist."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

from markupsafe import Markup

DIST = Path(__file__).resolve().parent.parent / "static" / "dist"
ADDRESS = "/static/dist/"


class AssetsMissing(RuntimeError):
    """The front end is not built, or has no such entry."""


@cache
def _manifest(dist: Path) -> dict[str, dict]:
    path = dist / ".vite" / "manifest.json"
    try:
        return json.loads(path.read_bytes())
    except FileNotFoundError:
        raise AssetsMissing("the front end is not built: run `npm ci && npm run build`") from None


def _styles(manifest: dict[str, dict], chunk: dict, seen: set[str]) -> list[str]:
    """A chunk's style sheets, those of what it imports first."""
    found: list[str] = []
    for name in chunk.get("imports", []):
        if name not in seen:
            seen.add(name)
            found += _styles(manifest, manifest[name], seen)
    return found + [sheet for sheet in chunk.get("css", []) if sheet not in found]


def asset_files(entry: str, dist: Path = DIST) -> tuple[list[str], str]:
    """(style sheets, script) of an entry of webapp/frontend/entries, as addresses. AssetsMissing where it is not built."""
    manifest = _manifest(dist)
    chunk = manifest.get(f"entries/{entry}.js")
    if chunk is None:
        raise AssetsMissing(f"no entry `{entry}` in the built front end: add webapp/frontend/entries/{entry}.js and run `npm run build`")
    return [ADDRESS + sheet for sheet in _styles(manifest, chunk, set())], ADDRESS + chunk["file"]


def vite_asset(entry: str) -> Markup:
    """The <link> and <script> elements of an entry, for a page's head. AssetsMissing as in asset_files."""
    sheets, script = asset_files(entry)
    links = [Markup('<link rel="stylesheet" href="{}">').format(sheet) for sheet in sheets]
    return Markup("\n").join([*links, Markup('<script type="module" src="{}"></script>').format(script)])
