"""FEEL, the closed subset of docs/feel.md: parse, check, evaluate, unary tests. Imports nothing of ours, bounded in
time and size, and reaches nothing but the values that it is handed."""

from .callables import Function, invoke
from .checker import check
from .errors import FeelError, FeelLimit, FeelSyntaxError, Run, Said
from .expressions import Expression, UnaryTests, guarded, parse, parse_unary
from .settled import settled, surely_null
from .temporal import YearsMonths
from .values import Range, take, to_plain

__all__ = [
    "Expression", "FeelError", "FeelLimit", "FeelSyntaxError", "Function", "Range", "Run", "Said", "UnaryTests", "YearsMonths",
    "check", "guarded", "invoke", "parse", "parse_unary", "settled", "surely_null", "take", "to_plain",
]
