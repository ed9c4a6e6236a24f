"""Incidents: a case whose definition fails, or a letter that cannot be sent, left to a person after the worker's attempts."""
from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from .base import BigId, Utc, db


class Incident(db.Model):
    __tablename__ = "incident"
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    case_id: Mapped[int | None] = mapped_column(ForeignKey("case.id"))
    what: Mapped[str] = mapped_column(String(20))                           # moment, letter
    subject: Mapped[str] = mapped_column(String(200))                       # which moment or letter
    error: Mapped[str] = mapped_column(String(1000))
    state: Mapped[str] = mapped_column(String(10), default="open")          # open, retried, solved
    opened_at: Mapped[datetime] = mapped_column(Utc)
    retried_at: Mapped[datetime | None] = mapped_column(Utc)
    solved_at: Mapped[datetime | None] = mapped_column(Utc)
    __table_args__ = (
        Index("ix_incident_open", "case_id", "what", sqlite_where=text("state <> 'solved'"), postgresql_where=text("state <> 'solved'")),
    )
