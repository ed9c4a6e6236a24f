"""Functions beyond the first set: sorting, replacing, contexts from entries, statistics, `is`. Functions handed to them
are called at the price of a call each."""

from __future__ import annotations

from decimal import Decimal
from functools import cmp_to_key

from . import numbers
from .builtins import feel
from .callables import Function, invoke
from .compare import OPERATORS, ordered, same
from .errors import Run
from .functions_number import total
from .numbers import ARITHMETIC, ONE


@feel("sort", "list:list", "precedes:function?")
def sort(run: Run, items: list, precedes: Function | None = None) -> list | None:
    """In a stable order: by the function, which says whether its first argument comes first, else rising."""
    def before(left: object, right: object) -> object:
        run.charge(1)
        return ordered(OPERATORS["<"], left, right) if precedes is None else invoke(precedes, run, (left, right))

    def compare(left: object, right: object) -> int:
        first = before(left, right)
        if type(first) is not bool:
            raise ValueError
        return -1 if first else 1 if before(right, left) is True else 0

    return sorted(items, key=cmp_to_key(compare))      # ValueError is null


@feel("list replace", "list:list", "match:any", "newItem:any")
@feel("list replace", "list:list", "position:any", "newItem:any")
def list_replace(run: Run, items: list, where: object, item: object) -> list | None:
    """The list with another member at a place, or wherever the function says so of (member, newItem)."""
    if type(where) is Function:
        made = []
        for each in items:
            holds = invoke(where, run, (each, item))
            if type(holds) is not bool:
                return None
            made.append(item if holds else each)
        return run.items(made)
    place = numbers.truncated(where)
    if not place or abs(place) > len(items):
        return None
    made = list(items)
    made[place - 1 if place > 0 else place] = item
    return run.items(made)


@feel("context", "entries:list")
def context(run: Run, entries: list) -> dict | None:
    """A context from its entries, each `{key, value}`; null where a key stands twice."""
    run.charge(len(entries))
    made: dict[str, object] = {}
    for each in entries:
        if type(each) is not dict or type(each.get("key")) is not str or "value" not in each or each["key"] in made:
            return None
        made[each["key"]] = each["value"]
    return made


@feel("context merge", "contexts:list")
def context_merge(run: Run, contexts: list) -> dict | None:
    """One context of several, later entries before earlier ones."""
    made: dict[str, object] = {}
    for each in contexts:
        if type(each) is not dict:
            return None
        run.charge(len(each) + 1)
        made |= each
    return made


def _numbers(values: list) -> bool:
    return all(type(value) is Decimal for value in values)


@feel("product", "list:list", rest="all")
def product(run: Run, values: list) -> Decimal | None:
    if not values or not _numbers(values):
        return None
    result = ONE
    for value in values:
        result = ARITHMETIC.multiply(result, value)
    return numbers.finite(result)


@feel("mode", "list:list", rest="all")
def mode(run: Run, values: list) -> list | None:
    """The commonest numbers, rising."""
    if not _numbers(values):
        return None
    counts: dict[Decimal, int] = {}
    for value in values:
        counts[value] = counts.get(value, 0) + 1
    most = max(counts.values(), default=0)
    return sorted(value for value, count in counts.items() if count == most)


@feel("stddev", "list:list", rest="all")
def stddev(run: Run, values: list) -> Decimal | None:
    """The standard deviation of a sample."""
    if len(values) < 2 or not _numbers(values):
        return None
    count = Decimal(len(values))
    mean = ARITHMETIC.divide(total(run, values), count)
    squares = [ARITHMETIC.multiply(gap, gap) for gap in (ARITHMETIC.subtract(value, mean) for value in values)]
    summed = total(run, squares)
    return None if summed is None else numbers.finite(ARITHMETIC.sqrt(ARITHMETIC.divide(summed, count - ONE)))


@feel("exp", "number:number")
def exp(run: Run, number: Decimal) -> Decimal | None:
    run.charge(60)
    return numbers.finite(ARITHMETIC.exp(number))


@feel("log", "number:number")
def log(run: Run, number: Decimal) -> Decimal | None:
    run.charge(60)
    return numbers.finite(ARITHMETIC.ln(number)) if number > 0 else None


@feel("is", "value1:any", "value2:any")
def is_same(run: Run, left: object, right: object) -> bool:
    """Whether both are the same value of the same kind, offsets from UTC included."""
    if type(left) is not type(right) or not same(left, right):
        return False
    offset = getattr(type(left), "utcoffset", None)
    return offset is None or offset(left) == offset(right)
