"""When the reminders of a day are told: all together, in the morning of a working day, and once however long nobody could tell them."""

from datetime import datetime, time, timedelta

from webapp.domain.calendar import Calendar
from webapp.domain.clock import SHANGHAI, local_date, start_of_day

MOMENT = timedelta(microseconds=1)


def morning_from(moment: datetime, at: time, calendar: Calendar) -> datetime:
    """The first `at` o'clock (Shanghai) of a working day that is not before `moment`, as aware UTC."""
    day = calendar.next_working(local_date(moment))
    morning = _on(day, at)
    return morning if morning >= moment else _on(calendar.working_day_after(day, 1), at)


def next_morning(now: datetime, at: time, calendar: Calendar) -> datetime:
    """The first such morning after `now`."""
    return morning_from(now + MOMENT, at, calendar)


def told_at(came: datetime, now: datetime, at: time, calendar: Calendar) -> datetime:
    """When a reminder is told that came at `came` and is written down at `now`: in the next morning; where that has passed
    (nobody was there to write it down), at once by day, else in the morning of this or the next working day."""
    planned = morning_from(came, at, calendar)
    if planned > now:
        return planned
    return max(now, today_or_later(now, at, calendar))


def today_or_later(now: datetime, at: time, calendar: Calendar) -> datetime:
    """This day's morning, also where it has passed; the next working day's where this one is off. Nothing is told before it."""
    return morning_from(start_of_day(local_date(now)), at, calendar)


def _on(day, at: time) -> datetime:
    return start_of_day(day) + (datetime.combine(day, at, SHANGHAI) - datetime.combine(day, time(), SHANGHAI))
