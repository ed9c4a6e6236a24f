"""What the tables ask, how the steps follow one another, and how far an extension may go: on the bundled procedures, without a database."""
from __future__ import annotations

from datetime import date
from functools import lru_cache
from types import SimpleNamespace

import pytest

from tests.unit.bundled_calendars import CALENDARS, NATION, at
from webapp.cases.calculator import calculate, longest
from webapp.cases.calculator_input import read_day, read_hour, read_span
from webapp.cases.diagram_order import Flow, Level
from webapp.cases.limit_questions import OTHER, both, questions_of, take_answers
from webapp.deployments.bundle import flatten
from webapp.deployments.registry import build
from webapp.domain.deadlines import Deadline
from webapp.domain.directory import load_directory
from webapp.settings import ROOT

DIRECTORIES = {p.stem: load_directory(p.read_bytes()) for p in (ROOT / "processes" / "directories").glob("*.toml")}
ENV = SimpleNamespace(registry=SimpleNamespace(calendar=CALENDARS.__getitem__, directory=DIRECTORIES.__getitem__))


@lru_cache
def deployed(name: str):
    return build(flatten(ROOT, name))


def steps(name: str, start: str, **given: str):
    answers, problems = take_answers(questions_of(deployed(name)), given)
    assert problems == []
    return calculate(ENV, deployed(name), at(start), answers)[0]


def changed(name: str, *edits: tuple[str, str]):
    """A bundled procedure with other limits."""
    bundle = flatten(ROOT, name)
    text = bundle["limits.dmn"].decode()
    for old, new in edits:
        assert old in text
        text = text.replace(old, new, 1)
    return build({**bundle, "limits.dmn": text.encode()})


def dates(found):
    return [(each.promise.deadline, str(each.promise.start), each.promise.after, str(each.promise.due)) for each in found]


def test_questions_are_the_columns_that_make_a_difference():
    asked = {name: [(q.key, q.kind, q.must) for q in questions_of(deployed(name))]
             for name in ("dali-ducha", "dali-yingshang", "district-ducha", "liaoning-12345", "suqian-yizhangwang")}
    assert asked == {
        "dali-ducha": [("answers_screen_decision", "choice", False)],
        "dali-yingshang": [],
        "district-ducha": [("level_of_case_lead", "choice", False), ("case_type", "choice", True)],
        "liaoning-12345": [("case_category", "choice", False), ("case_type", "choice", True), ("vars_business_matter", "yes_no", False)],
        "suqian-yizhangwang": [("case_channel", "choice", True)],      # why it is handled again makes no difference at filing
    }
    district = questions_of(deployed("district-ducha"))
    assert (district[0].zh, district[0].en, district[0].values) == ("承办单位层级", "Level of the handling unit", ("village",))
    assert district[1].values == tuple(deployed("district-ducha").manifest.filing["types"])


ROW = """<rule id="by_law_1"><inputEntry id="by_law_1_i1"><text>"qx-1"</text></inputEntry><inputEntry id="by_law_1_i2"><text>-</text></inputEntry>
<outputEntry id="by_law_1_o1"><text>"20 wd"</text></outputEntry><outputEntry id="by_law_1_o2"><text>"某法第一条"</text></outputEntry></rule></decisionTable>"""


def test_a_row_of_another_law_makes_a_question_of_its_column():
    found = changed("district-ducha", ("</decisionTable>", ROW))
    questions = questions_of(found)
    assert [q.key for q in questions] == ["level_of_case_lead", "case_type", "case_category"]
    for category, span in (("qx-1", "20 wd"), ("qx-2", "7 wd"), (OTHER, "7 wd")):
        answers, problems = take_answers(questions, {"case_type": "complaint", "case_category": category})
        steps_found, _ = calculate(ENV, found, at("2026-03-02"), answers)
        assert problems == [] and [each.promise.span for each in steps_found] == [span]


