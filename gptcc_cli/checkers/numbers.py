"""Numbers as a program prints or returns them: what is one, and when two are close.

A number is what the pattern says and nothing else: ``1_000``, ``1e`` and ``nan`` are words.
Integers never go through floating point, and no text of digits is too long.
"""

import math
import re
import sys
from decimal import MAX_EMAX, MIN_EMIN, Context, Decimal

_NUMBER = re.compile(rb"[+-]?(?:\d++(?:\.\d*+)?|\.\d++)(?:[eE][+-]?\d++)?")
_INTEGER = re.compile(rb"[+-]?\d++")
_EXACT = Context(prec=100, Emax=MAX_EMAX, Emin=MIN_EMIN, traps=[])
_ROUNDING = 8 * sys.float_info.epsilon


def is_number(token: bytes) -> bool:
    """Whether a word is a decimal number: digits, at most one point, perhaps an exponent."""
    return _NUMBER.fullmatch(token) is not None


def is_integer(token: bytes) -> bool:
    """Whether a word is digits alone, perhaps with a sign."""
    return _INTEGER.fullmatch(token) is not None


def is_float_like(token: bytes) -> bool:
    """Whether a word is a number written with a point or an exponent."""
    return is_number(token) and not is_integer(token)


def close_words(expected: bytes, actual: bytes, tolerance: float, *, float_problem: bool) -> bool:
    """Whether two different words are numbers that mean the same.

    Args:
        expected: a word; an integer equals only itself, unless this is a float problem.
        actual: another word.
        tolerance: numbers within ``tolerance * max(1, |expected|)`` are the same; a number too
            large for a double is close to nothing. Two integers are compared exactly.
        float_problem: whether a number with a point may stand for an integer.
    """
    if not (is_number(expected) and is_number(actual)):
        return False
    if is_integer(expected):
        if not float_problem:
            return False
        if is_integer(actual):
            return Decimal(expected.decode("ascii")) == Decimal(actual.decode("ascii"))
    return _close(float(expected), float(actual), tolerance, expected, actual)


def close_values(expected: float, actual: float | Decimal, tolerance: float) -> bool:
    """Whether two numbers, as returned, are within ``tolerance * max(1, |expected|)``.

    Infinities and not-a-number are close to themselves alone.
    """
    if expected == actual:
        return True
    try:
        value = float(actual)
    except OverflowError:
        return False
    if math.isnan(expected) or math.isnan(value):
        return math.isnan(expected) and math.isnan(value)
    if math.isinf(expected) or math.isinf(value):
        return False
    return _close(expected, value, tolerance, expected, actual)


def _close(
    expected: float,
    actual: float,
    tolerance: float,
    expected_digits: bytes | float,
    actual_digits: bytes | float | Decimal,
) -> bool:
    """Compare in doubles; at the very edge of the tolerance, in decimal digits."""
    if not (math.isfinite(expected) and math.isfinite(actual)):
        return False
    scale = max(1.0, abs(expected))
    gap = abs(expected - actual)
    edge = _ROUNDING * max(scale, abs(actual))
    if gap <= tolerance * scale - edge:
        return True
    if gap > tolerance * scale + edge:
        return False
    wanted = _decimal(expected_digits)
    limit = _EXACT.multiply(_decimal(tolerance), _EXACT.max(Decimal(1), _EXACT.abs(wanted)))
    return _EXACT.abs(_EXACT.subtract(wanted, _decimal(actual_digits))) <= limit


def _decimal(number: bytes | float | Decimal) -> Decimal:
    """A number by its digits; a float's are those Python prints, so that 0.1 is a tenth."""
    if isinstance(number, bytes):
        return _EXACT.create_decimal(number.decode("ascii"))
    if isinstance(number, float):
        return _EXACT.create_decimal(repr(number))
    return _EXACT.create_decimal(number)
