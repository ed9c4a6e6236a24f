"""A consultation is opened and listed by command; what makes no sense is refused and nothing is stored."""
from __future__ import annotations

import pytest

from webapp import cli
from webapp.deployments.bundle import flatten
from webapp.deployments.deploy import deploy, load_directories
from webapp.models import Consultation, db
from webapp.scenarios.sandbox import BEGINNING
from webapp.settings import ROOT


@pytest.fixture
def procedure(app, env, monkeypatch):
    load_directories(ROOT, BEGINNING, None, only="liaoning")
    deploy(flatten(ROOT, "liaoning-yijian"), BEGINNING, "test")
    db.session.commit()
    db.session.remove()
    monkeypatch.setattr("webapp.app.create_core", lambda: app)
    return "liaoning-yijian"


def test_opened_and_listed(procedure, capsys):
    assert cli.main(["consultation", "open", procedure, "--kind", "rule", "--title", "征求意见稿", "--opens", "2026-03-01", "--closes", "2026-03-31"]) == 0
    assert cli.main(["consultation", "list"]) == 0
    assert "征求意见稿" in capsys.readouterr().out


def test_refused(procedure, capsys):
    assert cli.main(["consultation", "open", procedure, "--kind", "rule", "--title", "x", "--opens", "2026-03-31", "--closes", "2026-03-01"]) == 2
    assert cli.main(["consultation", "open", "dali-ducha", "--kind", "rule", "--title", "x", "--opens", "2026-03-01", "--closes", "2026-03-31"]) == 2
    assert db.session.scalar(db.select(db.func.count()).select_from(Consultation)) == 0
