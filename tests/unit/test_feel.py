"""FEEL: the shared vectors, and what must hold of any expression at all."""

import json
from datetime import UTC, date, datetime, time, timedelta
from decimal import Context, Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from webapp.feel import (
    FeelError,
    FeelLimit,
    FeelSyntaxError,
    YearsMonths,
    check,
    parse,
    parse_unary,
    to_plain,
)

VECTORS = json.loads((Path(__file__).parents[1] / "vectors" / "feel.json").read_text(encoding="utf-8"))


def value(text, **context):
    return to_plain(parse(text).evaluate(context))


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["expr"][:60])
def test_vector(vector):
    context = vector.get("context", {})
    if "unary" in vector:
        assert parse_unary(vector["expr"]).matches(vector["unary"], context) is vector["result"]
        return
    actual = to_plain(parse(vector["expr"]).evaluate(context))
    assert actual == vector["result"] and type(actual) is type(vector["result"])


# beyond the vectors: what the server follows the standard in and the browser does not

@pytest.mark.parametrize(("text", "expected"), [
    ("0.1 + 0.2 = 0.3", True), ('1 < "a"', None), ('1 != "a"', None), ('duration("P1D") * 2', "P2D"), ('-duration("P1D")', "-P1D"),
    ('duration("P1Y") / 2', "P6M"), ('duration("P1D") / duration("PT6H")', 4), ('duration("PT90M").minutes', 30), ("date(2024, 13, 1)", None),
    ('(date("2024-03-01") - date("2024-02-28")).days', 2), ('date("2024-01-31").hour', None), ('max(date("2024-01-01"))', "2024-01-01"),
    ("1 in [2,3] or 1 in [1]", True), ("- 3 + 5", 2), ('[{n: "Wu"}, {n: "Li"}][contains(n, "u")].n', ["Wu"]), ("1 in null", False),
    ("some x in [null] satisfies x > 1", None), ("every x in [1, null] satisfies x > 0", None), ("some x in [null, 2] satisfies x > 1", True),
    ('date("2024-01-31") + duration("PT25H")', "2024-02-01"), ('time("10:00:00Z") < time("10:00:00+08:00")', False),
    ('time("10:00:00") < time("10:00:00Z")', None), ('date and time("2024-01-01T08:00:00+08:00").time offset', "PT8H"),
    ('date("2024-01-01") = date and time("2024-01-01T00:00:00")', None), ('"a" instance of string', True), ("null instance of Any", False),
    ("[1] instance of list", True), ('date("2024-01-01") instance of date and time', False), ("[1..5]", "[1..5]"), ("[1..5].start", 1),
    ("(> 5).start", 5), ("5 in (> 4)", True), ("[1..3] = [1..3]", True), ("number(\"1e3\")", 1000), ("string(1000000 ** 5)", "1" + "0" * 30),
    ("10 ** 6000 * 10 ** 6000", None), ("0 ** 0", 1), ("round half up(2.345, 2)", 2.35), ("decimal(2.345, 2)", 2.34), ("decimal(1250, -2)", 1200),
    ("day of week(date(\"2024-01-01\"))", "Monday"), ("month of year(date(\"2024-01-01\"))", "January"), ('upper case(["a"])', "A"), ("count(5)", 1),
    ('insert before(list: [1], position: 1, newItem: 0)', [0, 1]), ("sum(list: [1,2])", 3), ("append(1, 2)", [1, 2]), ("abs(duration(\"-P1D\"))", "P1D"),
    ("context put({a: {b: 1}}, [\"a\", \"b\"], 2)", {"a": {"b": 2}}), ("get value({a: {b: 1}}, [\"a\", \"b\"])", 1), ('"\\U01F600"', "😀"),
    ("is defined(x)", False), ("is defined(a.b)", True), ("is defined(a.c)", False), ("is defined(n)", True), ("is defined(null)", False),
    ("[{z: 1}, {b: 1}][is defined(z)]", [{"z": 1}]), ("count.return", 2), ("a.b > 0 and count.return = 2", True), ("sqrt(2) ** 2 < 2.0001", True),
    ("years and months duration(date(\"2024-01-31\"), date(\"2024-02-29\"))", "P0M"), ('duration("P1Y1D")', None), ('@"P1D" + @"2024-01-01"', "2024-01-02"),
    ('matches("aa", "(a)\\\\1")', None), ('replace("abc", "b", "\\\\$1")', "a$1c"), ("[1,2,3][item = 2 or item = 3]", [2, 3]), ("{a: 1}[a = 1]", [{"a": 1}]),
    ("median(3, 1)", 2), ("for x in 1..3, y in 1..x return y", [1, 1, 2, 1, 2, 3]), ("partial", None), ("mean([])", None), ("string([\"a\", null])", '["a", null]'),
])
def test_server_only(text, expected):
    assert value(text, a={"b": 1}, n=None, count={"return": 2}) == expected


