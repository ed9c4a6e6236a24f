"""Units of the directories. A code is a path in the tree, so what lies below a unit starts with its code."""
from __future__ import annotations

from sqlalchemy import JSON, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from .base import db


class Unit(db.Model):
    __tablename__ = "unit"
    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(String(200), unique=True)
    directory: Mapped[str] = mapped_column(String(60), index=True)
    zh: Mapped[str] = mapped_column(String(200))
    en: Mapped[str] = mapped_column(String(200))
    level: Mapped[str] = mapped_column(String(20))
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("unit.id"))


class DirectoryFile(db.Model):
    """The text of a unit directory as it was loaded; the tree is read from it, the rows above only give it ids."""

    __tablename__ = "directory"
    id: Mapped[str] = mapped_column(String(60), primary_key=True)
    content: Mapped[bytes]
    meta: Mapped[dict] = mapped_column(JSON, default=dict)
