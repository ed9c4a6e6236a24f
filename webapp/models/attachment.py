"""A file that somebody sent: its content lies outside the database, under its hash. Written once; attached to one case, once."""
from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from .base import Utc, db


class Attachment(db.Model):
    """`id` cannot be guessed. Until it is attached the row may expire; afterwards neither it nor its place can be changed (by trigger)."""

    __tablename__ = "attachment"
    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    case_id: Mapped[int | None] = mapped_column(ForeignKey("case.id"))
    name: Mapped[str] = mapped_column(String(120))
    size: Mapped[int]                                               # bytes
    sha256: Mapped[str] = mapped_column(String(64))
    kind: Mapped[str] = mapped_column(String(10))                   # by content: jpeg, pdf, text, docx …
    type: Mapped[str] = mapped_column(String(100))                  # the media type of the kind
    uploaded_at: Mapped[datetime] = mapped_column(Utc)
    uploaded_by: Mapped[str] = mapped_column(String(200))           # an account's login, `citizen` or `system`
    attached_at: Mapped[datetime | None] = mapped_column(Utc)
    attached_by: Mapped[str | None] = mapped_column(String(200))
    __table_args__ = (
        Index("ix_attachment_case", "case_id"),
        Index("ix_attachment_sha256", "sha256"),
        Index("ix_attachment_loose", "uploaded_at", sqlite_where=text("case_id IS NULL"), postgresql_where=text("case_id IS NULL")),
    )