def test_now_is_handed_in():
    now = datetime(2024, 5, 1, 9, 30, tzinfo=UTC)
    assert parse("today()").evaluate({}, now=now) == date(2024, 5, 1)
    assert parse("now()").evaluate({}, now=now) == now
    assert parse("today()").evaluate({}) is None and parse("now()").evaluate({}) is None
    assert parse('today() < date("2024-06-01")').evaluate({}, now=now) is True


def test_functions_of_the_host():
    seen = []
    functions = {"due date": lambda start, span: seen.append((start, span)) or start + timedelta(days=15),
                 "working days between": lambda a, b: 7, "broken": lambda: 1 / 0, "object": object, "deep": lambda: [[{"a": 1}]]}
    due = parse('due date(date("2024-01-01"), "15 d") + duration("P1D")')
    assert due.evaluate({}, functions=functions) == date(2024, 1, 17)
    assert seen == [(date(2024, 1, 1), "15 d")] and due.functions == {"due date", "date", "duration"}
    assert parse("working days between(a, b) between 1 and 7").evaluate({}, functions=functions) is True
    assert parse("broken()").evaluate({}, functions=functions) is None
    assert parse("object()").evaluate({}, functions=functions) is None
    assert parse("deep()[1][1].a = 1").evaluate({}, functions=functions) is True
    assert parse("due date(1)").evaluate({}) is None


def test_values_of_the_context():
    class Name(str):
        pass

    context = {"i": 1, "f": 0.1, "d": Decimal("1.50"), "t": (1, 2), "s": Name("x"), "o": object(), "nan": float("nan"), "huge": 10**9999,
               "at": datetime(2024, 1, 1, tzinfo=UTC), "span": timedelta(hours=30), "months": YearsMonths(14), "clock": time(10)}
    assert parse("i + f + d").evaluate(context) == Decimal("2.6")
    assert parse("[t[2], s, o, nan, huge]").evaluate(context) == [2, "x", None, None, None]
    assert value("[at, span, months, clock]", **context) == ["2024-01-01T00:00:00Z", "P1DT6H", "P1Y2M", "10:00:00"]
    assert parse("at.year = 2024 and span.days = 1 and months.years = 1").evaluate(context) is True


def test_paths_and_functions():
    found = parse('answers.screen.decision = "assign" and count(list[days > params.max]) > 0 and (for x in list return x.y) != null')
    assert found.paths == {("answers", "screen", "decision"), ("list",), ("days",), ("params", "max")}
    assert found.functions == {"count"}
    assert parse("{a: b, c: a}").paths == {("b",)}
    assert parse_unary("? > limit.days").paths == {("?",), ("limit", "days")}


