"""The types that a DMN file names: what a value is as one of them, or null where it is none."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

from webapp.feel import FeelError, Run, UnaryTests, YearsMonths, parse_unary, temporal
from webapp.feel.values import size_of

from .dmn_records import ItemXml

_BASES: dict[str, tuple[type, Callable | None] | None] = {
    "string": (str, None),
    "number": (Decimal, None),
    "integer": (Decimal, None), "long": (Decimal, None), "double": (Decimal, None),
    "boolean": (bool, None),
    "date": (date, temporal.parse_date),
    "time": (time, temporal.parse_time),
    "datetime": (datetime, temporal.parse_date_time),
    "date and time": (datetime, temporal.parse_date_time),
    "daytimeduration": (timedelta, temporal.parse_duration),
    "days and time duration": (timedelta, temporal.parse_duration),
    "yearmonthduration": (YearsMonths, temporal.parse_duration),
    "years and months duration": (YearsMonths, temporal.parse_duration),
    "any": None, "": None, "list": None, "context": None,
}
Conversion = Callable[[object], object]
_BAD = object()


def base_of(name: str, items: Mapping[str, ItemXml]) -> str | None:
    """The base type behind a type's name, through the file's item definitions; null when it is unknown."""
    for _ in range(10):
        if name in items:
            item = items[name]
            name = "any" if item.collection or item.components else item.kind
            continue
        plain = name.rpartition(":")[2].lower()
        return plain if plain in _BASES else None
    return None


def conversion(base: str) -> Conversion | None:
    """What a value becomes as this type: itself, the date that an ISO text says (answers hold those), or null.
    Null where any value will do."""
    if _BASES[base] is None:
        return None
    kind, read = _BASES[base]

    def convert(value: object) -> object:
        if type(value) is kind:
            return value
        if read is not None and type(value) is str:
            found = read(value)
            return found if type(found) is kind else None
        return None

    return convert


def fits(base: str, value: object) -> bool:
    """Whether a value written in a table is of the type."""
    expected = _BASES[base]
    return expected is None or value is None or type(value) is expected[0]


class Type:
    """A type: a base, or components, or a list of members; and the values allowed."""

    __slots__ = ("base", "components", "member", "allowed")

    def __init__(
        self, base: str = "any", components: Mapping[str, Type] | None = None, member: Type | None = None,
        allowed: UnaryTests | None = None,
    ) -> None:
        self.base = _BASES[base]
        self.components = components
        self.member = member
        self.allowed = allowed

    @property
    def open(self) -> bool:
        """Whether every value is of the type."""
        return self.base is None and self.components is None and self.member is None and self.allowed is None

    def coerced(self, value: object, run: Run) -> object:
        """The value as this type: itself, a list of one for its member or the reverse, a date as its midnight, the
        date that a text says; null for what it is not."""
        if value is None:
            return None
        run.charge(size_of(value) // 4)
        found = self.held(value, run)
        if found is _BAD and self.member is not None and type(value) is not list:
            found = self.held([value], run)
        elif found is _BAD and self.member is None and type(value) is list and len(value) == 1:
            found = self.held(value[0], run)
        return None if found is _BAD else found

    def held(self, value: object, run: Run) -> object:
        """The value as this type without making or unmaking lists, or _BAD."""
        if value is None:
            return None
        if self.member is not None:
            made = [self.member.held(each, run) for each in value] if type(value) is list else [_BAD]
            return _BAD if any(each is _BAD for each in made) else made
        if self.components is not None:
            value = self.structure(value, run)
        elif self.base is not None:
            value = _as_base(value, *self.base)
        return value if value is _BAD or self.allowed is None or self.permits(value, run) else _BAD

    def structure(self, value: object, run: Run) -> object:
        """A context with all components, each of its type; what else it holds is kept."""
        if type(value) is not dict or not value.keys() >= self.components.keys():
            return _BAD
        made = {name: each.held(value[name], run) for name, each in self.components.items()}
        return _BAD if any(each is _BAD for each in made.values()) else {**value, **made}

    def permits(self, value: object, run: Run) -> bool:
        """Whether the value is among the allowed ones."""
        inner = Run(run.context, run.functions, run.now, self.allowed.slots)
        inner.left, inner.calls, inner.value = run.left, run.calls, value
        permitted = self.allowed.code(inner) is True
        run.left = inner.left
        return permitted


def _as_base(value: object, kind: type, read: Callable | None) -> object:
    if type(value) is kind:
        return value
    if kind is datetime and type(value) is date:
        return datetime(value.year, value.month, value.day, tzinfo=UTC)
    if read is not None and type(value) is str:
        found = read(value)
        return found if type(found) is kind else _BAD
    return _BAD


class Types:
    """The types of a file by name. `problems` are (type, error) of allowed values that do not parse."""

    def __init__(self, items: Mapping[str, ItemXml], names: frozenset[str]) -> None:
        self.items = items
        self.names = names
        self.made: dict[str, Type] = {}
        self.problems: list[tuple[str, FeelError]] = []

    def of(self, name: str) -> Type | None:
        """The type of that name; null where any value will do, or for one that is unknown or holds itself."""
        made = self.named(name, ())
        return None if made.open else made

    def named(self, name: str, around: tuple[str, ...]) -> Type:
        if name in self.items:
            if name in around or len(around) > 20:
                return Type()
            if name not in self.made:
                self.made[name] = self.build(self.items[name], name, (*around, name))
            return self.made[name]
        plain = name.rpartition(":")[2].lower()
        return Type(plain) if plain in _BASES else Type()

    def build(self, item: ItemXml, name: str, around: tuple[str, ...]) -> Type:
        allowed = self.allowed(item.allowed, name) if item.allowed else None
        if item.components:
            made = Type(components={key: self.build(each, name, around) for key, each in item.components}, allowed=allowed)
        else:
            made = self.named(item.kind, around)
            if allowed is not None:
                made = Type(components=made.components, member=made.member, allowed=allowed, base=_name_of(made))
        return Type(member=made) if item.collection else made

    def allowed(self, text: str, name: str) -> UnaryTests | None:
        try:
            return parse_unary(text, self.names)
        except FeelError as error:
            self.problems.append((name, error))
            return None


def _name_of(made: Type) -> str:
    return next(name for name, each in _BASES.items() if each == made.base)
