"""A bundle: one procedure's files flattened from its own folder, its base and the shared ones; packed, unpacked and hashed."""
from __future__ import annotations

import base64
import hashlib
import json
import re
import tomllib
import zlib
from pathlib import Path

SAFE_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,79}")
NATIONAL = "national"
TABLE_TESTS = ".tests.yaml"      # a table's own tests: limits.tests.yaml beside limits.dmn
PLAIN = ("procedure.toml", "articles.toml", "figures.toml", "reports.toml")
SHARED = PLAIN[2:]      # taken from the shared files without being named
Bundle = dict[str, bytes]


class BundleError(Exception):
    """The files do not make a bundle; says which and why."""


def flatten(content: Path, procedure: str) -> Bundle:
    """The files of a procedure as one bundle: `procedure.toml`, `*.bpmn`, `*.dmn`, `forms/NAME.form.json`, `articles.toml`, `figures.toml`, `reports.toml`, `scenarios/*.yaml`, `*.tests.yaml`.

    Own files come before the base's, and those before the shared ones: whole files.
    """
    if not SAFE_ID.fullmatch(procedure) or not (content / "processes" / procedure / "procedure.toml").is_file():
        raise BundleError(f"there is no procedure '{procedure}' in {content / 'processes'}")
    own = _layer(content, procedure)
    for path in sorted((content / "processes" / procedure / "scenarios").glob("*.yaml")):
        own[f"scenarios/{path.name}"] = path.read_bytes()
    return overlay(own, content, procedure)


def overlay(own: Bundle, content: Path, procedure: str = "") -> Bundle:
    """A procedure's own files completed from `content`: its base's, that one's base's, then the shared diagrams that `uses` names and all shared forms."""
    bundle, layers, seen = dict(own), [_manifest(own)], [procedure] if procedure else []
    while (base := layers[-1].get("base", "")) and isinstance(base, str):
        if base in seen or not SAFE_ID.fullmatch(base):
            raise BundleError(f"the base of '{seen[-1] if seen else base}' leads in a circle or is no procedure")
        if not (content / "processes" / base / "procedure.toml").is_file():
            raise BundleError(f"the base '{base}' does not exist")
        seen.append(base)
        layer = _layer(content, base)
        layers.append(_manifest(layer))
        tables = {name for name in bundle if name.endswith(".dmn")}
        for name, data in layer.items():
            if not (name.endswith(TABLE_TESTS) and name.removesuffix(TABLE_TESTS) + ".dmn" in tables):      # the tests of a table go with it
                bundle.setdefault(name, data)
    uses = next((each["uses"] for each in layers if isinstance(each.get("uses"), list)), [])
    for name, data in _layer(content, NATIONAL).items():
        if name.startswith("forms/") or name in SHARED or name.rpartition(".")[0] in uses:
            bundle.setdefault(name, data)
    return bundle


def _layer(content: Path, name: str) -> Bundle:
    """The files of one folder of processes/ and of forms/."""
    folder = content / "processes" / name
    found = {path.name: path.read_bytes() for pattern in ("*.bpmn", "*.dmn", f"*{TABLE_TESTS}", *PLAIN) for path in sorted(folder.glob(pattern))}
    return found | {f"forms/{path.name}": path.read_bytes() for path in sorted((content / "forms" / name).glob("*.form.json"))}


def _manifest(files: Bundle) -> dict:
    try:
        return tomllib.loads(files.get("procedure.toml", b"").decode("utf-8"))
    except (ValueError, RecursionError):
        return {}       # the compiler says what is wrong with it


def pack(bundle: Bundle) -> bytes:
    return zlib.compress(json.dumps({k: base64.b64encode(bundle[k]).decode() for k in sorted(bundle)}).encode(), 9)


def unpack(data: bytes) -> Bundle:
    return {k: base64.b64decode(v) for k, v in json.loads(zlib.decompress(data)).items()}


def bundle_hash(bundle: Bundle) -> str:
    digest = hashlib.sha256()
    for name in sorted(bundle):
        digest.update(name.encode() + b"\0" + hashlib.sha256(bundle[name]).digest())
    return digest.hexdigest()
