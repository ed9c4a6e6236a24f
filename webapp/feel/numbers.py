"""FEEL numbers: decimals of 34 digits, never an exception; what is not a finite number is null."""

from __future__ import annotations

from decimal import ROUND_HALF_EVEN, Context, Decimal

from .errors import MAX_DIGITS, MAX_EXPONENT

ARITHMETIC = Context(prec=MAX_DIGITS, rounding=ROUND_HALF_EVEN, Emin=-MAX_EXPONENT, Emax=MAX_EXPONENT, traps=[])
_INT_BITS = 20_000   # longer integers are beyond the exponent anyway and slow to convert
ZERO = Decimal(0)
ONE = Decimal(1)
MAX_SCALE = 6_176   # decimal places that rounding may be asked for


def finite(number: Decimal) -> Decimal | None:
    """The number, or null for infinity and not-a-number."""
    return number if number.is_finite() else None


def from_int(value: int) -> Decimal | None:
    """A Python integer as a number; null when it is out of range."""
    if value.bit_length() > _INT_BITS:
        return None
    return finite(ARITHMETIC.create_decimal(value))


def from_float(value: float) -> Decimal | None:
    """A Python float as the number its shortest text says; null for inf and nan."""
    return finite(ARITHMETIC.create_decimal(repr(value)))


def from_decimal(value: Decimal) -> Decimal | None:
    """A decimal from outside, brought within 34 digits."""
    return finite(ARITHMETIC.plus(value)) if value.is_finite() else None


def from_text(text: str) -> Decimal | None:
    """A numeric literal; null when it is out of range."""
    return finite(ARITHMETIC.create_decimal(text))


def whole(number: object) -> int | None:
    """The number as a Python integer when it is one of moderate size, else null."""
    if type(number) is Decimal and number.adjusted() < 18 and number == number.to_integral_value():
        return int(number)
    return None


def truncated(number: object) -> int | None:
    """The number without its fraction when it is one of moderate size, else null."""
    return int(number) if type(number) is Decimal and number.adjusted() < 18 else None


def number_text(number: Decimal) -> str:
    """As FEEL's string() says it: no exponent, no trailing zeros."""
    if not number:
        return "0"
    text = format(number, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def rounded(number: Decimal, scale: object, rounding: str) -> Decimal | None:
    """The number at `scale` decimal places (may be negative); null without a whole scale within range."""
    places = truncated(scale)
    if places is None or abs(places) > MAX_SCALE:
        return None
    if -number.as_tuple().exponent <= places:
        return number
    if abs(places) > MAX_EXPONENT:
        return None
    step = ONE.scaleb(-places, ARITHMETIC)
    return finite(number.quantize(step, rounding=rounding, context=ARITHMETIC))


def modulo(dividend: Decimal, divisor: Decimal) -> Decimal | None:
    """dividend − divisor·floor(dividend/divisor): has the divisor's sign."""
    if not divisor:
        return None
    rest = ARITHMETIC.remainder(dividend, divisor)
    if rest and rest.is_signed() != divisor.is_signed():
        rest = ARITHMETIC.add(rest, divisor)
    return finite(rest)
