"""The calculator as JSON: the same dates as the page and the command, and nothing unsaid about what is wrong."""
from __future__ import annotations

import re
from datetime import date

import pytest

from tests.citizen_story import PROCEDURE
from webapp.domain.compute import compute

ENGLISH = {"Accept-Language": "en"}
STEPS = f"/api/v1/calculator/{PROCEDURE}"


def test_what_can_be_calculated(client):
    found = client.get("/api/v1/calculator", headers=ENGLISH).json
    assert [each["procedure"] for each in found["procedures"]] == [PROCEDURE] and [each["calendar"] for each in found["calendars"]] == ["national", "dali"]
    [question] = found["procedures"][0]["questions"]
    assert question == {"key": "answers_screen_decision", "label": "Routing", "kind": "choice", "required": False,
                        "options": [{"value": "inspect", "label": question["options"][0]["label"]}, {"value": "-", "label": "Anything else"}]}
    assert re.search(r"[\u4e00-\u9fff]", question["options"][0]["label"]) is None


def test_the_steps_are_those_of_the_page(client):
    found = client.get(f"{STEPS}?start=2026-09-18").json
    assert [(s["deadline"], s["start"], s["after"], s["due"], s["extension"] and s["extension"]["due"]) for s in found["steps"]] == [
        ("receive", "2026-09-18", None, "2026-09-20", None), ("handle", "2026-09-20", "receive", "2026-10-16", "2026-11-13")]
    page = client.get(f"/calculator?procedure={PROCEDURE}&start=2026-09-18").text
    assert re.findall(r'<time datetime="([\d-]+)"', page) == ["2026-09-20", "2026-10-16", "2026-11-13"]
    for step in found["steps"]:
        assert step["days"][-1]["date"] == step["due"] and sum(day["counted"] for day in step["days"]) == int(step["span"].split()[0])
    inspected = client.get(f"{STEPS}?start=2026-09-18&time=23:59&facts=answers_screen_decision:inspect").json
    assert [(s["due"], s["local"]) for s in inspected["steps"]] == [("2026-10-15", True)] and inspected["facts"] == {"answers_screen_decision": "inspect"}


@pytest.mark.parametrize(("query", "field", "code"), [
    ("start=2026-02-30", "start", "date"), ("start=1999-12-31", "start", "year"), ("time=25:00", "time", "date"), ("start=morgen", "start", "pattern"),
    ("facts=answers_screen_decision:reject", "facts.answers_screen_decision", "not_an_option"), ("facts=case_type:help", "facts.case_type", "unknown_field"),
    ("facts=answers_screen_decision:inspect,answers_screen_decision:inspect", "facts.answers_screen_decision", "duplicate"), ("start=2026-09-18&start=2026-09-18", "start", "duplicate"),
    ("what=1", "what", "unknown_field"),
])
def test_bad_input_names_its_field(client, query, field, code):
    response = client.get(f"{STEPS}?{query}")
    assert response.status_code == 422 and [(each["field"], each["code"]) for each in response.json["fields"]] == [(field, code)]


@pytest.mark.parametrize("name", ["no-such", "%00", "..", "A" * 500])
def test_a_procedure_that_is_not_in_force(client, name):
    assert client.get(f"/api/v1/calculator/{name}").status_code == 404


def test_a_span_is_that_of_the_command(app, client):
    found = client.get("/api/v1/spans?span=15 wd&start=2026-09-18&calendar=dali")
    with app.app_context():
        assert found.json == compute("15 wd", date(2026, 9, 18), app.extensions["duban"].env.registry.calendar("dali"))
    assert found.json["due"] == "2026-10-15"


@pytest.mark.parametrize(("query", "field", "code"), [("", "span", "required"), ("span=15", "span", "pattern"), ("span=999 wd", "span", "too_big"), ("span=1 wd&calendar=mars", "calendar", "not_an_option")])
def test_a_bad_span_names_its_field(client, query, field, code):
    response = client.get(f"/api/v1/spans?{query}")
    assert response.status_code == 422 and [(each["field"], each["code"]) for each in response.json["fields"]] == [(field, code)]
