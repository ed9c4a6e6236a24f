"""Three real cases of counting that everybody may check: across an autumn and a spring holiday, and into the first year whose notice is not known."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from webapp.domain.calendar import Calendar
from webapp.domain.counting import Term, count_out
from webapp.domain.spans import Span
from webapp.domain.trace import TraceDay, trace_leg

AUTUMN, SPRING, UNKNOWN = "autumn", "spring", "unknown"


@dataclass(frozen=True)
class Example:
    """A span counted out: `days` are those after the start, up to the due date."""

    name: str
    span: Span
    start: date
    due: date
    days: tuple[TraceDay, ...]
    provisional: bool

    def runs(self, *, counted: bool) -> Iterator[tuple[date, date, str, str]]:
        """Stretches of days that differ from the plain week under one name: (first, last, zh, en); make-up days where `counted`, else days off."""
        run: list[TraceDay] = []
        for day in self.days:
            special = day.counted is counted and day.why not in ("workday", "weekend")
            if run and (not special or day.label_zh != run[-1].label_zh):
                yield run[0].date, run[-1].date, run[0].label_zh, run[0].label_en
                run = []
            run += [day] if special else []
        if run:
            yield run[0].date, run[-1].date, run[0].label_zh, run[0].label_en


def first_unknown_year(calendar: Calendar, since: int = 2026) -> int:
    """The first year from `since` on whose holiday arrangement is not known to the calendar."""
    return next(year for year in range(since, 2099) if calendar.provisional(date(year, 1, 1)))


def examples(calendar: Calendar) -> list[Example]:
    """The three, by this calendar."""
    year = first_unknown_year(calendar)
    asked = [(AUTUMN, "15 wd", date(2026, 9, 18)), (SPRING, "5 wd", date(2026, 2, 13)), (UNKNOWN, "10 wd", date(year - 1, 12, 28))]
    return [_example(name, Span.parse(span), start, calendar) for name, span, start in asked]


def _example(name: str, span: Span, start: date, calendar: Calendar) -> Example:
    leg = count_out(start, (Term(span),), (), calendar)[0]
    return Example(name, span, start, leg.due, tuple(trace_leg(leg, calendar)), calendar.provisional_between(start, leg.due))
