"""The ledger's hashes: one form for one value, and a keyed chain of entries. That every change of a stored chain shows is tested in tests/integration/test_ledger_verify.py."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.domain.ledger import GENESIS, canonical_json, content_hash, entry_hash, shown_hash

KEY = b"k" * 32
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
BODY = st.dictionaries(st.sampled_from(["kind", "text", "by"]), JSON, min_size=1)


def test_canonical_form():
    assert canonical_json({"b": 1, "a": ["大理", None, True]}) == '{"a":["大理",null,true],"b":1}'.encode()
    assert content_hash({"a": 1, "b": 2}) == content_hash({"b": 2, "a": 1})
    for bad, error in (({1: 2}, TypeError), ({"a": float("nan")}, ValueError), ({"a": object()}, TypeError), ({"a": [{2: 1}]}, TypeError)):
        with pytest.raises(error):
            canonical_json(bad)


def test_known_hashes():
    # fixed for good: stored chains must verify after every upgrade
    assert content_hash({"文": "诉求", "n": 1}) == "05a6d2dad19a219c3ece7382f85b4be27b62d4c1c0430bcf3c2500b715d320fe"
    assert entry_hash(b"key", GENESIS, {"kind": "filed"}) == "e823f705765c09cd14c10dd32cb6a977c5cb8f3acd5b8ebd7f173c75b36d3a85"


def test_a_key_is_needed():
    with pytest.raises(ValueError):
        entry_hash(b"", GENESIS, {})


@given(BODY, BODY)
def test_another_entry_key_or_predecessor_gives_another_hash(entry, other):
    link = entry_hash(KEY, GENESIS, entry)
    assert link == entry_hash(KEY, GENESIS, dict(reversed(entry.items())))
    assert link != entry_hash(b"guess", GENESIS, entry) and link != entry_hash(KEY, link, entry)
    if canonical_json(entry) != canonical_json(other):
        assert link != entry_hash(KEY, GENESIS, other)


@given(BODY)
def test_what_is_shown_is_not_what_goes_on(entry):
    link = entry_hash(KEY, GENESIS, entry)
    assert shown_hash(link) not in (link, entry_hash(KEY, link, entry))
