"""Going through the tokens: what stands here, what is ahead, what must come next, where a bracket is closed."""

from __future__ import annotations

from .errors import FeelSyntaxError, Said
from .lexer import Token


class Reader:
    """The tokens of a text and the place reached in them."""

    def __init__(self, tokens: list[Token]) -> None:
        self.tokens = tokens
        self.index = 0
        self.token = tokens[0]
        self.nesting = 0

    def advance(self, count: int = 1) -> None:
        self.index = min(self.index + count, len(self.tokens) - 1)
        self.token = self.tokens[self.index]

    def ahead(self, count: int) -> Token:
        return self.tokens[min(self.index + count, len(self.tokens) - 1)]

    def expect(self, kind: str) -> None:
        if self.token.kind != kind:
            raise self.unexpected(kind)
        self.advance()

    def expect_word(self, word: str) -> None:
        if self.token.kind != "word" or self.token.text != word:
            raise self.unexpected(word)
        self.advance()

    def unexpected(self, wanted: str = "") -> FeelSyntaxError:
        token = self.token
        if token.kind == "end":
            found = Said("表达式没有写完", "the expression is not finished")
        else:
            found = Said(f"此处不应是 {token.text}", f"unexpected {token.text}")
        if wanted:
            found = Said(f"{found.zh}，应为 {wanted}", f"{found.en}, {wanted} expected")
        return FeelSyntaxError(found, token.position)

    def closing(self, opening: int) -> tuple[int, int]:
        """Where the bracket at `opening` is closed (0: nowhere), and how many commas stand right inside it."""
        depth = commas = 0
        for index in range(opening, len(self.tokens)):
            kind = self.tokens[index].kind
            if kind in ("(", "[", "{"):
                depth += 1
            elif kind in (")", "]", "}"):
                depth -= 1
                if depth == 0:
                    return index, commas
            elif kind == "," and depth == 1:
                commas += 1
        return 0, commas

    def opens_range(self) -> bool:
        """Whether the parenthesis here is the open end of a range."""
        depth = 0
        for index in range(self.index, len(self.tokens)):
            kind = self.tokens[index].kind
            if kind in ("(", "[", "{"):
                depth += 1
            elif kind in (")", "]", "}"):
                depth -= 1
                if depth == 0:
                    return False
            elif kind == ".." and depth == 1:
                return True
        return False
