"""Consultations: drafts on which opinions are gathered within a window that never moves."""
from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from .base import BigId, Utc, db


class Consultation(db.Model):
    __tablename__ = "consultation"
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    procedure: Mapped[str] = mapped_column(String(80), index=True)
    kind: Mapped[str] = mapped_column(String(20))                           # document, rule
    title: Mapped[str] = mapped_column(String(300))
    opens: Mapped[date]
    closes: Mapped[date]                                                    # the last day, until 24:00
    created_at: Mapped[datetime] = mapped_column(Utc)
