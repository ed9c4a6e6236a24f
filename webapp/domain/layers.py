"""Calendar layers: dated days, yearly rules (solar or lunar) and whole-year notices, read from TOML (docs/calendars.md)."""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta

from lunar_python import Lunar

from webapp.domain.national import CalendarError

NATIONAL_SOURCE = "CN"  # the code under which the `holidays` package keeps the national calendar


@dataclass(frozen=True)
class LayerDay:
    """One date that a layer decides: off (`working` false) or worked, with the basis and the date of the decision."""

    day: date
    working: bool
    name_zh: str = ""
    name_en: str = ""
    basis: str = ""
    decided_on: date | None = None


@dataclass(frozen=True)
class Rule:
    """Days off that come every year: days `first`..`last` of a solar or lunar month, from `since` (to `until`), both included."""

    lunar: bool
    month: int
    first: int
    last: int
    since: date
    until: date | None
    name_zh: str
    name_en: str
    basis: str
    decided_on: date | None

    def days(self, year: int) -> list[LayerDay]:
        """The rule's days in a solar year (lunar months 11 and 12 may fall into the next one)."""
        found = []
        for base in (year - 1, year) if self.lunar else (year,):
            first = _lunar_to_solar(base, self.month, self.first) if self.lunar else date(base, self.month, self.first)
            for step in range(self.last - self.first + 1):
                day = first + timedelta(days=step)
                if day.year == year and self.since <= day and (self.until is None or day <= self.until):
                    found.append(LayerDay(day, False, self.name_zh, self.name_en, self.basis, self.decided_on))
        return found


@dataclass(frozen=True)
class Notice:
    """A whole year as a national notice arranges it; it replaces what the package says about that year."""

    year: int
    days: tuple[LayerDay, ...]
    basis: str


@dataclass(frozen=True)
class Layer:
    """What one level of government adds to the calendar above it. `source` names the national data it rests on, if any."""

    id: str
    name_zh: str
    name_en: str
    parent: str | None
    entries: tuple[LayerDay, ...] = ()
    rules: tuple[Rule, ...] = ()
    notices: tuple[Notice, ...] = ()
    source: str = ""

    def days(self, year: int) -> dict[date, LayerDay]:
        """What this layer decides in a year; a dated entry wins over a rule, a later entry over an earlier."""
        found = {entry.day: entry for rule in self.rules for entry in rule.days(year)}
        found.update((entry.day, entry) for entry in self.entries if entry.day.year == year)
        return found

    def amended(self, add: Iterable[date], remove: Iterable[date], basis: str, decided_on: date | None, name_zh: str = "", name_en: str = "") -> "Layer":
        """This layer with the dates in `add` off and those in `remove` worked. CalendarError if a date stands in both."""
        off, worked = sorted(set(add)), sorted(set(remove))
        if both := set(off) & set(worked):
            raise CalendarError(f"both off and worked: {min(both)}")
        new = [LayerDay(day, False, name_zh or "放假", name_en or "Day off", basis, decided_on) for day in off]
        new += [LayerDay(day, True, name_zh or "上班", name_en or "Working day", basis, decided_on) for day in worked]
        touched = {entry.day for entry in new}
        return replace(self, entries=tuple(entry for entry in self.entries if entry.day not in touched) + tuple(new))

    def noticed(self, notice: "Notice") -> "Layer":
        """This (national) layer with a year arranged by a notice; the year is no longer provisional. CalendarError on others."""
        if not self.source:
            raise CalendarError(f"layer {self.id}: only the national layer takes a year's notice")
        return replace(self, notices=tuple(known for known in self.notices if known.year != notice.year) + (notice,))


NATIONAL = Layer("national", "全国", "National", None, source=NATIONAL_SOURCE)


def load_layer(source: bytes | str | Mapping, years: Iterable[int] = ()) -> Layer:
    """A layer from TOML text (or the table parsed from it); its rules are tried on `years`. CalendarError with what is wrong."""
    try:
        data = source if isinstance(source, Mapping) else tomllib.loads(source.decode() if isinstance(source, bytes) else source)
        layer = Layer(
            id=data["id"],
            name_zh=data["name"]["zh"],
            name_en=data["name"]["en"],
            parent=data.get("parent"),
            entries=tuple(day for row in data.get("day", ()) for day in _entries(row)),
            rules=tuple(_rule(row) for row in data.get("rule", ())),
            notices=tuple(notice_of(row) for row in data.get("notice", ())),
            source=data.get("source", ""),
        )
        for year in years:
            layer.days(year)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise CalendarError(f"calendar layer: {type(error).__name__}: {error}") from error
    if layer.notices and not layer.source:
        raise CalendarError(f"calendar layer {layer.id}: only the national layer takes a year's notice")
    unknown = set(data) - {"id", "name", "parent", "source", "day", "rule", "notice"}
    if unknown or layer.source not in ("", NATIONAL_SOURCE) or (layer.parent is None) != bool(layer.source):
        raise CalendarError(f"calendar layer {layer.id}: unknown {sorted(unknown)}" if unknown else f"calendar layer {layer.id}: it needs a parent or source = \"CN\"")
    return layer


def _lunar_to_solar(year: int, month: int, day: int) -> date:
    solar = Lunar.fromYmd(year, month, day).getSolar()
    return date(solar.getYear(), solar.getMonth(), solar.getDay())


def _span_of_days(text: str | date) -> list[date]:
    """`2027-01-01`, or `2027-01-01..2027-01-03`; a TOML date too."""
    if isinstance(text, date):
        return [text]
    first, _, last = text.partition("..")
    start, end = date.fromisoformat(first), date.fromisoformat(last or first)
    if not 0 <= (end - start).days <= 60:
        raise ValueError(f"{text}: from the earlier to the later date, 60 days at most")
    return [start + timedelta(days=step) for step in range((end - start).days + 1)]


def _entries(row: Mapping) -> list[LayerDay]:
    return [
        LayerDay(day, bool(row["working"]), row["zh"], row["en"], row["basis"], row.get("decided_on"))
        for day in _span_of_days(row["days"])
    ]


def _rule(row: Mapping) -> Rule:
    lunar = {"gregorian": False, "lunar": True}[row["calendar"]]
    first, last, month = int(row["first"]), int(row.get("last", row["first"])), int(row["month"])
    if not (1 <= month <= 12 and 1 <= first <= last <= (29 if lunar else 31)):
        raise ValueError("month 1-12, first and last a day that every year has (29 at most in a lunar month)")
    if not lunar:
        date(2001, month, last)  # a day that exists in every year
    return Rule(lunar, month, first, last, row["since"], row.get("until"), row["zh"], row["en"], row["basis"], row.get("decided_on"))


def notice_of(row: Mapping) -> Notice:
    """A notice from its table (docs/calendars.md). KeyError, TypeError or ValueError with what is wrong."""
    year, basis, decided = int(row["year"]), row["basis"], row.get("decided_on")
    off = [LayerDay(day, False, part["zh"], part["en"], basis, decided) for part in row["off"] for day in _span_of_days(part["days"])]
    work = [LayerDay(day, True, "调休上班", "Make-up working day", basis, decided) for text in row["work"] for day in _span_of_days(text)]
    if any(entry.day.year != year for entry in off + work):
        raise ValueError(f"the notice of {year} arranges days of that year")
    return Notice(year, tuple(off + work), basis)
