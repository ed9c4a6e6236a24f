"""Deployments: immutable, hashed, numbered bundles of one procedure's files."""
from __future__ import annotations

from datetime import datetime

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from .base import Utc, db


class Deployment(db.Model):
    __tablename__ = "deployment"
    id: Mapped[int] = mapped_column(primary_key=True)
    procedure: Mapped[str] = mapped_column(String(80))
    number: Mapped[int]
    hash: Mapped[str] = mapped_column(String(64))
    bundle: Mapped[bytes]                                   # zlib of canonical JSON: {path: base64}
    effective_at: Mapped[datetime] = mapped_column(Utc)
    created_at: Mapped[datetime] = mapped_column(Utc)
    created_by: Mapped[str] = mapped_column(String(200), default="")
    __table_args__ = (Index("uq_deployment_number", "procedure", "number", unique=True),)
