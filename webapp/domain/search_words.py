"""Words for search: a text as tokens in their order, Chinese by two characters, letters and figures as whole words; a question as phrases of them.

No database cuts Chinese into words, so a word of two characters or more is found as the two-character pieces it is made of, one after the other.
"""
from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

# Han characters (with 々〇 and the extensions), kana; everything else that is a letter or a figure makes whole words.
_HAN = "々〇\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
_RUN = re.compile(rf"[{_HAN}]+|[^\W_{_HAN}]+")
MOST_WORDS = 8
LONGEST = 60        # of one word of letters: what is longer is no word


@dataclass(frozen=True)
class Phrase:
    """Tokens that follow each other; with `open_end` the last may go on."""

    tokens: tuple[str, ...]
    open_end: bool


def search_tokens(text: str) -> list[str]:
    """The tokens of a text, in order. Each run of Chinese ends with its last character alone, so that single characters are found too."""
    found: list[str] = []
    for run in _RUN.findall(_plain(text)):
        found += _pieces(run) + [run[-1]] if _is_han(run) else [run[:LONGEST]]
    return found


def search_phrases(question: str) -> list[Phrase]:
    """What a question asks for: every word of it must be there, eight at most. A sign between two words parts them; signs alone ask for nothing."""
    found = []
    for word in re.findall(rf"(?:[{_HAN}]|[^\W_{_HAN}])+", _plain(question))[:MOST_WORDS]:
        runs = _RUN.findall(word)
        tokens: list[str] = []
        for run in runs[:-1]:
            tokens += _pieces(run) + [run[-1]] if _is_han(run) else [run[:LONGEST]]
        last = runs[-1]
        if _is_han(last) and len(last) > 1:
            found.append(Phrase((*tokens, *_pieces(last)), False))
        else:
            found.append(Phrase((*tokens, last[:LONGEST]), True))
    return found


def _plain(text: str) -> str:
    """One way to write it: full width as half width, capitals as small letters."""
    return unicodedata.normalize("NFKC", text).casefold()


def _is_han(run: str) -> bool:
    return re.match(f"[{_HAN}]", run) is not None


def _pieces(run: str) -> list[str]:
    return [run[i:i + 2] for i in range(len(run) - 1)]
