"""Decision tables: hit policies, outputs, types, requirement graphs, and files that must be refused."""

from datetime import date

import pytest

from webapp.engine.decisions import DecisionError, DecisionProblems, compile_decisions
from webapp.feel import YearsMonths, to_plain

NAMESPACE = "https://www.omg.org/spec/DMN/20191111/MODEL/"


def text(value):
    return "<text>" + value.replace("&", "&amp;").replace("<", "&lt;") + "</text>"


def table(inputs, outputs, rules, policy="UNIQUE", aggregation=""):
    """inputs: (text, type, allowed); outputs: (name, type, allowed, default); rules: lists of cell texts."""
    made = f'<decisionTable id="t" hitPolicy="{policy}"' + (f' aggregation="{aggregation}">' if aggregation else ">")
    for number, (expression, kind, allowed) in enumerate(inputs):
        made += f'<input id="i{number}" label="{number}"><inputExpression typeRef="{kind}">{text(expression)}'
        made += "</inputExpression>" + (f"<inputValues>{text(allowed)}</inputValues>" if allowed else "") + "</input>"
    for number, (name, kind, allowed, default) in enumerate(outputs):
        made += f'<output id="o{number}" name="{name}" typeRef="{kind}">'
        made += f"<outputValues>{text(allowed)}</outputValues>" if allowed else ""
        made += f"<defaultOutputEntry>{text(default)}</defaultOutputEntry>" if default else ""
        made += "</output>"
    for number, cells in enumerate(rules):
        made += f'<rule id="r{number}">'
        for place, cell in enumerate(cells):
            kind = "inputEntry" if place < len(inputs) else "outputEntry"
            made += f'<{kind} id="c{number}_{place}">{text(cell)}</{kind}>'
        made += f"<annotationEntry>{text(f'Art.{number}')}</annotationEntry></rule>"
    return made + "</decisionTable>"


def decision(logic, name="d", requires=()):
    wants = "".join(
        f'<informationRequirement><requiredDecision href="#{each}"/></informationRequirement>' for each in requires
    )
    return f'<decision id="{name}" name="{name}">{wants}{logic}</decision>'


def file(*decisions, namespace=NAMESPACE, extra=""):
    return f'<definitions xmlns="{namespace}" id="f" name="f">{extra}{"".join(decisions)}</definitions>'.encode()


def one(*args, **kwargs):
    return compile_decisions({"a.dmn": file(decision(table(*args, **kwargs)))})["d"]


def problems(*files):
    with pytest.raises(DecisionProblems) as caught:
        compile_decisions({f"{number}.dmn": each for number, each in enumerate(files)})
    return caught.value.problems


NUMBERS = [("n", "number", "")]
PLAIN = [("x", "", "", "")]


def test_unique():
    found = one([("kind", "string", ""), ("days", "number", "")], [("x", "string", "", "")], [
        ['"a"', "< 5", '"low"'], ['"a","b"', ">= 5", '"high"'], ['not("a","b")', "-", '"other"'],
    ])
    assert found.evaluate({"kind": "a", "days": 3}) == "low"
    assert found.explain({"kind": "b", "days": 5}) == ("high", ["r1"])
    assert found.evaluate({"kind": "c", "days": None}) == "other"
    assert found.evaluate({"kind": "b", "days": 1}) is None
    assert [each.text for each in found.inputs] == ["kind", "days"]
    assert found.rules[0].inputs == ('"a"', "< 5") and found.rules[0].annotations == ("Art.0",)
    assert found.paths == {("kind",), ("days",)} and found.hit_policy == "UNIQUE"


def test_unique_violated():
    found = one(NUMBERS, PLAIN, [["> 1", "1"], ["> 2", "2"]])
    assert to_plain(found.evaluate({"n": 2})) == 1
    with pytest.raises(DecisionError, match="r0, r1"):
        found.evaluate({"n": 3})


def test_any():
    found = one(NUMBERS, PLAIN, [["> 1", "1"], ["> 2", "1.0"], ["> 3", "2"]], policy="ANY")
    assert to_plain(found.explain({"n": 3})) == [1, ["r0", "r1"]]
    with pytest.raises(DecisionError):
        found.evaluate({"n": 4})


def test_first():
    found = one(NUMBERS, PLAIN, [["> 1", "1"], ["> 2", "2"], ["-", "3"]], policy="FIRST")
    assert found.explain({"n": 5})[1] == ["r0"]
    assert to_plain(found.evaluate({"n": 0})) == 3


RANKS = [("x", "string", '"gold","silver","bronze"', "")]


