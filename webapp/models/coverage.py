"""What the scenarios of a deployment cover: asked for by a person, measured by the worker, one result for each deployment."""
from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from .base import Utc, db


class CoverageRun(db.Model):
    __tablename__ = "coverage_run"
    deployment_id: Mapped[int] = mapped_column(ForeignKey("deployment.id"), primary_key=True)
    asked_at: Mapped[datetime] = mapped_column(Utc)
    asked_by: Mapped[str] = mapped_column(String(200))
    state: Mapped[str] = mapped_column(String(10))                          # asked, running, done, failed
    started_at: Mapped[datetime | None] = mapped_column(Utc)
    measured_at: Mapped[datetime | None] = mapped_column(Utc)
    doc: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)   # the JSON of webapp.scenarios.coverage; kept while a new one is measured
    error: Mapped[str] = mapped_column(String(1000), default="")
