"""Legal days: which Shanghai date a moment belongs to, and when a date begins."""

from datetime import UTC, date, datetime, time, timedelta, timezone

# A fixed offset: China has had no summer time since 1992, and no time-zone file is needed on the host.
SHANGHAI = timezone(timedelta(hours=8), "Asia/Shanghai")


def local_date(moment: datetime) -> date:
    """The date in Shanghai on which an aware moment falls (23:59:59 there is still that day). ValueError if naive."""
    if moment.tzinfo is None:
        raise ValueError("a moment must carry its time zone")
    return moment.astimezone(SHANGHAI).date()


def start_of_day(day: date) -> datetime:
    """00:00 in Shanghai of `day`, as aware UTC; 24:00 of a day is the start of the next."""
    return datetime.combine(day, time(), SHANGHAI).astimezone(UTC)
