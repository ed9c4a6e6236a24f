"""A text without the personal data in it, for publication: what is known of its writer, and what looks like a way to reach a person. Pure."""
from __future__ import annotations

import re
from collections.abc import Iterable

REMOVED = "〔已隐去〕"
SHORTEST_OWN = 2        # characters; one alone would take a word out of every sentence
_NARROW = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}       # full-width letters, figures and signs, one for one
_GAP = r"[\s·•.\-—]{0,3}"       # what people put between the figures of a number or the letters of a name
_PLAIN = [
    r"[A-Za-z0-9._+\-]{1,64}@[A-Za-z0-9\-]{1,63}(?:\.[A-Za-z0-9\-]{1,63}){1,5}",                # e-mail
    r"(?<![\dA-Za-z])\d{6}(?:19|20)\d{9}[Xx]?\d?(?![\dA-Za-z])",                                # identity number
    r"(?<!\d)(?:\+?86[ \-]?)?1[3-9]\d(?:[ \-]?\d{4}){2}(?!\d)",                                 # mobile telephone
    r"(?<!\d)\(?0\d{2,3}\)?[ \-—]?\d{7,8}(?!\d)",                                               # telephone with its area code
    r"(?<!\d)(?:\d[ \-]?){14,18}[\dXx](?![\dA-Za-z])",                                          # other long numbers: old identity cards, bank cards
    r"(?i:微信|WeChat|QQ|钉钉)(?:号码|号|群)?\s*[:是为]?\s*[A-Za-z0-9_\-]{5,30}",               # other accounts
]


def without_personal_data(text: str, own: Iterable[str | None] = ()) -> str:
    """The text with the writer's `own` data (name, numbers, addresses), however spaced, and everything that looks like such data taken out.

    What is removed is marked, so that nobody takes the rest for the whole. A name spelled otherwise or another person's is not found: it needs the editor's eye.
    """
    known = sorted({each.strip().translate(_NARROW) for each in own if each and len(each.strip()) >= SHORTEST_OWN}, key=len, reverse=True)
    spelled = [_GAP.join(re.escape(letter) for letter in each if not letter.isspace()) for each in known]
    pattern = re.compile("|".join([*(f"(?i:{each})" for each in spelled), *_PLAIN]))
    parts, end = [], 0
    for hit in pattern.finditer(text.translate(_NARROW)):       # as long as the text itself, so that its places are the text's
        if hit.start() > end or not parts:
            parts += [text[end:hit.start()], REMOVED]
        end = hit.end()
    return "".join([*parts, text[end:]])
