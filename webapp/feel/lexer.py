"""Splits the text of an expression into tokens. Names of several words are put together by the parser."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from .errors import MAX_SOURCE, FeelSyntaxError, Said, too_many

_TOKEN = re.compile(
    r"""(?P<skip>(?:[^\S\n]|\n|//[^\n]*|/\*(?:[^*]|\*(?!/))*\*/)+)
    |(?P<number>(?:[0-9]+(?:\.[0-9]+)?|\.[0-9]+)(?:[eE][-+]?[0-9]{1,4})?)
    |(?P<string>"(?:[^"\\\n\r]|\\.)*")
    |(?P<word>(?:[^\W\d]|[\U00010000-\U000EFFFF])(?:\w|[\U00010000-\U000EFFFF])*|\?)
    |(?P<operator>\*\*|\.\.|<=|>=|!=|[-+*/=<>()\[\]{},:.@])""",
    re.VERBOSE,
)
_ESCAPE = re.compile(r"\\(u[0-9A-Fa-f]{4}|U[0-9A-Fa-f]{6}|.)")
_ESCAPES = {"n": "\n", "r": "\r", "t": "\t", '"': '"', "'": "'", "\\": "\\"}
_WIDE = dict(zip("，。：；（）［］｛｝“”＜＞＝＋－＊／！、", ",.:;()[]{}\"\"<>=+-*/!,", strict=True))


class Token(NamedTuple):
    """One token: kind is `number`, `string`, `word`, `end`, or the operator itself; a string's text is unescaped."""

    kind: str
    text: str
    position: int


@lru_cache(maxsize=64)
def _special(names: frozenset[str]) -> tuple[re.Pattern, dict[str, str]]:
    """Where one of the names stands, the longest first (their pieces may stand apart), and how each is spelled."""
    made = []
    for name in sorted(names, key=len, reverse=True):
        pieces = re.findall(r"\w+|[^\w\s]", name)
        made.append(r"\s*".join(map(re.escape, pieces)))
    return re.compile(rf"(?:{'|'.join(made)})(?!\w)"), {"".join(name.split()): name for name in names}


def tokens_of(text: str, names: frozenset[str] = frozenset()) -> list[Token]:
    """The tokens, closed by an `end`; `names` are those that hold more than words. Raises FeelSyntaxError, or FeelLimit
    over MAX_SOURCE characters."""
    if len(text) > MAX_SOURCE:
        raise too_many("字符", "characters", MAX_SOURCE)
    tokens: list[Token] = []
    position, length = 0, len(text)
    special, spelled = _special(names) if names else (None, {})
    while position < length:
        found = _TOKEN.match(text, position)
        if found is None:
            raise _unknown(text, position)
        kind, piece = found.lastgroup, found.group()
        if kind == "number" and piece[0] == "." and tokens and _ends_value(tokens[-1], position):
            kind, piece = "operator", "."
        if special is not None and kind == "word":
            named = special.match(text, position)
            if named is not None and len(named.group()) > len(piece):
                piece = named.group()
                tokens.append(Token("word", spelled["".join(piece.split())], position))
                position += len(piece)
                continue
        if kind == "string":
            tokens.append(Token(kind, _unescaped(piece[1:-1], position), position))
        elif kind != "skip":
            tokens.append(Token(piece if kind == "operator" else kind, piece, position))
        position += len(piece)
    tokens.append(Token("end", "", length))
    return tokens


def _ends_value(token: Token, position: int) -> bool:
    return token.position + len(token.text) == position and (token.kind in ("word", "number", ")", "]", "}", "."))


def _unescaped(text: str, position: int) -> str:
    if "\\" not in text:
        return text

    def char(found: re.Match) -> str:
        code = found.group(1)
        if len(code) > 1:
            point = int(code[1:], 16)
            if point > 0x10FFFF:
                raise FeelSyntaxError(Said("没有这个字符", "no such character"), position)
            return chr(point)
        return _ESCAPES.get(code, found.group())

    text = _ESCAPE.sub(char, text)
    # two \u of a surrogate pair are one character; half a pair is none
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _unknown(text: str, position: int) -> FeelSyntaxError:
    char = text[position]
    if char == '"':
        return FeelSyntaxError(Said("字符串没有结束", "the string is not closed"), position)
    if char in _WIDE:
        narrow = _WIDE[char]
        return FeelSyntaxError(
            Said(f"“{char}”是全角符号，请用半角 {narrow}", f"{char} is full-width: write {narrow}"), position
        )
    return FeelSyntaxError(Said(f"不认识的字符 {char!r}", f"unknown character {char!r}"), position)