def test_a_column_that_is_no_plain_path_is_answered_in_a_required_table_too():
    row = ROW.replace('"qx-1"', '"village"')
    found = changed("district-ducha", ("</decisionTable>", row), ("<text>case.category</text>", "<text>level of(case.lead)</text>"))
    answers, _ = take_answers(questions_of(found), {"case_type": "complaint", "level_of_case_lead": "village"})
    assert [each.promise.span for each in calculate(ENV, found, at("2026-03-02"), answers)[0]] == ["20 wd"]


def test_each_step_begins_on_the_last_day_of_the_one_before():
    assert dates(steps("liaoning-12345", "2026-09-18", case_type="complaint", vars_business_matter="false")) == [
        ("notice", "2026-09-18", None, "2026-09-21"),           # the make-up Sunday is the first of the two
        ("dispatch", "2026-09-21", "notice", "2026-09-22"),
        ("interim", "2026-09-22", "dispatch", "2026-09-30"),
        ("handle", "2026-09-22", "dispatch", "2026-10-20"),
    ]


def test_ways_that_the_answers_rule_out_are_not_gone():
    question = [each.promise.deadline for each in steps("liaoning-12345", "2026-09-18", case_type="consult", vars_business_matter="false")]
    assert question == ["notice", "dispatch", "handle"]
    assert dates(steps("dali-ducha", "2026-09-18", answers_screen_decision="inspect")) == [("handle", "2026-09-18", None, "2026-10-15")]
    assert [each.promise.deadline for each in steps("dali-ducha", "2026-09-18")] == ["receive", "handle"]


@pytest.mark.parametrize(("given", "span"), [({"case_type": "consult"}, "5 wd"), ({"case_type": "complaint"}, "7 wd"), ({"case_type": "consult", "level_of_case_lead": "village"}, "3 wd")])
def test_an_answer_chooses_the_row(given, span):
    assert [each.promise.span for each in steps("district-ducha", "2026-03-02", **given)] == [span]


@pytest.mark.parametrize(("channel", "span"), [("hotline_12345", "5 wd"), ("video", "2 wd"), ("web", "5 wd"), ("province", "10 wd")])
def test_a_channel_chooses_the_row(channel, span):
    assert [each.promise.span for each in steps("suqian-yizhangwang", "2026-03-02", case_channel=channel) if each.promise.deadline == "handle"] == [span]


def test_the_proof_is_the_promise_day_by_day():
    for each in steps("liaoning-12345", "2026-12-25", case_type="help"):
        trace = each.deadline.trace(NATION)
        assert (each.deadline.due, trace[-1].date, each.deadline.started_on) == (each.promise.due, each.promise.due, each.promise.start)
        assert sum(day.counted for day in trace) == int(each.promise.span.split()[0])
        assert each.promise.provisional == (each.promise.due.year > 2026) == each.deadline.provisional


def test_the_hour_makes_no_difference():
    assert dates(steps("dali-ducha", "2026-09-18 00:00")) == dates(steps("dali-ducha", "2026-09-18 23:59"))


def running(span: str = "15 wd"):
    return Deadline.begin("handle", 1, span, None, at("2026-09-18"), NATION)


@pytest.mark.parametrize(("caps", "due"), [
    ({"count": 1, "total": "20 wd"}, "2026-11-12"), ({"count": 2, "total": "2 m"}, "2026-12-15"), ({"count": None, "until": "30 wd"}, "2026-11-05"),
    ({"count": 1, "original": True}, "2026-11-05"), ({"count": 2, "original": True}, "2026-11-26"), ({"count": 2, "original": True, "total": "5 wd"}, "2026-10-22"),
    ({"count": None, "until": "2026-10-30"}, "2026-10-30"),
])
def test_the_longest_extension_keeps_every_cap(caps, due):
    found = longest(running(), caps, NATION)
    assert str(found.deadline.due) == due
    allowed = {"count": caps.get("count"), "total": caps.get("total"), "until_cap": caps.get("until"), "original": bool(caps.get("original"))}
    if caps.get("until") == "2026-10-30":
        allowed["until_cap"] = date(2026, 10, 30)
    if not (caps.get("original") and caps["count"] == 2):
        assert running().can_extend(None, found.deadline.due, at("2026-09-18"), NATION, **allowed) is None
        assert running().can_extend(None, NATION.working_day_after(found.deadline.due, 1), at("2026-09-18"), NATION, **allowed) is not None


