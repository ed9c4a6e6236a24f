"""A working calendar: the national one with its layers on top; asking for a day is a set lookup, for the n-th a bisection."""

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, timedelta

from webapp.domain.layers import NATIONAL, Layer, LayerDay, Notice, load_layer
from webapp.domain.ledger import content_hash
from webapp.domain.national import FIRST_NOTICE, CalendarError, last_noticed_year, national_fingerprint, national_year

__all__ = ["NATIONAL", "Calendar", "CalendarDay", "CalendarError", "Layer", "LayerDay", "build_calendar", "calendars_of", "load_layer"]

ESTIMATE = "《全国年节及纪念日放假办法》，当年安排通知尚未收录"
_WEEK_ZH, _WEEK_EN = ("周一", "周二", "周三", "周四", "周五", "周六", "周日"), ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


@dataclass(frozen=True)
class CalendarDay:
    """One day and why it is worked or not: workday, weekend, holiday, make_up, layer_off, layer_work (`layer` decided)."""

    date: date
    working: bool
    why: str
    label_zh: str
    label_en: str
    layer: str
    basis: str
    provisional: bool


class Calendar:
    """An immutable calendar; `version` is a short hash of everything that decides its days."""

    def __init__(self, layers: Sequence[Layer], id: str):
        self.id, self.layers = id, tuple(layers)
        self._known = set(range(FIRST_NOTICE, last_noticed_year() + 1)) | {notice.year for layer in layers for notice in layer.notices}
        self.version = content_hash([national_fingerprint(), _plain([asdict(layer) for layer in layers])])[:12]
        self._working: dict[int, frozenset[date]] = {}
        self._sorted: dict[int, tuple[date, ...]] = {}
        self._special: dict[int, dict[date, CalendarDay]] = {}

    def is_working(self, day: date) -> bool:
        """Whether a (plain) date is worked. CalendarError outside 1950-2099."""
        try:
            return day in self._working[day.year]
        except KeyError:
            self._build(day.year)
            return day in self._working[day.year]

    def day(self, day: date) -> CalendarDay:
        """The day with its reason, names and basis."""
        if day.year not in self._special:
            self._build(day.year)
        return self._special[day.year].get(day) or self._ordinary(day)

    def provisional(self, day: date) -> bool:
        """Whether the national notice of the day's year is not known yet."""
        return day.year not in self._known

    def provisional_between(self, first: date, last: date) -> bool:
        """Whether any day of the stretch lies in a year whose notice is not known."""
        return any(year not in self._known for year in range(first.year, last.year + 1))

    def working_days(self, year: int) -> tuple[date, ...]:
        """All working days of a year, in order."""
        if year not in self._sorted:
            self._build(year)
        return self._sorted[year]

    def working_day_after(self, day: date, n: int) -> date:
        """The n-th working day after `day`; n = 0 gives the day itself."""
        if n == 0:
            return day
        year, days = day.year, self.working_days(day.year)
        at = bisect_right(days, day) + n - 1
        while at >= len(days):
            at -= len(days)
            year += 1
            days = self.working_days(year)
        return days[at]

    def next_working(self, day: date) -> date:
        """The day itself if it is worked, else the first working day after it."""
        return day if self.is_working(day) else self.working_day_after(day, 1)

    def working_days_between(self, a: date, b: date) -> int:
        """Working days after `a` up to and including `b`; negative when `b` is the earlier."""
        if b < a:
            return -self.working_days_between(b, a)
        count = bisect_right(self.working_days(b.year), b) - bisect_right(self.working_days(a.year), a)
        return count + sum(len(self.working_days(year)) for year in range(a.year, b.year))

    def amended(self, layer_id: str, add: Iterable[date] = (), remove: Iterable[date] = (), basis: str = "", decided_on: date | None = None) -> "Calendar":
        """This calendar with one of its layers amended: `add` are off, `remove` are worked. CalendarError for a layer it lacks."""
        if layer_id not in {layer.id for layer in self.layers}:
            raise CalendarError(f"calendar {self.id} has no layer {layer_id}")
        layers = [layer.amended(add, remove, basis, decided_on) if layer.id == layer_id else layer for layer in self.layers]
        return Calendar(layers, self.id)

    def noticed(self, notice: Notice) -> "Calendar":
        """This calendar once a year's national notice is known: it replaces the estimate, and the year is provisional no more."""
        return Calendar([layer.noticed(notice) if layer.source else layer for layer in self.layers], self.id)

    def _ordinary(self, day: date) -> CalendarDay:
        weekend = day.weekday() >= 5
        zh, en = (_WEEK_ZH[day.weekday()], _WEEK_EN[day.weekday()]) if weekend else ("工作日", "Working day")
        return CalendarDay(day, not weekend, "weekend" if weekend else "workday", zh, en, self.layers[0].id, "", self.provisional(day))

    def _build(self, year: int) -> None:
        special = _national_days(self.layers[0], year, year not in self._known)
        for layer in self.layers:
            for entry in layer.days(year).values():
                special[entry.day] = _laid_over(special.get(entry.day) or self._ordinary(entry.day), entry, layer.id)
        first = date(year, 1, 1)
        every = (first + timedelta(days=step) for step in range((date(year, 12, 31) - first).days + 1))
        days = tuple(day for day in every if (special[day].working if day in special else day.weekday() < 5))
        # the set last: another thread that finds it finds the rest as well
        self._special[year], self._sorted[year] = special, days
        self._working[year] = frozenset(days)


