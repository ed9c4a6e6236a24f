"""What runs on a case: tasks, deadlines, moments, supervisions. All are projections that reports may query."""
from __future__ import annotations

from datetime import UTC, datetime

from sqlalchemy import JSON, ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from .base import BigId, Utc, db

NEVER = datetime(9999, 1, 1, tzinfo=UTC)      # sorts tasks without a deadline last


class Task(db.Model):
    __tablename__ = "task"
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case.id"))
    instance: Mapped[str] = mapped_column(String(20))
    engine_id: Mapped[str] = mapped_column(String(20))
    node: Mapped[str] = mapped_column(String(100))
    name: Mapped[str] = mapped_column(String(60))
    role: Mapped[str] = mapped_column(String(30))
    unit_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))      # null: the citizen's
    item: Mapped[str | None] = mapped_column(String(200))
    state: Mapped[str] = mapped_column(String(10), default="open")          # open, held, done, cancelled
    assignee_id: Mapped[int | None] = mapped_column(ForeignKey("account.id"))
    deadline: Mapped[str | None] = mapped_column(String(30))
    due_at: Mapped[datetime] = mapped_column(Utc, default=NEVER)            # of the deadline that binds it; NEVER without one
    opened_at: Mapped[datetime] = mapped_column(Utc)
    closed_at: Mapped[datetime | None] = mapped_column(Utc)
    version: Mapped[int] = mapped_column(default=1)
    __table_args__ = (
        Index("ix_task_open", "unit_id", "role", "due_at", "id", sqlite_where=text("state = 'open'"), postgresql_where=text("state = 'open'")),
        Index("ix_task_case", "case_id"),
    )


class DeadlineRow(db.Model):
    __tablename__ = "deadline"
    case_id: Mapped[int] = mapped_column(ForeignKey("case.id"), primary_key=True)
    name: Mapped[str] = mapped_column(String(30), primary_key=True)
    n: Mapped[int] = mapped_column(primary_key=True)
    doc: Mapped[dict] = mapped_column(JSON)                                 # the deadline's history, the truth
    calendar: Mapped[str] = mapped_column(String(60))
    due_at: Mapped[datetime | None] = mapped_column(Utc)                    # null while paused
    ended_at: Mapped[datetime | None] = mapped_column(Utc)
    result: Mapped[str | None] = mapped_column(String(10))                  # once ended: met, late, cancelled
    __table_args__ = (
        Index("ix_deadline_open", "case_id", sqlite_where=text("ended_at IS NULL"), postgresql_where=text("ended_at IS NULL")),
        Index("ix_deadline_running", "calendar", "due_at", sqlite_where=text("ended_at IS NULL"), postgresql_where=text("ended_at IS NULL")),
    )


class MomentRow(db.Model):
    """A moment that has not come yet. Fired or pointless ones are deleted in the transaction that has their effect."""

    __tablename__ = "moment"
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case.id"), index=True)
    instance: Mapped[str] = mapped_column(String(20))
    engine_id: Mapped[str] = mapped_column(String(20))
    deadline: Mapped[str] = mapped_column(String(30))
    deadline_n: Mapped[int]
    moment: Mapped[str] = mapped_column(String(40))
    n: Mapped[int] = mapped_column(default=1)
    fired_at: Mapped[datetime | None] = mapped_column(Utc)                  # when it last came (a moment may come again)
    fire_at: Mapped[datetime | None] = mapped_column(Utc, index=True)       # null: waits for its deadline to run (again)
    attempts: Mapped[int] = mapped_column(default=0)


class Supervision(db.Model):
    __tablename__ = "supervision"
    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    case_id: Mapped[int] = mapped_column(ForeignKey("case.id"), index=True)
    instance: Mapped[str] = mapped_column(String(20))
    trigger: Mapped[str] = mapped_column(String(30))
    mode: Mapped[str] = mapped_column(String(30))
    unit: Mapped[str | None] = mapped_column(String(200))                   # the supervised unit's code
    deadline: Mapped[str | None] = mapped_column(String(30))
    deadline_n: Mapped[int | None]
    status: Mapped[str] = mapped_column(String(10), default="open")         # open, done, withdrawn
    opened_at: Mapped[datetime] = mapped_column(Utc)
    closed_at: Mapped[datetime | None] = mapped_column(Utc)
