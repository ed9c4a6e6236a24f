"""The ledger's hashes: one form for one value, and a chain in which every change shows."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webapp.domain.ledger import GENESIS, canonical_json, content_hash, entry_hash, verify_chain

KEY = b"k" * 32
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)
BODIES = st.lists(st.dictionaries(st.sampled_from(["kind", "text", "by"]), JSON, min_size=1), min_size=1, max_size=6)


def chain(bodies):
    rows, prev = [], GENESIS
    for seq, body in enumerate(bodies, 1):
        entry = {**body, "seq": seq}
        rows.append({**entry, "prev": prev, "hash": entry_hash(KEY, prev, entry)})
        prev = rows[-1]["hash"]
    return rows


def codes(rows, **more):
    return {problem.code for problem in verify_chain(KEY, rows, **more)}


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


@given(BODIES)
def test_a_whole_chain_has_no_problems(bodies):
    rows = chain(bodies)
    assert verify_chain(KEY, rows, head=rows[-1]["hash"]) == []
    assert verify_chain(b"another", rows)
    assert verify_chain(KEY, []) == []


@given(BODIES, st.data())
def test_every_change_shows(bodies, data):
    rows = chain(bodies)
    at = data.draw(st.integers(0, len(rows) - 1))
    head = rows[-1]["hash"]
    assert "altered" in codes([*rows[:at], {**rows[at], "kind": "forged by hand"}, *rows[at + 1 :]], head=head)
    assert codes(rows[:at] + rows[at + 1 :], head=head)
    if len(rows) > 1:
        other = (at + 1) % len(rows)
        swapped = list(rows)
        swapped[at], swapped[other] = swapped[other], swapped[at]
        assert "broken" in codes(swapped, head=head)
    # written anew without the key
    assert "altered" in codes([*rows[:-1], {**rows[-1], "kind": "x-forged", "hash": entry_hash(b"guess", rows[-1]["prev"], {"kind": "x"})}])


def test_a_tail_cut_off_shows_by_the_head():
    rows = chain([{"kind": "filed"}, {"kind": "screen"}])
    assert codes(rows[:1]) == set()
    assert codes(rows[:1], head=rows[-1]["hash"]) == codes([], head=rows[-1]["hash"]) == {"missing"}