def test_check():
    scope = {"answers": {"screen": {"decision": 1}}, "vars": {"*": 1}, "today": 1, "list": 1, "double": lambda n: n}
    assert check(parse('answers.screen.decision.x = vars.anything and today != null'), scope) == []
    assert check(parse("list[days > 3 and item.days < 5]"), scope) == []
    assert check(parse("double(1) + due date(1)"), scope, ["due date"]) == []
    problems = check(parse("answers.scren.decision + lst + substring() + nothing(1) + count(a: 1) + is defined(1, 2)"), scope)
    assert [each.en for each in problems] == [
        "unknown name answers.scren.decision", "unknown name lst", "the arguments of substring() do not fit",
        "unknown function nothing()", "the arguments of count() do not fit", "the arguments of is defined() do not fit",
    ]
    assert all(each.zh and each == f"{each.zh} / {each.en}" for each in problems)
    assert check(parse("a.b + c"), lambda path: path == ("a", "b")) == ["未知名称 c / unknown name c"]


@pytest.mark.parametrize(("text", "position"), [
    ("", 0), ("1 +", 3), ("1 2", 2), ("a，b", 1), ('x = "abc', 4), ("if a then b", 11), ("not a", 0), ("{a: 1, a: 2}", 0), ("[1, 2", 5), ("f(1", 3),
    ("a..b", 1), ("x instance of Foo", 14), ("function(x) x external", 14), ("function(x, x) x", 0), ("for x in [1] return", 19), ("!x", 0), ("a[", 1), ("1 = = 2", 4), ("f(a: 1, 2)", 8),
    ("{a: 1,}", 6), ("“好”", 0), ("a == b", 3), ("a && b", 2), ('"a\nb"', 0), ("'a'", 0),
])
def test_syntax_errors(text, position):
    with pytest.raises(FeelSyntaxError) as caught:
        parse(text)
    assert caught.value.position == position and " / " in caught.value.message


def test_limits():
    for text in ("x" * 4001, "(" * 61 + "1" + ")" * 61, "a" + "[1]" * 70):
        with pytest.raises(FeelLimit):
            parse(text)
    assert parse("(" * 50 + "1" + ")" * 50).evaluate({}) == 1
    assert parse(" + ".join(["1"] * 900)).evaluate({}) == 900
    for text in ("for x in 1..2001 return x", "for x in 1..100, y in 1..400 return x", 'string join(for x in 1..2000 return "0123456789")',
                 "some x in l, y in l, z in l satisfies false"):
        with pytest.raises(FeelLimit):
            value(text, l=list(range(100))) if "join" not in text else value(text + " + " + text)


def test_parsed_once():
    assert parse("a + 1") is parse("a + 1") and parse_unary("< 1") is parse_unary("< 1")


# properties

NUMBERS = st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**12), max_value=10**12, places=4)
PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers(-10**9, 10**9) | st.text(max_size=8) | st.floats(allow_nan=False, allow_infinity=False, width=32),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from("abcxyz"), inner, max_size=4), max_leaves=12,
)
WORDS = st.sampled_from([
    *"abcxyz?", "and", "or", "not", "if", "then", "else", "for", "in", "return", "some", "every", "satisfies", "between", "instance", "of", "number",
    "null", "true", "false", "(", ")", "[", "]", "{", "}", ",", ":", ".", "..", "+", "-", "*", "/", "**", "=", "!=", "<", "<=", ">", ">=", "@", "item",
    "1", "2", "0", "3.5", '"a"', '"2024-01-01"', '"P1D"', "date(", "time(", "duration(", "count(", "sum(", "string(", "substring(", "replace(", "matches(",
    "flatten(", "is defined(", "context put(", "get value(", "index of(", "min(", "date and time(", "汉字", "day", "string", "length",
])
ATOMS = st.sampled_from(["1", "-2", "0.5", "null", "true", "false", '"a"', '"2024-01-01"', "a", "b", "c.x", "x", "item", "[]", "{}", 'duration("P1D")',
                         'date("2024-01-31")', 'time("10:00:00")', 'duration("P1M")', 'date and time("2024-01-31T10:00:00Z")', "[1..3]", "?"])
