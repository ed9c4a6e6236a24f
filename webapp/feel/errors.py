"""What can go wrong with an expression, and the bounds every expression is held to."""

MAX_SOURCE = 4_000      # characters of one expression
MAX_DEPTH = 60          # nesting of the source, and of values
MAX_STEPS = 20_000      # steps of one evaluation
MAX_TEXT = 20_000       # characters of a string that an expression builds
MAX_LIST = 2_000        # members of a list that an expression builds
MAX_DIGITS = 34         # significant digits of a number
MAX_EXPONENT = 6_000    # decimal exponent of a number


class Said(str):
    """A message in both languages: the string is `zh / en`, the parts are `.zh` and `.en`."""

    __slots__ = ("zh", "en")

    def __new__(cls, zh: str, en: str) -> "Said":
        said = super().__new__(cls, f"{zh} / {en}")
        said.zh, said.en = zh, en
        return said


class FeelError(Exception):
    """Anything that this package raises; `.message` is in both languages."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class FeelSyntaxError(FeelError):
    """The text is no expression of the subset; `.position` is the character (from 0) where that shows."""

    def __init__(self, message: str, position: int) -> None:
        super().__init__(message)
        self.position = position


class FeelLimit(FeelError):
    """A bound was passed: length, depth, steps, or the size of a value."""


def too_many(zh: str, en: str, bound: int) -> FeelLimit:
    """The error for a passed bound."""
    return FeelLimit(Said(f"表达式超出上限：{zh}最多 {bound}", f"expression over its limit: at most {bound} {en}"))


class Run:
    """One evaluation: what it reads, its local variables, and the steps that are left to it."""

    __slots__ = ("context", "functions", "now", "left", "slots", "value", "calls", "watch")

    def __init__(self, context, functions, now, slots: int) -> None:
        self.context = context
        self.functions = functions
        self.now = now
        self.left = MAX_STEPS
        self.slots = [None] * slots if slots else None
        self.value = None           # `?`: what a unary test is about
        self.calls = 0              # calls of functions that are being answered
        self.watch = None           # who is told what was decided, where somebody asked to be

    def charge(self, steps: int) -> None:
        """Take steps from the budget. Raises FeelLimit when it is spent."""
        self.left -= steps
        if self.left < 0:
            raise too_many("步", "steps", MAX_STEPS)

    def text(self, text: str) -> str:
        """A string that was built: charged by its length, refused over MAX_TEXT."""
        if len(text) > MAX_TEXT:
            raise too_many("字", "characters of text", MAX_TEXT)
        self.charge(len(text) // 100)
        return text

    def items(self, items: list) -> list:
        """A list that was built: charged by its length, refused over MAX_LIST."""
        if len(items) > MAX_LIST:
            raise too_many("项", "members of a list", MAX_LIST)
        self.charge(len(items) // 4)
        return items
