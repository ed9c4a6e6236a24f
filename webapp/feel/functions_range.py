"""How points and ranges lie to one another (DMN 1.3, 10.3.4.9), and a range from its text."""

from __future__ import annotations

from operator import ge, gt, le, lt

from .builtins import feel
from .compare import ordered, same, within
from .compiler import Compiler
from .errors import FeelError, Run
from .parser import parse_text
from .values import Range

_TEXT = 200         # characters of a range's text
_MAKERS = frozenset({"date", "time", "date and time", "duration"})


def _truth(*parts: bool | None) -> bool | None:
    """All of them: null where one is null and none false."""
    if any(part is False for part in parts):
        return False
    return None if any(part is None for part in parts) else True


def _ends(value: object) -> Range:
    """A point is the range of itself alone."""
    return value if type(value) is Range else Range(value, value, True, True)


def _before(left: object, right: object) -> bool | None:
    first, second = _ends(left), _ends(right)
    touch = first.end_in and second.start_in
    return ordered(lt if touch else le, first.end, second.start)


def _meets(left: Range, right: Range) -> bool | None:
    return _truth(left.end_in and right.start_in, _equal(left.end, right.start))


def _equal(left: object, right: object) -> bool | None:
    return None if ordered(le, left, right) is None else same(left, right)


def _includes(outer: Range, inner: object) -> bool | None:
    if type(inner) is not Range:
        return within(inner, outer)
    low = ordered(lt if inner.start_in and not outer.start_in else le, outer.start, inner.start)
    high = ordered(gt if inner.end_in and not outer.end_in else ge, outer.end, inner.end)
    return _truth(low, high)


def _starts(inner: object, outer: Range) -> bool | None:
    if type(inner) is not Range:
        return _truth(outer.start_in, _equal(inner, outer.start))
    return _truth(inner.start_in == outer.start_in, _equal(inner.start, outer.start), _includes(outer, inner))


def _finishes(inner: object, outer: Range) -> bool | None:
    if type(inner) is not Range:
        return _truth(outer.end_in, _equal(inner, outer.end))
    return _truth(inner.end_in == outer.end_in, _equal(inner.end, outer.end), _includes(outer, inner))


def _overlaps(left: Range, right: Range) -> bool | None:
    apart = (_before(left, right), _before(right, left))
    return None if None in apart else not any(apart)


def _starts_first(left: Range, right: Range) -> bool | None:
    """Whether the left range begins before the right one does."""
    return ordered(le if left.start_in and not right.start_in else lt, left.start, right.start)


def _overlaps_before(left: Range, right: Range) -> bool | None:
    ends = ordered(le if right.end_in or not left.end_in else lt, left.end, right.end)
    return _truth(_overlaps(left, right), _starts_first(left, right), ends)


def _coincides(left: object, right: object) -> bool | None:
    if type(left) is Range and type(right) is Range:
        ends = left.start_in == right.start_in and left.end_in == right.end_in
        return _truth(_equal(left.start, right.start), _equal(left.end, right.end), ends)
    return None if Range in (type(left), type(right)) else _equal(left, right)


def _relation(name: str, test, first: str, second: str) -> None:
    """Declares a relation; `range` must be one, `point` may be either."""

    def relation(run: Run, left: object, right: object) -> bool | None:
        for value, wanted in ((left, first), (right, second)):
            if value is None or (wanted == "range" and type(value) is not Range):
                return None
        return test(left, right)

    labels = {"point": ("point1", "point2"), "range": ("range1", "range2")}
    for left in {first, "range"} if first == "point" else {first}:
        for right in {second, "range"} if second == "point" else {second}:
            a, b = (labels[left][0], labels[right][1]) if left == right else (left, right)
            feel(name, f"{a}:any", f"{b}:any")(relation)


_relation("before", _before, "point", "point")
_relation("after", lambda left, right: _before(right, left), "point", "point")
_relation("meets", _meets, "range", "range")
_relation("met by", lambda left, right: _meets(right, left), "range", "range")
_relation("overlaps", _overlaps, "range", "range")
_relation("overlaps before", _overlaps_before, "range", "range")
_relation("overlaps after", lambda left, right: _overlaps_before(right, left), "range", "range")
_relation("finishes", _finishes, "point", "range")
_relation("finished by", lambda outer, inner: _finishes(inner, outer), "range", "point")
_relation("includes", _includes, "range", "point")
_relation("during", lambda inner, outer: _includes(outer, inner), "point", "range")
_relation("starts", _starts, "point", "range")
_relation("started by", lambda outer, inner: _starts(inner, outer), "range", "point")
_relation("coincides", _coincides, "point", "point")


@feel("range", "from:text")
def range_of(run: Run, text: str) -> Range | None:
    """The range that a text writes, of constants: numbers, texts, dates and times, durations."""
    if len(text) > _TEXT:
        return None
    run.charge(10 + 2 * len(text))
    try:
        tree = parse_text(text)
    except FeelError:
        return None
    compiler = Compiler()
    if tree.kind != "range" or any(part.kind not in ("literal", "at", "call", "negate") for part in tree.parts):
        return None
    code = compiler.code(tree)
    if compiler.paths or compiler.guesses or compiler.slots or not _MAKERS.issuperset(compiler.functions):
        return None
    value = code(run)
    return value if value is None or value.start is None or value.end is None or ordered(le, value.start, value.end) else None
