"""The pictures of docs/procedures.md show the diagrams as they are: each carries the hash of its diagram, and the page shows them all."""
from __future__ import annotations

import hashlib
import re

import pytest

from webapp.settings import ROOT

PICTURES = ROOT / "docs" / "pictures" / "diagrams"
DIAGRAMS = sorted((ROOT / "processes").glob("*/*.bpmn"))


@pytest.mark.parametrize("diagram", DIAGRAMS, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_the_picture_is_the_diagrams(diagram):
    picture = (PICTURES / f"{diagram.parent.name}-{diagram.stem}.svg").read_text(encoding="utf-8")
    assert re.search(r'<svg data-diagram="([0-9a-f]{64})"', picture)[1] == hashlib.sha256(diagram.read_bytes()).hexdigest(), "draw it anew: make pictures"


def test_every_picture_has_its_diagram_and_its_place():
    drawn = {f"{path.parent.name}-{path.stem}.svg" for path in DIAGRAMS}
    page = (ROOT / "docs" / "procedures.md").read_text(encoding="utf-8")
    assert {path.name for path in PICTURES.iterdir()} == drawn
    assert set(re.findall(r"\(pictures/diagrams/([^)]+)\)", page)) == drawn
