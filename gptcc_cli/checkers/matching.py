"""Two collections in any order: is there a pairing in which every pair is equal?

Equal keys are paired first; what is left (values that are only close to each other) is paired by
sorting, or by augmenting paths where sorting finds nothing and there are few. Where that fails,
all items are tried in the same way, since an item may be close to another than its own equal.
"""

import hashlib
import math
import re
import sys
from collections.abc import Callable, Sequence
from decimal import MAX_EMAX, MIN_EMIN, Context, Decimal
from typing import Any, TypeVar

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


T = TypeVar("T")

MOST_TO_PAIR = 300
"""More items than this, and only the sorted pairing is tried: augmenting paths are not linear."""

MOST_WORK = 2_000_000
"""Comparisons of words, or of plain values, that pairing may take; a few seconds."""


class TooMuchWorkError(Exception):
    """Whether two collections are equal in any order takes more work than is spent on it."""


class Work:
    """What pairing may still cost, counted so that a verdict never depends on the clock."""

    def __init__(self, left: int = MOST_WORK) -> None:
        """Allow so many comparisons."""
        self._left = left

    def spend(self, amount: int) -> None:
        """Take an amount off.

        Raises:
            TooMuchWorkError: nothing is left.
        """
        self._left -= amount
        if self._left < 0:
            raise TooMuchWorkError


def difference(
    expected: Sequence[T],
    actual: Sequence[T],
    *,
    equal: Callable[[T, T], bool],
    key: Callable[[T], Any],
    order: Callable[[T], Any],
    sorting_decides: bool = False,
) -> tuple[list[T], list[T]] | None:
    """Return what is missing and what is too much; ``None``: everything can be paired.

    Args:
        expected: items of one side.
        actual: items of the other.
        equal: whether two items may be paired; may raise ``TooMuchWorkError``.
        key: sortable; items with equal keys may be paired.
        order: sortable; brings numbers that are close to each other together.
        sorting_decides: the items are plain numbers: if the sorted ones are no pairs, none are.

    Raises:
        TooMuchWorkError: sorting finds no pairing, and looking further would take too long.
    """
    missing, extra = unpaired(expected, actual, key)
    if len(missing) != len(extra):
        return missing, extra
    attempts = [(missing, extra)]
    if len(missing) < len(expected):
        # An item may be close to another than its own equal.
        attempts.append((list(expected), list(actual)))
    for some, others in attempts:
        left, right = sorted(some, key=order), sorted(others, key=order)
        if all(map(equal, left, right)):
            return None
        if not sorting_decides and pairs_up(left, right, equal):
            return None
    return missing, extra


def unpaired(
    expected: Sequence[T], actual: Sequence[T], key: Callable[[T], Any]
) -> tuple[list[T], list[T]]:
    """Return what is left of both sides after pairing equal keys, each side sorted by key."""
    wanted, got = ([*map(key, side)] for side in (expected, actual))
    if sorted(wanted) == sorted(got):
        return [], []
    left, right = (sorted(range(len(keys)), key=keys.__getitem__) for keys in (wanted, got))
    missing: list[T] = []
    extra: list[T] = []
    i = j = 0
    while i < len(left) and j < len(right):
        one, other = wanted[left[i]], got[right[j]]
        if one == other:
            i, j = i + 1, j + 1
        elif one < other:
            missing.append(expected[left[i]])
            i += 1
        else:
            extra.append(actual[right[j]])
            j += 1
    missing.extend(expected[n] for n in left[i:])
    extra.extend(actual[n] for n in right[j:])
    return missing, extra


def pairs_up(expected: Sequence[T], actual: Sequence[T], equal: Callable[[T, T], bool]) -> bool:
    """Whether every expected item can have an equal actual item of its own.

    Raises:
        TooMuchWorkError: there are more than ``MOST_TO_PAIR`` items that might be paired.
    """
    if len(expected) != len(actual):
        return False
    if len(expected) > MOST_TO_PAIR:
        # A first item without any partner decides it without the rest.
        if not all(any(equal(item, got) for got in actual) for item in expected):
            return False
        raise TooMuchWorkError
    partners = [[j for j, got in enumerate(actual) if equal(item, got)] for item in expected]
    owner: dict[int, int] = {}
    return all(_augment(start, partners, owner) for start in range(len(expected)))


def _augment(start: int, partners: list[list[int]], owner: dict[int, int]) -> bool:
    """Find an actual item for one expected item, moving others to another of their partners."""
    reached_from: dict[int, int] = {}
    holds: dict[int, int] = {}
    queue = [start]
    for item in queue:
        for j in partners[item]:
            if j in reached_from:
                continue
            reached_from[j] = item
            if j in owner:
                holds[owner[j]] = j
                queue.append(owner[j])
                continue
            _reassign(j, start, reached_from, holds, owner)
            return True
    return False


def _reassign(
    free: int,
    start: int,
    reached_from: dict[int, int],
    holds: dict[int, int],
    owner: dict[int, int],
) -> None:
    """Give every actual item on the path to the expected item that reached it."""
    while True:
        item = reached_from[free]
        owner[free] = item
        if item == start:
            return
        free = holds[item]


CANONICAL_DIGITS = 6
"""Significant digits of a number in a canonical form."""


def digest(text: bytes) -> str:
    """Return a short digest of a canonical form."""
    return hashlib.sha256(text).hexdigest()[:32]
