"""Rules that follow from a problem, its tests and the user's wishes."""

from dataclasses import replace

import pytest

from gptcc_cli.checkers import CheckerOptions, CheckerRules, Layout, rules_for
from gptcc_cli.problem import AnswerRules, IOTest, Json, Order, SampleTest
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