def test_priority():
    found = one(NUMBERS, RANKS, [["> 1", '"bronze"'], ["> 2", '"gold"'], ["> 3", '"silver"']], policy="PRIORITY")
    assert [found.evaluate({"n": n}) for n in (2, 3, 4)] == ["bronze", "gold", "gold"]


def test_output_order():
    found = one(NUMBERS, RANKS, [["> 1", '"bronze"'], ["> 2", '"gold"'], ["> 3", '"silver"']], policy="OUTPUT ORDER")
    assert found.evaluate({"n": 4}) == ["gold", "silver", "bronze"]


def test_priority_by_the_first_output_then_the_second():
    outputs = [("a", "string", '"x","y"', ""), ("b", "number", "3,2,1", ""), ("c", "", "", "")]
    rules = [["-", '"y"', "3", '"first"'], ["-", '"x"', "1", '"second"'], ["-", '"x"', "2", '"third"']]
    assert one(NUMBERS, outputs, rules, policy="PRIORITY").evaluate({"n": 1})["c"] == "third"
    ordered = one(NUMBERS, outputs, rules, policy="OUTPUT ORDER").evaluate({"n": 1})
    assert [each["c"] for each in ordered] == ["third", "second", "first"]


@pytest.mark.parametrize("policy", ["RULE ORDER", "COLLECT"])
def test_lists(policy):
    found = one(NUMBERS, PLAIN, [["> 1", "1"], ["> 2", "2"], ["> 0", "1"]], policy=policy)
    assert to_plain(found.evaluate({"n": 3})) == [1, 2, 1]
    assert found.evaluate({"n": 0}) == []


@pytest.mark.parametrize(("aggregation", "some", "none"), [("SUM", 8, None), ("MIN", 1, None), ("MAX", 5, None), ("COUNT", 3, 0)])
def test_collected(aggregation, some, none):
    found = one(NUMBERS, PLAIN, [["> 1", "5"], ["> 2", "2"], ["> 0", "1"]], policy="COLLECT", aggregation=aggregation)
    assert to_plain(found.evaluate({"n": 3})) == some
    assert to_plain(found.evaluate({"n": 0})) == none


def test_several_outputs():
    found = one([("case.category", "string", "")], [("span", "string", "", ""), ("article", "string", "", ""), ("local", "boolean", "", "")], [
        ['"环保"', '"15 wd"', '"Art.10"', "false"], ["-", '"30 d"', '"Art.11"', ""],
    ], policy="FIRST")
    assert found.evaluate({"case": {"category": "环保"}}) == {"span": "15 wd", "article": "Art.10", "local": False}
    assert found.evaluate({"case": {}}) == {"span": "30 d", "article": "Art.11", "local": None}
    assert [each.name for each in found.outputs] == ["span", "article", "local"]


def test_defaults():
    found = one(NUMBERS, [("x", "string", '"a","b"', '"b"')], [["> 1", '"a"']])
    assert found.explain({"n": 0}) == ("b", [])
    assert one(NUMBERS, [("x", "", "", '"b"')], [["> 1", '"a"']], policy="COLLECT").evaluate({"n": 0}) == ["b"]
    found = one(NUMBERS, [("x", "", "", '"b"'), ("y", "", "", "")], [["> 1", '"a"', "1"]])
    assert found.evaluate({"n": 0}) == {"x": "b", "y": None}


def test_types_of_inputs():
    def pick(kind, cell):
        return one([("v", kind, "")], PLAIN, [[cell, "true"]])

    assert pick("date", '> date("2024-01-01")').evaluate({"v": "2024-01-02"}) is True
    assert pick("date", '> date("2024-01-01")').evaluate({"v": date(2024, 1, 2)}) is True
    assert pick("date", "-").evaluate({"v": "nonsense"}) is True
    assert pick("string", '> date("2024-01-01")').evaluate({"v": "2024-01-02"}) is None
    assert pick("number", '"1"').evaluate({"v": "1"}) is None
    assert pick("number", "null").evaluate({"v": "1"}) is True
    assert pick("boolean", "true").evaluate({"v": False}) is None
    assert pick("yearMonthDuration", '>= duration("P1Y")').evaluate({"v": YearsMonths(12)}) is True
    assert pick("dateTime", '< date and time("2024-01-01T10:00:00")').evaluate({"v": "2024-01-01T09:59:59"}) is True


def test_allowed_inputs():
    found = one([("v", "string", '"a","b"')], PLAIN, [['"a"', "1"], ["-", "2"]], policy="FIRST")
    assert to_plain(found.evaluate({"v": "b"})) == 2
    assert to_plain(found.evaluate({"v": None})) == 2
    with pytest.raises(DecisionError, match="not allowed"):
        found.evaluate({"v": "c"})


