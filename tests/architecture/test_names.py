"""The law lives in data: no program text knows a region or a procedure by name."""
from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
FILES = sorted(p for folder in ("webapp", "connectors", "migrations") for p in (ROOT / folder).rglob("*") if p.suffix in (".py", ".html", ".js", ".mjs"))
DIRECTORIES = {p.stem for p in (ROOT / "processes" / "directories").glob("*.toml")}
PROCEDURES = {p.name for p in (ROOT / "processes").iterdir() if p.is_dir()} - {"directories", "national"}
COMMON_WORDS = {"district"}         # also an administrative level
CHINESE = {"大理", "宿迁", "许昌", "辽宁", "yizhangwang", "yousu", "yingshang", "ducha", "yijian"}
REGIONS = DIRECTORIES - COMMON_WORDS


def names_in(text: str) -> list[str]:
    """The names of regions and procedures that a text uses."""
    words = {word.lower() for word in re.findall(r"[A-Za-z0-9]+", text)}
    return sorted((REGIONS | CHINESE) & words) + sorted(n for n in CHINESE | PROCEDURES if n in text)


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(ROOT)))
def test_no_name(path):
    assert names_in(path.read_text(encoding="utf-8")) == []


def test_a_name_is_found():
    assert names_in('if directory.id == "dali": …')
    assert names_in('"district-ducha"') and names_in("宿迁市")
    assert names_in('level == "district"') == []
