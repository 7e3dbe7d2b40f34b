"""Standard output: words, layout, numbers, order, case."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gptcc_cli.checkers import CheckerRules, Comparison, Layout, compare_output
from gptcc_cli.problem import Json, Order

STRICT = CheckerRules(layout=Layout.STRICT)
FLOATS = CheckerRules(float_problem=True)
LINES = CheckerRules(order=Order.LINES)
ANY = CheckerRules(order=Order.ANY)
NO_CASE = CheckerRules(ignore_case=True)


def compare(expected: Json, actual: str | bytes, rules: CheckerRules | None = None) -> Comparison:
    data = actual if isinstance(actual, bytes) else actual.encode()
    return compare_output(expected, data, rules or CheckerRules())


def matches(expected: Json, actual: str | bytes, rules: CheckerRules | None = None) -> bool:
    return compare(expected, actual, rules).matches


@pytest.mark.parametrize(
    ("expected", "actual", "layout_differs"),
    [
        ("1 2\n3\n", "1 2\n3\n", False),
        ("1 2\n3\n", "1 2  \r\n3\t\r\n\r\n\n", False),
        ("1 2\r3", "1 2\n3", False),
        ("\ufeff1", "\ufeff1\n", False),
        ("", " \n\t\n", False),
        ("1 2\n3\n", "1\n2 3", True),
        ("1 2", "1\t2", True),
        ("1 2", " 1 2", True),
        ("a\nb", "\na\nb", True),
        ("a\nb", "a\n\n\nb", True),
        ("1.0 2\n", "1.00  2\n", True),
        ("1.0 2\n", "1.00 2\n", False),
    ],
)
def test_layout_is_flagged_and_only_strict_refuses_it(
    expected: str, actual: str, layout_differs: bool
) -> None:
    loose, strict = compare(expected, actual), compare(expected, actual, STRICT)
    assert (loose.matches, loose.layout_differs) == (True, layout_differs)
    assert (strict.matches, strict.layout_differs) == (not layout_differs, layout_differs)
    assert bool(strict.detail) is layout_differs


@pytest.mark.parametrize(
    ("expected", "actual", "detail"),
    [
        ("1\n3\n", "1\n4\n", "line 2: expected '3', got '4'"),
        ("1 2 3\n", "1 5 3\n", "line 1, word 2: expected '2', got '5'"),
        ("1\n2\n", "1\n", "line 2: expected '2', got nothing"),
        ("1\n", "1\n\n7\n", "line 3: expected nothing, got '7'"),
        ("YES\n", "", "expected 'YES', got no output"),
        ("", "0\n", "line 1: expected nothing, got '0'"),
        ("a b\n", "a\u00a0b\n", "line 1: expected 'a', got 'a\\xa0b'"),
        ("é\n", b"\xe9\n", "line 1: expected 'é', got '\\\\xe9'"),
        ("1\n", "\x1b[31m1\n", "line 1: expected '1', got '\\x1b[31m1'"),
        ("x" * 99, "y", f"line 1: expected '{'x' * 39}…', got 'y'"),
    ],
)
def test_the_first_difference_is_told(expected: str, actual: str | bytes, detail: str) -> None:
    found = compare(expected, actual)
    assert (found.matches, found.detail) == (False, detail)


def test_a_strict_layout_names_the_line() -> None:
    found = compare("  *\n ***\n", "*\n***\n", STRICT)
    assert (found.layout_differs, found.detail) == (
        True,
        "layout of line 1: expected '  *', got '*'",
    )
    assert compare("1\n", "2\n", STRICT).layout_differs is False


@pytest.mark.parametrize(
    ("expected", "actual", "float_problem", "same"),
    [
        ("0.333333", "0.333334", False, True),  # exactly the tolerance, in decimal digits
        ("0.333333", "0.3333340001", False, False),
        ("2.0", "2", False, True),
        ("2", "2.0", False, False),
        ("2", "2.0000009", True, True),
        ("2", "2.1", True, False),
        ("2", "2.", True, True),
        (".5", "0.5", False, True),
        ("5e-1", "0.5", False, True),
        ("1e3", "1000", False, True),
        ("10000000000000001", "10000000000000002", True, False),
        ("10000000000000001", "10000000000000001.0", True, True),
        ("007", "7", True, True),
        ("007", "7", False, False),
        ("-0", "0", True, True),
        ("1e400", "1e400", False, True),
        ("1e400", "1e401", False, False),
        ("1e400", "inf", False, False),
        ("inf", "inf", False, True),
        ("inf", "Infinity", False, False),
        ("1.5", "nan", False, False),
        ("1.5", "1.5f", False, False),
        ("1.5", "1_0.5", False, False),
        ("1.5", "１.5", False, False),
        ("1.5", "0x1.8p0", False, False),
        ("0.0", "0e999999999999999999999", False, True),
        ("1.0.0", "1.0", False, False),
        ("1e", "1", False, False),
        ("e5", "e5", False, True),
        (".", "0", False, False),
        ("-1.0", "1.0", False, False),
    ],
)
def test_numbers(expected: str, actual: str, float_problem: bool, same: bool) -> None:
    assert matches(expected, actual, CheckerRules(float_problem=float_problem)) is same


def test_digits_of_any_number_are_compared_exactly() -> None:
    digits = "7" * 1_000_000
    assert matches(digits, digits)
    assert not matches(digits, digits[:-1] + "8")
    assert matches(digits, "+" + digits, FLOATS)
    assert not matches(digits, digits[:-1] + "8", FLOATS)
    assert matches("0." + digits, "0." + digits[:50], CheckerRules())


def test_a_tolerance_is_absolute_for_small_numbers_and_relative_for_large_ones() -> None:
    tight = CheckerRules(tolerance=1e-9)
    assert matches("1000.0", "1000.0000009", tight)
    assert not matches("1000.0", "1000.000002", tight)
    assert not matches("0.001", "0.0010001", tight)
    assert matches("0.5", "0.4", CheckerRules(tolerance=0.1))
    assert not matches("0.5", "0.500001", CheckerRules(tolerance=0.0))


def test_lines_in_any_order() -> None:
    assert matches("1 2\n3\n1 2\n", "3\n1  2\n\n1 2\n", LINES)
    assert not matches("1 2\n3\n", "3\n2 1\n", LINES)
    assert not matches("1\n1\n2\n", "1\n2\n2\n", LINES)
    assert not matches("1\n2\n", "2\n1\n1\n", LINES)
    assert matches("1 2\n3 4\n", "1\n2\n3\n4\n", LINES)
    assert matches("1.0 a\n2.0 b\n", "2.0000001 b\n0.9999999 a\n", LINES)
    assert compare("1\n2\n", "2\n3\n", LINES).detail == "in any order: expected '1', got '3'"


def test_the_layout_of_lines_in_any_order_is_compared_in_any_order() -> None:
    assert not compare("1\n2 3\n", "2 3\n1\n", LINES).layout_differs
    assert compare("1\n2 3\n", "2  3\n1\n", LINES).layout_differs
    strict = CheckerRules(order=Order.LINES, layout=Layout.STRICT)
    assert matches("1\n2 3\n", "2 3\n1\n", strict)
    assert not matches("1\n2 3\n", "2  3\n1\n", strict)


def test_words_in_any_order() -> None:
    assert matches("3 1 2\n", "1\n2 3\n", ANY)
    assert not matches("1 1 2", "1 2 2", ANY)
    assert not matches("1 2", "1", ANY)
    assert matches("0.1 0.2 0.3", "0.3000001 0.1 0.2", ANY)
    assert not matches("0.1 0.2 0.3", "0.31 0.1 0.2", ANY)
    assert compare("1 2", "1", ANY).detail == "in any order: expected '2', got nothing"


def test_numbers_that_are_close_to_several_are_paired_if_they_can_be() -> None:
    loose = CheckerRules(order=Order.LINES, tolerance=0.15)
    assert matches("0.1 a\n0.2 a\n", "0.2 a\n0.3 a\n", loose)
    assert matches("1.0 1.000001", "1.0000010000001 1.000001", ANY)
    crossed = CheckerRules(order=Order.LINES, tolerance=0.01)
    assert matches("0.100 5\n0.105 3\n", "0.104 5\n0.101 3\n", crossed)
    assert not matches("0.100 5\n0.105 3\n", "0.104 5\n0.101 5\n", crossed)


def test_case_is_ignored_only_when_asked() -> None:
    assert matches("Yes Ä", "yES ä", NO_CASE)
    assert not matches("Yes", "yES")
    assert matches("A\nB", "b\na", CheckerRules(ignore_case=True, order=Order.LINES))
    assert not matches("É", b"\xe9", NO_CASE)


@pytest.mark.parametrize(
    ("expected", "actual"),
    [
        (["1", "2"], "1\n2\n"),
        ([1, 2], "1\n2\n"),
        ([], ""),
        ([["1", "2"], "3"], "1\n2\n3"),
        (3, "3"),
    ],
)
def test_expected_lists_are_lines(expected: Json, actual: str) -> None:
    assert matches(expected, actual)


def test_an_expected_text_that_is_no_unicode_is_only_different() -> None:
    assert not matches("\ud800", "x")
    assert compare("x", b"\xff\xfe\x00").matches is False


@pytest.mark.parametrize("blank", [" ", "\n", "\t", "\r", "\r\n", "\f"])
def test_megabytes_are_compared_without_trouble(blank: str) -> None:
    words = ("12" + blank) * 300_000
    assert compare(words, words.encode()).layout_differs is False
    assert matches(words, ("12 " * 300_000).encode())
    found = compare(words, (words + "13").encode())
    assert not found.matches
    assert "13" in found.detail
    assert not matches(" " * 1_000_000 + "1", b" " * 1_000_000 + b"2")
    assert matches("1" + blank * 1_000_000 + "1", "1 1")


WORDS = st.lists(st.text("01aB.-e", min_size=1, max_size=5), max_size=12)
BLANKS = st.lists(st.sampled_from([" ", "\n", "  ", "\t", "\r\n", " \n"]), min_size=13, max_size=13)
RULES = st.builds(
    CheckerRules,
    layout=st.sampled_from(Layout),
    order=st.sampled_from(Order),
    ignore_case=st.booleans(),
    float_problem=st.booleans(),
    tolerance=st.sampled_from([0.0, 1e-9, 1e-6, 0.5]),
)


def joined(words: list[str], blanks: list[str]) -> str:
    return "".join(word + blank for word, blank in zip(words, blanks, strict=False))


@given(WORDS, BLANKS, RULES)
def test_every_output_matches_itself(
    words: list[str], blanks: list[str], rules: CheckerRules
) -> None:
    text = joined(words, blanks)
    assert compare(text, text, rules) == Comparison(matches=True)


@given(WORDS, BLANKS, BLANKS)
def test_only_words_count_and_strict_says_when_layout_differs(
    words: list[str], some: list[str], other: list[str]
) -> None:
    expected, actual = joined(words, some), joined(words, other)
    loose, strict = compare(expected, actual), compare(expected, actual, STRICT)
    assert loose.matches
    assert strict.matches is not loose.layout_differs
    assert strict.layout_differs is loose.layout_differs


@given(WORDS, WORDS, BLANKS)
def test_equal_words_are_the_only_match_without_numbers(
    some: list[str], other: list[str], blanks: list[str]
) -> None:
    some, other = ([word.translate({46: 95}) + "z" for word in one] for one in (some, other))
    found = compare(joined(some, blanks), joined(other, blanks))
    assert found.matches is (some == other)
    assert bool(found.detail) is not found.matches


@given(WORDS, WORDS, BLANKS, RULES)
def test_looser_rules_never_refuse_what_tighter_ones_accept(
    some: list[str], other: list[str], blanks: list[str], rules: CheckerRules
) -> None:
    expected, actual = joined(some, blanks), joined(other, blanks)
    if matches(expected, actual, STRICT):
        assert matches(expected, actual)
        assert matches(expected, actual, rules)


@given(st.lists(st.text("ab", min_size=1, max_size=3), max_size=8), st.randoms())
def test_any_order_is_any_order(words: list[str], random: object) -> None:
    shuffled = list(words)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert matches(" ".join(words), " ".join(shuffled), ANY)
    assert matches("\n".join(words), "\n".join(shuffled), LINES)


@given(st.decimals(-(10**9), 10**9, places=6), st.decimals(-2, 2, places=9))
def test_tolerance_is_what_its_formula_says_in_exact_arithmetic(
    expected: object, gap: object
) -> None:
    from decimal import Decimal

    assert isinstance(expected, Decimal)
    assert isinstance(gap, Decimal)
    wanted = f"{expected:.6f}"
    actual = f"{expected + gap / 1000:.12f}"
    allowed = Decimal("1e-6") * max(Decimal(1), abs(Decimal(wanted)))
    assert matches(wanted, actual) is (abs(Decimal(wanted) - Decimal(actual)) <= allowed)
