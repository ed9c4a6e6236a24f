"""Scenario files with slips are refused with the line; what a file may be, by its contract; and how `duban scenario run` answers."""
from __future__ import annotations

import json
from functools import cache

import pytest

from webapp.cli import main
from webapp.domain.directory import Directory
from webapp.models import CalendarLayer, db
from webapp.scenarios.acting import consultation_for
from webapp.scenarios.read import ScenarioError, check_against, read_scenario
from webapp.scenarios.run import run_scenario
from webapp.scenarios.sandbox import Sandbox
from webapp.settings import ROOT

HEAD = """\
scenario: a street lamp
procedure: dali-ducha
at: 2026-07-06 09:00
file: {channel: web, type: complaint, title: 路灯, text: 路灯坏了}
"""
STEPS = HEAD + "steps:\n"
SCREEN = "- {at: +1h, as: dali/inspection.supervisor, do: screen, with: {decision: assign, unit: dali/xiangyun}}\n"


@cache
def sandbox() -> Sandbox:
    return Sandbox.of_procedure(ROOT, "dali-ducha")


@cache
def surroundings() -> tuple[Directory, frozenset[str]]:
    with sandbox().fresh() as (env, _):
        return env.registry.directory("dali"), frozenset(db.session.scalars(db.select(CalendarLayer.id)))


def check(text: str) -> None:
    directory, layers = surroundings()
    check_against(read_scenario(text.encode()), sandbox().deployed, directory, layers)


def slips(text: str) -> list[tuple[int, str]]:
    with pytest.raises(ScenarioError) as caught:
        check(text)
    return caught.value.problems


def run(text: str) -> list:
    return [(f.step, f.key, f.expected, f.found) for f in run_scenario(sandbox(), read_scenario(text.encode()))]


