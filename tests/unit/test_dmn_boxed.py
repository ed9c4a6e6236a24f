"""DMN beyond tables: business knowledge, services, boxed expressions, typed inputs and results, names with signs."""

import pytest

from webapp.engine.decisions import DecisionProblems, compile_decisions, compile_what_can
from webapp.feel import FeelLimit, to_plain

HEAD = '<definitions xmlns="https://www.omg.org/spec/DMN/20230324/MODEL/" id="f" name="f">'


def expression(text, kind=""):
    escaped = text.replace("&", "&amp;").replace("<", "&lt;")
    return f'<literalExpression typeRef="{kind}"><text>{escaped}</text></literalExpression>'


def decision(logic, name="d", *, kind="", needs=""):
    return f'<decision id="{name}" name="{name}"><variable name="{name}" typeRef="{kind}"/>{needs}{logic}</decision>'


def knows(name):
    return f'<knowledgeRequirement><requiredKnowledge href="#{name}"/></knowledgeRequirement>'


def wants(name, what="Decision"):
    return f'<informationRequirement><required{what} href="#{name}"/></informationRequirement>'


def model(name, params, body, needs=""):
    made = "".join(f'<formalParameter name="{each}" typeRef="{kind}"/>' for each, kind in params)
    return (
        f'<businessKnowledgeModel id="{name}" name="{name}"><variable name="{name}"/>'
        f"<encapsulatedLogic>{made}{body}</encapsulatedLogic>{needs}</businessKnowledgeModel>"
    )


def data(name, kind=""):
    return f'<inputData id="in" name="{name}"><variable name="{name}" typeRef="{kind}"/></inputData>'


def library(*parts):
    return compile_what_can({"a.dmn": (HEAD + "".join(parts) + "</definitions>").encode()})


def value(*parts, of="d", **given):
    found, problems = library(*parts)
    assert not problems
    return to_plain(found.find(of).evaluate(given))


def result(logic, **given):
    return value(decision(logic), **given)


def test_business_knowledge():
    twice = model("twice", [("n", "number")], expression("n * 2"))
    fourfold = model("fourfold", [("n", "number")], expression("twice(twice(n))"), knows("twice"))
    asked = decision(expression("fourfold(n) + twice(n: 1)"), needs=knows("fourfold") + knows("twice"))
    assert value(twice, fourfold, asked, n=3) == 14
    found, _ = library(twice, fourfold, asked)
    assert found.decisions["d"].paths == {("n",)} and not found.decisions["d"].functions
    assert not found.decisions["d"].check({"n": 1})


@pytest.mark.parametrize(("call", "expected"), [
    ("f(1, 2)", 3), ("f(b: 2, a: 1)", 3), ("f(1)", None), ("f(1, 2, 3)", None), ("f(a: 1, c: 2)", None), ('f("x", 2)', None), ("f(null, 2) = null", True),
    ("f([1], 2)", 3), ("outside", None),
])
def test_calls_of_knowledge(call, expected):
    known = model("f", [("a", "number"), ("b", "")], expression("a + b"))
    assert value(known, decision(expression(call), needs=knows("f"))) == expected


def test_knowledge_sees_only_its_parameters():
    known = model("f", [("a", "")], expression("a + hidden"))
    _, problems = library(known, decision(expression("f(1)"), needs=knows("f")))
    assert [(each.element, each.message.en) for each in problems] == [("f", "unknown name hidden")]


def test_variables_of_caller_and_called_do_not_meet():
    known = model("f", [("a", "")], expression("sum(for x in 1..a return x)"))
    asked = decision(expression("for x in 1..3 return f(x) * 10 + x"), needs=knows("f"))
    assert value(known, asked) == [11, 32, 63]


def test_invocation():
    known = model("f", [("Person.age", "number")], expression("Person.age + 1"))
    call = f'<invocation>{expression("f")}<binding><parameter name="Person.age"/>{expression("Person.age")}</binding></invocation>'
    assert value(known, decision(call, needs=knows("f")), Person={"age": 4}) == 5


def test_relation_and_list():
    rows = "".join(f"<row>{expression(a)}{expression(b)}</row>" for a, b in [('"x"', "1"), ('"y"', "n")])
    relation = f'<relation><column name="name"/><column name="rate"/>{rows}</relation>'
    assert result(relation, n=2) == [{"name": "x", "rate": 1}, {"name": "y", "rate": 2}]
    assert result(f"<list>{expression('1')}{relation.replace('n<', '0<')}{expression('n')}</list>", n=3)[::2] == [1, 3]


def test_functions_and_contexts():
    made = f'<functionDefinition><formalParameter name="x" typeRef="number"/>{expression("x + base")}</functionDefinition>'
    boxed = (
        f'<context><contextEntry><variable name="base"/>{expression("10")}</contextEntry>'
        f'<contextEntry><variable name="add"/>{made}</contextEntry><contextEntry>{expression("add(n)")}</contextEntry></context>'
    )
    assert result(boxed, n=1) == 11


@pytest.mark.parametrize(("kind", "body", "given", "expected"), [
    ("filter", "item.n > 1", [{"n": 1}, {"n": 2}], [{"n": 2}]),
    ("filter", "n > 1", [{"n": 1}, {"n": 2}], [{"n": 2}]),
    ("filter", '"no"', [1], None), ("filter", "true", None, None),
    ("for", "x + count(partial)", [5, 5], [5, 6]), ("for", "x", "no list", None),
    ("some", "x > 2", [1, 3], True), ("every", "x > 2", [1, 3], False), ("every", "x", [1], None),
])
def test_loops(kind, body, given, expected):
    tag = {"filter": "match", "for": "return"}.get(kind, "satisfies")
    variable = "" if kind == "filter" else ' iteratorVariable="x"'
    assert result(f"<{kind}{variable}><in>{expression('given')}</in><{tag}>{expression(body)}</{tag}></{kind}>", given=given) == expected


