"""Time is handed in: the machine's clock is read in webapp/clock.py and nowhere else."""
from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FILES = sorted(p for folder in ("webapp", "connectors") for p in (ROOT / folder).rglob("*.py"))
READS = {("datetime", "now"), ("datetime", "utcnow"), ("datetime", "today"), ("date", "today"), ("time", "time"), ("time", "time_ns"), ("time", "localtime"),
         ("time", "gmtime")}


def reads_of(source: str) -> list[tuple[int, str]]:
    """(line, what) of every reading of the machine's clock, also under another name or through the module."""
    tree, found = ast.parse(source), []
    renamed = {a.asname or a.name: a.name for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module in ("datetime", "time") for a in node.names}
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute):
            owner = node.value
            name = owner.attr if isinstance(owner, ast.Attribute) else getattr(owner, "id", None)
            if (renamed.get(name, name), node.attr) in READS:
                found.append((node.lineno, f"{name}.{node.attr}"))
        elif isinstance(node, ast.ImportFrom) and node.module == "time":
            found += [(node.lineno, f"time.{a.name}") for a in node.names if ("time", a.name) in READS]
    return found


@pytest.mark.parametrize("path", [p for p in FILES if p.name != "clock.py" or p.parent.name != "webapp"], ids=lambda p: str(p.relative_to(ROOT)))
def test_no_reading_of_the_clock(path):
    assert reads_of(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("source", ["datetime.now(UTC)", "import datetime\ndatetime.datetime.now()", "date.today()", "import time\ntime.time()",
                                    "from datetime import datetime as dt\ndt.utcnow()", "from time import time"])
def test_a_reading_is_found(source):
    assert reads_of(source)


def test_what_only_looks_like_one_is_not():
    assert reads_of("env.now()\nclock.now()\ntime.monotonic()\ntime.sleep(1)\nself.date.today_label") == []
