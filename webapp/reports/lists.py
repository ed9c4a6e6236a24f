"""The cases behind a figure, and the entries that a register lists; by page, and only those the person may see."""
from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import and_, false, or_, select

from webapp.deployments.report_file import Figure
from webapp.models import Case, LedgerEntry, db

from .conditions import entered, group_of, handling_unit, holds
from .tables import OTHERS, Question, county_of

Key = tuple[datetime, int]


def behind(asked: Question, figure: Figure, group: str | None, after: Key | None, limit: int) -> list[Case]:
    """The cases that a figure counts, of one group or (None) of all; the newest first. None for a share or a mean."""
    query = asked.cases(figure.of).where(holds(figure, asked.now))
    if group is not None:
        query = query.where(_in_group(asked, group))
    if after is not None:
        query = query.where(or_(Case.filed_at < after[0], and_(Case.filed_at == after[0], Case.id < after[1])))
    return list(db.session.scalars(query.order_by(Case.filed_at.desc(), Case.id.desc()).limit(limit)))


def _in_group(asked: Question, group: str):
    if asked.group == "county":
        codes = [unit.code for unit in asked.directory.units if county_of(asked.directory, unit.code) == group]
        known = handling_unit().in_(codes) if codes else false()
        return or_(known, handling_unit().not_in([unit.code for unit in asked.directory.units])) if group == OTHERS else known
    value = group_of(asked.group)
    return or_(value.is_(None), value == "") if group == OTHERS else value == group


def register(asked: Question, limit: int) -> list[tuple[Case, LedgerEntry, Any]]:
    """(case, entry) of the entries that a report lists, on cases received in the period; the newest first."""
    rows = asked.cases("received").with_only_columns(Case.id).subquery()
    wanted = or_(*(entered(LedgerEntry, condition) for condition in asked.report.entries))
    query = (select(Case, LedgerEntry).join(rows, rows.c.id == Case.id).join(LedgerEntry, LedgerEntry.case_id == Case.id).where(wanted)
             .order_by(LedgerEntry.at.desc(), LedgerEntry.case_id.desc(), LedgerEntry.seq.desc()).limit(limit))
    return [tuple(row) for row in db.session.execute(query)]
