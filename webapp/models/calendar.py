"""Calendar layers and their days; and the stamp that tells every process that something shared has changed."""
from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from .base import Utc, db


class CalendarLayer(db.Model):
    __tablename__ = "calendar_layer"
    id: Mapped[str] = mapped_column(String(60), primary_key=True)
    parent: Mapped[str | None] = mapped_column(String(60))
    source: Mapped[bytes]                                   # the layer's TOML file


class CalendarAmendment(db.Model):
    """A day that was added to or taken from a layer, by decision; never changed, only followed by another."""

    __tablename__ = "calendar_amendment"
    id: Mapped[int] = mapped_column(primary_key=True)
    layer: Mapped[str] = mapped_column(ForeignKey("calendar_layer.id"))
    day: Mapped[date]
    working: Mapped[bool]
    basis: Mapped[str] = mapped_column(String(500))
    decided_on: Mapped[date]
    entered_at: Mapped[datetime] = mapped_column(Utc)
    entered_by: Mapped[str] = mapped_column(String(200), default="")
    __table_args__ = (Index("ix_calendar_amendment_layer", "layer", "id"),)


class Stamp(db.Model):
    """A counter that is raised when something every process keeps in memory has changed."""

    __tablename__ = "stamp"
    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    value: Mapped[int] = mapped_column(default=0)
