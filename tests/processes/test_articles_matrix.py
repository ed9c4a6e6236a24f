"""Every article of every deployed procedure is fulfilled by something that exists, or is said to be organisational, and why."""
from __future__ import annotations

from functools import cache

import pytest

from webapp.deployments.articles import matrix_of
from webapp.deployments.bundle import flatten
from webapp.deployments.deploy import bundled_procedures
from webapp.deployments.registry import build
from webapp.settings import ROOT


@cache
def matrix(procedure: str):
    return matrix_of(build(flatten(ROOT, procedure)), ROOT)


@pytest.mark.parametrize("procedure", bundled_procedures(ROOT))
def test_no_article_is_left_out(procedure):
    assert matrix(procedure).problems == []
    assert matrix(procedure).elements      # and the other way round: elements cite theirs
