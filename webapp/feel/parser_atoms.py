"""The grammar's atoms: literals, names, calls, lists, contexts, ranges, and the expressions that open with a word."""

from __future__ import annotations

from . import numbers
from .errors import FeelSyntaxError, Said
from .lexer import Token
from .reader import Reader
from .syntax import JOINED, KEYWORDS, Node

_CONSTANTS = {"true": True, "false": False, "null": None}


class Atoms(Reader):
    """What starts an expression. `expression` and `positive_test` come by the subclass."""

    def atom(self) -> Node:
        """What an expression starts with."""
        token = self.token
        kind = token.kind
        if kind == "word":
            return self.word(token)
        self.advance()
        if kind == "number":
            return Node("literal", (), numbers.from_text(token.text), token.position)
        if kind == "string":
            return Node("literal", (), token.text, token.position)
        if kind == "-":
            return Node("negate", (self.expression(70),), None, token.position)
        if kind == "(":
            return self.parenthesis(token)
        if kind == "[":
            return self.list_or_range(token)
        if kind == "]":
            return self.range_rest(self.expression(), False, token)
        if kind == "{":
            return self.context(token)
        if kind == "@" and self.token.kind == "string":
            text = self.token.text
            self.advance()
            return Node("at", (), text, token.position)
        self.index -= 1
        self.token = token
        raise self.unexpected()

    def word(self, token: Token) -> Node:
        text = token.text
        name = self.joined_name(call=True)
        if name:
            return self.call(name, token)
        if text in _CONSTANTS:
            self.advance()
            return Node("literal", (), _CONSTANTS[text], token.position)
        if text == "if":
            return self.conditional(token)
        if text in ("for", "some", "every"):
            return self.iteration(token)
        if text == "function":
            return self.function(token)
        if text == "not" and self.ahead(1).kind != "(":
            raise FeelSyntaxError(Said("否定写作 not(…)", "negation is written not(…)"), token.position)
        name = self.name_words()
        return self.call(name, token) if self.token.kind == "(" else Node("name", (), name, token.position)

    def joined_name(self, call: bool = False) -> str:
        """One of the names that hold a keyword, if it stands here (before a parenthesis)."""
        for words in JOINED:
            if all(self.ahead(i).kind == "word" and self.ahead(i).text == word for i, word in enumerate(words)):
                if not call or self.ahead(len(words)).kind == "(":
                    self.advance(len(words))
                    return " ".join(words)
        return ""

    def name_words(self) -> str:
        """A name: words side by side up to a keyword. Raises FeelSyntaxError where none stands."""
        if self.token.kind != "word" or self.token.text in KEYWORDS:
            raise self.unexpected()
        words = [self.token.text]
        self.advance()
        while self.token.kind == "word" and not self.ends_name(self.token.text):
            words.append(self.token.text)
            self.advance()
        return " ".join(words)

    def ends_name(self, word: str) -> bool:
        if word == "between":       # `days between(a, b)` is a call, `days between 1 and 2` is not
            return not (self.ahead(1).kind == "(" and self.closing(self.index + 1)[1])
        return word in KEYWORDS or (word == "instance" and self.ahead(1).text == "of")

    def member_name(self) -> str:
        """The name after a dot; a keyword may stand there alone."""
        if self.token.kind == "word" and self.token.text in KEYWORDS:
            name = self.token.text
            self.advance()
            return name
        return self.name_words()

    def call(self, name: str, token: Token) -> Node:
        """`name(…)`, by place or by name; `data` is (function, parameter names or null)."""
        self.expect("(")
        arguments, names = self.arguments(token)
        return Node("call", arguments, (name, names), token.position)

    def invocation(self, left: Node, position: int) -> Node:
        """`value(…)` behind something else than a name; the parenthesis has been read."""
        arguments, names = self.arguments(self.token)
        return Node("invoke", (left, *arguments), names, position)

    def arguments(self, token: Token) -> tuple[tuple[Node, ...], tuple[str, ...] | None]:
        """What stands up to the closing parenthesis: the arguments, and their names where they have any."""
        arguments: list[Node] = []
        names: list[str] = []
        while self.token.kind != ")":
            if arguments:
                self.expect(",")
            named = self.parameter_name() if not arguments or names else ""
            if names and not named:
                raise self.unexpected()
            if named:
                names.append(named)
            arguments.append(self.expression())
        self.advance()
        if len(set(names)) != len(names):
            raise FeelSyntaxError(Said("参数重复", "a parameter stands twice"), token.position)
        return tuple(arguments), tuple(names) or None

    def parameter_name(self) -> str:
        """`name:` if it stands here."""
        count = 0
        while self.ahead(count).kind == "word":
            count += 1
        if not count or self.ahead(count).kind != ":":
            return ""
        name = " ".join(self.ahead(i).text for i in range(count))
        self.advance(count + 1)
        return name

    def parenthesis(self, token: Token) -> Node:
        inner = self.expression() if self.token.kind not in ("<", "<=", ">", ">=", "=") else self.positive_test()
        if self.token.kind == "..":
            return self.range_rest(inner, False, token)
        self.expect(")")
        return inner

    def list_or_range(self, token: Token) -> Node:
        members: list[Node] = []
        while self.token.kind != "]":
            if members:
                self.expect(",")
            members.append(self.expression())
            if self.token.kind == ".." and len(members) == 1:
                return self.range_rest(members[0], True, token)
        self.advance()
        return Node("list", tuple(members), None, token.position)

    def range_rest(self, low: Node, low_in: bool, token: Token) -> Node:
        self.expect("..")
        high = self.expression()
        if self.token.kind not in ("]", ")", "["):
            raise self.unexpected("]")
        high_in = self.token.kind == "]"
        self.advance()
        return Node("range", (low, high), (low_in, high_in), token.position)

    def context(self, token: Token) -> Node:
        keys: list[str] = []
        values: list[Node] = []
        while self.token.kind != "}":
            if keys:
                self.expect(",")
            if self.token.kind == "string":
                key = self.token.text
                self.advance()
                self.expect(":")
            else:
                key = self.parameter_name()
                if not key:
                    raise self.unexpected()
            if key in keys:
                raise FeelSyntaxError(Said(f"重复的键 {key}", f"the key {key} stands twice"), token.position)
            keys.append(key)
            values.append(self.expression())
        self.advance()
        return Node("context", tuple(values), tuple(keys), token.position)

    def function(self, token: Token) -> Node:
        """`function(a, b: type) body`; `data` is (parameters' names, their types or null)."""
        self.advance()
        self.expect("(")
        names: list[str] = []
        types: list[object] = []
        while self.token.kind != ")":
            if names:
                self.expect(",")
            names.append(self.name_words())
            typed = self.token.kind == ":"
            if typed:
                self.advance()
            types.append(self.type_name() if typed else None)
        self.advance()
        if len(set(names)) != len(names):
            raise FeelSyntaxError(Said("参数重复", "a parameter stands twice"), token.position)
        if self.token.text == "external":
            raise FeelSyntaxError(Said("不支持外部函数", "external functions are refused"), self.token.position)
        return Node("function", (self.expression(),), (tuple(names), tuple(types)), token.position)

    def conditional(self, token: Token) -> Node:
        self.advance()
        condition = self.expression()
        self.expect_word("then")
        positive = self.expression()
        self.expect_word("else")
        return Node("if", (condition, positive, self.expression()), None, token.position)

    def iteration(self, token: Token) -> Node:
        """`for … return`, `some/every … satisfies`; `data` is the variables' names."""
        self.advance()
        names: list[str] = []
        parts: list[Node] = []
        while True:
            names.append(self.name_words())
            self.expect_word("in")
            source = self.expression()
            if self.token.kind == "..":
                self.advance()
                source = Node("range", (source, self.expression()), (True, True), source.position)
            parts.append(source)
            if self.token.kind != ",":
                break
            self.advance()
        self.expect_word("return" if token.text == "for" else "satisfies")
        parts.append(self.expression())
        return Node(token.text, tuple(parts), tuple(names), token.position)


