"""List and context functions. Places count from 1, from the end when negative."""

from __future__ import annotations

from decimal import Decimal

from . import numbers
from .builtins import feel
from .compare import identity
from .errors import Run
from .values import MISSING, member, size_of


@feel("count", "list:list")
def count(run: Run, items: list) -> Decimal:
    return Decimal(len(items))


@feel("list contains", "list:list", "element:any")
def list_contains(run: Run, items: list, element: object) -> bool:
    run.charge(size_of(items))
    wanted = identity(element)
    return any(identity(item) == wanted for item in items)


@feel("index of", "list:list", "match:any")
def index_of(run: Run, items: list, element: object) -> list[Decimal]:
    run.charge(size_of(items))
    wanted = identity(element)
    return [Decimal(place) for place, item in enumerate(items, 1) if identity(item) == wanted]


@feel("append", "list:list", "item:any", rest="last")
def append(run: Run, items: list, *more: object) -> list:
    return run.items([*items, *more])


@feel("concatenate", "list:list", rest="all")
def concatenate(run: Run, lists: list) -> list:
    return run.items(_joined(run, lists))


def _joined(run: Run, lists: list) -> list:
    joined: list = []
    for each in lists:
        joined += each if type(each) is list else [each]
        run.items(joined)
    return joined


@feel("union", "list:list", rest="all")
def union(run: Run, lists: list) -> list:
    return distinct_values(run, _joined(run, lists))


@feel("distinct values", "list:list")
def distinct_values(run: Run, items: list) -> list:
    run.charge(size_of(items))
    seen: dict[object, object] = {}
    for item in items:
        seen.setdefault(identity(item), item)
    return list(seen.values())


@feel("insert before", "list:list", "position:number", "newItem:any")
def insert_before(run: Run, items: list, position: Decimal, item: object) -> list | None:
    place = _place(items, position)
    return None if place is None else run.items([*items[:place], item, *items[place:]])


@feel("remove", "list:list", "position:number")
def remove(run: Run, items: list, position: Decimal) -> list | None:
    place = _place(items, position)
    return None if place is None else run.items([*items[:place], *items[place + 1:]])


@feel("reverse", "list:list")
def reverse(run: Run, items: list) -> list:
    return run.items(items[::-1])


@feel("sublist", "list:list", "start position:number", "length:number?")
def sublist(run: Run, items: list, start: Decimal, length: Decimal | None = None) -> list | None:
    place = _place(items, start)
    number = len(items) if length is None else numbers.whole(length)
    if place is None or number is None or number < 0:
        return None
    return run.items(items[place:place + number])


def _place(items: list, position: Decimal) -> int | None:
    """The place counted from 0; null when it lies outside."""
    place = numbers.whole(position)
    if not place or abs(place) > len(items):
        return None
    return place - 1 if place > 0 else len(items) + place


@feel("flatten", "list:list")
def flatten(run: Run, items: list) -> list:
    flat: list = []
    waiting = [iter(items)]
    while waiting:
        for item in waiting[-1]:
            run.charge(1)
            if type(item) is list:
                waiting.append(iter(item))
                break
            flat.append(item)
        else:
            waiting.pop()
    return run.items(flat)


@feel("all", "list:list", rest="all")
def all_true(run: Run, values: list) -> bool | None:
    if any(value is False for value in values):
        return False
    return None if any(value is not True for value in values) else True


@feel("any", "list:list", rest="all")
def any_true(run: Run, values: list) -> bool | None:
    if any(value is True for value in values):
        return True
    return None if any(value is not False for value in values) else False


@feel("not", "negand:any")
def negation(run: Run, value: object) -> bool | None:
    return not value if type(value) is bool else None


@feel("get value", "m:context", "key:any")
def get_value(run: Run, context: dict, key: object) -> object:
    if type(key) is str:
        return context.get(key)
    if type(key) is not list:
        return None
    value: object = context
    for each in key:
        value = member(value, each) if type(each) is str and type(value) is dict else None
    return value


@feel("get entries", "m:context")
def get_entries(run: Run, context: dict) -> list:
    return run.items([{"key": key, "value": value} for key, value in context.items()])


@feel("context put", "context:context", "key:text", "value:any")
@feel("context put", "context:context", "keys:any", "value:any")
def context_put(run: Run, context: dict, key: object, value: object) -> dict | None:
    keys = key if type(key) is list else [key]
    return _put(run, context, keys, value)


def _put(run: Run, context: object, keys: list, value: object) -> dict | None:
    if not keys or type(keys[0]) is not str or type(context) is not dict or len(keys) > 20:
        return None
    run.charge(len(context))
    if len(keys) > 1:
        value = _put(run, context.get(keys[0], MISSING), keys[1:], value)
        if value is None:
            return None
    return {**context, keys[0]: value}
