"""What scenarios cover, at the desk: who sees it, having it measured in the child, what the page then says in words, and what becomes of a child that fails."""
from __future__ import annotations

import time
from pathlib import Path

import pytest

from tests.desk_story import Browser
from tests.shapes.bundles import shape
from webapp.deployments.deploy import deploy
from webapp.models import CoverageRun, Deployment, db
from webapp.scenarios.measuring import Measurer, ask, latest
from webapp.scenarios.sandbox import BEGINNING
from webapp.settings import ROOT

POLICY, CLERK = "dali/inspection.policy", "dali/inspection.clerk"
DRAWN = """
    start s
    task handle clerk office
    gate good
    end done effect.close={outcome: "replied"}
    end other effect.close={outcome: "settled"}
    s -> handle
    handle -> good
    good -> other if answers.handle.decision = "settle"
    good -> done else
"""
STORY = b"""\
scenario: answered
procedure: shape
at: 2026-03-02 09:00
file: {title: t, text: x}
steps:
- {at: +1h, as: dali/inspection.clerk, do: handle, with: {decision: answer}, expect: {outcome: replied}}
"""


def deploy_shape(env) -> int:
    bundle = shape("", {"handle": "5 wd"}, {"handle": ("text", "decision")}, main=DRAWN)
    row, _ = deploy(bundle | {"scenarios/answered.yaml": STORY}, BEGINNING, "test")
    db.session.commit()
    return row.id


def measure(env, content: Path = ROOT) -> None:
    """Turn until nothing is asked for any more."""
    measurer = Measurer(env, content)
    for _ in range(600):
        measurer.turn()
        if db.session.scalar(db.select(CoverageRun.deployment_id).where(CoverageRun.state.in_(("asked", "running")))) is None:
            return
        db.session.remove()
        time.sleep(0.1)
    measurer.end()
    pytest.fail("the child does not end")


def within(app, act, *given):
    """Something done beside the browser, in a context of its own."""
    with app.app_context():
        found = act(app.extensions["duban"].env, *given)
        db.session.remove()
        return found


def test_measured_and_shown(app):
    within(app, deploy_shape)
    browser = Browser(app, POLICY)
    assert "没有测定" in browser.get("/desk/coverage").text and "还没有测定" in browser.get("/desk/coverage/shape").text
    assert browser.post("/desk/coverage/shape").status_code == 302
    assert 'http-equiv="refresh"' in browser.get("/desk/coverage/shape").text
    within(app, measure)
    page = browser.get("/desk/coverage/shape").text
    assert "refresh" not in page and "没有情景走到" in page and "f_good_other" in page and "没有走到" in page       # the flow, and the limit's row
    assert "&#34;f_good_done&#34;: 1" in page and "&#34;f_good_other&#34;: 0" in page
    assert "有遗漏" in browser.get("/desk/coverage").text
    drawing = browser.get("/desk/coverage/shape/diagram.bpmn?process=main")
    assert drawing.status_code == 200 and b"f_good_other" in drawing.data
    browser.get("/desk/coverage/shape/diagram.bpmn?process=nothing", 404)
    browser.get("/desk/coverage/nothing", 404)


def test_nobody_else_sees_it(app):
    within(app, deploy_shape)
    browser = Browser(app, CLERK)
    assert "/desk/coverage" not in browser.get("/desk/").text
    for address in ("/desk/coverage", "/desk/coverage/shape", "/desk/coverage/shape/diagram.bpmn?process=main"):
        browser.get(address, 404)
    assert browser.post("/desk/coverage/shape").status_code == 404
    assert within(app, lambda env: db.session.scalars(db.select(CoverageRun)).all()) == []


def test_asked_twice_is_measured_once_and_an_older_result_stays_meanwhile(env):
    deployment = deploy_shape(env)
    ask(deployment, "a", env.now())
    ask(deployment, "b", env.now())
    db.session.commit()
    measure(env)
    row, doc = latest(deployment)
    assert (row.asked_by, row.state, doc["scenarios"], doc["failed"]) == ("a", "done", 1, [])
    ask(deployment, "c", env.now())
    db.session.commit()
    row, doc = latest(deployment)
    assert row.state == "asked" and doc["scenarios"] == 1


def test_a_child_that_fails_is_said(env, tmp_path):
    deployment = deploy_shape(env)
    ask(deployment, "a", env.now())
    db.session.commit()
    measure(env, tmp_path)      # a content folder without calendars
    row, doc = latest(deployment)
    assert (row.state, doc) == ("failed", None) and row.error


def test_what_a_worker_left_unfinished_is_begun_again(env):
    deployment = deploy_shape(env)
    ask(deployment, "a", env.now())
    db.session.commit()
    measurer = Measurer(env, ROOT)
    measurer.turn()
    assert db.session.get(CoverageRun, deployment, populate_existing=True).state == "running"
    measurer.end()
    assert db.session.get(CoverageRun, deployment, populate_existing=True).state == "asked"
    assert db.session.scalar(db.select(Deployment.id).where(Deployment.id == deployment)) is not None