def test_cells_with_expressions():
    found = one([("n", "number", ""), ("s", "string", "")], [("x", "", "", "")], [
        ["[1..3)", '"a"', "n + bonus"], ["? > limit and ? < limit * 2", "-", '"between"'],
        ["-", 'starts with(?, "z")', 'upper case(s) + "!"'],
    ])
    assert to_plain(found.evaluate({"n": 2, "s": "a", "bonus": 5})) == 7
    assert found.evaluate({"n": 15, "s": "a", "limit": 10}) == "between"
    assert found.evaluate({"n": 1, "s": "zoo", "limit": 10}) == "ZOO!"
    assert ("limit",) in found.paths and "starts with" in found.functions


def test_functions_of_the_host():
    found = one([("double(n)", "number", "")], PLAIN, [["> 5", "double(n)"]])
    assert to_plain(found.evaluate({"n": 3}, functions={"double": lambda n: n * 2})) == 6
    assert not found.check({"n": 1}, {"double"})
    assert [each[1] for each in found.check({"n": 1})] == ["i0", "c0_1"]


def test_requirements():
    base = decision("<variable name='危险 等级'/>" + table(NUMBERS, [("x", "string", "", "")], [["> 5", '"high"'], ["<= 5", '"low"']]), "risk")
    twice = decision("<literalExpression id='l'><text>n * 2</text></literalExpression>", "twice")
    top = decision(
        table([("危险 等级", "string", ""), ("twice", "number", "")], PLAIN, [['"high"', "> 12", '"stop"'], ["-", "-", "risk"]], "FIRST"),
        "top", ["risk", "twice"],
    )
    found = compile_decisions({"b.dmn": file(top), "a.dmn": file(base, twice)})
    assert [found["top"].evaluate({"n": n}) for n in (7, 6, 1)] == ["stop", "high", "low"]
    assert found["top"].paths == {("n",)}
    assert not found["top"].check({"n": 1})
    assert found["risk"].check({})[0][:2] == ("a.dmn", "i0")
    assert found["top"].evaluate({"n": 7, "risk": "spoofed", "危险 等级": "spoofed"}) == "stop"


def test_a_requirement_is_decided_once():
    names = ["d0"]
    made = [decision("<literalExpression><text>slow()</text></literalExpression>", "d0")]
    for level in range(1, 30):
        made.append(decision(f"<literalExpression id='l{level}'><text>{names[-1]} + 1</text></literalExpression>", f"d{level}", names[-2:]))
        names.append(f"d{level}")
    calls = []
    found = compile_decisions({"a.dmn": file(*made)})["d29"]
    assert to_plain(found.evaluate({}, functions={"slow": lambda: calls.append(1) or 0})) == 29
    assert len(calls) == 1


def test_boxed_context():
    boxed = (
        "<context id='c'><contextEntry><variable name='base'/><literalExpression><text>n + 1</text></literalExpression></contextEntry>"
        f"<contextEntry><variable name='kind'/>{table([('base', 'number', '')], PLAIN, [['> 3', 'base * 2'], ['-', '0']], 'FIRST')}</contextEntry>"
        "{result}</context>"
    )
    whole = compile_decisions({"a.dmn": file(decision(boxed.replace("{result}", "")))})["d"]
    assert to_plain(whole.evaluate({"n": 4})) == {"base": 5, "kind": 10}
    assert not whole.check({"n": 1})
    last = "<contextEntry><literalExpression><text>base + kind</text></literalExpression></contextEntry>"
    assert to_plain(compile_decisions({"a.dmn": file(decision(boxed.replace("{result}", last)))})["d"].evaluate({"n": 4})) == 15


def test_item_definitions():
    items = '<itemDefinition name="level"><typeRef>string</typeRef><allowedValues><text>"a","b"</text></allowedValues></itemDefinition>'
    found = compile_decisions({"a.dmn": file(decision(table([("v", "level", "")], PLAIN, [['"a"', "1"]])), extra=items)})["d"]
    with pytest.raises(DecisionError):
        found.evaluate({"v": "z"})


@pytest.mark.parametrize("namespace", [
    "http://www.omg.org/spec/DMN/20151101/dmn.xsd", "http://www.omg.org/spec/DMN/20180521/MODEL/", NAMESPACE,
    "https://www.omg.org/spec/DMN/20211108/MODEL/", "https://www.omg.org/spec/DMN/20230324/MODEL/",
])
def test_namespaces(namespace):
    data = file(decision(table(NUMBERS, PLAIN, [["-", "1"]])), namespace=namespace)
    assert to_plain(compile_decisions({"a.dmn": data})["d"].evaluate({})) == 1


