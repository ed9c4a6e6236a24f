"""A case whose definition fails becomes an incident after three attempts; the sweep goes on, and a person can have it tried again."""
from __future__ import annotations

from datetime import timedelta

import pytest

from tests.shapes.bundles import shape
from webapp import cli
from webapp.cases.file_case import file_case
from webapp.cases.incidents import open_incident, retry, unsolved
from webapp.deployments.deploy import deploy
from webapp.models import Case, MomentRow, Supervision, db
from webapp.scenarios.sandbox import BEGINNING
from webapp.worker import ATTEMPTS, sweep

GOOD = """
    start s
    task handle clerk office starts=handle
    timer late handle handle overdue
    end e effect.supervise={trigger: "sh-s-1", mode: "network", deadline: "handle"}
    end done
    s -> handle
    late -> e
    handle -> done
"""
POISON = GOOD.replace('effect.supervise={trigger: "sh-s-1", mode: "network", deadline: "handle"}', 'effect.extend={deadline: "handle", days: 1}')


def file_shape(env, name: str, drawn: str) -> int:
    bundle = shape("", {"handle": "1 wd"}, {"handle": ("text",)}, main=drawn)
    bundle["procedure.toml"] = bundle["procedure.toml"].replace(b'"shape"', f'"{name}"'.encode()).replace(b'number = "SH"', f'number = "{name[-2:].upper()}"'.encode())
    deploy(bundle, BEGINNING, "test")
    receipt, _ = file_case(env, name, {"title": "t", "text": "x"})
    db.session.commit()
    return receipt.case_id


@pytest.fixture
def two_cases(env, monkeypatch):
    """One case whose moment breaks its definition, filed first, and a sound one."""
    from webapp.cases.clocks import CaseClocks

    def breaks(self, *args):
        raise RuntimeError("the table gives nothing")

    poison = file_shape(env, "shape-bad", POISON)
    sound = file_shape(env, "shape-good", GOOD)
    monkeypatch.setattr(CaseClocks, "extend", breaks)
    yield poison, sound
    monkeypatch.undo()


def test_poison_is_contained(env, clock, two_cases):
    poison, sound = two_cases
    clock.move(clock.now() + timedelta(days=3))
    assert sweep(env) == 1      # the sound one, at the first turn already
    for _ in range(ATTEMPTS):
        sweep(env)
    assert [s.case_id for s in db.session.scalars(db.select(Supervision))] == [sound]
    found = unsolved()
    assert [(i.case_id, i.what, i.subject, i.state) for i, _ in found] == [(poison, "moment", "handle overdue", "open")]
    assert "the table gives nothing" in found[0][0].error
    attempts = db.session.scalar(db.select(MomentRow.attempts).where(MomentRow.case_id == poison))
    sweep(env)
    db.session.rollback()
    assert db.session.scalar(db.select(MomentRow.attempts).where(MomentRow.case_id == poison)) == attempts == ATTEMPTS


def test_tried_again_and_solved(env, clock, two_cases, monkeypatch):
    poison, _ = two_cases
    clock.move(clock.now() + timedelta(days=3))
    for _ in range(ATTEMPTS + 1):
        sweep(env)
    incident = unsolved()[0][0]
    monkeypatch.undo()      # the definition was mended
    assert retry(incident.id, env.now())
    db.session.commit()
    assert sweep(env) >= 1
    db.session.rollback()
    assert unsolved() == []
    assert not retry(incident.id, env.now())


def test_the_command_lists_and_retries(app, env, clock, two_cases, capsys, monkeypatch):
    clock.move(clock.now() + timedelta(days=3))
    for _ in range(ATTEMPTS + 1):
        sweep(env)
    db.session.remove()
    monkeypatch.setattr("webapp.app.create_core", lambda: app)
    assert cli.main(["incident", "list"]) == 0
    assert "handle overdue" in capsys.readouterr().out
    assert cli.main(["incident", "retry", "--all"]) == 0
    assert "1 to be tried again" in capsys.readouterr().out
    assert cli.main(["incident", "retry"]) == 2
    assert cli.main(["incident", "retry", "999"]) == 2


def test_the_page_is_for_administrators(app, env, clock, two_cases):
    clock.move(clock.now() + timedelta(days=3))
    for _ in range(ATTEMPTS + 1):
        sweep(env)
    db.session.remove()
    app.config["WTF_CSRF_ENABLED"] = False
    for login, status in (("dali/inspection.clerk", 404), ("dali/inspection.admin", 200)):
        client = app.test_client()
        client.post("/desk/login", data={"login": login, "password": "duban-demo"})
        page = client.get("/desk/incidents")
        assert page.status_code == status
    assert "handle overdue" in page.text
    incident = unsolved()[0][0].id
    db.session.remove()
    assert client.post(f"/desk/incidents/{incident}/retry").status_code == 302
    assert unsolved()[0][0].state == "retried"


def test_only_the_receiving_offices_administrator_is_told(app, env, clock):
    clock.move(clock.now() + timedelta(days=3))
    case_id = file_shape(env, "shape-good", GOOD)
    db.session.get(Case, case_id).respondent = "dali/xiangyun"
    hidden = open_incident(case_id, "letter", "77", "refused", env.now()).id
    open_incident(None, "letter", "88", "a reminder's", env.now())
    db.session.commit()
    db.session.remove()
    app.config["WTF_CSRF_ENABLED"] = False
    for login, sees, status in (("dali/xiangyun.admin", False, 404), ("dali/xiangyun/education.admin", False, 404), ("dali/market.admin", False, 404),
                               ("dali/business-env.admin", False, 404), ("dali/inspection.admin", True, 302)):
        client = app.test_client()
        client.post("/desk/login", data={"login": login, "password": "duban-demo"})
        page = client.get("/desk/incidents").text
        assert "<code>88</code>" in page and ("<code>77</code>" in page) is sees
        assert client.post(f"/desk/incidents/{hidden}/retry").status_code == status
