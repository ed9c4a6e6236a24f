"""A case that goes round a thousand times still works, and its state is no larger at the end than after the first rounds."""
from __future__ import annotations

from datetime import UTC, date, datetime

import orjson

from tests.shapes.bundles import shape
from webapp.deployments.registry import build
from webapp.engine import Complete, Start, World, advance, new_state


class NoClocks:
    """Deadlines are not what is tried here."""

    def begin(self, *args): ...
    def end(self, *args): ...
    def keep_scopes(self, *args): ...
    def cancel_all(self): ...
    def view(self): return {}


def world() -> World:
    return World(datetime(2026, 3, 2, tzinfo=UTC), date(2026, 3, 2), {"co": ["a", "b"], "status": "open"}, NoClocks())


def looping():
    return build(shape(
        "", {"handle": "5 wd"}, {"handle": ("text",), "review": ("decision",), "assist": ("text",)},
        main="""
            start s
            sub work starts=handle
            start ws
            gate merge
            fork both
            task handle clerk office ends=handle
            task assist clerk co each=case.co
            fork joined
            task review approver office
            gate good
            throw again effect.round={}
            end we
            ws -> merge
            merge -> both
            both -> handle
            both -> assist
            handle -> joined
            assist -> joined
            joined -> review
            review -> good
            good -> we if answers.review.decision = "pass"
            good -> again else
            again -> merge
            close
            timer late work handle overdue
            end supervised effect.ledger={kind: "late"}
            message withdraw work withdraw
            end gone effect.close={outcome: "withdrawn"}
            end done effect.close={outcome: "replied"}
            s -> work
            work -> done
            late -> supervised
            withdraw -> gone
        """,
    )).definition


def do(definition, state, outcome, name, **answers):
    task = next(t for t in outcome.tasks["main"] if t.node.task == name)
    state = orjson.loads(orjson.dumps(state))      # saved and read back, as between two requests
    outcome = advance(definition, state, Complete("main", task.id, answers), world())
    return outcome.state, outcome


def test_a_thousand_rounds_are_no_larger_than_one():
    definition = looping()
    outcome = advance(definition, new_state(), Start(), world())
    state = outcome.state
    sizes = []
    for _ in range(1000):
        assert sorted(t.node.task for t in outcome.tasks["main"]) == ["assist", "assist", "handle"]
        for name in ("assist", "handle", "assist"):
            state, outcome = do(definition, state, outcome, name, text="x")
        assert [t.node.task for t in outcome.tasks["main"]] == ["review"]
        state, outcome = do(definition, state, outcome, "review", decision="rework")
        sizes.append(len(orjson.dumps(state)))
    assert state["round"] == 1001
    assert max(sizes[1:]) <= sizes[1] + 40      # only the counters' digits grow
    for name in ("assist", "handle", "assist"):
        state, outcome = do(definition, state, outcome, name, text="x")
    state, outcome = do(definition, state, outcome, "review", decision="pass")
    assert outcome.main_ended and outcome.state["inst"] == {}
    assert [e.data for e in outcome.effects if e.name == "close"] == [{"outcome": "replied"}]


def test_a_state_is_small():
    definition = looping()
    outcome = advance(definition, new_state(), Start(), world())
    assert len(orjson.dumps(outcome.state)) < 2_000
