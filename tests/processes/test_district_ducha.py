"""What scenarios cannot say of this procedure: what the citizen is told in so many words."""
from __future__ import annotations

from functools import cache

import pytest
from sqlalchemy import select

from webapp.models import Message, db
from webapp.scenarios.read import read_scenario
from webapp.scenarios.run import ScenarioRun
from webapp.scenarios.sandbox import Sandbox
from webapp.settings import ROOT

FOLDER = ROOT / "processes" / "district-ducha"


@cache
def sandbox() -> Sandbox:
    return Sandbox.of_procedure(ROOT, "district-ducha")


@pytest.mark.parametrize(("scenario", "kind", "data"), [
    ("rejected-qx-x-1", "rejected", {"basis": "qx-x-1", "reason": "已在法院诉讼中", "body": "区人民法院"}),
    ("return-rejected", "rejected", {"basis": "qx-x-1", "reason": "已进入信访渠道"}),
    ("redirected-119", "redirected", {"body": "119", "reason": "楼道起火，请立即拨打"}),
    ("redirected-without-a-line", "redirected", {"body": "110、119、120、122"}),
    ("limit-village-complaint", "accepted", {"due": "2026-07-09"}),
    ("limit-town-consult", "accepted", {"due": "2026-07-13"}),
    ("extension-granted", "extended", {"reason": "需等材料到货", "text": "已订货"}),
    ("told-by-written", "replied", {"text": "已告知办理结果"}),
    ("reply-shown-where-no-record", "replied", {"text": "已办理"}),
    ("explained-dissatisfied", "closed", {"text": "补贴标准由省里统一规定，区里无权提高"}),
    ("revisit-satisfied", "closed", {}),
])  # fmt: skip
def test_what_the_citizen_is_told(scenario, kind, data):
    with sandbox().fresh() as (env, clock):
        assert ScenarioRun(env, clock, read_scenario((FOLDER / "scenarios" / f"{scenario}.yaml").read_bytes())).run() == []
        assert db.session.scalars(select(Message.data).where(Message.kind == kind)).one() == data


def test_redispatch_and_coordination_tell_the_new_date():
    for scenario, dates in (("return-redispatched", ["2026-07-16"]), ("coordinate-lead-and-co", ["2026-07-20"])):
        with sandbox().fresh() as (env, clock):
            assert ScenarioRun(env, clock, read_scenario((FOLDER / "scenarios" / f"{scenario}.yaml").read_bytes())).run() == []
            told = db.session.scalars(select(Message.data).where(Message.kind == "dispatched").order_by(Message.id)).all()
            assert [each["due"] for each in told if "due" in each] == dates
