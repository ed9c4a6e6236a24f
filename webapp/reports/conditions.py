"""What a report's conditions, cohorts and groups are in SQL, each on Case. Every one starts from rows that an index finds."""
from __future__ import annotations

from datetime import datetime

from sqlalchemy import Date, and_, cast, func, not_, or_, select, true
from sqlalchemy.orm import aliased

from webapp.deployments.report_file import Condition, Figure, kinds_of
from webapp.models import Case, DeadlineRow, LedgerEntry, Supervision, db

from .periods import Period

YES = ("true", "1")     # a stored yes as text: PostgreSQL's and SQLite's


def cohort(of: str, period: Period):
    """The cases received or closed within the period."""
    at = Case.closed_at if of == "closed" else Case.filed_at
    return and_(at >= period.starts_at, at < period.ends_at)


def holds(figure: Figure, now: datetime):
    """The figure's conditions, as they are at `now`."""
    return and_(true(), *(one(c, now) for c in figure.where), *(not_(one(c, now)) for c in figure.without))


def one(condition: Condition, now: datetime):
    """One condition."""
    match kinds_of(condition)[0]:
        case "step":
            return _step(condition)
        case "deadline":
            return _deadline(condition.deadline, condition.state, now)
        case "supervised":
            row = aliased(Supervision)
            wanted = [row.case_id == Case.id, row.status != "withdrawn"] + ([row.trigger.in_(condition.supervised)] if condition.supervised else [])
            return select(row.id).where(*wanted).exists()
        case "outcome":
            return func.coalesce(Case.outcome, "").in_(condition.outcome)
        case "status":
            return Case.status == condition.status
        case "claimant":
            return Case.claimant_kind == condition.claimant
        case "channel":
            return Case.channel.in_(condition.channel)
        case _:
            return Case.type.in_(condition.type)


def answer(entry, name: str):
    """An answer of a step as text; null where it was not given."""
    return entry.data["answers"][name].as_string()


def entered(entry, condition: Condition):
    """That a ledger entry is one of the steps, with the answer where one is asked for."""
    wanted = [entry.kind.in_(condition.step)]
    if condition.field is not None:
        value = answer(entry, condition.field)
        wanted.append(value.in_(_texts(condition)) if condition.values else value.is_not(None))
    return and_(*wanted)


def _texts(condition: Condition) -> list[str]:
    return [text for value in condition.values for text in (YES if value == "true" else ("false", "0") if value == "false" else (value,))]


def _step(condition: Condition):
    entry = aliased(LedgerEntry)
    if not condition.last:
        return select(entry.seq).where(entry.case_id == Case.id, entered(entry, condition)).exists()
    value = answer(entry, condition.field)
    given = select(value).where(entry.case_id == Case.id, entry.kind.in_(condition.step), value.is_not(None))
    return func.coalesce(given.order_by(entry.seq.desc()).limit(1).scalar_subquery(), "").in_(_texts(condition))


def _deadline(name: str, state: str, now: datetime):
    def some(*wanted):
        row = aliased(DeadlineRow)
        return select(row.n).where(row.case_id == Case.id, row.name == name, *(each(row) for each in wanted)).exists()

    late, met = some(lambda r: r.result == "late"), some(lambda r: r.result == "met")
    missed = some(lambda r: r.ended_at.is_(None), lambda r: r.due_at <= now)
    match state:
        case "begun":
            return some(lambda r: func.coalesce(r.result, "") != "cancelled")
        case "running":
            return some(lambda r: r.ended_at.is_(None), lambda r: or_(r.due_at.is_(None), r.due_at > now))
        case "missed":
            return missed
        case "late":
            return late
        case "ended":
            return or_(met, late)
        case _:
            return and_(met, not_(late), not_(missed))


def handling_unit():
    """The unit that a case counts for: the one that handles it, else the one it was assigned to, else the office."""
    return func.coalesce(Case.lead, Case.assigned, Case.office)


def group_of(name: str):
    """What cases are grouped by; counties are made of units afterwards."""
    match name:
        case "unit" | "county":
            return handling_unit()
        case "claimant":
            return Case.claimant_kind
        case "basis":
            entry = aliased(LedgerEntry)
            given = select(answer(entry, "basis")).where(entry.case_id == Case.id, answer(entry, "decision") == "reject")
            return given.order_by(entry.seq.desc()).limit(1).scalar_subquery()
        case _:
            return {"office": Case.office, "channel": Case.channel, "type": Case.type, "category": Case.category, "outcome": Case.outcome}[name]


def shanghai_date(moment):
    """The date in Shanghai of a stored moment."""
    if db.engine.dialect.name == "postgresql":
        return cast(func.timezone("Asia/Shanghai", moment), Date)
    return func.date(moment, "+8 hours", type_=Date)
