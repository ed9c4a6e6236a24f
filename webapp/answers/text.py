"""Characters and lengths of what people type, counted as a browser counts them."""

from __future__ import annotations

import re
import unicodedata

_LOCAL = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}", re.ASCII)
_LABEL = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?", re.ASCII)
_PHONE = re.compile(r"(?:\+|00)[1-9][0-9]{6,22}", re.ASCII)


def one_line(text: str) -> str:
    """A short field's text: line breaks and tabs are blanks, as form-js makes them; nothing around it."""
    return re.sub(r"\r\n|[\r\n\t]", " ", text).strip()


def many_lines(text: str) -> str:
    """A long field's text as written, its line breaks being `\\n` whatever the browser sent."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def length(text: str) -> int:
    """UTF-16 units without the blanks around it: what JavaScript's `trim().length` says."""
    return len(text.strip().encode("utf-16-le", "surrogatepass")) // 2


def has_control(text: str) -> bool:
    """A control character other than tab and line feed, or half a surrogate pair."""
    return any(c not in "\n\t" and unicodedata.category(c) in ("Cc", "Cs") for c in text)


def has_invisible(text: str) -> bool:
    """A zero-width, direction or other format character: what makes two names look alike."""
    return any(unicodedata.category(c) in ("Cf", "Zl", "Zp") for c in text)


def is_email(text: str) -> bool:
    """An address as HTML's own e-mail field takes it (WHATWG HTML, valid e-mail address)."""
    local, at, domain = text.partition("@")
    return bool(at) and bool(_LOCAL.fullmatch(local)) and all(_LABEL.fullmatch(part) for part in domain.split("."))


def is_phone(text: str) -> bool:
    """An international number, + or 00 before the country's code, digits only: what form-js means by `phone`."""
    return bool(_PHONE.fullmatch(text))
