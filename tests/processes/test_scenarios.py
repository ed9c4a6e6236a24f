"""Every scenario and table test of every procedure holds, on both databases, and together they pass every way and hit every row."""
from __future__ import annotations

import json
import os
from collections import Counter
from functools import cache
from pathlib import Path

import pytest

from tests.processes.postgres_sandbox import PostgresSandbox
from webapp.deployments.bundle import TABLE_TESTS
from webapp.deployments.deploy import bundled_procedures
from webapp.scenarios.coverage import Coverage, Recorder, run_file
from webapp.scenarios.ground import Ground, ground_of
from webapp.scenarios.read import read_scenario
from webapp.scenarios.sandbox import Sandbox
from webapp.settings import ROOT

FILES = sorted((ROOT / "processes").glob("*/scenarios/*.yaml"))
TABLES = sorted((ROOT / "processes").glob(f"*/*{TABLE_TESTS}"))


@cache
def sandbox_of(procedure: str) -> Sandbox:
    return Sandbox.of_procedure(ROOT, procedure)


@cache
def ground(procedure: str) -> Ground:
    return ground_of(sandbox_of(procedure).deployed)


@pytest.fixture(scope="session")
def postgres_sandboxes(postgres_databases):
    @cache
    def of(procedure: str) -> PostgresSandbox:
        return PostgresSandbox(sandbox_of(procedure), postgres_databases)

    return of


@pytest.fixture(scope="session")
def results(tmp_path_factory):
    """A folder that all processes of this run share: what a file came to is written there once."""
    base = tmp_path_factory.getbasetemp()
    folder = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "scenarios"
    folder.mkdir(exist_ok=True)
    return folder


def result_of(results: Path, procedure: str, name: str) -> dict:
    """{broken: what did not hold, passed: what was passed how often} of a file of a procedure, run at most once (on SQLite)."""
    kept = results / f"{procedure}--{name.replace('/', '--')}.json"
    if not kept.exists():
        recorder = Recorder(ground(procedure))
        broken = run_file(sandbox_of(procedure), name, recorder)
        part = kept.with_suffix(f".{os.getpid()}")
        part.write_text(json.dumps({"broken": broken, "passed": [[*key, n] for key, n in recorder.counts.items()]}), encoding="utf-8")
        part.rename(kept)
    return json.loads(kept.read_text(encoding="utf-8"))


def named(path: Path) -> str:
    return f"{path.parent.parent.name}/{path.stem}"


@pytest.mark.parametrize("path", FILES, ids=named)
def test_on_sqlite(path, results):
    broken = result_of(results, path.parent.parent.name, f"scenarios/{path.name}")["broken"]
    assert not broken, "\n".join(broken)


@pytest.mark.parametrize("path", TABLES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_a_table_says_what_its_tests_say(path, results):
    broken = result_of(results, path.parent.name, path.name)["broken"]
    assert not broken, "\n".join(broken)


@pytest.mark.parametrize("procedure", bundled_procedures(ROOT))
def test_everything_is_covered(procedure, results):
    found = Coverage(procedure, ground(procedure), Counter())
    for name in (n for n in sandbox_of(procedure).bundle if n.startswith("scenarios/") or n.endswith(TABLE_TESTS)):
        for kind, place, id, n in result_of(results, procedure, name)["passed"]:
            found.counts[kind, place, id] += n
    assert not found.missing(), "\n".join(f"{each.file}: {each.id}: {each.zh} {each.article}" for each in found.missing())


@pytest.mark.postgres
@pytest.mark.parametrize("path", FILES, ids=named)
def test_on_postgresql(path, postgres_sandboxes):
    broken = run_file(postgres_sandboxes(path.parent.parent.name), f"scenarios/{path.name}")
    assert not broken, "\n".join(broken)


@pytest.mark.parametrize("path", FILES, ids=named)
def test_is_of_its_folder(path):
    assert read_scenario(path.read_bytes()).procedure == path.parent.parent.name
