"""The ledger's arithmetic: one canonical form of an entry, its keyed hash, and the check of a whole chain."""

import hashlib
import hmac
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

GENESIS = "0" * 64
"""What the first entry of a chain names as its predecessor."""


def canonical_json(obj: object) -> bytes:
    """The one byte form of a JSON value: UTF-8, keys sorted, no spaces. TypeError for what JSON cannot say, ValueError for NaN.

    Keys must be strings: json would write 1 and "1" alike.
    """
    _only_string_keys(obj)
    return json.dumps(obj, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False).encode("utf-8")


def content_hash(obj: object) -> str:
    """SHA-256 (hex) of the canonical form: the receipt's proof of what was written."""
    return hashlib.sha256(canonical_json(obj)).hexdigest()


def entry_hash(key: bytes, prev: str, entry: Mapping) -> str:
    """HMAC-SHA256 (hex) of an entry bound to its predecessor's hash. ValueError for an empty key."""
    if not key:
        raise ValueError("the ledger needs a key")
    return hmac.new(key, prev.encode("ascii") + b"\n" + canonical_json(dict(entry)), hashlib.sha256).hexdigest()


def shown_hash(link: str) -> str:
    """What stands beside an entry for everybody: SHA-256 (hex) of its hash, from which the hash itself cannot be had.

    The hash is kept once, as the chain's head. Whoever cuts entries off the end would have to put an earlier one there, and finds it nowhere.
    """
    return hashlib.sha256(link.encode("ascii")).hexdigest()


@dataclass(frozen=True)
class ChainProblem:
    """Where a chain breaks: `index` from 0; code `altered`, `broken`, `order` or `missing`."""

    index: int
    code: str
    message: str


def verify_chain(key: bytes, entries: Iterable[Mapping], *, head: str | None = None, seal: tuple = ("prev", "hash")) -> list[ChainProblem]:
    """Every problem of a chain in its order; [] when it is whole.

    Each entry is a mapping with `prev` and `hash` beside the fields that are hashed; where entries carry an integer `seq` it
    must rise by one. `head` is the last hash known from elsewhere: without it, entries cut off at the end leave no trace here.
    """
    problems: list[ChainProblem] = []
    prev, seq, index = GENESIS, None, -1
    for index, row in enumerate(entries):
        body = {name: value for name, value in row.items() if name not in seal}
        if row["prev"] != prev:
            problems.append(ChainProblem(index, "broken", "does not follow the entry before it"))
        if not hmac.compare_digest(entry_hash(key, row["prev"], body), row["hash"]):
            problems.append(ChainProblem(index, "altered", "its content does not match its hash"))
        if seq is not None and isinstance(body.get("seq"), int) and body["seq"] != seq + 1:
            problems.append(ChainProblem(index, "order", f"number {body['seq']} after {seq}"))
        prev, seq = row["hash"], body.get("seq") if isinstance(body.get("seq"), int) else None
    if head is not None and head != prev:
        problems.append(ChainProblem(index + 1, "missing", "the last entry is not the one known from elsewhere"))
    return problems


def _only_string_keys(obj: object) -> None:
    if isinstance(obj, Mapping):
        for key, value in obj.items():
            if not isinstance(key, str):
                raise TypeError(f"a key must be text, not {key!r}")
            _only_string_keys(value)
    elif isinstance(obj, list | tuple):
        for value in obj:
            _only_string_keys(value)
