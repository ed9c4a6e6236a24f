"""`duban decision eval`: what it prints, and how it says what is wrong."""

import json

import pytest

from tests.unit.test_decisions import NUMBERS, PLAIN, decision, file, table
from webapp.cli import main


@pytest.fixture
def ask(tmp_path, capsys):
    def asked(data, *args):
        path = tmp_path / "a.dmn"
        path.write_bytes(data)
        code = main(["decision", "eval", str(path), *args])
        out, err = capsys.readouterr()
        return code, json.loads(out) if out else None, err

    return asked


def given(**values):
    return "--input", json.dumps(values, ensure_ascii=False)


TWO = [("x", "", "", ""), ("y", "", "", "")]


@pytest.mark.parametrize(("outputs", "rules", "policy", "aggregation", "n", "expected"), [
    (PLAIN, [["> 1", '"多"']], "UNIQUE", "", 2, "多"), (PLAIN, [["> 1", "0.5"]], "FIRST", "", 2, 0.5), (TWO, [["> 1", "1", '"b"']], "UNIQUE", "", 2, {"x": 1, "y": "b"}),
    (PLAIN, [["> 1", "1"], ["> 2", "2"]], "RULE ORDER", "", 3, [1, 2]), (TWO, [["> 1", "1", "2"]], "COLLECT", "", 2, [{"x": 1, "y": 2}]),
    (PLAIN, [["> 1", "1"], ["> 2", "2"]], "COLLECT", "SUM", 3, 3), (PLAIN, [["> 1", "1"], ["> 2", "2"]], "COLLECT", "COUNT", 3, 2),
    *[(PLAIN, [["> 1", "1"]], policy, "", 0, None) for policy in ("UNIQUE", "FIRST", "ANY", "RULE ORDER", "COLLECT")],
    *[(PLAIN, [["> 1", "1"]], "COLLECT", each, 0, None) for each in ("SUM", "MIN", "MAX")], (PLAIN, [["> 1", "1"]], "COLLECT", "COUNT", 0, 0),
    ([("x", "", "", '"none"')], [["> 1", "1"]], "UNIQUE", "", 0, "none"), ([("x", "", "", '"none"')], [["> 1", "1"]], "COLLECT", "", 0, ["none"]),
    ([("x", "string", '"high","low"', "")], [["> 1", '"low"'], ["> 2", '"high"']], "PRIORITY", "", 3, "high"),
    ([("x", "string", '"high","low"', "")], [["> 1", '"low"'], ["> 2", '"high"']], "OUTPUT ORDER", "", 3, ["high", "low"]),
])
def test_what_is_printed(ask, outputs, rules, policy, aggregation, n, expected):
    code, value, err = ask(file(decision(table(NUMBERS, outputs, rules, policy, aggregation))), *given(n=n))
    assert (code, value, err) == (0, expected, "")


def test_which_decision(ask):
    both = file(decision("<literalExpression><text>1</text></literalExpression>", "a"), decision("<literalExpression><text>2</text></literalExpression>", "b"))
    assert ask(both, "b")[1] == 2
    assert ask(both)[0] == 2 and "a, b" in ask(both)[2]
    assert ask(both, "c")[0] == 2 and "'c'" in ask(both, "c")[2]


def test_a_decision_without_logic_is_null_and_in_nobodys_way(ask):
    both = file(decision("", "a"), decision("<literalExpression><text>2</text></literalExpression>", "b"))
    assert ask(both, "a")[:2] == (0, None) and ask(both, "b")[:2] == (0, 2)


def test_now(ask):
    data = file(decision("<literalExpression><text>string(today())</text></literalExpression>"))
    assert ask(data)[1] is None
    assert ask(data, "--now", "2026-03-02T01:00:00+08:00")[1] == "2026-03-02"
    assert ask(data, "--now", "2026-03-02T01:00:00")[0] == 2


@pytest.mark.parametrize("text", ["", "{", "[]", "3", '{"a": NaN}', "[" * 100_000, "@/nowhere/at/all", "@/dev/zero"])
def test_bad_input(ask, text):
    code, value, err = ask(file(decision(table(NUMBERS, PLAIN, [["-", "1"]]))), "--input", text)
    assert (code, value) == (2, None) and err.startswith("duban: --input: ")


def test_bad_files(ask, capsys):
    code, _, err = ask(file(decision(table(NUMBERS, PLAIN, [["> ", "1"], ["1", "1 +"]]))))
    assert code == 2 and "a.dmn: c0_0: " in err and "a.dmn: c1_1: " in err
    assert ask(b"<x/>")[0] == 2 and "not a DMN" in ask(b"<x/>")[2]
    assert main(["decision", "eval", "/dev/zero"]) == 2 and "larger than 1 MB" in capsys.readouterr().err
    assert main(["decision", "eval", "/nowhere.dmn"]) == 2 and "/nowhere.dmn: cannot be read" in capsys.readouterr().err
    twice = file(decision(table(NUMBERS, PLAIN, [["-", "1"], ["-", "2"]])))
    assert ask(twice)[0] == 2 and "several rules matched (r0, r1)" in ask(twice)[2]
