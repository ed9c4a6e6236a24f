"""Hostile definitions, each refused with its file named, beside a benign twin that passes; all through the gate's bounded child."""
from __future__ import annotations

import pytest

from tests.hostile import diagrams, others
from tests.hostile.base import base, spoil, write
from webapp.deployments.gate import Gate
from webapp.settings import ROOT

PAIRS = diagrams.XML | diagrams.ELEMENTS | diagrams.STRUCTURE | diagrams.NAMES | others.MANIFESTS | others.TABLES | others.FORMS


@pytest.fixture(scope="module")
def gate():
    with Gate(ROOT) as gate:
        yield gate


def test_there_are_enough():
    assert len(PAIRS) >= 60
    assert len(PAIRS) == sum(map(len, (diagrams.XML, diagrams.ELEMENTS, diagrams.STRUCTURE, diagrams.NAMES, others.MANIFESTS, others.TABLES, others.FORMS)))


def test_the_base_is_sound(gate, tmp_path):
    assert gate.judge(write(base(), tmp_path / "shape")).problems == []


@pytest.mark.parametrize("name", PAIRS)
def test_refused_and_the_twin_passes(name, gate, tmp_path):
    pair = PAIRS[name]
    verdict = gate.judge(write(spoil(pair, twin=False), tmp_path / "hostile"))
    found = [p for p in verdict.problems if pair.says in f"{p.element} {p.message}" and p.file in (pair.file, "bpmn")]
    assert found, verdict.problems
    assert verdict.bundle is None and not any("could not be judged" in p.message for p in verdict.problems)
    assert all(p.file and p.element and p.message and len(p.message) < 2_000 for p in verdict.problems)
    assert gate.judge(write(spoil(pair, twin=True), tmp_path / "twin")).problems == []


SLIPS = [       # file, what stands there, the slip, what is said of it
    ("main.bpmn", "and round", "and rounds", "unknown name"), ("main.bpmn", 'value="clerk"', 'value="king"', "unknown role"),
    ("side.bpmn", 'name="unit" value="office"', 'name="unit" value="dali/atlantis"', "no unit"), ("limits.dmn", '"5 wd"', '"5 wd', "not closed"),
    ("forms/review.form.json", '"label": "decision"', '"label": "<script>"', "markup"), ("procedure.toml", 'office = "dali/inspection"', 'office = "dali/atlantis"', "no unit"),
    ("procedure.toml", 'calendar = "national"', 'calendar = "mars"', "no calendar"), ("procedure.toml", 'code = "closed"', 'code = "closed"\nstatus = 1', "not a key"),
]


def test_all_at_once(gate, tmp_path):
    """Slips in every file, units that the directory lacks among them, are told together."""
    bundle = base()
    for file, old, new, _ in SLIPS:
        assert old.encode() in bundle[file], (file, old)
        bundle[file] = bundle[file].replace(old.encode(), new.encode())
    problems = gate.judge(write(bundle, tmp_path / "shape")).problems
    assert [slip for slip in SLIPS if not any(p.file == slip[0] and slip[3] in p.message for p in problems)] == []
