"""What the program imports is what the package asks for: nothing that is only there by chance, nothing that is not used."""
from __future__ import annotations

import ast
import re
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
# brought by what asks for them, and never to be pinned apart from it; or run as a program; or loaded by name
BROUGHT = {"alembic": "flask-migrate", "babel": "flask-babel", "markupsafe": "flask", "werkzeug": "flask", "jinja2": "flask", "wtforms": "flask-wtf",
           "limits": "flask-limiter", "itsdangerous": "flask", "ruamel": "ruamel.yaml"}
NOT_IMPORTED = {"gunicorn", "psycopg"}


def imported() -> dict[str, str]:
    """Top-level modules that are not ours and not Python's, each with one file that imports it."""
    found = {}
    for path in [*(ROOT / "webapp").rglob("*.py"), *(ROOT / "connectors").rglob("*.py"), *(ROOT / "migrations").rglob("*.py")]:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = [a.name for a in node.names] if isinstance(node, ast.Import) else [node.module] if isinstance(node, ast.ImportFrom) and not node.level else []
            found.update({name.partition(".")[0]: str(path.relative_to(ROOT)) for name in names})
    return {n: p for n, p in found.items() if n not in sys.stdlib_module_names and n not in ("webapp", "connectors", "migrations")}


def test_dependencies_are_what_is_imported():
    wanted = {re.match(r"[A-Za-z0-9.-]+", line)[0].lower() for line in tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["dependencies"]}
    dists = packages_distributions()
    missing, used = [], set()
    for module, path in imported().items():
        names = {d.lower().replace("_", "-") for d in dists.get(module, [module])}
        names |= {BROUGHT[n] for n in names if n in BROUGHT}
        used |= names & wanted
        if not names & wanted:
            missing.append(f"{path}: {module}")
    assert not missing
    assert wanted - used - NOT_IMPORTED == set()
