"""Two collections in any order: is there a pairing in which every pair is equal?

Equal keys are paired first; what is left (values that are only close to each other) is paired by
sorting, or by augmenting paths where sorting finds nothing and there are few. Where that fails,
all items are tried in the same way, since an item may be close to another than its own equal.
"""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

T = TypeVar("T")

MOST_TO_PAIR = 300
"""More than this, and only the sorted pairing is tried: augmenting paths are not linear."""


MOST_TO_SORT = 20_000
"""More than this, and equal items stay paired with each other."""


def difference(
    expected: Sequence[T],
    actual: Sequence[T],
    *,
    equal: Callable[[T, T], bool],
    key: Callable[[T], Any],
    order: Callable[[T], Any],
) -> tuple[list[T], list[T]] | None:
    """Return what is missing and what is too much; ``None``: everything can be paired.

    Args:
        expected: items of one side.
        actual: items of the other.
        equal: whether two items may be paired.
        key: sortable; items with equal keys may be paired.
        order: sortable; brings numbers that are close to each other together.
    """
    missing, extra = unpaired(expected, actual, key)
    if len(missing) != len(extra):
        return missing, extra
    attempts = [(missing, extra)]
    if len(expected) <= MOST_TO_SORT:
        attempts.append((list(expected), list(actual)))
    for left, right in attempts:
        if pairs_up(sorted(left, key=order), sorted(right, key=order), equal):
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

    The order given is tried first, and is the only one tried beyond ``MOST_TO_PAIR`` items.
    For plain numbers, sorted, it is exact: the ranges that are close enough move with the number.
    """
    if len(expected) != len(actual):
        return False
    if all(map(equal, expected, actual)):
        return True
    if len(expected) > MOST_TO_PAIR:
        return False
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
            _hand_over(j, start, reached_from, holds, owner)
            return True
    return False


def _hand_over(
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
