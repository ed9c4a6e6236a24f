"""The floors hold: the contracts of pyproject.toml, checked by import-linter; and every module of the application is under one."""
from __future__ import annotations

import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def test_every_contract_is_kept():
    done = subprocess.run([sys.executable, "-c", "from importlinter.cli import lint_imports_command; lint_imports_command()", "--no-cache"],
                          cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_floor_is_forbidden_the_engine_library_but_the_engine():
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    contract = next(c for c in contracts if c["forbidden_modules" if "forbidden_modules" in c else "name"] == ["SpiffWorkflow"])
    modules = {f"webapp.{p.stem}" for p in (ROOT / "webapp").glob("*.py")} | {f"webapp.{p.parent.name}" for p in (ROOT / "webapp").glob("*/__init__.py")}
    assert modules - {"webapp.__init__", "webapp.engine"} == set(contract["source_modules"])
