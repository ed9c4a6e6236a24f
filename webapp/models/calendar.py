"""Calendar layers, the changes made to them, and what those moved; and the stamp that tells every process that something shared has changed."""
from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import JSON, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from .base import BigId, Utc, db


class CalendarLayer(db.Model):
    __tablename__ = "calendar_layer"
    id: Mapped[str] = mapped_column(String(60), primary_key=True)
    parent: Mapped[str | None] = mapped_column(String(60))
    source: Mapped[bytes]                                   # the layer's TOML file


class CalendarChange(db.Model):
    """A change of a layer by decision: entered by one person, approved by another, then applied to every running deadline it touches.

    In force from its approval on. What it says never changes; only its state and its progress do.
    """

    __tablename__ = "calendar_change"
    id: Mapped[int] = mapped_column(primary_key=True)
    layer: Mapped[str] = mapped_column(ForeignKey("calendar_layer.id"))
    year: Mapped[int | None]                                # a national notice for that whole year; null: single days
    days: Mapped[list] = mapped_column(JSON)                # [{day, working, zh, en}]
    basis: Mapped[str] = mapped_column(String(500))
    decided_on: Mapped[date]
    state: Mapped[str] = mapped_column(String(10), default="draft")         # draft, discarded, applying, applied
    key: Mapped[str | None] = mapped_column(String(64), unique=True)        # of the form it was entered with: sent twice, entered once
    entered_at: Mapped[datetime] = mapped_column(Utc)
    entered_by: Mapped[str] = mapped_column(String(200))
    decided_at: Mapped[datetime | None] = mapped_column(Utc)                # when it was approved or discarded
    decided_by: Mapped[str | None] = mapped_column(String(200))
    place: Mapped[int] = mapped_column(BigId, default=0)                    # the last case that has been looked at
    upto: Mapped[int] = mapped_column(BigId, default=0)                     # the last case that was there when it began to be applied; 0 before
    total: Mapped[int] = mapped_column(default=0)                           # cases to be looked at
    done: Mapped[int] = mapped_column(default=0)
    taken_until: Mapped[datetime | None] = mapped_column(Utc)               # until then one worker has it
    applied_at: Mapped[datetime | None] = mapped_column(Utc)
    __table_args__ = (Index("ix_calendar_change_layer", "layer", "id"),
                      Index("ix_calendar_change_applying", "id", sqlite_where=text("state = 'applying'"), postgresql_where=text("state = 'applying'")))


class CalendarMove(db.Model):
    """A running deadline that a change of the calendar has moved, written in the transaction that moved it."""

    __tablename__ = "calendar_move"
    change_id: Mapped[int] = mapped_column(ForeignKey("calendar_change.id"), primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case.id"), primary_key=True)
    name: Mapped[str] = mapped_column(String(30), primary_key=True)
    n: Mapped[int] = mapped_column(primary_key=True)
    old: Mapped[date]
    new: Mapped[date]
    was_missed: Mapped[bool]
    is_missed: Mapped[bool]


class Stamp(db.Model):
    """A counter that is raised when something every process keeps in memory has changed."""

    __tablename__ = "stamp"
    name: Mapped[str] = mapped_column(String(40), primary_key=True)
    value: Mapped[int] = mapped_column(default=0)