ONE = ["-{0}", "not({0})", "count({0})", "string({0})", "{0}.x", "{0}.day", "[{0}]", "{{x: {0}}}", "sum({0})", "flatten({0})", "date({0})", "abs({0})",
       "some x in {0} satisfies x", "distinct values({0})", "is defined({0})", "({0}) instance of number", "upper case({0})", "mean({0})", "reverse({0})"]
TWO = ["{0} + {1}", "{0} - {1}", "{0} * {1}", "{0} / {1}", "{0} ** {1}", "{0} = {1}", "{0} < {1}", "{0} and {1}", "{0} or {1}", "({0})[{1}]", "{0} in {1}",
       "({0}) in ({1}, > 1)", "for x in {0} return {1}", "[({0})..({1})]", "concatenate({0}, {1})", "matches({0}, {1})", "split({0}, {1})", "decimal({0}, {1})",
       "list contains({0}, {1})", "index of({0}, {1})", "modulo({0}, {1})", "contains({0}, {1})", "every x in {0} satisfies {1}", "remove({0}, {1})",
       "get value({0}, {1})", "date and time({0}, {1})", "years and months duration({0}, {1})", "string join({0}, {1})", "min({0}, {1})", "union({0}, {1})"]
THREE = ["if {0} then {1} else {2}", "({0}) between ({1}) and ({2})", "substring({0}, {1}, {2})", "replace({0}, {1}, {2})", "context put({0}, {1}, {2})",
         "date({0}, {1}, {2})", "time({0}, {1}, {2})", "sublist({0}, {1}, {2})", "insert before({0}, {1}, {2})", "number({0}, {1}, {2})"]
EXPRESSIONS = st.recursive(ATOMS, lambda inner: st.one_of(
    st.builds(lambda form, a: form.format(a), st.sampled_from(ONE), inner),
    st.builds(lambda form, a, b: form.format(f"({a})", f"({b})"), st.sampled_from(TWO), inner, inner),
    st.builds(lambda form, a, b, c: form.format(a, b, c), st.sampled_from(THREE), inner, inner, inner),
), max_leaves=10)
CONTEXTS = st.fixed_dictionaries(dict.fromkeys("abcx", PLAIN))


def ask(text, context):
    """The answer to anything is a value that JSON can hold, or a FeelError."""
    try:
        parsed = parse(text)
    except FeelError as error:
        assert isinstance(error, FeelSyntaxError | FeelLimit)
        return
    try:
        json.dumps(to_plain(parsed.evaluate(context)), allow_nan=False)
    except FeelLimit:
        pass


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=60))
def test_any_text(text):
    ask(text, {})


@settings(max_examples=300, deadline=None)
@given(st.lists(WORDS, max_size=20).map(" ".join), CONTEXTS)
def test_any_words(text, context):
    ask(text, context)
    try:
        assert parse_unary(text).matches(context["x"], context) in (True, False)
    except (FeelSyntaxError, FeelLimit):
        pass


@settings(max_examples=400, deadline=None)
@given(EXPRESSIONS, CONTEXTS)
def test_any_expression(text, context):
    parse(text)
    ask(text, context)


@settings(max_examples=200, deadline=None)
@given(NUMBERS, NUMBERS)
def test_arithmetic_is_decimal(a, b):
    exact = Context(prec=34)
    context = {"a": a, "b": b}
    assert parse("a + b").evaluate(context) == exact.add(a, b)
    assert parse("a - b").evaluate(context) == exact.subtract(a, b)
    assert parse("a * b").evaluate(context) == exact.multiply(a, b)
    assert parse("a / b").evaluate(context) == (exact.divide(a, b) if b else None)
    assert parse("a < b").evaluate(context) is (a < b) and parse("a = b").evaluate(context) is (a == b)
    assert parse(f"({a}) + ({b})").evaluate({}) == exact.add(a, b)
    if b:
        rest = parse("modulo(a, b)").evaluate(context)
        assert abs(rest) < abs(b) and (not rest or (rest > 0) == (b > 0))