@pytest.mark.parametrize("caps", [None, {}, {"count": 3}, {"count": None, "original": True}, {"count": 0, "total": "5 wd"}, {"until": "10 wd"}])
def test_what_is_not_bounded_or_not_allowed_is_not_told(caps):
    assert longest(running(), caps, NATION) is None


def test_bundled_extensions():
    found = {name: [(each.promise.deadline, str(each.longest.deadline.due), each.longest.count, each.longest.article) for each in steps(name, "2026-03-02", **given) if each.longest]
             for name, given in (("dali-ducha", {}), ("dali-yingshang", {}), ("liaoning-12345", {"case_type": "complaint"}))}
    assert found == {
        "dali-ducha": [("handle", "2026-04-22", 1, "dali-ducha Art.10")],
        "dali-yingshang": [("handle", "2026-06-02", None, "dali-yingshang Art.12")],
        "liaoning-12345": [("handle", "2026-05-26", 2, "liaoning-12345 Art.19(4)")],
    }


def test_wrong_answers_are_said_where_they_are():
    questions = questions_of(deployed("liaoning-12345"))
    _, problems = take_answers(questions, {"case_type": "", "case_category": "ln-k-99", "vars_business_matter": "vielleicht"})
    assert [(p["field"], p["code"]) for p in problems] == [("case_category", "not_an_option"), ("case_type", "required"), ("vars_business_matter", "not_an_option")]
    answers, problems = take_answers(questions, {"case_type": "help", "case_category": OTHER, "stranger": "x"})
    assert answers == {"case.category": None, "case.type": "help", "vars.business_matter": None} and problems == []


@pytest.mark.parametrize(("text", "day"), [("2026-09-18", date(2026, 9, 18)), ("2026年9月18日", date(2026, 9, 18)), ("2026/9/18", date(2026, 9, 18)), (" 2026-09-18 ", date(2026, 9, 18))])
def test_days_as_people_write_them(text, day):
    assert read_day(text) == (day, [])


@pytest.mark.parametrize(("text", "code"), [("", "required"), ("2026-02-30", "date"), ("morgen", "date"), ("1999-01-01", "year"), ("2099-01-01", "year"),
                                            ("２０２６-09-18", "date"), ("2026-09-18\x00", "date")])
def test_days_that_are_none(text, code):
    day, problems = read_day(text)
    assert day is None and [(p["field"], p["code"]) for p in problems] == [("start", code)]


def test_hours_and_spans():
    assert str(read_hour("17:30")[0]) == "17:30:00" and read_hour("")[1] == [] and read_hour("25:00")[1][0]["code"] == "date"
    assert str(read_span("15 wd")[0]) == "15 wd"
    assert [read_span(text)[1][0]["code"] for text in ("15", "x wd", "-1 d", "9999 wd", "521 wd", "25 m")] == ["pattern"] * 4 + ["too_big"] * 2


def test_a_gateway_goes_the_first_way_that_holds():
    level = Level("a", {"a": (Flow("other", "", True), Flow("x", "x", False), Flow("y", "y", False))}, {})
    assert level.ways("a", {"x": None, "y": None}.get) == ["x", "y", "other"]
    assert level.ways("a", {"x": False, "y": None}.get) == ["y", "other"]
    assert level.ways("a", {"x": False, "y": False}.get) == ["other"]
    assert level.ways("a", {"x": True, "y": None}.get) == ["x"]
    assert level.ways("a", {"x": None, "y": True}.get) == ["x", "y"]


def test_labels_in_two_languages():
    assert both("渠道 / Channel") == ("渠道", "Channel") and both("渠道") == ("渠道", "渠道")
