"""Bearer tokens of the API: each acts for one account. Only its hash is kept, so that nobody who reads the table can use one."""
from __future__ import annotations

import hashlib
import secrets
from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from .base import Utc, db

PREFIX = "duban_"


class ApiToken(db.Model):
    __tablename__ = "api_token"
    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(String(100), default="")
    hash: Mapped[str] = mapped_column(String(64), unique=True)              # SHA-256 (hex) of the whole token
    created_at: Mapped[datetime] = mapped_column(Utc)
    expires_at: Mapped[datetime | None] = mapped_column(Utc)                # null: until it is revoked
    revoked_at: Mapped[datetime | None] = mapped_column(Utc)

    def good(self, now: datetime) -> bool:
        """Whether it may be used at `now` (aware UTC)."""
        return self.revoked_at is None and (self.expires_at is None or now < self.expires_at)


def new_token() -> str:
    """A token of 256 random bits; its prefix lets scanners of source code find one that leaked."""
    return PREFIX + secrets.token_urlsafe(32)


def token_hash(token: str) -> str:
    """What is stored of a token. Unsalted: 256 random bits cannot be guessed from it."""
    return hashlib.sha256(token.encode()).hexdigest()
