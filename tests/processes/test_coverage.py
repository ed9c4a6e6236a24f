"""What counts as covered: the flow that was taken and no other, what was committed and nothing else, rows by scenarios and by the tables' own tests."""
from __future__ import annotations

import pytest

from tests.shapes.bundles import shape
from webapp.scenarios.coverage import measure
from webapp.scenarios.ground import BOUNDARY, FLOW, ROW
from webapp.scenarios.sandbox import Sandbox
from webapp.scenarios.source import ScenarioError
from webapp.scenarios.table_tests import read_table_tests
from webapp.settings import ROOT

FORMS = {"handle": ("text", "decision"), "review": ("decision",), "assist": ("text",), "withdraw": ("reason",)}
MANIFEST = """[actions.withdraw]
by = [{role = "citizen"}]
message = "withdraw"
[[checks]]
task = "handle"
when = 'answers.handle.decision = "never"'
code = "never"
zh = "不行"
en = "no"
"""
SECOND = b'<bpmn:sequenceFlow id="f_second" sourceRef="way" targetRef="review"><bpmn:conditionExpression xsi:type="bpmn:tFormalExpression">' \
    b'answers.handle.decision = "b"</bpmn:conditionExpression></bpmn:sequenceFlow>'
MAIN = """
    start s
    sub body
    start bs
    fork both
    task handle clerk office starts=handle ends=handle
    task assist clerk co each=case.co
    fork joined
    gate way
    task review approver office
    end be
    timer late handle handle overdue
    end told effect.ledger={kind: "late"}
    bs -> both
    both -> handle
    both -> assist
    handle -> joined
    assist -> joined
    joined -> way
    way -> review if answers.handle.decision = "a"
    way -> be else
    review -> be
    late -> told
    close
    message withdrawn body withdraw
    end gone effect.close={outcome: "withdrawn"}
    end done effect.close={outcome: "replied"}
    s -> body
    withdrawn -> gone
    body -> done
"""
STORY = """\
scenario: s
procedure: shape
at: 2026-03-02 09:00
file: {{title: t, text: x}}
steps:
{steps}
"""
TAKEN = {"f_s_body", "f_bs_both", "f_both_handle", "f_both_assist", "f_assist_joined"}      # by filing alone; nobody assists


def step(name: str, decision: str = "pass", more: str = "") -> str:
    role = "clerk" if name == "handle" else "approver"
    return f"- {{at: +1h, as: dali/inspection.{role}, do: {name}, with: {{decision: {decision}}}{more}}}"


def covered(*stories: list[str], tests: str | None = None) -> tuple[set[str], object]:
    """The flows and boundary events of the main process, and the rows, that stories (lists of steps) pass; and the measurement."""
    bundle = shape(MANIFEST, {"handle": "5 wd", "accept": "1 wd"}, FORMS, main=MAIN)
    first, rest = bundle["main.bpmn"].split(b'<bpmn:sequenceFlow id="f_way_be"')
    bundle["main.bpmn"] = first + SECOND + b'<bpmn:sequenceFlow id="f_way_be"' + rest
    for number, steps in enumerate(stories):
        bundle[f"scenarios/{number}.yaml"] = STORY.format(steps="\n".join(steps)).encode()
    if tests is not None:
        bundle["limits.tests.yaml"] = tests.encode()
    found = measure(Sandbox(ROOT, bundle))
    return {id for kind, place, id in found.counts if place in ("main", "limit")}, found


def test_what_filing_passes():
    passed, found = covered(["- {at: +1h, expect: {open: [handle]}}"])
    assert passed == TAKEN | {"r1"} and found.failed == []


def test_of_a_gateway_only_the_flow_that_was_taken():
    assert covered([step("handle", "a")])[0] & {"f_way_review", "f_second", "f_way_be"} == {"f_way_review"}
    assert covered([step("handle", "b")])[0] & {"f_way_review", "f_second", "f_way_be"} == {"f_second"}      # to the same target
    assert covered([step("handle", "c")])[0] & {"f_way_review", "f_second", "f_way_be"} == {"f_way_be"}
    passed, found = covered([step("handle", "a")], [step("handle", "b"), step("review")], [step("handle", "c")])
    assert {"f_way_review", "f_second", "f_way_be", "f_review_be", "f_body_done"} <= passed
    assert found.counts[FLOW, "main", "f_s_body"] == 3


def test_a_refused_step_covers_nothing():
    passed, found = covered([step("handle", "never", ", refused: never")])
    assert passed == TAKEN | {"r1"} and found.failed == []


def test_boundary_events_and_where_they_lead():
    passed, found = covered(["- {at: 2026-03-10 09:00, expect: {ledger: [late]}}", "- {at: +1h, as: citizen, do: withdraw, with: {reason: x}, expect: {outcome: withdrawn}}"])
    assert found.failed == [] and {"late", "f_late_told", "withdrawn", "f_withdrawn_gone"} <= passed
    assert not {"f_handle_joined", "f_body_done"} & passed
    assert {key for key in found.counts if key[0] == BOUNDARY} == {(BOUNDARY, "main", "late"), (BOUNDARY, "main", "withdrawn")}


def test_a_tables_own_tests_hit_rows():
    passed, found = covered(tests="- {decision: limit, input: {deadline: accept}, result: {span: 1 wd, article: Art.2, local: false}}")
    assert passed == {"r2"} and found.failed == []
    assert [(item.id, item.number, item.article) for item in found.missing(ROW)] == [("r1", 1, "Art.1")]


def test_a_file_that_does_not_hold_is_said_and_nothing_is_full():
    _, found = covered([step("handle", "a", ", expect: {open: []}")], tests="- {decision: limit, input: {deadline: accept}, result: {span: 2 wd, article: Art.2, local: false}}")
    assert [name for name, _ in found.failed] == ["limits.tests.yaml", "scenarios/0.yaml"] and not found.full
    assert "expected" in found.to_json()["failed"][0]["why"]


@pytest.mark.parametrize(("text", "line", "words"), [
    ("- {decision: limit, input: {deadline: accept}}", 1, "'result' is missing"),
    ("\n- {decision: nothing, result: null}", 2, "no decision 'nothing'"),
    ("- {decision: limit, result: null, outcome: x}", 1, "unknown key 'outcome'"),
    ("- {decision: limit, result: null, at: someday}", 1, "is no time"),
    ("- {decision: limit, result: null, input: 3}", 1, "'input' is a mapping"),
    ("- 3", 1, "a test is a mapping"), ("{}", 1, "a list of"),
])  # fmt: skip
def test_a_slip_in_a_tables_tests_has_its_line(text, line, words):
    sandbox = Sandbox(ROOT, shape("", {"handle": "5 wd"}, FORMS, main="start s\ntask handle clerk office\nend e\ns -> handle\nhandle -> e"))
    with pytest.raises(ScenarioError) as caught:
        read_table_tests(text.encode(), sandbox.deployed)
    assert any(at == line and words in said for at, said in caught.value.problems)
