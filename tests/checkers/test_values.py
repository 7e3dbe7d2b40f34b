"""Returned values, as Python objects and as they come through JSON."""

import json
import math
from collections import Counter, OrderedDict, deque
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gptcc_cli.checkers import (
    CheckerRules,
    Uncomparable,
    Unordered,
    compare_answer,
    compare_value,
    decode_answer,
)
from gptcc_cli.problem import Json, Order

PLAIN = CheckerRules()
ANY = CheckerRules(order=Order.ANY)
WRAPPED = CheckerRules(wrapped=True)


def matches(expected: Json, actual: object, rules: CheckerRules = PLAIN) -> bool:
    return compare_value(expected, actual, rules).matches


def deep(depth: int, core: Any) -> Any:
    for _ in range(depth):
        core = [core]
    return core


@pytest.mark.parametrize(
    ("expected", "actual", "same"),
    [
        ([1, [2, [3]]], (1, (2, (3,))), True),
        ([0, 1, 2], range(3), True),
        ([1, 2], {1: 0, 2: 0}.keys(), True),
        ([[1, 2]], {1: 2}.items(), True),
        ([1, 2], deque([1, 2]), True),
        ([2, 4], map(abs, [-2, 4]), True),
        ([1], (n for n in [1]), True),
        ({"1": {"true": None}}, {1: {True: None}}, True),
        ({"a": 2}, Counter("aa"), True),
        ({"a": 1, "b": 2}, OrderedDict(b=2, a=1), True),
        ({"null": 1, "1.5": 2}, {None: 1, 1.5: 2}, True),
        ({"1": 2}, {1: 2, "1": 2}, False),
        ({"(1, 2)": 3}, {(1, 2): 3}, False),
        ({}, [], False),
        ([], {}, False),
        ([], "", False),
        (["a"], "a", False),
        ("ab", b"ab", False),
        (True, 1.0, True),
        (1, True, True),
        (0, False, True),
        (False, None, False),
        (0, "", False),
        (3, 3.0, True),
        (3, 3.0000001, False),
        (3.0, 3, True),
        (0.3, 0.30000004, True),
        (0.3, 0.31, False),
        (1e9, 1e9 + 500, True),
        (0.333333, 0.333334, True),
        (2**53, float(2**53 + 1), True),
        (2**53 + 1, float(2**53), False),
        (1.5, "1.5", False),
        (1.5, None, False),
        (1.5, [1.5], False),
        pytest.param(1e300, 10**400, False, id="long"),
        (math.inf, math.inf, True),
        (math.inf, -math.inf, False),
        (math.inf, 5.0, False),
        (5.0, math.inf, False),
        (5.0, math.nan, False),
        (math.nan, math.nan, True),
        ("a ", "a", False),
        ("A", "a", False),
        ([1, 2], {1, 2}, False),
        ([[1, 2]], [{1, 2}], False),
        ("x", object(), False),
        (["x"], [object()], False),
    ],
)
def test_values(expected: Json, actual: object, same: bool) -> None:
    found = compare_value(expected, actual, PLAIN)
    assert found.matches is same
    assert bool(found.detail) is not same


def test_numpy_values_are_what_they_hold() -> None:
    numpy = pytest.importorskip("numpy")
    assert matches([[1, 2], [3, 4]], numpy.array([[1, 2], [3, 4]]))
    assert matches([1.5], [numpy.float64(1.5)])
    assert matches(3, numpy.int32(3))
    assert matches(True, numpy.bool_(True))


def test_an_iterator_without_end_is_refused() -> None:
    def forever() -> Any:
        while True:
            yield 1

    found = compare_value([1], forever(), PLAIN)
    assert (found.matches, found.detail) == (False, "got more than 1000000 items")


@pytest.mark.parametrize(
    ("expected", "actual", "same"),
    [
        ([1, 2, 2], [2, 1, 2], True),
        ([1, 2, 2], [2, 1, 1], False),
        ([1, 2], {2, 1}, True),
        ([1, 1], {1}, False),
        ([[1, 2], [3]], [[3], [1, 2]], True),
        ([[1, 2], [3]], [[3], [2, 1]], False),
        ([[1, 2], [3]], [{3}, {2, 1}], True),
        ([0.1, 0.2], [0.2000000001, 0.1], True),
        ([0.1, 0.2], [0.21, 0.1], False),
        ([3, 1.0, "1"], ["1", True, 3.0], True),
        ([{"a": 1}, {"a": 2}], [{"a": 2}, {"a": 1}], True),
        ([[0.1, 5], [0.1000001, 3]], [[0.10000005, 3], [0.1, 5]], True),
        ({"a": [1, 2]}, {"a": [2, 1]}, False),
        ("ab", "ba", False),
        ([None, []], [[], None], True),
    ],
)
def test_any_order_is_for_the_outermost_list_and_for_sets(
    expected: Json, actual: object, same: bool
) -> None:
    assert matches(expected, actual, ANY) is same


@pytest.mark.parametrize(
    ("expected", "actual", "same"),
    [
        ([5], 5, True),
        ([5], [5], True),
        ([5], (5,), True),
        ([[1, 2]], (1, 2), True),
        ([[1, 2]], [[1, 2]], True),
        ([None], None, True),
        ([[]], [], True),
        ([[]], [[]], True),
        ([5], [[5]], False),
        ([5], 6, False),
        ([5], [5, 5], False),
        ([{"a": 1}], {"a": 1}, True),
    ],
)
def test_a_wrapper_of_one_element_may_be_left_out(
    expected: Json, actual: object, same: bool
) -> None:
    assert matches(expected, actual, WRAPPED) is same


