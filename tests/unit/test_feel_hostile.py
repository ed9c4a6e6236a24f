"""Expressions written to do harm: each is answered with a value that JSON can hold or a FeelError, and nothing else.

How long they may take is not asserted here; docs/feel.md says what was measured.
"""

import json

import pytest

from webapp.feel import FeelError, parse, parse_unary, to_plain

CONTEXT = {
    "s": "a" * 20_000, "t": "汉字a" * 6_600, "big": "x" * 200_000, "l": list(range(2_000)), "ll": [list(range(40))] * 40,
    "c": {"a": {"b": 1}}, "objs": [{"k": n, "v": "y" * 1_000} for n in range(2_000)], "floats": [0.1] * 2_000, "n": 10**30,
}
REACHING = """
s.__class__ | "".__class__.__mro__ | c.__class__.__bases__[1].__subclasses__() | __import__("os") | __builtins__ | "{0.__class__}".format(1)
"%s" % 1 | eval("1") | exec("1") | open("/etc/passwd") | getattr(c, "a") | c["__class__"] | c.get | c.items() | l.append(1) | l.__len__ | (1).real
get value(c, "__class__") | get value(c, ["a", "__class__"]) | context put({}, "__proto__", 1) | today().__class__ | date("2024-01-01").__reduce__
date("2024-01-01").replace | date("2024-01-01").max | duration("P1D").resolution | duration("P1Y")._asdict | duration("P1Y")._replace | [1..2]._fields
lambda: 1 | function() 1 | external | this | globals() | run | run.context | run.slots | @"__class__" | c.a.b.c.d.e | ?.__class__ | self | null.x
is defined(c.__class__) | is defined(__class__) | {__class__: 1}.__class__ | for __class__ in [1] return __class__ | [c][__class__ = 1] | true.real
""".replace("\n", "|").split("|")
NUMBERS = """
2 ** (10 ** 8) | (2 ** 100) ** (2 ** 100) | 10 ** 6000 * 10 ** 6000 | 9 ** 9 ** 9 ** 9 | (1 / 3) ** -6000 | 2 ** 0.5 ** 0.5 | (-8) ** (1 / 3)
1.0000001 ** 999999999 | 0.99999 ** 1234567890123 | sqrt(2) ** 6000 | decimal(1 / 3, 6000) | decimal(10 ** 33, -6000) | round up(1, 99999)
modulo(10 ** 5000, 7) | floor(10 ** 5999) | string(10 ** 5999) | string(10 ** -5999) | odd(10 ** 5999) | mean(for i in 1..2000 return 10 ** 6000)
date(99999999999999999999, 1, 1) | date(0, 1, 1) | date("9999-12-31") + duration("P1D") | date("0001-01-01") - duration("P1Y") | substring("a", 10 ** 30)
duration("P999999999Y") + duration("P999999999Y") | duration("P999999999D") * 10 ** 9 | -duration("P999999999D") * 2 | [1, 2][10 ** 30] | [1][1.5]
time("23:59:59") + duration("P999999999D") | time(1, 1, 1, duration("P9D")) | duration("P1D") / duration("PT0S") | duration("P1Y") / 0 | number("1e99999")
insert before([1], 10 ** 20, 1) | sublist([1], 1, 10 ** 20) | remove([], 1) | max(time("10:00:00"), time("10:00:00Z")) | n ** n | 1 / n ** 199
""".replace("\n", "|").split("|")
LISTS = """
for a in 1..2000, b in 1..2000 return a | for a in 1..2000 return for b in 1..2000 return b | some a in 1..2000, b in 1..2000 satisfies a = -b
every a in l, b in l satisfies a >= 0 | for a in 1..100000000 return a | l[item in l] | l[list contains(l, item)] | l[count(l[item > 1]) > 1]
for x in l return l | for x in l return string(l) | string(for x in 1..400 return l) | for x in 1..2000 return s + s | for x in l return upper case(s)
string join(for x in 1..2000 return s) | string join(objs.v) | for x in l return contains(big, "xb") | for x in l return big | for x in l return big = s
for x in l return objs | objs[v = objs[1].v] | distinct values(objs) | union(objs, objs) | index of(objs, objs[1]) | flatten(for x in 1..400 return [[x, [x]]])
objs = objs | for x in 1..100 return ll = ll | for x in l return x in l | for x in l return index of(l, x) | for x in l return min(l) | string(objs)
for x in 1..2000 return objs.v | for x in 1..2000 return l[-1] | concatenate(objs, objs, objs) | l.a.b.c | floats = floats | for x in l return sum(floats)
{a: [l, l, l], b: [a, a, a], c: [b, b, b], d: [c, c, c], e: [d, d, d], f: [e, e, e], g: [f, f, f]} = {a: 1}
{a: [1, 1], b: [a, a], c: [b, b], d: [c, c], e: [d, d], f: [e, e], g: [f, f], h: [g, g], i: [h, h], j: [i, i], k: [j, j], l: [k, k], m: [l, l], n: [m, m]}
string({a: [1, 1], b: [a, a], c: [b, b], d: [c, c], e: [d, d], f: [e, e], g: [f, f], h: [g, g], i: [h, h], j: [i, i], k: [j, j], l: [k, k], m: [l, l]})
""".replace("\n", "|").split("|")
PATTERNS = [
    "(a+)+b", "(a|a)*b", "(a?){400}a{400}", "((a*)*)*b", "(.*.*.*.*.*.*)*z", "^(([a-z])+.)+[A-Z]([a-z])+$", ".{0,900}z", "a.*z|a", "(a*)*", "", "(",
    "(?=a)", "(?<x>a)", "(?i)a", "\\\\1", "[", "a{99999}", "\\\\pL{1,900}", "(" * 99 + "a" + ")" * 99, "\\\\pL" * 40, "a(.*z)?", "x" * 300,
]
EXPRESSIONS = [each.strip() for group in (REACHING, NUMBERS, LISTS) for each in group if each.strip()] + [
    form.format(pattern)
    for pattern in PATTERNS
    for form in ('matches(s, "{}")', 'replace(t, "{}", "$1$0")', 'split(t, "{}")', 'for i in 1..2000 return matches("x", "{}" + string(i))')
] + [
    "(" * 3_000, "[" * 3_000, "{a:" * 1_000, "-" * 3_999, "not(" * 900, "1" + "+1" * 1_900, "1" + "**1" * 1_300, "a" + ".a" * 1_900, "a" + "[1]" * 1_300,
    "if a then " * 300, "x in " * 800, "a" * 3_999, '"' + "a" * 3_990 + '"', '"' * 3_999, "1" * 3_999, "." * 3_999, "/*" * 1_999, "/*" + "*" * 3_900,
    "//" + "x" * 3_900, "a " * 1_900, "a between " * 390, "a between(" * 390, "in (" * 900, "x in (" * 650, "f(a:" * 700, "a" + " or a" * 700, "1.." * 1_300,
    "for x in " * 400, "a" + ">a" * 1_900, '@"' + "P" * 3_900 + '"', '@"P' + "1" * 3_900 + 'Y"', "x" * 4_001, " " * 3_999, "()" * 1_900, "[]" * 1_900, ",,,",
    "1e999999", '{"a":' * 600, '"\\U110000"', '"\\uD800"', 'upper case("\\uD800ß")', "number(\"" + "9" * 3_000 + "\")", "\x00", "\ud800", "1\u20282",
]


