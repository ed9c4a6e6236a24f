"""The ledger's arithmetic: one canonical form of an entry, and its keyed hash. A whole chain is verified by webapp.cases.verify_ledger."""

import hashlib
import hmac
import json
from collections.abc import Mapping

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


def _only_string_keys(obj: object) -> None:
    if isinstance(obj, Mapping):
        for key, value in obj.items():
            if not isinstance(key, str):
                raise TypeError(f"a key must be text, not {key!r}")
            _only_string_keys(value)
    elif isinstance(obj, list | tuple):
        for value in obj:
            _only_string_keys(value)
