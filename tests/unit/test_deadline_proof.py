"""Ten thousand deadlines, each proved and counted again day by day from the holidays' own data, with nothing of the product's counting."""
from __future__ import annotations

import random
from calendar import monthrange
from collections import Counter
from datetime import date, datetime, time, timedelta
from functools import cache

import holidays
from bundled_calendars import DALI, NATION
from lunar_python import Lunar

from webapp.cases.prove_deadline import days_of
from webapp.domain.clock import SHANGHAI
from webapp.domain.deadlines import Deadline

CASES = 10_000
DAY = timedelta(days=1)
FIRST, LAST = date(2004, 1, 1), date(2027, 12, 31)
KINDS = ("workday", "make_up", "layer_work")


# -- the naive side: sets of dates, and one day after the other -------------------------------------------------------------
@cache
def nation(year: int):
    return holidays.country_holidays("CN", years=year)


def noticed(year: int) -> bool:
    """Every notice has make-up working days; a year without any is an estimate."""
    return any(day.year == year for day in nation(year).weekend_workdays)


@cache
def festivals(year: int) -> frozenset[date]:
    """The days off of the autonomous prefecture."""
    found = {date(year, 11, 22), date(year, 11, 23)} if year >= 2020 else set()
    if year >= 2021:
        first = Lunar.fromYmd(year, 3, 15).getSolar()
        found |= {date(first.getYear(), first.getMonth(), first.getDay()) + n * DAY for n in range(3)}
    return frozenset(found)


class Naive:
    """Which days are worked: the nation, its amendments, the layer, its amendments; the later has the last word."""

    def __init__(self, layered: bool, amended: dict[str, tuple[set[date], set[date]]]):
        self.layered, self.amended = layered, amended
        self.known: dict[date, bool] = {}

    def works(self, day: date) -> bool:
        if day not in self.known:
            self.known[day] = self._works(day)
        return self.known[day]

    def _works(self, day: date) -> bool:
        year = nation(day.year)
        works = day in year.weekend_workdays or (day.weekday() < 5 and day not in year)
        for layer in ("national", "dali") if self.layered else ("national",):
            if layer == "dali" and day in festivals(day.year):
                works = False
            off, worked = self.amended.get(layer, (set(), set()))
            works = False if day in off else True if day in worked else works
        return works


def months_on(day: date, n: int) -> date:
    year, month = day.year + (day.month - 1 + n) // 12, (day.month - 1 + n) % 12 + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def count_by_days(start: date, terms: list, pauses: list, naive: Naive) -> tuple[date, int]:
    """The last day and how many days count. A term: (n, unit), or (a date, how many pauses lay behind when it was given)."""
    paused = {first + n * DAY for first, last in pauses for n in range(1, (last - first).days + 1)}
    day, total = start, 0
    for index, (what, unit) in enumerate(terms):
        least = day
        if isinstance(what, date):
            given = day
            if index:
                given = count_by_days(start, terms[:index], pauses[:unit], naive)[0]
                while not naive.works(what):
                    what += DAY
            else:
                least = what
            n, by = sum(naive.works(given + k * DAY) for k in range(1, (what - given).days + 1)), "wd"
        else:
            n, by = {"d": what, "w": 7 * what, "wd": what, "m": (months_on(day, what) - day).days}[unit], unit
        if n == 0 and by != "wd":
            while not naive.works(day):
                day += DAY
        for left in range(n, 0, -1):
            day += DAY
            while day in paused or ((by == "wd" or left == 1) and not naive.works(day)):
                day += DAY
        day, total = max(day, least), total + n
    return day, total


# -- the cases ---------------------------------------------------------------------------------------------------------------
def some_days(chance: random.Random) -> set[date]:
    first = FIRST + chance.randrange((LAST - FIRST).days) * DAY
    return {first + chance.randrange(200) * DAY for _ in range(chance.randrange(1, 40))}


def calendars(chance: random.Random) -> list:
    """(calendar, its naive twin): the two bundled ones, and each amended in many ways."""
    found = {"national": [(NATION, Naive(False, {}))], "dali": [(DALI, Naive(True, {}))]}
    for n in range(60):
        name, plain = ("dali", DALI) if n % 3 else ("national", NATION)
        layer = "dali" if n % 3 == 1 else "national"
        off = set().union(*(some_days(chance) for _ in range(8)))
        worked = set().union(*(some_days(chance) for _ in range(8))) - off
        found[name].append((plain.amended(layer, off, worked, "决定"), Naive(name == "dali", {layer: (off, worked)})))
    return [found["national"], found["dali"]]


