"""Pairing in any order, against trying every permutation."""

from collections import Counter
from itertools import permutations

from hypothesis import given
from hypothesis import strategies as st

from gptcc_cli.checkers.matching import MOST_TO_PAIR, difference, pairs_up, unpaired

NUMBERS = st.lists(st.integers(0, 6), max_size=8)
TABLES = st.integers(0, 6).flatmap(
    lambda n: st.lists(st.lists(st.booleans(), min_size=n, max_size=n), min_size=n, max_size=n)
)


@given(NUMBERS, NUMBERS)
def test_what_is_unpaired_is_the_difference_of_multisets(some: list[int], other: list[int]) -> None:
    missing, extra = unpaired(some, other, key=lambda n: n)
    assert missing == sorted((Counter(some) - Counter(other)).elements())
    assert extra == sorted((Counter(other) - Counter(some)).elements())


@given(TABLES)
def test_a_pairing_is_found_when_there_is_one(table: list[list[bool]]) -> None:
    places = range(len(table))
    possible = any(all(table[i][j] for i, j in enumerate(p)) for p in permutations(places))
    assert pairs_up(places, places, lambda i, j: table[i][j]) is possible


@given(NUMBERS, NUMBERS, st.integers(0, 2))
def test_close_numbers_are_paired_when_they_can_be(
    some: list[int], other: list[int], gap: int
) -> None:
    some, other = some[:6], other[:6]

    def close(left: int, right: int) -> bool:
        return abs(left - right) <= gap

    possible = len(some) == len(other) and any(
        all(map(close, some, shuffled)) for shuffled in permutations(other)
    )
    found = difference(some, other, equal=close, key=lambda n: n, order=lambda n: n)
    assert (found is None) is possible


def test_many_numbers_are_paired_in_order() -> None:
    many = list(range(0, 10 * MOST_TO_PAIR, 10))
    shifted = [n + 1 for n in many]

    def close(left: int, right: int) -> bool:
        return abs(left - right) <= 1

    assert pairs_up(many, shifted, close)
    assert not pairs_up(many, [*shifted[1:], 10**9], close)
    assert not pairs_up(many, shifted[1:], close)
    assert difference(many, shifted[::-1], equal=close, key=int, order=int) is None