REFUSED = {
    "nothing": ("", 1, "mapping"),
    "a list": ("- a\n- b\n", 1, "mapping"),
    "a text": ("scenario\n", 1, "mapping"),
    "bad YAML": (HEAD + "steps: [\n", 6, "YAML"),
    "a tab": (HEAD + "steps:\n\t- at: +1h\n", 6, "YAML"),
    "two documents": (HEAD + "---\n" + HEAD, 5, "YAML"),
    "duplicate key": (HEAD + "at: 2026-07-07 09:00\n", 5, "YAML"),
    "duplicate key in a step": (STEPS + "- {at: +1h,\n   at: +2h}\n", 7, "YAML"),
    "duplicate key in with": (STEPS + "- at: +1h\n  as: dali/inspection.supervisor\n  do: screen\n  with:\n    unit: dali/xiangyun\n    unit: dali/binchuan\n", 11, "YAML"),
    "no name": (HEAD.replace("scenario: a street lamp\n", ""), 1, "'scenario' is missing"),
    "no procedure": (HEAD.replace("procedure: dali-ducha\n", ""), 1, "'procedure' is missing"),
    "no time": (HEAD.replace("at: 2026-07-06 09:00\n", ""), 1, "'at' is missing"),
    "no filing": ("scenario: x\nprocedure: dali-ducha\nat: 2026-07-06 09:00\n", 1, "'file' is missing"),
    "unknown key": (HEAD + "stepz: []\n", 5, "stepz"),
    "unknown key of the filing": (HEAD.replace("title:", "titel:"), 4, "titel"),
    "unknown key of the claimant": (HEAD.replace("{channel", "{claimant: {nick: a}, channel"), 4, "nick"),
    "unknown key of the consultation": (HEAD.replace("{channel", "{consultation: {sort: rule}, channel"), 4, "sort"),
    "a kind of consultation": (HEAD.replace("{channel", "{consultation: {kind: poem, title: a, opens: 2026-07-01, closes: 2026-07-02}, channel"), 4, "document or rule"),
    "a window without an end": (HEAD.replace("{channel", "{consultation: {kind: rule, title: a, opens: 2026-07-01}, channel"), 4, "no date"),
    "a sample that is no yes or no": (HEAD + "expect: {status: open}\nsample: maybe\n", 6, "sample"),
    "unknown key of a step": (STEPS + SCREEN + "- {at: +1h, who: citizen}\n", 7, "who"),
    "unknown key of an expectation": (STEPS + "- at: +1h\n  expect:\n    open: [screen]\n    opened: [screen]\n", 9, "opened"),
    "unknown key of a deadline": (HEAD + "expect:\n  deadlines:\n    handle:\n      date: 2026-07-27\n", 8, "date"),
    "unknown key of a supervision": (HEAD + "expect:\n  supervisions:\n  - {trigger: dc-s-2}\n  - {triger: dc-s-2}\n", 8, "triger"),
    "unknown key of an amendment": (STEPS + "- at: +1h\n  calendar: {layer: dali, added: [2026-07-07]}\n", 7, "added"),
    "unknown task": (STEPS + "- at: +1h\n  as: citizen\n  do: scren\n", 8, "scren"),
    "unknown task that waits": (STEPS + "- at: +1h\n  expect:\n    open: [screen, reviev]\n", 8, "reviev"),
    "unknown task assigned": (HEAD + "expect:\n  assigned: {scren: dali}\n", 6, "scren"),
    "unknown deadline": (HEAD + "expect:\n  deadlines:\n    receive: null\n    reception: null\n", 8, "reception"),
    "unknown field": (STEPS + "- at: +1h\n  as: dali/inspection.supervisor\n  do: screen\n  with:\n    decision: assign\n    unti: dali/xiangyun\n", 11, "unti"),
    "unknown unit of a field": (STEPS + "- at: +1h\n  as: dali/inspection.supervisor\n  do: screen\n  with:\n    decision: assign\n    unit: dali/atlantis\n", 11, "atlantis"),
    "unknown co-unit": (STEPS + "- at: +1h\n  as: dali/xiangyun.dispatcher\n  do: dispatch\n  with: {lead_unit: dali/transport,\n    co_units: [dali/transport, dali/atlantis]}\n", 10, "atlantis"),
    "unknown unit of the filing": (HEAD.replace("{channel", "{respondent: dali/atlantis, channel"), 4, "atlantis"),
    "unknown office": (HEAD.replace("{channel", "{office: dali/atlantis, channel"), 4, "atlantis"),
    "unknown unit of a person": (STEPS + "- at: +1h\n  as: dali/atlantis.clerk\n  do: screen\n", 7, "atlantis"),
    "unknown unit that sees": (HEAD + "expect:\n  sees: {dali/atlantis.clerk: true}\n", 6, "atlantis"),
    "unknown unit assigned": (STEPS + "- at: +1h\n  expect:\n    assigned: {screen: dali/atlantis}\n", 8, "atlantis"),
    "unknown unit supervised": (STEPS + "- at: +1h\n  expect:\n    supervisions: [{unit: dali/atlantis}]\n", 8, "atlantis"),
    "unknown role": (STEPS + "- at: +1h\n  as: dali/inspection.king\n  do: screen\n", 7, "king"),
    "third person": (STEPS + "- at: +1h\n  as: dali/inspection.supervisor#3\n  do: screen\n", 7, "unit.role"),
    "nobody": (STEPS + "- at: +1h\n  do: screen\n", 6, "'as'"),
    "an act without a name": (STEPS + "- at: +1h\n  as: citizen\n  with: {text: a}\n", 6, "'do'"),
    "no such time": (HEAD.replace("2026-07-06 09:00", "2026-07-06 25:00"), 3, "no time"),
    "no such day": (HEAD.replace("2026-07-06 09:00", "2026-02-30 09:00"), 3, "no time"),
    "no such span": (STEPS + "- {at: +1y}\n", 6, "no span"),
    "no such due date": (HEAD + "expect:\n  deadlines:\n    handle: {due: 2026-02-30}\n", 7, "no date"),
    "no date": (HEAD + "expect:\n  deadlines:\n    handle: {due: soon}\n", 7, "no date"),
    "no such day off": (STEPS + "- at: +1h\n  calendar:\n    layer: dali\n    add: [2026-06-31]\n", 9, "no date"),
    "unknown layer": (STEPS + "- at: +1h\n  calendar:\n    layer: atlantis\n    add: [2026-07-07]\n", 8, "atlantis"),
    "time runs back": (STEPS + SCREEN + "- {at: 2026-07-06 09:30}\n", 7, "before"),
    "a step before the filing": (STEPS + "- {at: 2026-07-05 09:30}\n", 6, "before"),
    "unknown earlier case": (STEPS + "- at: +1h\n  as: dali/xiangyun.intake\n  do: compare\n  with: {decision: merge, case: $earlier}\n", 9, "$earlier"),
    "unknown earlier case expected": (HEAD + "expect: {merged_into: $earlier}\n", 5, "$earlier"),
    "an earlier case without a name": (HEAD + "before:\n- {at: 2026-07-01 09:00, file: {text: a}}\n", 6, "alias"),
    "two earlier cases of one name": (HEAD + "before:\n" + "- {alias: a, at: 2026-07-01 09:00, file: {channel: web, type: help, title: a, text: a}}\n" * 2, 7, "two cases"),
    "steps that are no list": (HEAD + "steps: {at: +1h}\n", 5, "list"),
    "a step that is no mapping": (STEPS + SCREEN + "- screen\n", 7, "mapping"),
    "with that is no mapping": (STEPS + "- at: +1h\n  as: citizen\n  do: withdraw\n  with: [a]\n", 9, "mapping"),
    "open that is no list": (HEAD + "expect:\n  open: screen\n", 6, "list"),
    "deadlines that are a list": (HEAD + "expect:\n  deadlines: [handle]\n", 6, "mapping"),
    "a deadline that is a date": (HEAD + "expect:\n  deadlines:\n    handle: 2026-07-27\n", 7, "mapping"),
    "a supervision that is a text": (HEAD + "expect:\n  supervisions:\n  - dc-s-2\n", 7, "mapping"),
    "sees without true or false": (HEAD + "expect:\n  sees:\n    dali/xiangyun.clerk: maybe\n", 7, "true or false"),
    "refused that is true": (STEPS + "- at: +1h\n  as: citizen\n  do: withdraw\n  refused: true\n", 9, "refused"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_slip_is_named_with_its_line(name):
    text, line, piece = REFUSED[name]
    found = slips(text)
    assert any(at == line and piece in message for at, message in found), found


def test_every_slip_at_once():
    text = STEPS + "- {at: +1h, as: dali/atlantis.clerk, do: screen, with: {colour: red}}\n- {at: +1h, as: dali/inspection.king, do: screen}\n"
    assert [line for line, _ in slips(text)] == [6, 6, 7]


def test_hostile_files_are_refused_quickly():
    bomb = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(f"{b}: &{b} [{', '.join(['*' + a] * 9)}]\n" for a, b in zip("abcdefgh", "bcdefghi", strict=True))
    for text in (bomb, "a: &a [*a]\n", "scenario: &a {scenario: *a}\n", "[" * 5000, "a: " + "[" * 200 + "]" * 200 + "\n", "\x00", "scenario: !!python/object:os.system x\n",
                 "? [a, b]\n: c\n", "{}\n", "null\n", "&a\n", "*a\n", "%YAML 9\n---\na: b\n", "a: b: c\n", "x" * 600_000):
        with pytest.raises(ScenarioError):
            read_scenario(text.encode())
    for raw in (b"\xff\xfe", b"\xc3\x28", b"scenario: \xff\n"):
        with pytest.raises(ScenarioError):
            read_scenario(raw)


# -- what the contract allows -------------------------------------------------------------------------------------------------
def test_times_quoted_or_not_and_dates_either_way():
    for at in ("2026-07-06 09:00", '"2026-07-06 09:00"', "2026-07-06 9:00", "2026-07-06T09:00:00", "2026-07-06 09:00:00", "'2026-07-06T09:00'", "2026-07-06T01:00:00Z"):
        text = HEAD.replace("2026-07-06 09:00", at) + "steps:\n" + SCREEN + "expect: {deadlines: {receive: {due: 2026-07-07}}}\n"
        assert run(text) == []
    assert run(STEPS + SCREEN + 'expect: {deadlines: {receive: {due: "2026-07-07", light: green, provisional: false, basis: "Art.8"}, handle: null}}\n') == []


def test_spans():
    for span, due in (("+1wd", "2026-07-08"), ("+1d", "2026-07-08"), ("+2h", "2026-07-07"), ("+90m", "2026-07-07"), ("+1w", "2026-07-14"), ("+5wd", "2026-07-14")):
        assert run(STEPS + SCREEN.replace("+1h", span) + f"expect: {{deadlines: {{receive: {{due: {due}}}}}}}\n") == []
    text = STEPS + SCREEN + "- {at: +1wd, as: dali/xiangyun.intake, do: receive, expect: {deadlines: {receive: {status: met}}}}\n- {at: 2026-07-07 10:00}\n"
    assert run(text) == []      # same time of day


def test_words_and_numbers_of_yaml_12():
    assert run(STEPS + SCREEN.replace("unit: dali/xiangyun", "unit: dali/xiangyun, urgent: no"))[0][1] == "do"     # yes and no are words
    assert run(STEPS + "- {at: +1h, as: dali/inspection.supervisor, do: screen, with: {decision: redirect, body: 110}, expect: {outcome: redirected}}\n") == []
    assert run(HEAD.replace("{channel", "{claimant: {kind: person, phone: 13800000001}, channel") + "expect: {open: [screen]}\n") == []


def test_claimants_files_and_consultations():
    for more in ("claimant: {anonymous: true}", "claimant: {kind: enterprise, name: 某公司, email: a@example.com, id_number: 91532900MA, occupation: 制造业, confidential: true}",
                 "documents: [{name: a.txt, text: 甲}, {name: b.txt, base64: 5LmZ}]"):
        assert run(HEAD.replace("{channel", f"{{{more}, channel") + "expect: {open: [screen], told: [filed], supervisions: [], flags: []}\n") == []
    said = run(HEAD.replace("{channel", "{consultation: {kind: rule, title: 草案, opens: 2026-07-01, closes: 2026-07-31}, channel"))
    assert len(said) == 1 and "unknown_field" in said[0][3], "a procedure that asks for no opinions takes none"


def test_a_consultation_is_made_once():
    given = {"kind": "rule", "title": "草案", "opens": "2026-07-01", "closes": "2026-07-31"}
    with sandbox().fresh() as (env, _):
        first = consultation_for(env, "dali-ducha", given)
        assert consultation_for(env, "dali-ducha", dict(given)) == first
        assert consultation_for(env, "dali-ducha", {**given, "title": "另一份"}) != first
        assert consultation_for(env, "dali-ducha", None) is None


def test_system_refusals_and_second_persons():
    text = STEPS + SCREEN + """\
- {at: +1m, as: system, do: add_information, with: {text: 渠道补充}}
- {at: +1m, as: dali/binchuan.intake, do: receive, refused: ""}
- {at: +1m, as: dali/binchuan.clerk, do: request_extension, with: {days: 1, reason: 无关}, refused: forbidden}
- {at: +1m, as: dali/xiangyun.intake, do: receive, refused: nothing like it}
"""
    assert [(step, key) for step, key, _, _ in run(text)] == [(5, "refused")]
    text = STEPS + SCREEN + """\
- {at: +1m, as: dali/xiangyun.intake#2, do: receive, expect: {sees: {dali/xiangyun.intake#2: true, "dali/xiangyun.intake": true, dali/binchuan.intake#2: false}}}
- {at: +1m, as: dali/xiangyun.intake, do: receive, expect: {open: [compare]}}
"""
    assert [(step, key) for step, key, _, _ in run(text)] == [(3, "do")]


def test_what_fails_is_said():
    expect = "expect: {status: closed, outcome: replied, round: 2, open: [], assigned: {screen: dali/office}, told: [replied], ledger: [screen], flags: [copied_text]," \
             " deadlines: {receive: {due: 2026-07-07}}, supervisions: [{trigger: dc-s-1}], merged_into: X, sees: {dali/inspection.supervisor: false}}\n"
    assert {key for _, key, _, _ in run(HEAD + expect)} == {
        "status", "outcome", "round", "open", "assigned.screen", "told", "ledger", "flags", "deadlines.receive", "supervisions", "merged_into",
        "sees.dali/inspection.supervisor"}
    assert run(HEAD + "expect: {told: [], ledger: []}\n") == [("end", "told", [], ["filed"])]


def test_supervisions_are_matched_one_to_one():
    steps = STEPS + "".join(f"- {{at: +1m, as: dali/inspection.supervisor, do: order_supervision, with: {{trigger: {t}}}}}\n" for t in ("dc-s-1", "dc-s-4"))
    steps += "- {at: +1m, as: dali/inspection.supervisor, do: supervise, with: {text: 作结}}\n"
    assert run(steps + "expect: {supervisions: [{mode: network}, {trigger: dc-s-1, status: done}]}\n") == []
    assert run(steps + "expect: {supervisions: [{mode: network}, {mode: network}, {mode: network}]}\n")[0][1] == "supervisions"


def test_earlier_cases_share_the_time():
    text = HEAD + """\
before:
- alias: earlier
  at: 2026-07-01 09:00
  file: {channel: web, type: help, title: a, text: a}
  steps:
  - {at: 2026-07-07 09:00, as: dali/inspection.supervisor, do: screen, with: {decision: assign, unit: dali/xiangyun}, expect: {deadlines: {receive: {due: 2026-07-08}}}}
steps:
- {at: +1h, as: dali/inspection.supervisor, do: screen, with: {decision: assign, unit: dali/xiangyun}, expect: {deadlines: {receive: {due: 2026-07-07}}}}
- {at: +2d, case: $earlier, as: dali/xiangyun.intake, do: receive}
expect: {open: [receive, supervise]}
"""
    assert run(text) == []
    broken = text.replace("receive: {due: 2026-07-08}", "receive: {due: 2026-07-09}")
    assert [step for step, *_ in run(broken)] == ["$earlier 1"]


# -- the command --------------------------------------------------------------------------------------------------------------
def write(folder, name: str, text: str) -> str:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return str(path)


def test_command_exits_0_1_2(tmp_path, capsys):
    good = write(tmp_path, "good.yaml", HEAD + "expect: {open: [screen]}\n")
    wrong = write(tmp_path, "wrong.yaml", HEAD + "expect: {open: [receive]}\n")
    broken = write(tmp_path, "broken.yaml", HEAD + "expect: {opened: [screen]}\n")
    assert main(["scenario", "run", good]) == 0
    assert main(["scenario", "run", good, wrong]) == 1
    out = capsys.readouterr().out
    assert out.count("a street lamp") == 3 and "['receive']" in out and "['screen']" in out
    assert main(["scenario", "run", broken]) == 2
    assert f"{broken}:5:" in capsys.readouterr().err
    assert main(["scenario", "run", wrong, broken]) == 2
    assert main(["scenario", "run", str(tmp_path / "none.yaml")]) == 2
    assert main(["scenario", "run", write(tmp_path, "other.yaml", HEAD.replace("dali-ducha", "atlantis"))]) == 2


def test_command_answers_in_json(tmp_path, capsys):
    good = write(tmp_path, "good.yaml", HEAD + "expect: {open: [screen]}\n")
    wrong = write(tmp_path, "wrong.yaml", STEPS + SCREEN.replace("}}\n", "}, expect: {open: [dispatch]}}\n"))
    assert main(["scenario", "run", "--json", good, wrong]) == 1
    found = json.loads(capsys.readouterr().out)
    assert found == {"scenarios": [
        {"file": good, "scenario": "a street lamp", "ok": True, "failures": []},
        {"file": wrong, "scenario": "a street lamp", "ok": False,
         "failures": [{"step": 1, "at": "2026-07-06 10:00", "key": "open", "expected": ["dispatch"], "found": ["receive"]}]},
    ]}
