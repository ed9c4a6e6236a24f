"""A completion over HTTP: one commit and at most 16 SQL statements, however many units assist and whatever lies behind the case."""
from __future__ import annotations

import pytest

from tests.benchmarks import story
from tests.statements import Counted, count_statements

BUDGET = 16


@pytest.fixture
def cost(app):
    """What each completion of the story costs, by task: the costliest of that task."""
    def count(assisting: int, reworks: int = 0) -> dict[str, Counted]:
        found: dict[str, Counted] = {}
        for each in count_statements(app, story.whole(reworks, assisting), story.filing()):
            assert each.commits == 1, each.task
            if each.task not in found or each.statements > found[each.task].statements:
                found[each.task] = each
        return found

    return count


def said(counted: Counted) -> str:
    return "\n".join([f"{counted.task}: {counted.statements}", *counted.sql])


@pytest.mark.parametrize("assisting", [0, 3, 8])
def test_a_completion_keeps_to_its_budget(cost, assisting):
    for counted in cost(assisting).values():
        assert counted.statements <= BUDGET, said(counted)


def test_it_does_not_grow_with_the_units_that_assist(cost):
    few, many = cost(3), cost(8)
    for task, counted in many.items():
        assert counted.statements <= few[task].statements, said(counted)


def test_it_does_not_grow_with_what_lies_behind(cost):
    straight, long = cost(2), cost(2, reworks=10)
    for task, counted in long.items():
        assert counted.statements <= max(straight[task].statements, straight["handle"].statements), said(counted)
        assert counted.statements <= BUDGET, said(counted)