@given(st.integers(-10**6, 10**6), st.integers(-3, 3))
def test_rounding(number, scale):
    unit = Decimal(10) ** -scale
    n = Decimal(number) / 100
    for name in ("decimal", "floor", "ceiling", "round up", "round down", "round half up", "round half down"):
        rounded = parse(f"{name}(n, s)").evaluate({"n": n, "s": scale})
        assert rounded % unit == 0 and abs(rounded - n) < unit, name


TRUTH = {"true": True, "false": False, "null": None, "1": None}


@pytest.mark.parametrize("a", TRUTH)
@pytest.mark.parametrize("b", TRUTH)
def test_three_values(a, b):
    left, right = TRUTH[a], TRUTH[b]
    both = False if left is False or right is False else None if None in (left, right) else True
    either = True if left is True or right is True else None if None in (left, right) else False
    assert parse(f"{a} and {b}").evaluate({}) is both
    assert parse(f"{a} or {b}").evaluate({}) is either
    assert parse(f"not({a})").evaluate({}) is (None if left is None else not left)
    assert parse(f"not({a} and {b}) = (not({a}) or not({b}))").evaluate({}) is True


@settings(max_examples=200, deadline=None)
@given(st.lists(st.sampled_from(["1", "> 2", "[1..3)", '"a"', "null", "x", "< 0", "? > 1", "? = null"]), min_size=1, max_size=3).map(", ".join), PLAIN)
def test_a_cell_is_an_in(tests, value):
    if "?" in tests:
        return
    context = {"x": 2, "value": value}
    assert parse_unary(tests).matches(value, context) is (parse(f"value in ({tests})").evaluate(context) is True)


@settings(max_examples=200, deadline=None)
@given(PLAIN)
def test_plain_values_come_back(given_value):
    assert value("x", x=given_value) == pytest.approx(given_value) if isinstance(given_value, float) else True
    assert parse("x = x").evaluate({"x": given_value}) is True
    assert json.loads(json.dumps(value("[x, {y: x}]", x=given_value))) == value("[x, {y: x}]", x=given_value)


@given(st.dates(date(1, 2, 1), date(9998, 1, 1)), st.integers(-11, 11), st.integers(0, 400))
def test_dates(day, months, days):
    context = {"d": day, "m": YearsMonths(months), "n": timedelta(days=days)}
    moved = parse("d + m").evaluate(context) if day.year > 1 else None
    if moved is not None:
        assert (moved.year * 12 + moved.month) - (day.year * 12 + day.month) == months and moved.day <= day.day
    assert parse("(d + n) - d = n").evaluate(context) is True
    assert parse("date(string(d)) = d").evaluate(context) is True


@given(st.integers(-10**7, 10**7))
def test_durations(seconds):
    span = timedelta(seconds=seconds)
    assert parse("duration(string(d)) = d and d.days * 86400 + d.hours * 3600 + d.minutes * 60 + d.seconds = n").evaluate({"d": span, "n": seconds}) is True


def test_a_limit_in_the_host_function_comes_through():
    def refuse():
        raise FeelLimit("x")

    with pytest.raises(FeelLimit):
        parse("f()").evaluate({}, functions={"f": refuse})


def test_the_page_names_every_function():
    from webapp.feel.builtins import FUNCTIONS

    page = (Path(__file__).parents[2] / "docs" / "feel.md").read_text(encoding="utf-8")
    table = page.partition("## Functions")[2].partition("## Limits")[0]
    assert [name for name in FUNCTIONS if f"`{name}(" not in table] == []


