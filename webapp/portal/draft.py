"""A filing that is being written: kept in the page itself, signed, so that nothing is stored before it is sent and no cookie is filled."""
from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from typing import Any

from flask import current_app
from itsdangerous import BadData, URLSafeSerializer

MAX = 400_000       # characters of a signed draft: far more than the form's fields can hold


@dataclass
class Draft:
    """`key` is the one-time key that files it once, however often it is sent; `consultation` the one an opinion is on."""

    procedure: str
    key: str = field(default_factory=lambda: secrets.token_urlsafe(18))
    channel: str = "web"
    answers: dict[str, Any] = field(default_factory=dict)
    consultation: int | None = None

    def sign(self) -> str:
        """The draft as the hidden field holds it."""
        return _serializer().dumps([self.procedure, self.key, self.channel, self.answers, self.consultation])

    @classmethod
    def read(cls, text: str | None, procedure: str) -> Draft | None:
        """The draft of a hidden field; None where it is missing, altered or another procedure's."""
        if not text or len(text) > MAX:
            return None
        try:
            name, key, channel, answers, consultation = _serializer().loads(text)
        except (BadData, ValueError, TypeError):
            return None
        return cls(name, key, channel, answers, consultation) if name == procedure else None


def _serializer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.secret_key, salt="portal-draft")
