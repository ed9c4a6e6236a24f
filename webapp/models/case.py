"""A case: its facts, its engine state, who may see it, and what the citizen wrote."""
from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from .base import BigId, Utc, db


class Case(db.Model):
    __tablename__ = "case"
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    number: Mapped[str] = mapped_column(String(40), unique=True)
    procedure: Mapped[str] = mapped_column(String(80))
    deployment_id: Mapped[int] = mapped_column(ForeignKey("deployment.id"))
    title: Mapped[str] = mapped_column(String(300))
    type: Mapped[str] = mapped_column(String(30))
    category: Mapped[str | None] = mapped_column(String(40))
    channel: Mapped[str] = mapped_column(String(40))
    claimant_kind: Mapped[str] = mapped_column(String(20))
    anonymous: Mapped[bool] = mapped_column(default=False)
    confidential: Mapped[bool] = mapped_column(default=False)
    email: Mapped[str | None] = mapped_column(String(254))  # where the citizen is written to, if they left an address
    code_hash: Mapped[str] = mapped_column(String(64))      # keyed hash of the citizen's query code
    office: Mapped[str] = mapped_column(String(200))
    assigned: Mapped[str | None] = mapped_column(String(200))
    lead: Mapped[str | None] = mapped_column(String(200))
    co: Mapped[list] = mapped_column(JSON, default=list)
    respondent: Mapped[str | None] = mapped_column(String(200))
    status: Mapped[str] = mapped_column(String(10), default="open")
    outcome: Mapped[str | None] = mapped_column(String(30))
    round: Mapped[int] = mapped_column(default=1)
    merged_into: Mapped[str | None] = mapped_column(String(40))
    sample: Mapped[int] = mapped_column(default=99)         # 0-99 by a keyed hash of the number: who falls into a sample of n % has less than n
    consultation_id: Mapped[int | None] = mapped_column(ForeignKey("consultation.id"))
    consultation: Mapped[str | None] = mapped_column(String(20))    # its kind, so that no join is needed
    filed_at: Mapped[datetime] = mapped_column(Utc)
    closed_at: Mapped[datetime | None] = mapped_column(Utc)
    ledger_seq: Mapped[int] = mapped_column(default=0)
    ledger_head: Mapped[str] = mapped_column(String(64), default="")
    __table_args__ = (Index("ix_case_filed", "filed_at"), Index("ix_case_closed", "closed_at"), Index("ix_case_duplicates", "office", "category", "filed_at"),
                      Index("ix_case_consultation", "consultation_id", "filed_at"))


class CaseState(db.Model):
    """The engine's document of a case; gone from the engine's view when nothing of it runs any more."""

    __tablename__ = "case_state"
    case_id: Mapped[int] = mapped_column(ForeignKey("case.id"), primary_key=True)
    version: Mapped[int] = mapped_column(default=1)
    doc: Mapped[bytes]


class CaseUnit(db.Model):
    """A unit that is on a case and may therefore see it (the reported unit never, whatever stands here)."""

    __tablename__ = "case_unit"
    unit_id: Mapped[int] = mapped_column(ForeignKey("unit.id"), primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case.id"), primary_key=True)
    relation: Mapped[str] = mapped_column(String(20))       # office, assigned, lead, co, entrusted, supervising
    __table_args__ = (Index("ix_case_unit_case", "case_id"),)


class Recusal(db.Model):
    __tablename__ = "recusal"
    case_id: Mapped[int] = mapped_column(ForeignKey("case.id"), primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), primary_key=True)
    at: Mapped[datetime] = mapped_column(Utc)


class Filing(db.Model):
    """What the citizen wrote: number 0 is the filing, later ones are supplements. Insert-only, by trigger."""

    __tablename__ = "filing"
    case_id: Mapped[int] = mapped_column(ForeignKey("case.id"), primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(Utc)
    content: Mapped[dict] = mapped_column(JSON)
    hash: Mapped[str] = mapped_column(String(64))
