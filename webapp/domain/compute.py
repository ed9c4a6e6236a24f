"""A due date with its proof, for whoever asks without a case: the command line, the API, a form's hint."""

from datetime import date

from webapp.domain.calendar import Calendar
from webapp.domain.counting import Term, count_out
from webapp.domain.spans import Span
from webapp.domain.trace import day_json, trace_leg


def compute(span: str | Span, start: date, calendar: Calendar) -> dict:
    """The last day of a span from a start, and each day up to it, as JSON-safe data. SpanError, CalendarError."""
    parsed = Span.parse(span)
    calendar.is_working(start)          # refuses a year that no calendar has, before anything is added to it
    leg = count_out(start, (Term(parsed),), (), calendar)[0]
    return {
        "due": leg.due.isoformat(),
        "provisional": calendar.provisional_between(start, leg.due),
        "span": str(parsed),
        "from": start.isoformat(),
        "calendar": calendar.id,
        "calendar_version": calendar.version,
        "days": [day_json(day) for day in trace_leg(leg, calendar)],
    }
