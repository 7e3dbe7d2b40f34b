"""Rules that follow from a problem, its tests and the user's wishes."""

from dataclasses import replace
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gptcc_cli.checkers import CheckerOptions, CheckerRules, Layout, compare_output, rules_for
from gptcc_cli.problem import AnswerRules, IOTest, Json, Order, SampleTest
from gptcc_cli.statement.answers import read_answer_rules
from tests.programs import CALL_PROBLEM, STDIN_PROBLEM


def expecting(*expected: Json) -> tuple[IOTest, ...]:
    return tuple(IOTest(name=str(n), input="", expected=one) for n, one in enumerate(expected))


def test_without_anything_said_the_defaults_hold() -> None:
    assert rules_for(STDIN_PROBLEM) == CheckerRules()


@pytest.mark.parametrize(
    ("expected", "float_problem"),
    [
        (("1\n", "2.5\n"), True),
        (("1\n", "a 1e9\n"), True),
        (("1\n", "The end.\n", "a.b 1.2.3 e1"), False),
        ((["1", "0.5"],), True),
        ((1, 2.0), True),
        (([[1, [2.0]]],), True),
        ((1, True, None, {"a": 1}), False),
    ],
)
def test_one_number_with_a_point_makes_a_float_problem(
    expected: tuple[Json, ...], float_problem: bool
) -> None:
    assert rules_for(STDIN_PROBLEM, expecting(*expected)).float_problem is float_problem
    sample = SampleTest(name="s", input="", expected="0.5")
    assert rules_for(replace(STDIN_PROBLEM, samples=(sample,)), expecting("1")).float_problem


def test_a_named_precision_makes_a_float_problem_and_is_the_tolerance() -> None:
    problem = replace(STDIN_PROBLEM, answer=AnswerRules(tolerance=1e-4))
    rules = rules_for(problem)
    assert (rules.float_problem, rules.tolerance) == (True, 1e-4)
    assert rules_for(problem, options=CheckerOptions(tolerance=0.0)).tolerance == 0.0


def test_order_case_and_layout_come_through() -> None:
    answer = AnswerRules(order=Order.LINES, ignore_case=True)
    rules = rules_for(
        replace(STDIN_PROBLEM, answer=answer), options=CheckerOptions(layout=Layout.STRICT)
    )
    assert (rules.order, rules.ignore_case, rules.layout) == (Order.LINES, True, Layout.STRICT)


@pytest.mark.parametrize(
    ("expected", "wrapped"),
    [(([1], [2]), True), (([1], [2, 3]), False), (([1], 2), False), ((), False), (([[]],), True)],
)
def test_values_are_wrapped_when_every_one_is(expected: tuple[Json, ...], wrapped: bool) -> None:
    assert rules_for(CALL_PROBLEM, expecting(*expected)).wrapped is wrapped
    assert not rules_for(STDIN_PROBLEM, expecting(*expected)).wrapped


def test_values_read_in_a_statement_are_never_wrapped() -> None:
    printed = SampleTest(name="s", input=(), expected=[1], span=(0, 5))
    assert not rules_for(replace(CALL_PROBLEM, samples=(printed,))).wrapped
    assert not rules_for(CALL_PROBLEM, (printed,)).wrapped
    assert rules_for(CALL_PROBLEM, (printed, *expecting([1]))).wrapped


FORMAT = "\n-----Input-----\nThe first line has {}.\n\n-----Output-----\n{}\n"
SEVERAL = "t, the number of tests. Each test is a line with n"


def judged(output_words: str, test_input: str, expected: str, actual: str) -> str:
    """Return how an answer is judged by a statement's own words."""
    given = SEVERAL if test_input.split("\n")[0].isdecimal() and "\n" in test_input else "n"
    statement = FORMAT.format(given, output_words)
    problem = replace(STDIN_PROBLEM, statement=statement, answer=read_answer_rules(statement))
    found = compare_output(expected, actual.encode(), rules_for(problem), test_input)
    assert found.matches or found.detail
    return "right" if found.matches else "undecided" if found.undecided else "wrong"


ITEMS = "For each test print a single line of integers in any order."
COUNTED = "In the first line print the count m. In the second line print m indices, in any order."
EDGES = "Print m, then m lines with the edges in any order."
LINES_ALONE = "Print the edges in any order."
VAGUE = "You may print the answer in any order."


