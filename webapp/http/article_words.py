"""Where a rule comes from, in words: `Art.10` is 第十条, `3(4)` of a document without articles 第三部分（四）. Pure."""
from __future__ import annotations

import re

from .formats import english

_DOCUMENT = re.compile(r"^[a-z][a-z0-9-]* (?=Art\.|\d)")        # a procedure's id before its article: the reader is on its page
_ARTICLE = re.compile(r"Art\.(\d+)(?:\((\d+)\))?")
_PART = re.compile(r"(\d+)(-x)?(?:\((\d+)\))?(?:\.(\d+))?")     # `-x`: the exclusions among a part's items, numbered for themselves
_DIGITS = "零一二三四五六七八九"


def chinese_number(n: int) -> str:
    """1 to 199 as laws number their articles: 十, 十一, 二十, 一百零五. ValueError beyond."""
    if not 0 < n < 200:
        raise ValueError(f"not an article's number: {n}")
    if n >= 100:
        rest = n - 100
        return "一百" + ("" if not rest else ("零" if rest < 10 else ("一" if rest < 20 else "")) + chinese_number(rest))
    tens, ones = divmod(n, 10)
    return ("" if not tens else ("" if tens == 1 else _DIGITS[tens]) + "十") + (_DIGITS[ones] if ones or not tens else "")


def article_words(article: str | None, lang: str) -> str:
    """`Art.8; Art.11(2)` as 第八条、第十一条第（二）项, `3(4)` as 第三部分（四）; `local` as a local rule; what is written otherwise stays as it is."""
    return ("; " if english(lang) else "、").join(filter(None, (_one(each.strip(), lang) for each in (article or "").split(";"))))


def _one(article: str, lang: str) -> str:
    article = _DOCUMENT.sub("", article)
    if article == "local":
        return "a local rule" if english(lang) else "本地规定"
    if article == "Annex":
        return article if english(lang) else "附件"
    if part := _PART.fullmatch(article):
        return _part(article, part, lang)
    hit = _ARTICLE.fullmatch(article)
    if hit is None or english(lang):
        return article
    if int(hit[1]) >= 200 or (hit[2] and not 0 < int(hit[2]) < 200):
        return article
    return f"第{chinese_number(int(hit[1]))}条" + (f"第（{chinese_number(int(hit[2]))}）项" if hit[2] else "")


def _part(article: str, hit: re.Match[str], lang: str) -> str:
    if english(lang):
        return "Part " + article.replace("-x", ", not accepted ")
    if not all(0 < int(n) < 200 for n in hit.group(1, 3) if n):
        return article
    item = f"（{chinese_number(int(hit[3]))}）" if hit[3] else ""
    return f"第{chinese_number(int(hit[1]))}部分" + ("不予受理" if hit[2] else "") + item + (hit[4] or "")