def test_every_problem_is_told_at_once():
    data = file(
        decision(table(NUMBERS, PLAIN, [["> ", "1"], ["-", "1 +"], ["1", "2", "3"]])),
        decision(table([("n", "strange", "")], [("x", "", "", ""), ("x", "number", "", "")], [["-", "1", '"one"']], "SOMETIMES"), "e"),
        decision("", "g"), decision("<literalExpression id='l'><text>1</text></literalExpression>", "h", ["nowhere"]),
    )
    found = problems(data, file(decision("<invocation id='inv'/>", "d")), b"<definitions", b"<x/>")
    told = {(each.file, each.element) for each in found}
    assert {("0.dmn", "c0_0"), ("0.dmn", "c1_1"), ("0.dmn", "r2"), ("0.dmn", "t"), ("0.dmn", "i0"), ("0.dmn", "h"),
            ("1.dmn", "inv"), ("1.dmn", "d"), ("2.dmn", ""), ("3.dmn", "")} <= told
    assert any("hit policy" in each.message and "命中策略" in each.message for each in found)
    assert all(" / " in each.message for each in found)


@pytest.mark.parametrize(("made", "element"), [
    ({"inputs": NUMBERS, "outputs": PLAIN, "rules": [["-", "1"]], "policy": "PRIORITY"}, "t"),
    ({"inputs": NUMBERS, "outputs": PLAIN, "rules": [["-", "1"]], "policy": "UNIQUE", "aggregation": "SUM"}, "t"),
    ({"inputs": NUMBERS, "outputs": [("a", "", "", ""), ("b", "", "", "")], "rules": [["-", "1", "1"]], "policy": "COLLECT", "aggregation": "SUM"}, "t"),
    ({"inputs": NUMBERS, "outputs": [("a", "", "", ""), ("", "", "", "")], "rules": []}, "t"),
    ({"inputs": NUMBERS, "outputs": [("a", "number", "", "")], "rules": [["-", '"x"']]}, "c0_1"),
    ({"inputs": NUMBERS, "outputs": [("a", "string", '"x"', "")], "rules": [["-", '"y"']]}, "c0_1"),
    ({"inputs": NUMBERS, "outputs": [("a", "string", '"x"', '"y"')], "rules": []}, "o0"),
    ({"inputs": NUMBERS, "outputs": [("a", "string", "n", "")], "rules": []}, "o0"),
    ({"inputs": [("v", "string", '"x"')], "outputs": PLAIN, "rules": [['"y"', "1"]]}, "c0_0"),
    ({"inputs": [("", "string", "")], "outputs": PLAIN, "rules": []}, "i0"),
    ({"inputs": NUMBERS, "outputs": [], "rules": []}, "t"),
])
def test_tables_refused(made, element):
    assert [each.element for each in problems(file(decision(table(**made))))][:1] == [element]


def test_circles_and_doubles_refused():
    ring = [decision("<literalExpression><text>1</text></literalExpression>", a, [b]) for a, b in ("ab", "bc", "ca")]
    assert "requires itself" in problems(file(*ring))[0].message
    same = file(decision("<literalExpression><text>1</text></literalExpression>"))
    assert "twice" in problems(same, same)[0].message


def test_a_long_chain_is_refused():
    chain = [decision("<literalExpression><text>1</text></literalExpression>", f"d{n}", [f"d{n + 1}"]) for n in range(500)]
    assert problems(file(*chain))


@pytest.mark.parametrize("data", [
    b'<!DOCTYPE definitions [<!ENTITY x "y">]><definitions xmlns="%s"><decision id="d"/></definitions>' % NAMESPACE.encode(),
    b'<!DOCTYPE d SYSTEM "file:///etc/passwd"><d/>',
    b'<!DOCTYPE d [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><d>&b;</d>',
    '<!DOCTYPE d [<!ENTITY a SYSTEM "file:///etc/passwd">]><d>&a;</d>'.encode("utf-16"),
    b"", b"\x00", b"<a>" * 10_000, b"<definitions/>", b" " * 1_000_001,
    b'<definitions xmlns="urn:other"><decision id="d"/></definitions>',
])
def test_hostile_files(data):
    assert problems(data)


def test_other_languages_and_models_refused():
    told = problems(
        file(decision('<literalExpression id="l" expressionLanguage="javascript"><text>1</text></literalExpression>')),
        file('<businessKnowledgeModel id="b"/>', decision("<relation id='r'/>", "e")),
    )
    assert {each.element for each in told} >= {"l", "b", "r"}
