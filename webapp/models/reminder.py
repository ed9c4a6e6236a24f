"""What a person is to be told in the morning, gathered into one message then."""
from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from .base import BigId, Utc, db


class Reminder(db.Model):
    """A moment of a deadline has come of which this person is told. Deleted in the transaction that writes the message."""

    __tablename__ = "reminder"
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"))
    case_id: Mapped[int] = mapped_column(ForeignKey("case.id"))
    deadline: Mapped[str] = mapped_column(String(30))
    deadline_n: Mapped[int]
    came_at: Mapped[datetime] = mapped_column(Utc)                          # when the moment came, whenever it was written down
    tell_at: Mapped[datetime] = mapped_column(Utc)
    __table_args__ = (Index("ix_reminder_tell", "tell_at", "account_id"), Index("ix_reminder_account", "account_id", "tell_at"))
