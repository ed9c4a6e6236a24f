"""The API keeps to its own document: Schemathesis sends what the document allows and what it does not, and judges every answer by it."""
from __future__ import annotations

from itertools import count

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import CHECKS, load_all_checks

from tests.integration.test_api import FILE, SUPERVISOR, file, own_task, screen, token_for
from webapp.api import demo

load_all_checks()
NAMES = ("not_a_server_error", "status_code_conformance", "content_type_conformance", "response_headers_conformance", "response_schema_conformance",
         "negative_data_rejection", "unsupported_method")
CHECKED = [CHECKS.get_one(name) for name in NAMES]
UNTYPED = [CHECKS.get_one("negative_data_rejection")]      # a part of a multipart body has no type that could be wrong
LABELS = ["POST /cases", "GET /cases/{case}", "GET /cases/{case}/deadlines/{name}", "POST /cases/{case}/actions/{action}", "GET /tasks", "POST /tasks/{task_id}/claim", "POST /tasks/{task_id}/complete",
          "POST /files", "POST /demo/clock", "GET /calculator", "GET /calculator/{procedure}", "GET /spans"]
TAKES_NOTHING = {"GET /calculator"}
SETTINGS = settings(max_examples=15, derandomize=True, deadline=None, database=None, suppress_health_check=list(HealthCheck))


@pytest.fixture
def schema(app, monkeypatch):
    monkeypatch.setattr(demo, "fire_all", lambda env: None)      # two years of reminders at each example would prove nothing more
    return schemathesis.openapi.from_wsgi("/api/v1/openapi.json", app)


def test_every_operation_is_tried(schema):
    assert sorted(result.ok().label for result in schema.get_all_operations()) == sorted(LABELS)


@pytest.mark.parametrize("mode", list(GenerationMode), ids=lambda m: m.name.lower())
@pytest.mark.parametrize("label", LABELS)
def test_answers_are_those_of_the_document(app, client, schema, label, mode):
    if label in TAKES_NOTHING and mode is GenerationMode.NEGATIVE:
        pytest.skip("it takes nothing that could be wrong")
    filed, headers = file(client), token_for(app, SUPERVISOR)
    task = own_task(client, headers, "screen")
    if "deadlines" in label:
        screen(client, headers, filed["case"])
    real = {"case": filed["case"], "task_id": task["id"], "action": "add_information", "name": "receive", "procedure": "dali-ducha"}
    bodies = {"POST /cases": FILE, "POST /cases/{case}/actions/{action}": {"data": {"text": "补充"}}, "POST /demo/clock": {"to": "2026-03-05"},
              "POST /tasks/{task_id}/complete": {"version": task["version"], "data": {"decision": "assign", "unit": "dali/xiangyun"}}}
    operation, turn = schema.find_operation_by_label(label), count()

    @given(case=operation.as_strategy(generation_mode=mode))
    @SETTINGS
    def send(case):
        number = next(turn)
        as_staff = number % 3 != 2
        case.query = {k: v for k, v in (case.query or {}).items() if k != "code" or not as_staff}
        if number % 2 and mode is GenerationMode.POSITIVE:      # every other time what is really there
            case.path_parameters = {name: real[name] for name in case.path_parameters or {}}
            case.body = bodies[label] if number % 4 == 1 and label in bodies else case.body
            case.query = case.query if as_staff or "{case}" not in label else {"code": filed["code"]}
        case.call_and_validate(headers=headers if as_staff else None, checks=CHECKED, excluded_checks=UNTYPED if label == "POST /files" else [])

    send()