@pytest.mark.parametrize(("text", "expected"), [
    ("{f: function(a, b) a + b, r: f(b: 1, a: 2)}.r", 3), ("{f: function(a) function(b) a - b, r: f(5)(2)}.r", 3), ("(function(a) a)(1, 2)", None),
    ('{f: function(a: number) a, r: f("x")}.r', None), ("{f: function(a: list<number>) a, r: f([1])}.r", [1]), ("function(a) a", None), ("string(function() 1)", "function"),
    ("[for x in 1..3 return function(y) x * 10 + y][1](4)", None), ("{fs: for x in 1..3 return function(y) x * 10 + y, r: fs[2](4)}.r", 24),
    ("{f: function(g, x) g(x), r: f(abs, -2)}.r", 2), ("function() 1 instance of function", None), ("(function(a) 1) instance of function<number> -> number", True),
    ("sort([3, 1, 2])", [1, 2, 3]), ("sort([3, 1, 2], function(a, b) a > b)", [3, 2, 1]), ('sort([1, "a"])', None), ("sort([1, 2], function(a, b) 1)", None),
    ("list replace([1, 2, 3], -1, 9)", [1, 2, 9]), ("list replace([1, 2, 3], function(a, b) a < b, 3)", [3, 3, 3]), ("list replace([1], 2, 9)", None),
    ("product([2, 3, 4])", 24), ("mode([6, 3, 9, 6, 6])", [6]), ("mode([])", []), ("stddev([2, 4, 7, 5]) > 2.08", True), ("stddev([1])", None), ("log(exp(1))", 1), ("log(0)", None),
    ('context([{key: "a", value: 1}])', {"a": 1}), ('context([{key: "a", value: 1}, {key: "a", value: 2}])', None), ("context merge([{a: 1}, {a: 2, b: 3}])", {"a": 2, "b": 3}),
    ('is(@"23:00:50Z", @"23:00:50+00:00")', True), ('is(1, "1")', False), ("before([1..5), 5)", True), ("before([1..5], 5)", False), ("after(6, [1..5])", True),
    ("meets([1..5], [5..8])", True), ("met by([5..8], [1..5])", True), ("overlaps([1..5], [5..8])", True), ("overlaps([1..5), [5..8])", False), ("during(5, [1..10])", True),
    ("includes([1..10], [4..6])", True), ("starts(1, [1..10])", True), ("finished by([1..10], 10)", True), ("coincides([1..5], [1..5])", True), ("before(1, null)", None),
    ('range("[1..3]") = [1..3]', True), ('range("[a..3]")', None), ('range("[3..1]")', None), ("for i in 1..4 return if i = 1 then 1 else i * partial[-1]", [1, 2, 6, 24]),
    ('count(for d in date("2024-02-27")..date("2024-03-01") return d)', 4), ("[1, 2] instance of list<number>", True), ('[1, "a"] instance of list<number>', False),
    ("{a: 1} instance of context<a: number>", True), ("[1..2] instance of range<number>", True), ("1.2e3", 1200), ("[{item: 1}, {item: 3}][item > 2]", [{"item": 3}]),
    ('date and time("2024-01-01T24:00:00")', "2024-01-02T00:00:00"), ('time("10:00:00+15:00")', None), ('@"2024-01-02T00:00:00Z" - @"2024-01-01"', "P1D"),
    ('number("1,000", ",", null)', 1000), ("count = null", True), ("[1, 2][count = null]", [1, 2]),
])
def test_functions_and_what_takes_them(text, expected):
    assert value(text) == expected


def test_names_that_hold_more_than_words():
    names = frozenset({"Person's age", "rate-1", "a and b"})
    found = parse("Person's age * rate - 1 + rate-1 + a and b", names)
    assert found.paths == {("Person's age",), ("rate-1",), ("a and b",)}
    assert to_plain(found.evaluate({"Person's age": 2, "rate-1": 3, "a and b": 4})) == 13
    assert parse("rate-10", names).paths == {("rate",)} and parse("rate-1").paths == {("rate",)}
