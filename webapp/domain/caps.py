"""Whether an extension stays within what a procedure allows: how often, by how much in all, how far from the start."""

from datetime import date, datetime
from typing import TYPE_CHECKING

from webapp.domain.calendar import Calendar
from webapp.domain.counting import Leg, Term, count_out
from webapp.domain.spans import Span, due_date

if TYPE_CHECKING:
    from webapp.domain.deadlines import Deadline

REFUSALS = {
    "not_running": ("期限不在计算中，不能延期", "The deadline is not running"),
    "paused": ("期限已中止，恢复后才能申请延期", "The deadline is paused; ask again once it has been resumed"),
    "past_due": ("期限已届满，不能再申请延期", "The due date has passed; an extension must be asked for before"),
    "not_later": ("延期后的日期应晚于原到期日", "The new date must be later than the present due date"),
    "extension_count": ("已达到允许延期的次数", "It has been extended as often as is allowed"),
    "extension_total": ("累计延期超过允许的总时长", "All extensions together would be longer than is allowed"),
    "extension_until": ("延期后超过自起算之日起允许的最长期限", "It would end later than is allowed from its start"),
    "extension_original": ("单次延期不得超过原期限", "One extension may not be longer than the original limit"),
}
"""Every refusal code of this module, in Chinese and English."""
LONGEST = {"wd": 500, "d": 730, "w": 104, "m": 24}
"""What is no cap any more: an extension of two years."""


def refusal(deadline: "Deadline", term: Term, at: datetime, calendar: Calendar, *, asking: bool = False, count: int | None = None,
            total: Span | str | None = None, until_cap: Span | str | date | None = None, original: bool = False) -> str | None:  # fmt: skip
    """None, or the code of the first cap that the extension would break.

    asking: it is asked for now, so a due date that has passed refuses it (decided later, it counts from the old date all the
    same); count: how often at most; total: all together at most, from the original due date; until_cap: a span from the start (or a
    date) never to be passed; original: each by the original limit at most.
    """
    if deadline.ended:
        return "not_running"
    if deadline.paused:
        return "paused"
    if asking and at >= deadline.due_at:
        return "past_due"
    legs = deadline.legs(calendar, term)
    old, new = legs[-2], legs[-1]
    if new.due <= old.due:
        return "not_later"
    if count is not None and deadline.extensions >= count:
        return "extension_count"
    if original and _beyond(term, new, _original(deadline, legs[0]), calendar):
        return "extension_original"
    if total is not None and _beyond_total(deadline, term, new, legs[0], Span.parse(total), calendar):
        return "extension_total"
    if until_cap is not None and new.due > _bound(deadline, until_cap, calendar):
        return "extension_until"
    return None


def most_units(deadline: "Deadline", at: datetime, calendar: Calendar, **caps: object) -> int | None:
    """How many units of its own one extension may have now: 0 where even one is refused, None where nothing caps it. Caps as in `refusal`."""
    unit = deadline.span.unit if deadline.span else "wd"

    def allowed(n: int) -> bool:
        return refusal(deadline, Term(Span(n, unit)), at, calendar, asking=True, **caps) is None

    if not allowed(1):
        return 0
    within, beyond = 1, LONGEST[unit]
    if allowed(beyond):
        return None
    while beyond - within > 1:
        middle = (within + beyond) // 2
        within, beyond = (middle, beyond) if allowed(middle) else (within, middle)
    return within


def _original(deadline: "Deadline", first: Leg) -> Span:
    return deadline.span or Span(first.total, "wd")


def _beyond(term: Term, leg: Leg, limit: Span, calendar: Calendar) -> bool:
    if term.span is not None and term.span.unit == limit.unit:
        return term.span.n > limit.n
    return leg.due > due_date(limit, leg.after, calendar)


def _beyond_total(deadline: "Deadline", term: Term, new: Leg, first: Leg, total: Span, calendar: Calendar) -> bool:
    asked = [event["span"] for event in deadline.events if event["kind"] == "extended"]
    spans = [Span.parse(text) for text in asked if text] + ([term.span] if term.span else [])
    if len(spans) == len(asked) + 1 and all(span.unit == total.unit for span in spans):
        return sum(span.n for span in spans) > total.n
    return new.due > count_out(first.due, (Term(total),), deadline.pauses, calendar)[0].due


def _bound(deadline: "Deadline", cap: Span | str | date, calendar: Calendar) -> date:
    if isinstance(cap, date):
        return cap
    return count_out(deadline.started_on, (Term(Span.parse(cap)),), deadline.pauses, calendar)[0].due