def test_there_are_enough():
    assert len(set(EXPRESSIONS)) >= 200


@pytest.mark.parametrize("text", sorted(set(EXPRESSIONS)), ids=lambda text: ascii(text[:40]))
def test_answered(text):
    try:
        answer = json.dumps(to_plain(parse(text).evaluate(CONTEXT)), allow_nan=False)
    except FeelError:
        answer = ""
    assert not any(word in answer for word in ("<class", "built-in", "0x", "root:"))
    try:
        assert parse_unary(text).matches("a", CONTEXT) in (True, False)
    except FeelError:
        pass


@pytest.mark.parametrize("text", [each.strip() for each in REACHING if each.strip()])
def test_nothing_of_the_host_is_reached(text):
    try:
        answer = to_plain(parse(text).evaluate(CONTEXT | {"l": [1, 2]}))
        assert answer in (None, False, True, 1, {"__proto__": 1}, [1], [], [None, None])
    except FeelError:
        pass


@pytest.mark.parametrize("text", [
    "sort(l, function(a, b) a < b)", "sort(l, function(a, b) count(l) > 3)", "list replace(l, function(a, b) true, l)", "{y: function(f) f(f), r: y(y)}.r",
    "{f: function(f, n) if n = 0 then 0 else f(f, n - 1) + f(f, n - 1), r: f(f, 30)}.r", "for i in l return partial", "(for i in l return function(y) i)[1]",
    "{f: function(x) x + x, g: function(h) function(y) h(h(y)), r: g(g(g(g(g(g(f))))))(\"aaaaaaaa\")}.r", "exp(-1e9)", "log(1e-6000)", "stddev(l)",
    "context(for i in l return {key: string(i), value: l})", 'for i in l return range("[1..3]")', 'range("[" + t)', "l instance of list<list<list<number>>>",
    "for d in date(\"0001-01-01\")..date(\"9999-12-31\") return d", "product(for i in l return 9e5999)", "distinct values(for i in l return function() 1)",
    "function(a: " + "list<" * 80 + "number" + ">" * 80 + ") 1", "1" + "e9" * 500, "f" + "()" * 1500, "f(" * 55 + "1" + ")" * 55, "g(x, " * 50 + "1" + ")" * 50, "(function(x) " * 25 + "x" + ")(1)" * 25, "sort(l, sort)", "for i in l return context merge([{a: i}, {b: l}])",
])
def test_functions_as_values_are_bounded(text):
    try:
        json.dumps(to_plain(parse(text).evaluate({"l": list(range(2000)), "t": "ab" * 10_000})))
    except FeelError:
        pass
