"""Wherever a reply is handed to the citizen by a task of its own, its form starts with the reply that was prepared, and the case keeps that reply until then."""
from __future__ import annotations

from datetime import UTC, datetime

import pytest

from webapp.deployments.bundle import flatten
from webapp.deployments.registry import build
from webapp.engine import DefinitionError
from webapp.settings import ROOT

NOW = datetime(2026, 3, 2, tzinfo=UTC)
WITH_FEEDBACK = ["dali-ducha", "dali-yingshang", "district-ducha", "liaoning-12345", "xuchang-yousu"]


@pytest.mark.parametrize("procedure", WITH_FEEDBACK)
def test_feedback_starts_with_the_reply(procedure):
    deployed = build(flatten(ROOT, procedure))
    for node in deployed.definition.tasks()["feedback"]:
        assert deployed.forms[node.form].beginning({"answers": {"handle": {"text": "答复"}}}, NOW) == {"text": "答复"}
    assert ("handle", "text") in deployed.definition.kept_answers


def test_no_other_procedure_has_such_a_task():
    others = [p.parent.name for p in (ROOT / "processes").glob("*/procedure.toml") if p.parent.name not in WITH_FEEDBACK]
    assert others and not any("feedback" in build(flatten(ROOT, name)).definition.tasks() for name in others)


def test_a_form_cannot_start_with_what_no_task_asks():
    bundle = dict(flatten(ROOT, "dali-ducha"))
    name = "forms/feedback.form.json"
    bundle[name] = bundle[name].replace(b"=answers.handle.text", b"=answers.handle.words")
    with pytest.raises(DefinitionError) as refused:
        build(bundle)
    assert [(p.file, p.message) for p in refused.value.problems] == [(name, "no task asks answers.handle.words")]
