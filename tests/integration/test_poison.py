"""A case whose expressions, timers or data raise, loop, recurse or swell is contained: refused or an incident, nothing stored by halves, the others on time."""
from __future__ import annotations

import time
from datetime import timedelta
from xml.sax.saxutils import quoteattr

import pytest
from sqlalchemy import func, select

from tests.desk_story import Browser
from tests.integration.test_api import token_for
from tests.shapes.bundles import shape
from webapp.cases.file_case import file_case
from webapp.cases.incidents import unsolved
from webapp.cases.verify_ledger import verify_all
from webapp.deployments.deploy import deploy
from webapp.deployments.registry import Registry
from webapp.engine import Refusal
from webapp.models import Case, CaseState, LedgerEntry, Supervision, Task, db
from webapp.scenarios.sandbox import BEGINNING
from webapp.worker import ATTEMPTS, Worker, sweep

CLERK = "dali/inspection.clerk"
SOUND = """
    start s
    task handle clerk office starts=handle
    timer late handle handle overdue
    end e effect.supervise={trigger: "sh-s-1", mode: "network", deadline: "handle"}
    end done
    s -> handle
    late -> e
    handle -> done
"""
SIDE = """
    start side_s
    throw again effect.open={process: answers.handle.text}
    task review approver office
    end side_e
    side_s -> again
    again -> review
    review -> side_e
"""
ROUND = """
    start s
    task handle clerk office starts=handle
    timer late handle handle overdue
    end e
    task each_one clerk co each=case.co
    gate g
    end done
    s -> handle
    late -> e
    handle -> each_one
    each_one -> g
    g -> each_one if round = 1
    g -> done else
"""
LAUGHS = '{a: [1, 1], b: [a, a], c: [b, b], d: [c, c], e: [d, d], f: [e, e], g: [f, f], h: [g, g], i: [h, h], j: [i, i], k: [j, j], l: [k, k]}'
# what a node's effect says when the clerk has written the poison into the text, and when the moment comes
POISONS = {
    "raises": '{process: answers.handle.text}',
    "raises at once": '{process: "no" + "where"}',
    "loops": "{process: for a in 1..2000, b in 1..2000, c in 1..2000 return a}",
    "is no context": '"' + "x" * 500 + '"',
    "swells": "{process: string(for x in 1..2000 return " + LAUGHS + ")}",
    "never matches": '{process: if matches(string join(for x in 1..900 return "aaaaaaaaaaaaaaaaaaaa"), "^(a+)+b$") then "no" + "x" else "no" + "where"}',
}


@pytest.fixture(autouse=True)
def own_registry(app):
    """Each test deploys definitions of its own under the same numbers."""
    app.extensions["duban"].env.registry = Registry()


def file_in(env, name: str, drawn: str, spans=None, **more: str) -> int:
    """File a case of a made-up procedure."""
    bundle = shape("", spans or {"handle": "1 wd"}, {"handle": ("text",), "review": ("decision",), "each_one": ("text",)}, main=drawn, **more)
    bundle["procedure.toml"] = bundle["procedure.toml"].replace(b'"shape"', f'"{name}"'.encode()).replace(b'number = "SH"', f'number = "{name[:2].upper()}"'.encode())
    deploy(bundle, BEGINNING, "test")
    receipt, _ = file_case(env, name, {"title": "t", "text": "x"})
    db.session.commit()
    return receipt.case_id


def with_effect(env, name: str, effect: str, node: str) -> int:
    """A case whose definition has that effect at the end of the task (`done`) or of the moment (`e`)."""
    marked = SOUND.replace('effect.supervise={trigger: "sh-s-1", mode: "network", deadline: "handle"}', "effect.supervised={}" if node == "e" else 'effect.ledger={kind: "late"}')
    marked = marked.replace("end e effect.supervised={}", "end e effect.open=MARK").replace("end done", "end done effect.open=MARK" if node == "done" else "end done")
    bundle = shape("", {"handle": "1 wd"}, {"handle": ("text",), "review": ("decision",)}, main=marked)
    bundle["main.bpmn"] = bundle["main.bpmn"].replace(b'value="MARK"', f"value={quoteattr(effect)}".encode())
    bundle["procedure.toml"] = bundle["procedure.toml"].replace(b'"shape"', f'"{name}"'.encode()).replace(b'number = "SH"', f'number = "{name[:2].upper()}"'.encode())
    deploy(bundle, BEGINNING, "test")
    receipt, _ = file_case(env, name, {"title": "t", "text": "x"})
    db.session.commit()
    return receipt.case_id


def stored(case_id: int) -> tuple:
    """What must not change: state, ledger, tasks."""
    db.session.rollback()
    doc = db.session.execute(select(CaseState.version, CaseState.doc).where(CaseState.case_id == case_id)).one()
    tasks = db.session.execute(select(Task.id, Task.state, Task.version).where(Task.case_id == case_id).order_by(Task.id)).all()
    return tuple(doc), db.session.scalar(select(func.count()).select_from(LedgerEntry).where(LedgerEntry.case_id == case_id)), tuple(map(tuple, tasks))