@pytest.mark.parametrize(("given", "expected"), [(True, "then"), (False, "else"), (None, "else"), ("x", None)])
def test_conditional(given, expected):
    then, other = expression('"then"'), expression('"else"')
    made = f"<conditional><if>{expression('given')}</if><then>{then}</then><else>{other}</else></conditional>"
    assert result(made, given=given) == expected


def test_services():
    service = '<decisionService id="s" name="s"><outputDecision href="#out"/><inputDecision href="#mid"/><inputData href="#in"/></decisionService>'
    parts = [
        data("n", "number"), decision(expression("n * 2"), "mid", needs=wants("in", "Input")), service,
        decision(expression("mid + n"), "out", needs=wants("mid") + wants("in", "Input")),
        decision(expression("s(1, 100)"), "asked", needs=knows("s")),
    ]
    assert value(*parts, of="s", n=1, mid=50) == 51
    assert value(*parts, of="asked") == 101
    assert value(*parts, of="out", n=1) == 3


TYPES = (
    '<itemDefinition name="size"><typeRef>string</typeRef><allowedValues><text>"S","L"</text></allowedValues></itemDefinition>'
    '<itemDefinition name="sizes" isCollection="true"><typeRef>size</typeRef></itemDefinition>'
    '<itemDefinition name="thing"><itemComponent name="size"><typeRef>size</typeRef></itemComponent>'
    '<itemComponent name="made"><typeRef>date</typeRef></itemComponent></itemDefinition>'
    '<itemDefinition name="ring"><typeRef>ring</typeRef></itemDefinition>'
)


@pytest.mark.parametrize(("kind", "given", "expected"), [
    ("number", 1, 1), ("number", "1", None), ("number", [1], 1), ("number", [1, 2], None), ("string", "x", "x"), ("Any", [1], [1]),
    ("size", "S", "S"), ("size", "M", None), ("sizes", ["S", "L"], ["S", "L"]), ("sizes", "S", ["S"]), ("sizes", ["S", "M"], None),
    ("thing", {"size": "S", "made": "2024-05-01", "more": 1}, {"size": "S", "made": "2024-05-01", "more": 1}),
    ("thing", {"size": "S"}, None), ("thing", {"size": "M", "made": None}, None), ("date", "2024-05-01", "2024-05-01"), ("date", "soon", None),
    ("dateTime", "2024-05-01", "2024-05-01T00:00:00"), ("ring", 3, 3), ("nowhere", 3, 3), ("thing", None, None),
])
def test_typed_inputs(kind, given, expected):
    assert value(TYPES, data("x", kind), decision(expression("x"), needs=wants("in", "Input")), x=given) == expected
    assert value(TYPES, decision(expression("x"), kind=kind), x=given) == expected


def test_names_that_hold_more_than_words():
    named = '<decision id="d1" name="Person&apos;s rate-1"><variable name="Person&apos;s rate-1"/>' + expression("n + 1") + "</decision>"
    assert value(named, decision(expression("Person's rate-1 * 2 + n - 1"), needs=wants("d1")), n=1) == 4
    found, _ = library(named, decision(expression("1")))
    assert found.find("Person's rate-1").id == "d1" and found.find("nobody") is None


@pytest.mark.parametrize("part", [
    '<import namespace="x" name="x"/>', decision('<functionDefinition kind="Java"><context/></functionDefinition>'),
    decision(expression("function(x) x external")), model("m", [("a", ""), ("a", "")], expression("a")), model("m", [], ""),
    decision(f'<relation><column name="a"/><row>{expression("1")}{expression("2")}</row></relation>'),
    decision(f"<for><in>{expression('x')}</in><return>{expression('x')}</return></for>"), decision(f"<filter><in>{expression('x')}</in></filter>"),
    '<decisionService id="s" name="s"/>', model("a", [], expression("b()"), knows("b")) + model("b", [], expression("a()"), knows("a")),
    decision("<list>" * 60 + expression("1") + "</list>" * 60),
    "".join(f'<inputData id="i{n}" name="a-{n}"/>' for n in range(300)),
    '<itemDefinition name="t"><typeRef>number</typeRef><allowedValues><text>&lt;&lt;</text></allowedValues></itemDefinition>',
])
def test_refused(part):
    with pytest.raises(DecisionProblems):
        compile_decisions({"a.dmn": (HEAD + part + decision(expression("1"), "fine") + "</definitions>").encode()})


def test_what_is_sound_is_compiled_beside_what_is_not():
    found, problems = library(decision(expression("1 +"), "bad"), decision(expression("2")), decision(expression("bad"), "over", needs=wants("bad")))
    assert set(found.decisions) == {"d"} and [each.element for each in problems] == ["bad"]


@pytest.mark.parametrize("text", [
    "f(f)", "f(f)(f)", "for i in 1..2000 return f(f)", "sort(for i in 1..2000 return i, f)", "{g: function(h) h(h), r: g(g)}.r", "{g: function(h) [h(h), h(h)], r: g(g)}.r",
])
def test_calls_are_bounded(text):
    known = model("f", [("g", "")], expression("g(g) + g(g)"))
    found, problems = library(known, decision(expression(text), needs=knows("f")))
    assert not problems
    try:
        assert found.decisions["d"].evaluate({}) is None
    except FeelLimit:
        pass
