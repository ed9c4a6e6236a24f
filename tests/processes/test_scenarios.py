"""Every scenario of every procedure holds, on both databases."""
from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from tests.processes.postgres_sandbox import PostgresSandbox
from webapp.scenarios.read import read_scenario
from webapp.scenarios.run import run_scenario
from webapp.scenarios.sandbox import Sandbox
from webapp.settings import ROOT

FILES = sorted((ROOT / "processes").glob("*/scenarios/*.yaml"))


@cache
def sandbox_of(procedure: str) -> Sandbox:
    return Sandbox.of_procedure(ROOT, procedure)


@pytest.fixture(scope="session")
def postgres_sandboxes(postgres_databases):
    @cache
    def of(procedure: str) -> PostgresSandbox:
        return PostgresSandbox(sandbox_of(procedure), postgres_databases)

    return of


def hold(sandbox: Sandbox, path: Path) -> None:
    failures = run_scenario(sandbox, read_scenario(path.read_bytes()))
    assert not failures, "\n".join(f"step {f.step}, {f.at}, {f.key}: expected {f.expected}, found {f.found}" for f in failures)


def named(path: Path) -> str:
    return f"{path.parent.parent.name}/{path.stem}"


@pytest.mark.parametrize("path", FILES, ids=named)
def test_on_sqlite(path):
    hold(sandbox_of(path.parent.parent.name), path)


@pytest.mark.postgres
@pytest.mark.parametrize("path", FILES, ids=named)
def test_on_postgresql(path, postgres_sandboxes):
    hold(postgres_sandboxes(path.parent.parent.name), path)


@pytest.mark.parametrize("path", FILES, ids=named)
def test_is_of_its_folder(path):
    assert read_scenario(path.read_bytes()).procedure == path.parent.parent.name
