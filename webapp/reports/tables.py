"""A report computed: one aggregate query for each cohort of the period, only over what the person may see."""
from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import case, func, select

from webapp.deployments.registry import Deployed
from webapp.deployments.report_file import Figure, Report
from webapp.domain.calendar import Calendar
from webapp.domain.directory import Directory
from webapp.models import Case, db
from webapp.permissions import Person, reportable_cases

from .conditions import cohort, group_of, holds, shanghai_date
from .periods import Period

OTHERS = ""     # the group of cases for which the group says nothing: above every county, without a category


@dataclass(frozen=True)
class Line:
    """One group's cells in the order of the figures: a count, percent or mean (one decimal), or None where nothing can be said. `rank` among the ranked."""

    group: str
    cells: tuple[int | float | None, ...]
    previous: int | None = None
    rank: int | None = None


@dataclass
class Table:
    """A report of one period: lines by group, and the whole."""

    figures: list[Figure]
    lines: list[Line] = field(default_factory=list)
    total: Line = field(default_factory=lambda: Line(OTHERS, ()))


@dataclass(frozen=True)
class Question:
    """What is asked: whose, which procedure's report, when, how grouped, and the moment at which it is asked."""

    person: Person
    deployed: Deployed
    report: Report
    period: Period
    group: str
    now: datetime
    calendar: Calendar
    directory: Directory

    def cases(self, of: str, period: Period | None = None):
        """The visible cases of a cohort, as a SELECT of Case."""
        return reportable_cases(self.person).where(Case.procedure == self.deployed.procedure, cohort(of, period or self.period))


def compute(asked: Question) -> Table:
    """The report's table. Lines stand by rank where the report ranks, else by the first figure."""
    figures = asked.deployed.reports.of(asked.report)
    counts, means = _counts(asked, figures), _means(asked, figures)
    before = _counts_of(asked, figures[:1], asked.period.before()) if asked.report.previous else {}
    groups = {group for group, _ in counts} | {group for group, _ in means} | {group for group, _ in before}
    table = Table(figures)
    table.lines = _ranked([_line(asked, figures, group, counts, means, before) for group in groups], asked)
    table.total = _line(asked, figures, OTHERS, _whole(counts), _whole(means, mean=True), _whole(before))
    return table


def _parts(figures: Iterable[Figure], asked: Question) -> list[Figure]:
    """The figures that are counted: those shown, and the parts of shares."""
    every = asked.deployed.reports.figures
    names = dict.fromkeys(name for f in figures if not f.mean for name in (f.share or (f.id,)))
    return [every[name] for name in names]


def _counts(asked: Question, figures: list[Figure]) -> Counter:
    return _counts_of(asked, _parts(figures, asked), asked.period)


def _counts_of(asked: Question, figures: list[Figure], period: Period) -> Counter:
    """(group, figure) -> how many cases."""
    found: Counter = Counter()
    for of in dict.fromkeys(f.of for f in figures):
        mine = [f for f in figures if f.of == of]
        flags = [case((holds(f, asked.now), 1), else_=0).label(f"f{i}") for i, f in enumerate(mine)]
        inner = asked.cases(of, period).with_only_columns(group_of(asked.group).label("grouped"), *flags).subquery()
        query = select(inner.c.grouped, *(func.sum(inner.c[f"f{i}"]) for i in range(len(mine)))).group_by(inner.c.grouped)
        for row in db.session.execute(query):
            for figure, n in zip(mine, row[1:], strict=True):
                found[_group(asked, row[0]), figure.id] += int(n)
    return found


def _means(asked: Question, figures: list[Figure]) -> dict[tuple[str, str], tuple[int, int]]:
    """(group, figure) -> (working days in all, cases): counted once for each pair of days, however many cases have it."""
    found: dict[tuple[str, str], tuple[int, int]] = defaultdict(lambda: (0, 0))
    for figure in (f for f in figures if f.mean):
        inner = asked.cases(figure.of).where(holds(figure, asked.now)).with_only_columns(
            group_of(asked.group).label("grouped"), shanghai_date(Case.filed_at).label("filed"), shanghai_date(Case.closed_at).label("closed")).subquery()
        query = select(inner.c.grouped, inner.c.filed, inner.c.closed, func.count()).group_by(inner.c.grouped, inner.c.filed, inner.c.closed)
        for group, filed, closed, n in db.session.execute(query):
            key = (_group(asked, group), figure.id)
            days, cases = found[key]
            found[key] = (days + n * asked.calendar.working_days_between(filed, closed), cases + n)
    return found


def _group(asked: Question, value: str | None) -> str:
    """The group of a row's value: of units, the county they lie in."""
    return county_of(asked.directory, value) if asked.group == "county" else value or OTHERS


def county_of(directory: Directory, code: str | None) -> str:
    """The county that a unit is or lies in; OTHERS for those above every county, and for units no longer there."""
    if code is None or code not in directory:
        return OTHERS
    return next((u.code for u in (directory.unit(code), *directory.ancestors(code)) if u.level == "county" and u.kind == "government"), OTHERS)


def _whole(found: dict, mean: bool = False) -> dict:
    whole: dict[tuple[str, str], Any] = {}
    for (_, name), value in found.items():
        key = (OTHERS, name)
        whole[key] = tuple(map(sum, zip(whole.get(key, (0, 0)), value, strict=True))) if mean else whole.get(key, 0) + value
    return whole


def _line(asked: Question, figures: list[Figure], group: str, counts: dict, means: dict, before: dict) -> Line:
    cells: list[int | float | None] = []
    for f in figures:
        if f.share is not None:
            of, by = (counts.get((group, name), 0) for name in f.share)
            cells.append(round(100 * of / by, 1) if by else None)
        elif f.mean:
            days, cases = means.get((group, f.id), (0, 0))
            cells.append(round(days / cases, 1) if cases else None)
        else:
            cells.append(counts.get((group, f.id), 0))
    return Line(group, tuple(cells), before.get((group, figures[0].id), 0) if asked.report.previous else None)


def _ranked(lines: list[Line], asked: Question) -> list[Line]:
    """Ordered; equal values share a rank, and what has no value, or belongs to no group, has none."""
    if asked.report.rank is None:
        return sorted(lines, key=lambda line: (line.group == OTHERS, -(line.cells[0] or 0), line.group))
    at = asked.report.figures.index(asked.report.rank)
    values = [line.cells[at] for line in lines if line.group != OTHERS and line.cells[at] is not None]
    placed = [Line(line.group, line.cells, line.previous, None if line.group == OTHERS or line.cells[at] is None else 1 + sum(v > line.cells[at] for v in values))
              for line in lines]
    return sorted(placed, key=lambda line: (line.rank is None, line.rank or 0, line.group == OTHERS, line.group))
