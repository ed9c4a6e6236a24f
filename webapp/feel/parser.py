"""The grammar: a Pratt parser over the tokens, for expressions and for unary tests."""

from __future__ import annotations

from .errors import MAX_DEPTH, FeelSyntaxError, Said, too_many
from .lexer import Token, tokens_of
from .parser_atoms import Atoms
from .syntax import COMPOUND, TYPES, Node

_POWERS = {
    "or": 10, "and": 20,
    "=": 30, "!=": 30, "<": 30, "<=": 30, ">": 30, ">=": 30, "between": 30, "in": 30,
    "+": 40, "-": 40, "*": 50, "/": 50, "**": 60, "instance": 75, "[": 80, ".": 80, "(": 80,
}
_COMPARE = frozenset({"=", "!=", "<", "<=", ">", ">="})
_AFTER = frozenset({"and", "or", "then", "else", "return", "satisfies", "in"})
_CALLABLE = frozenset({"path", "function", "invoke", "call", "filter"})
_CHAINS = {"or": "or", "and": "and", "+": "sum", "-": "sum", "*": "product", "/": "product"}


class Parser(Atoms):
    """One text being parsed."""

    def expression(self, power: int = 0) -> Node:
        """An expression whose operators bind tighter than `power`."""
        self.nesting += 1
        if self.nesting > MAX_DEPTH:
            raise too_many("层嵌套", "levels of nesting", MAX_DEPTH)
        left = self.atom()
        while True:
            operator = self.operator()
            binding = _POWERS.get(operator, 0)
            if binding <= power or (operator == "(" and left.kind not in _CALLABLE):
                self.nesting -= 1
                return left
            left = self.infix(left, operator, binding)

    def operator(self) -> str:
        """What stands at the place of an operator."""
        token = self.token
        if token.kind == "[" and self.closes_range(self.ahead(1)):
            return ""
        if token.kind != "word":
            return token.kind
        if token.text == "instance" and self.ahead(1).text != "of":
            return ""
        return token.text

    @staticmethod
    def closes_range(following: Token) -> bool:
        """`[` is the open end of `[1..5[` where nothing follows that could be a filter."""
        return following.kind in ("end", ")", "]", "}", ",", ".") or following.text in _AFTER

    def infix(self, left: Node, operator: str, binding: int) -> Node:
        """What an operator makes of what stands left of it."""
        position = self.token.position
        if operator in _CHAINS:
            return self.chain(left, _CHAINS[operator], binding)
        self.advance()
        if operator in _COMPARE:
            return Node("compare", (left, self.expression(binding)), operator, position)
        if operator == "**":
            return Node("power", (left, self.expression(binding)), None, position)
        if operator == "(":
            return self.invocation(left, position)
        if operator == "[":
            return self.filtered(left, position)
        if operator == ".":
            return self.path(left, position)
        if operator == "between":
            low = self.expression(binding)
            self.expect_word("and")
            return Node("between", (left, low, self.expression(binding)), None, position)
        if operator == "in":
            return Node("in", (left, *self.tests_after_in()), None, position)
        self.advance()
        return Node("instance", (left,), self.type_name(), position)

    def chain(self, left: Node, kind: str, binding: int) -> Node:
        """Operands of equal rank side by side, so that long sums and conditions do not nest."""
        operands, signs, position = [left], [], self.token.position
        while _POWERS.get(self.operator(), 0) == binding:
            signs.append(self.operator())
            self.advance()
            operands.append(self.expression(binding))
        return Node(kind, tuple(operands), tuple(signs), position)

    def filtered(self, left: Node, position: int) -> Node:
        inside = self.filter_test() if self.token.kind in ("<", "<=", ">", ">=", "=", "!=") else self.expression()
        self.expect("]")
        return Node("filter", (left, inside), None, position)

    def filter_test(self) -> Node:
        """`list[> 3]`: the member itself is tested."""
        test = self.positive_test()
        return Node("in", (Node("name", (), "item", test.position), test), None, test.position)

    def path(self, left: Node, position: int) -> Node:
        name = self.member_name()
        if left.kind == "path":
            return Node("path", left.parts, (*left.data, name), left.position)
        return Node("path", (left,), (name,), position)

    def type_name(self) -> tuple:
        """A type, as webapp.feel.types has it: `number`, `list<number>`, `context<a: string>`, `function<…> -> …`."""
        token = self.token
        self.nesting += 1
        if self.nesting > MAX_DEPTH:
            raise too_many("层嵌套", "levels of nesting", MAX_DEPTH)
        if token.text in ("function", "null"):
            self.advance()
            name = "function" if token.text == "function" else "Null"
        else:
            name = self.joined_name() or self.name_words()
        if name not in TYPES:
            raise FeelSyntaxError(Said(f"不认识的类型 {name}", f"unknown type {name}"), token.position)
        parts = self.type_parts(name) if self.token.kind == "<" and name in COMPOUND else ()
        self.nesting -= 1
        return (name, *parts)

    def type_parts(self, name: str) -> tuple:
        """What stands in a type's angle brackets."""
        self.advance()
        parts: list = []
        while self.token.kind != ">":
            if parts:
                self.expect(",")
            key = ""
            if name == "context":
                key = self.parameter_name()
                if not key:
                    raise self.unexpected()
            parts.append((key, self.type_name()) if key else self.type_name())
        self.advance()
        if name in ("list", "range"):
            if len(parts) != 1:
                raise self.unexpected()
            return tuple(parts)
        if name == "function":
            self.expect("-")
            self.expect(">")
            return tuple(parts), self.type_name()
        return (tuple(parts),)

    # unary tests

    def tests_after_in(self) -> tuple[Node, ...]:
        """One test, or several in parentheses."""
        if self.token.kind != "(" or self.opens_range():
            return (self.positive_test(30),)
        self.advance()
        tests = self.positive_tests()
        self.expect(")")
        return tests

    def positive_tests(self) -> tuple[Node, ...]:
        tests = [self.positive_test()]
        while self.token.kind == ",":
            self.advance()
            tests.append(self.positive_test())
        return tuple(tests)

    def positive_test(self, power: int = 0) -> Node:
        token = self.token
        if token.kind in _COMPARE:
            self.advance()
            return Node("test", (self.expression(30),), token.kind, token.position)
        return self.expression(power)

    def unary_tests(self) -> Node:
        """The text of a decision table's cell: `-`, tests, or `not(tests)`. `data` says whether it is negated."""
        if self.token.kind == "-" and self.ahead(1).kind == "end":
            self.advance()
        if self.token.kind == "end":
            return Node("tests", ())
        negated = self.token.text == "not" and self.ahead(1).kind == "(" and (
            self.closing(self.index + 1)[0] == len(self.tokens) - 2
        )
        if negated:
            self.advance(2)
        tests = self.positive_tests()
        if negated:
            self.expect(")")
        return Node("tests", tests, negated)

    def done(self) -> None:
        """Nothing may be left over."""
        if self.token.kind != "end":
            raise self.unexpected()


def parse_text(text: str, names: frozenset[str] = frozenset()) -> Node:
    """The tree of an expression; `names` as `tokens_of`. Raises FeelSyntaxError, FeelLimit."""
    parser = Parser(tokens_of(text, names))
    node = parser.expression()
    parser.done()
    return node


def parse_tests(text: str, names: frozenset[str] = frozenset()) -> Node:
    """The tree of unary tests. Raises FeelSyntaxError, FeelLimit."""
    parser = Parser(tokens_of(text, names))
    node = parser.unary_tests()
    parser.done()
    return node