def at(day: date) -> datetime:
    return datetime.combine(day, time(9), SHANGHAI)


def one_case(chance: random.Random, choices: list):
    """A deadline with a random history, the terms and pauses it was given, and the calendar that holds at last."""
    choice = chance.choice(choices)
    calendar, naive = chance.choice(choice)
    start = FIRST + chance.randrange((LAST - FIRST).days + 1) * DAY
    unit = chance.choice(("wd", "wd", "d", "w", "m", "date"))
    n = chance.randrange(0 if chance.random() < 0.05 else 1, {"wd": 61, "d": 91, "w": 9, "m": 4, "date": 60}[unit])
    terms: list = [(start + n * DAY, 0) if unit == "date" else (n, unit)]
    deadline = Deadline.begin("x", 1, None if unit == "date" else f"{n} {unit}", terms[0][0] if unit == "date" else None, at(start), calendar)
    pauses, opened, day, happened = [], None, start, []
    for _ in range(chance.choice((0, 0, 1, 2, 3, 5))):
        day += chance.randrange(0, 12) * DAY
        act = "resume" if opened else chance.choice(("extend", "extend until", "pause", "amend"))
        if act == "resume":
            deadline = deadline.resume(at(day), calendar)
            pauses.append((opened, day))
            opened = None
        elif act == "extend":
            more = (chance.randrange(1, 25), unit) if unit in ("wd", "d") else (chance.randrange(1, 3), chance.choice(("wd", "m")))
            deadline = deadline.extend(f"{more[0]} {more[1]}", None, at(day), calendar)
            terms.append(more)
        elif act == "extend until":
            until = deadline.due + chance.randrange(1, 40) * DAY
            deadline = deadline.extend(None, until, at(day), calendar)
            terms.append((until, len(pauses)))
        elif act == "pause" and at(day) < deadline.due_at:
            deadline, opened = deadline.pause(at(day)), day
        elif act == "amend":
            calendar, naive = chance.choice(choice)
            deadline = deadline.recompute(at(day), calendar, "决定")
        else:
            continue
        happened.append(act)
    if opened is not None:
        day += chance.randrange(0, 20) * DAY
        deadline = deadline.resume(at(day), calendar)
        pauses.append((opened, day))
    return deadline, terms, pauses, calendar, naive, [unit, *happened]


def test_the_proof_of_ten_thousand_deadlines_adds_up():
    chance = random.Random(20260301)        # noqa: S311  the same cases at every run
    choices, seen = calendars(chance), Counter()
    for number in range(CASES):
        deadline, terms, pauses, calendar, naive, kinds = one_case(chance, choices)
        start, about = deadline.started_on, (number, deadline.started_on, terms, pauses, calendar.id)
        due, total = count_by_days(start, terms, pauses, naive)
        days = days_of(deadline, deadline.events, calendar)
        assert deadline.due == due, about
        # every day from start to due, each once
        assert [day["date"] for day in days] == [(start + n * DAY).isoformat() for n in range(max(0, (due - start).days) + 1)], about
        # the trace adds up, without a gap
        assert [day["number"] for day in days if day["counted"]] == list(range(1, total + 1)), about
        count = 0
        for day in days:
            count += day["counted"]
            assert day["number"] == count, about
        # a limit of days ends on a day that counts: one that is not worked has moved
        assert days[-1]["counted"] or kinds[0] == "date" or terms[0][0] == 0, about
        # and each day says the truth about itself
        paused = {first + n * DAY for first, last in pauses for n in range(1, (last - first).days + 1)}
        for day in days[1:]:
            on = date.fromisoformat(day["date"])
            assert (day["why"] == "paused") == (on in paused), (about, day)
            assert day["why"] == "paused" or (day["why"] in KINDS) == naive.works(on), (about, day)
            assert not (day["counted"] and on in paused), (about, day)
            assert day["provisional"] == (not noticed(on.year)), (about, day)
            assert day["basis"] or day["why"] == "paused", (about, day)
            seen[day["why"]] += 1
        if all(unit == "wd" or isinstance(what, date) for what, unit in terms):
            assert all(naive.works(date.fromisoformat(day["date"])) for day in days if day["counted"]), about
        seen.update(kinds)
        seen["provisional"] += days[-1]["provisional"]
    # the cases were worth the trouble
    assert all(seen[kind] > 300 for kind in ("wd", "d", "w", "m", "date", "extend", "extend until", "pause", "resume", "amend", "provisional")), seen
    assert all(seen[why] > 300 for why in ("workday", "weekend", "holiday", "make_up", "layer_off", "layer_work", "paused")), seen