def _national_days(root: Layer, year: int, provisional: bool) -> dict[date, CalendarDay]:
    notice = next((notice for notice in reversed(root.notices) if notice.year == year), None)
    if notice is not None:
        found = {}
        for entry in notice.days:
            why = "make_up" if entry.working else "holiday"
            found[entry.day] = CalendarDay(entry.day, entry.working, why, entry.name_zh, entry.name_en, root.id, notice.basis, False)
        return found
    table = national_year(year)
    basis = ESTIMATE if provisional else f"国务院办公厅关于{year}年部分节假日安排的通知"
    days = {day: CalendarDay(day, False, "holiday", zh, en, root.id, basis, provisional) for day, (zh, en) in table.off.items()}
    for day, swapped in table.make_up.items():
        zh = "调休上班" + (f"（补{swapped.month}月{swapped.day}日）" if swapped else "")
        en = "Make-up working day" + (f" (for {swapped.day} {swapped:%b})" if swapped else "")
        days[day] = CalendarDay(day, True, "make_up", zh, en, root.id, basis, provisional)
    return days


def _laid_over(below: CalendarDay, entry: LayerDay, layer_id: str) -> CalendarDay:
    """A layer's entry over the day below it. Where it changes nothing, the reason below stands and only its name is added."""
    if entry.working == below.working:
        if entry.working:
            return below
        zh, en = f"{below.label_zh}、{entry.name_zh}", f"{below.label_en}; {entry.name_en}"
        return CalendarDay(below.date, False, below.why, zh, en, below.layer, below.basis or entry.basis, below.provisional)
    why = "layer_work" if entry.working else "layer_off"
    return CalendarDay(below.date, entry.working, why, entry.name_zh, entry.name_en, layer_id, entry.basis, below.provisional)


def build_calendar(layers: Sequence[Layer], id: str) -> Calendar:
    """A calendar of layers, the national one first and each the parent of the next. CalendarError otherwise."""
    if not layers or not layers[0].source:
        raise CalendarError(f"calendar {id}: the national layer comes first")
    for above, layer in zip(layers, layers[1:], strict=False):
        if layer.parent != above.id:
            raise CalendarError(f"calendar {id}: {layer.id} has parent {layer.parent}, not {above.id}")
    return Calendar(layers, id)


def calendars_of(layers: Iterable[Layer]) -> Mapping[str, Calendar]:
    """One calendar for each layer, with all that lies above it. CalendarError for a missing parent or a circle."""
    by_id = {layer.id: layer for layer in layers}
    calendars = {}
    for id in by_id:
        chain: list[Layer] = []
        at: str | None = id
        while at is not None:
            if at not in by_id or by_id[at] in chain:
                raise CalendarError(f"calendar {id}: parent {at} is missing or leads in a circle")
            chain.append(by_id[at])
            at = by_id[at].parent
        calendars[id] = build_calendar(chain[::-1], id)
    return calendars


def _plain(value: object) -> object:
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value.isoformat() if isinstance(value, date) else value
