"""The demonstration's living example: every procedure's stories play from beginning to end, and whatever the demonstration offers can be filed."""
from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlalchemy import func, select

from tests.conftest import KEY, settings_for
from webapp.app import create_app, create_core
from webapp.domain.clock import SHANGHAI
from webapp.models import Case, Consultation, Deployment, StaffNotice, Task, db
from webapp.scenarios.sandbox import StoryClock
from webapp.serve import initialise
from webapp.settings import ROOT

OPINION = {"procedure": "liaoning-yijian", "type": "suggestion", "title": "意见", "text": "建议修改第三条。",
           "claimant": {"kind": "person", "name": "王明", "id_number": "210102198001010011", "occupation": "教师", "phone": "13900000001", "email": "wang@example.org"}}


@pytest.fixture(scope="module")
def client(tmp_path_factory):
    """The demonstration as it first starts, on a Wednesday."""
    folder, clock = tmp_path_factory.mktemp("demo"), StoryClock()
    clock.move(datetime(2026, 3, 18, 2, 0, tzinfo=UTC))
    app = create_app(settings_for(f"sqlite:///{folder / 'demo.sqlite3'}", folder, content_dir=ROOT, ledger_key=KEY), clock)
    assert initialise(app)[1] == []
    with app.app_context():
        yield app.test_client()
        db.session.remove()
        db.engine.dispose()


def test_each_story_has_its_case(client):
    stories = sum(path.read_text(encoding="utf-8").count("- days_ago:") for path in ROOT.glob("processes/*/demo.yaml"))
    assert db.session.scalar(select(func.count()).select_from(Case)) == stories
    assert set(db.session.scalars(select(Case.status))) == {"open", "closed"}
    db.session.remove()


def test_an_opinion_can_be_given(client):
    kinds = dict(db.session.execute(select(Consultation.kind, Consultation.id)).all())
    db.session.remove()
    assert set(kinds) == {"rule", "document"}
    for consultation in kinds.values():
        assert client.post("/api/v1/cases", json={**OPINION, "consultation": consultation}).status_code == 201


@pytest.mark.parametrize("start", [datetime(2026, 11, 30, 7, 0), datetime(2027, 2, 8, 14, 30)], ids=["a Monday before work", "within a holiday"])
def test_every_procedure_has_something_to_show(tmp_path, start):
    clock = StoryClock()
    clock.move(start.replace(tzinfo=SHANGHAI))
    app = create_core(settings_for(f"sqlite:///{tmp_path}/demo.sqlite3", tmp_path), clock)
    initialise(app)
    with app.app_context():
        waiting = db.session.scalars(select(Deployment.procedure).join(Case, Case.deployment_id == Deployment.id).join(Task, Task.case_id == Case.id).where(Task.state == "open").distinct())
        assert set(waiting) == {path.parent.name for path in (ROOT / "processes").glob("*/procedure.toml")}
        told = db.session.scalars(select(StaffNotice.day).where(StaffNotice.kind == "reminders").distinct()).all()
        assert len(told) > 3, "people have had their messages on the mornings before"
