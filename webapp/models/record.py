"""What is written once: the ledger; and what is told: messages to the citizen, and the outbox to the world outside."""
from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import JSON, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from .base import BigId, Utc, db


class LedgerEntry(db.Model):
    """One step of a case: who, when, from which unit, what, why. Insert-only by trigger; each entry's keyed hash covers the one before."""

    __tablename__ = "ledger"
    case_id: Mapped[int] = mapped_column(ForeignKey("case.id"), primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(Utc)
    kind: Mapped[str] = mapped_column(String(60))
    actor: Mapped[str] = mapped_column(String(200))
    unit: Mapped[str | None] = mapped_column(String(200))
    data: Mapped[dict] = mapped_column(JSON)
    hash: Mapped[str] = mapped_column(String(64))


class Message(db.Model):
    """What the citizen was told; stands on the case's public page."""

    __tablename__ = "message"
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case.id"), index=True)
    kind: Mapped[str] = mapped_column(String(30))
    at: Mapped[datetime] = mapped_column(Utc)
    data: Mapped[dict] = mapped_column(JSON)


class Outbox(db.Model):
    """Something the world outside must hear, after the commit, at least once, with one id."""

    __tablename__ = "outbox"
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    case_id: Mapped[int | None] = mapped_column(ForeignKey("case.id"))
    channel: Mapped[str] = mapped_column(String(20))                        # mail, staff
    payload: Mapped[dict] = mapped_column(JSON)
    state: Mapped[str] = mapped_column(String(10), default="waiting")       # waiting, sent, failed
    attempts: Mapped[int] = mapped_column(default=0)
    next_at: Mapped[datetime] = mapped_column(Utc)
    created_at: Mapped[datetime] = mapped_column(Utc)
    __table_args__ = (Index("ix_outbox_waiting", "state", "next_at"),)


class StaffNotice(db.Model):
    """A message in the app: to those who hold a role in a unit, or to one person alone (the reminders of a day, `day`: one message for each)."""

    __tablename__ = "staff_notice"
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    case_id: Mapped[int | None] = mapped_column(ForeignKey("case.id"))
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))
    role: Mapped[str | None] = mapped_column(String(30))
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"))
    day: Mapped[date | None]
    kind: Mapped[str] = mapped_column(String(40))
    at: Mapped[datetime] = mapped_column(Utc)
    data: Mapped[dict] = mapped_column(JSON)
    __table_args__ = (Index("ix_staff_notice", "unit_id", "role", "at"), Index("uq_staff_notice_day", "account_id", "day", unique=True))


class IdempotencyKey(db.Model):
    """An answered request that created something: asked again with the same key and body, the same answer."""

    __tablename__ = "idempotency_key"
    key: Mapped[str] = mapped_column(String(200), primary_key=True)
    body_hash: Mapped[str] = mapped_column(String(64))
    answer: Mapped[dict] = mapped_column(JSON)
    at: Mapped[datetime] = mapped_column(Utc)
