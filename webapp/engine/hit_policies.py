"""What the hit policies of DMN make of the rules that matched (DMN 1.3, 8.2.8)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal

from webapp.feel import Said
from webapp.feel.compare import same
from webapp.feel.functions_number import maximum, minimum, total

SINGLE = frozenset({"UNIQUE", "ANY", "FIRST", "PRIORITY"})
LISTS = frozenset({"RULE ORDER", "OUTPUT ORDER", "COLLECT"})
RANKED = frozenset({"PRIORITY", "OUTPUT ORDER"})
AGGREGATIONS: dict[str, Callable] = {
    "SUM": lambda run, values: total(run, values),
    "MIN": lambda run, values: minimum(run, values),
    "MAX": lambda run, values: maximum(run, values),
    "COUNT": lambda run, values: Decimal(len(values)),
}


class DecisionError(Exception):
    """A decision that its own rules contradict, or a value that it does not allow; `.message` is in both languages."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


def only(decision: str, hits: Sequence[tuple[str, object]]) -> object:
    """UNIQUE: the one rule that matched. Raises DecisionError when several did."""
    if len(hits) > 1:
        ids = ", ".join(rule for rule, _ in hits)
        raise DecisionError(Said(f"决策 {decision}：多条规则同时命中（{ids}）", f"{decision}: several rules matched ({ids})"))
    return hits[0][1]


def agreed(decision: str, hits: Sequence[tuple[str, object]]) -> object:
    """ANY: what all matching rules say. Raises DecisionError when they differ."""
    first = hits[0][1]
    for rule, value in hits:
        if not same(value, first):
            raise DecisionError(Said(
                f"决策 {decision}：命中的规则结果不一致（{hits[0][0]}、{rule}）",
                f"{decision}: matching rules differ ({hits[0][0]}, {rule})",
            ))
    return first


def ranked(hits: Sequence[tuple[str, object]], orders: Sequence[Sequence[object] | None], names: Sequence[str]) -> list:
    """PRIORITY and OUTPUT ORDER: the hits by the order of their allowed output values, the first output first."""

    def rank(hit: tuple[str, object]) -> tuple[int, ...]:
        values = [hit[1]] if len(names) == 1 else [hit[1][name] for name in names]
        return tuple(_place(value, order) for value, order in zip(values, orders, strict=True) if order is not None)

    return sorted(hits, key=rank)


def _place(value: object, order: Sequence[object]) -> int:
    for place, each in enumerate(order):
        if same(value, each):
            return place
    return len(order)