def complete_over_http(app, case_id: int, text: str = "nowhere"):
    """The desk's form and the API, as a browser and a script send it: their answers."""
    app.testing = False     # as served: what is raised becomes a page
    app.config["PROPAGATE_EXCEPTIONS"] = False
    with app.app_context():
        number = db.session.scalar(select(Case.number).where(Case.id == case_id))
        task = db.session.scalar(select(Task.id).where(Task.case_id == case_id, Task.name == "handle", Task.state == "open"))
        db.session.remove()
    browser = Browser(app, CLERK)
    desk = browser.complete(number, {"text": text})
    api = app.test_client().post(f"/api/v1/tasks/{task}/complete", json={"data": {"text": text}}, headers=token_for(app, CLERK))
    return desk, api


def contained(app, case_id: int, text: str = "nowhere") -> None:
    with app.app_context():
        before = stored(case_id)
        db.session.remove()
    start = time.process_time()
    for answer in complete_over_http(app, case_id, text):
        assert answer.status_code in (422, 500, 503), answer.text[:500]
        assert "Traceback" not in answer.text and "RuntimeError" not in answer.text and ".py" not in answer.text
        assert answer.mimetype in ("application/problem+json", "text/html")
    assert time.process_time() - start < 10
    with app.app_context():
        assert stored(case_id) == before
        assert verify_all(app.extensions["duban"].env.ledger_key)[1] == []
        db.session.remove()


@pytest.mark.parametrize("name", POISONS)
def test_completing_a_poisoned_task(name, app):
    with app.app_context():
        case_id = with_effect(app.extensions["duban"].env, "poison", POISONS[name], "done")
        db.session.remove()
    contained(app, case_id)


def test_a_process_that_opens_itself(app):
    """The name comes from what somebody wrote, so that no check can tell."""
    with app.app_context():
        env = app.extensions["duban"].env
        case_id = file_in(env, "poison", SOUND.replace("end done", "end done effect.open={process: answers.handle.text}"), side=SIDE)
        db.session.remove()
    contained(app, case_id, "side")


def test_a_round_of_nobody(app):
    """Several instances of none, in a circle: the budget of steps ends it."""
    with app.app_context():
        case_id = file_in(app.extensions["duban"].env, "poison", ROUND)
        db.session.remove()
    contained(app, case_id)


def test_a_case_that_cannot_begin(env):
    for span in ("99999 wd", "one day", "-5 wd", "9999 d"):
        before = db.session.scalar(select(func.count()).select_from(Case))
        with pytest.raises((RuntimeError, Refusal, ValueError)):
            file_in(env, "poison", SOUND, {"handle": span})
        db.session.rollback()
        assert db.session.scalar(select(func.count()).select_from(Case)) == before


@pytest.mark.parametrize("name", POISONS)
def test_a_poisoned_moment_stops_no_other(name, app, clock):
    """The moment breaks the definition: an incident of that case only, the sound case is supervised in the same sweep, the worker lives."""
    with app.app_context():
        env = app.extensions["duban"].env
        poison, sound = with_effect(env, "poison", POISONS[name], "e"), file_in(env, "sound", SOUND)
        before = stored(poison)
        clock.move(clock.now() + timedelta(days=3))
        worker = Worker(app)
    worker.turn()
    with app.app_context():
        assert [s.case_id for s in db.session.scalars(select(Supervision))] == [sound]
        for _ in range(ATTEMPTS):
            sweep(env)
        assert [(i.case_id, i.what) for i, _ in unsolved()] == [(poison, "moment")]
        assert stored(poison) == before
        assert verify_all(env.ledger_key)[1] == []
        db.session.remove()


def test_state_that_is_broken(app, clock):
    """A row that somebody spoiled: the same."""
    with app.app_context():
        env = app.extensions["duban"].env
        poison, sound = file_in(env, "poison", SOUND), file_in(env, "sound", SOUND)
        for doc in (b"{", b"[]", b'{"v": 1}', b'{"v":1,"n":0,"inst":{"main":{"p":"none","q":{},"r":{},"a":{},"w":{"t":[["x",1,-1,null]]}}},"answers":{},"vars":{},"count":{},"round":1}'):
            db.session.execute(db.update(CaseState).where(CaseState.case_id == poison).values(doc=doc))
            db.session.commit()
            clock.move(clock.now() + timedelta(days=3))
            for _ in range(ATTEMPTS + 1):
                sweep(env)
            assert [(i.case_id, i.what) for i, _ in unsolved()] == [(poison, "moment")]
        assert [s.case_id for s in db.session.scalars(select(Supervision))] == [sound]
        db.session.remove()
