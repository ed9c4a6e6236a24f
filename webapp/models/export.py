"""What was carried away: who exported which figures or list, when, and the file's hash. Insert-only, by trigger."""
from __future__ import annotations

from datetime import datetime

from sqlalchemy import JSON, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from .base import BigId, Utc, db


class ExportRecord(db.Model):
    __tablename__ = "export_record"
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=True)
    login: Mapped[str] = mapped_column(String(200))                         # as they were then
    name: Mapped[str] = mapped_column(String(100))
    procedure: Mapped[str] = mapped_column(String(80))
    report: Mapped[str] = mapped_column(String(60))
    asked: Mapped[dict] = mapped_column(JSON)                               # period, date, group, figure
    kind: Mapped[str] = mapped_column(String(10))                           # csv, xlsx
    rows: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64))
    at: Mapped[datetime] = mapped_column(Utc)
