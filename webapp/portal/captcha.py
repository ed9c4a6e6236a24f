"""A small question before sending, where the procedure asks for one (`captcha = true`): digits in a picture, or a sum in words for those who cannot see it.

Nothing is kept of a question that nobody has answered: it comes from the secret key and a random word. An answer spends it, right or wrong.
"""
from __future__ import annotations

import base64
import hashlib
import hmac
import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta
from secrets import token_urlsafe

from captcha.image import ImageCaptcha
from flask import current_app
from flask_babel import gettext as _
from itsdangerous import BadData, URLSafeSerializer

from webapp.deployments.registry import Deployed
from webapp.http.jinja import current_lang
from webapp.models import IdempotencyKey, db

GOOD_FOR = timedelta(minutes=20)
DIGITS, LETTERS = 5, "2345689"          # none that is taken for another when it is slanted: no 0, 1, 7
LIGHT, DARK = (255, 255, 255, 255), (27, 36, 48)      # light on dark: the library thins dark strokes out
NUMBERS = {"zh": tuple("零一二三四五六七八九十"), "en": ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")}
_picture = ImageCaptcha(width=200, height=70)


@dataclass(frozen=True)
class Question:
    """What the page shows: `token` goes with the answer, `picture` is a data address, `sum` says the same to those who cannot see."""

    token: str
    picture: str
    sum: str


def asks(deployed: Deployed) -> bool:
    """Whether the procedure has its form on the portal end with a question."""
    return deployed.manifest.filing.get("captcha") is True


def ask(draft_key: str, now: datetime) -> Question:
    """A fresh question for one draft."""
    nonce = token_urlsafe(12)
    digits, (left, sign, right), _result = _secrets(nonce)
    drawn = base64.b64encode(_picture.generate(digits, bg_color=DARK, fg_color=LIGHT).getvalue()).decode()
    words = NUMBERS[current_lang()]
    said = _("%(a)s加%(b)s等于多少", a=words[left], b=words[right]) if sign > 0 else _("%(a)s减%(b)s等于多少", a=words[left], b=words[right])
    return Question(_serializer().dumps([draft_key, nonce, now.isoformat()]), f"data:image/png;base64,{drawn}", said)


def check(token: str, answer: str, draft_key: str, now: datetime) -> str | None:
    """What is wrong with an answer, None where it is right. Either way it is spent: a wrong one at once, a right one with the caller's commit."""
    answer = "".join(c for c in unicodedata.normalize("NFKC", answer or "")[:40] if not c.isspace())
    if not answer:
        return _("请填写验证码")
    try:
        key, nonce, at = _serializer().loads(token[:400])
        age = now - datetime.fromisoformat(at)
    except (BadData, ValueError, TypeError):
        return _("验证码无效，请按新的一道题填写")
    if key != draft_key or not timedelta() <= age <= GOOD_FOR or db.session.get(IdempotencyKey, _row(nonce)) is not None:
        return _("验证码已失效，请按新的一道题填写")
    db.session.add(IdempotencyKey(key=_row(nonce), body_hash="", answer={}, at=now))
    digits, _sum, result = _secrets(nonce)
    if answer.encode() in (digits.encode(), str(result).encode()):
        return None
    db.session.commit()
    return _("验证码不对，请按新的一道题填写")


def _secrets(nonce: str) -> tuple[str, tuple[int, int, int], int]:
    """The digits, the sum (left, +1 or -1, right) and its result: each from the key and the random word, so that neither tells the other."""
    found = hmac.new(str(current_app.secret_key).encode(), f"captcha {nonce}".encode(), hashlib.sha256).digest()
    left, right, sign = 2 + found[20] % 9, 2 + found[21] % 9, 1 if found[22] % 2 else -1
    if sign < 0 and right > left:
        left, right = right, left
    return "".join(LETTERS[b % len(LETTERS)] for b in found[:DIGITS]), (left, sign, right), left + sign * right


def _row(nonce: str) -> str:
    return f"captcha:{nonce}"


def _serializer() -> URLSafeSerializer:
    return URLSafeSerializer(current_app.secret_key, salt="portal-captcha")
