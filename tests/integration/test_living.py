"""The demonstration's living example: the stories of every procedure play, on whatever day it is started."""
from __future__ import annotations

from datetime import datetime

import pytest
from sqlalchemy import select

from tests.conftest import settings_for
from webapp.app import create_core
from webapp.domain.clock import SHANGHAI
from webapp.models import Case, Deployment, Task, db
from webapp.scenarios import living
from webapp.scenarios.sandbox import StoryClock
from webapp.serve import initialise
from webapp.settings import ROOT


@pytest.mark.parametrize("start", [datetime(2026, 11, 30, 7, 0), datetime(2027, 2, 8, 14, 30)], ids=["a Monday before work", "within a holiday"])
def test_every_procedure_has_something_to_show(tmp_path, start):
    clock = StoryClock()
    clock.move(start.replace(tzinfo=SHANGHAI))
    app = create_core(settings_for(f"sqlite:///{tmp_path}/demo.sqlite3", tmp_path), clock)
    initialise(app)
    with app.app_context():
        assert not living.is_empty()
        waiting = db.session.scalars(select(Deployment.procedure).join(Case, Case.deployment_id == Deployment.id).join(Task, Task.case_id == Case.id).where(Task.state == "open").distinct())
        assert set(waiting) == {path.parent.name for path in (ROOT / "processes").glob("*/procedure.toml")}