def test_any_order_reaches_through_the_wrapper() -> None:
    rules = CheckerRules(wrapped=True, order=Order.ANY)
    assert matches([[1, 2]], [2, 1], rules)
    assert matches([[1, 2]], [[2, 1]], rules)
    assert not matches([[1, 2]], [[2, 2]], rules)


@pytest.mark.parametrize(
    ("expected", "actual", "detail"),
    [
        (1, 2, "expected 1, got 2"),
        ([1, 2, 3], [1, 5, 3], "at [1]: expected 2, got 5"),
        ({"a": [{"b": 1}]}, {"a": [{"b": None}]}, "at ['a'][0]['b']: expected 1, got None"),
        ([1], [1, 2], "expected [1], got [1, 2]"),
        ("a", ["a"], "expected 'a', got ['a']"),
        pytest.param(1, 10**5000, "expected 1, got an integer of about 5001 digits", id="long"),
        ([1], object(), "expected [1], got a value of type object"),
        (list(range(20)), [], "expected [0, 1, 2, 3, 4, 5, 6, 7, …], got []"),
    ],
)
def test_the_first_difference_is_told(expected: Json, actual: object, detail: str) -> None:
    assert compare_value(expected, actual, PLAIN).detail == detail


def test_deep_values_are_compared_and_deeper_ones_refused() -> None:
    assert matches(deep(500, 1), deep(500, 1))
    assert not matches(deep(500, 1), deep(500, 2))
    assert matches(deep(100_000, 1), deep(100_000, 1))
    assert "…" in compare_value(deep(100_000, 1), deep(100_000, 2), PLAIN).detail
    assert not matches(deep(5000, 1), deep(5000, 2), ANY)
    with pytest.raises(Uncomparable, match="nested too deeply"):
        decode_answer("[" * 100_000 + "]" * 100_000)


def test_a_value_that_holds_itself_is_only_different() -> None:
    loop: list[Any] = [1]
    loop.append(loop)
    assert not matches([1, [1, [1, 2]]], loop)


def test_long_integers_come_through_json_exactly() -> None:
    digits = "7" * 20_000
    assert not matches(int("7" * 4000), decode_answer(digits))
    assert matches(7 * (10**5000 - 1) // 9, decode_answer("7" * 5000))
    assert not matches(7 * (10**5000 - 1) // 9 + 1, decode_answer("7" * 5000))
    assert "20000 digits" in compare_value([1], decode_answer(f"[{digits}]"), PLAIN).detail
    assert not matches([1.5], decode_answer(f"[{digits}]"))


def test_json_is_read_with_its_tags_and_traps() -> None:
    assert decode_answer('{"__set__": [1, 2]}') == Unordered([1, 2])
    assert decode_answer('{"__set__": 1}') == {"__set__": 1}
    assert matches([1, 2], decode_answer('{"__set__": [2, 1]}'), ANY)
    with pytest.raises(Uncomparable, match="two keys"):
        decode_answer('{"1": 1, "1": 2}')
    with pytest.raises(Uncomparable, match="not JSON"):
        decode_answer("[1,")
    assert math.isnan(decode_answer("NaN"))  # type: ignore[arg-type]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=4),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=3), inner, max_size=3)
    ),
    max_leaves=20,
)
RULES = st.builds(CheckerRules, order=st.sampled_from(Order), wrapped=st.booleans())


@given(JSON, RULES)
def test_every_value_matches_itself_through_json(value: Any, rules: CheckerRules) -> None:
    assert compare_value(value, decode_answer(json.dumps(value)), rules).matches


@given(JSON, JSON, RULES)
def test_an_answer_in_json_compares_as_its_value(
    expected: Any, actual: Any, rules: CheckerRules
) -> None:
    for one in (actual, expected):
        found = compare_answer(expected, json.dumps(one), rules)
        assert found == compare_value(expected, one, rules)


def tupled(value: Any) -> Any:
    if isinstance(value, list):
        return tuple(tupled(item) for item in value)
    if isinstance(value, dict):
        return {key: tupled(item) for key, item in value.items()}
    return value


@given(JSON, JSON)
def test_tuples_and_lists_compare_alike(expected: Any, actual: Any) -> None:
    assert matches(expected, tupled(actual)) is matches(expected, actual)
    assert matches(expected, tupled(expected))


@given(st.lists(JSON, max_size=6), st.randoms())
def test_any_order_finds_every_shuffle(values: list[Any], random: Any) -> None:
    shuffled = list(values)
    random.shuffle(shuffled)
    assert matches(values, shuffled, ANY)
    assert not matches([*values, 1], shuffled, ANY)


def exact(left: Any, right: Any) -> bool:
    """Equality by the definition, recursively, for values without floats."""
    if isinstance(left, list) and isinstance(right, list):
        return len(left) == len(right) and all(map(exact, left, right))
    if isinstance(left, dict) and isinstance(right, dict):
        return left.keys() == right.keys() and all(exact(left[k], right[k]) for k in left)
    return type(left) is type(right) and bool(left == right)


SMALL = st.recursive(
    st.sampled_from([None, "", "a", 0, 7]),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from("ab"), inner),
    max_leaves=4,
)


@given(SMALL, SMALL)
def test_values_match_when_they_are_equal_and_only_then(left: Any, right: Any) -> None:
    assert matches(left, right) is exact(left, right)