@pytest.mark.parametrize(
    ("words", "test_input", "expected", "actual", "verdict"),
    [
        # The items of a line, never the answers of two tests.
        (ITEMS, "2\n6\n4\n", "1 2 3\n1 2\n", "3 2 1\n2 1\n", "right"),
        (ITEMS, "2\n6\n4\n", "1 2 3\n1 2\n", "1 2\n1 2 3\n", "wrong"),
        (ITEMS, "2\n6\n4\n", "1 2 3\n1 2\n", "1 2 1\n3 2\n", "wrong"),
        (ITEMS, "2\n6\n4\n", "1 2 3\n1 2\n", "1 2 3\n1 3\n", "wrong"),
        (ITEMS, "2\n6\n4\n", "1\n2\n", "2\n1\n", "wrong"),
        # Lines of two kinds within one test: it can't be told which is meant.
        (ITEMS, "2\n6\n4\n", "5 9\n1 2\n7 8\n3 4\n", "9 5\n1 2\n7 8\n3 4\n", "undecided"),
        # A count stays before its items, on its own line or on theirs.
        (COUNTED, "9", "2\n1 3\n", "2\n3 1\n", "right"),
        (COUNTED, "9", "2\n1 3\n", "1 3\n2\n", "wrong"),
        (COUNTED, "9", "2\n1 3\n", "3\n2 1\n", "wrong"),
        (COUNTED, "9", "2\n1 3\n", "2\n1 4\n", "wrong"),
        ("Print k and k integers in any order.", "9", "2 5 7", "2 7 5", "right"),
        ("Print k and k integers in any order.", "9", "2 5 7", "7 2 5", "undecided"),
        ("Print the integers in any order.", "9", "4 5 7", "7 5 4", "right"),
        ("Print the integers in any order.", "9", "3\n4\n5\n", "5\n3\n4\n", "right"),
        # Lines below their count, in each test of several.
        (EDGES, "9", "2\n1 2\n3 4\n", "2\n3 4\n1 2\n", "right"),
        (EDGES, "9", "2\n1 2\n3 4\n", "2\n2 1\n3 4\n", "wrong"),
        (EDGES, "9", "2\n1 2\n3 4\n", "1 2\n2\n3 4\n", "undecided"),
        (EDGES, "2\n6\n4\n", "1\n1 2\n2\n3 4\n5 6\n", "1\n1 2\n2\n5 6\n3 4\n", "right"),
        (EDGES, "2\n6\n4\n", "1\n1 2\n2\n3 4\n5 6\n", "2\n3 4\n5 6\n1\n1 2\n", "wrong"),
        (LINES_ALONE, "9", "1 2\n3 4\n", "3 4\n1 2\n", "right"),
        (LINES_ALONE, "9", "1 2\n3 4\n", "2 1\n3 4\n", "wrong"),
        (LINES_ALONE, "9", "YES\n1 2\n3 4\n", "YES\n3 4\n1 2\n", "right"),
        (LINES_ALONE, "9", "YES\n1 2\n3 4\n", "3 4\nYES\n1 2\n", "undecided"),
        (LINES_ALONE, "2\n6\n4\n", "1 2\n3 4\n5 6\n", "3 4\n1 2\n5 6\n", "undecided"),
        # Words that do not say what: only where one reading is left.
        (VAGUE, "9", "1 2 3", "3 2 1", "right"),
        (VAGUE, "9", "1 2\n3 4\n", "3 4\n1 2\n", "undecided"),
        (VAGUE, "9", "1 2\n3 4\n", "1 2\n3 5\n", "wrong"),
        ("Print the numbers.", "9", "1 2 3", "3 2 1", "wrong"),
    ],
)
def test_what_may_change_places_follows_the_words(
    words: str, test_input: str, expected: str, actual: str, verdict: str
) -> None:
    assert judged(words, test_input, expected, actual) == verdict


@given(
    answers=st.lists(st.lists(st.integers(1, 30), min_size=2, max_size=5), min_size=2, max_size=4),
    random=st.randoms(),
)
def test_answers_of_different_tests_never_swap(answers: list[list[int]], random: Random) -> None:
    """Whatever the words, an output is right only if it is right test by test."""

    def text(lists: list[list[int]]) -> str:
        return "".join(" ".join(map(str, items)) + "\n" for items in lists)

    given_input = f"{len(answers)}\n" + "5\n" * len(answers)
    shuffled = [random.sample(items, len(items)) for items in answers]
    if random.random() < 0.5:
        random.shuffle(shuffled)
    is_right = all(sorted(a) == sorted(b) for a, b in zip(answers, shuffled, strict=True))
    for words in (ITEMS, EDGES, LINES_ALONE, VAGUE):
        verdict = judged(words, given_input, text(answers), text(shuffled))
        # Where the words come in the expected order, line breaks do not count.
        same_words = text(answers).split() == text(shuffled).split()
        assert verdict != "right" or is_right or same_words
    if is_right:
        # Lines that all look like a count and its items leave two readings.
        assert judged(ITEMS, given_input, text(answers), text(shuffled)) != "wrong"


@given(items=st.lists(st.integers(1, 30), min_size=1, max_size=6), random=st.randoms())
def test_a_count_stays_before_its_items(items: list[int], random: Random) -> None:
    expected = f"{len(items)}\n{' '.join(map(str, items))}\n"
    words = expected.split()
    random.shuffle(words)
    actual = f"{words[0]}\n{' '.join(words[1:])}\n"
    if judged(COUNTED, "9", expected, actual) == "right":
        assert words[0] == str(len(items))
