"""Which rules of comparison a problem asks for.

Covers the values that steer a comparison and how they follow from a problem, its tests and the
user's wishes. Does not compare anything.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum

from gptcc_cli.checkers.matching import is_float_like
from gptcc_cli.problem import IOTest, Json, Mode, Order, Problem, SampleTest

DEFAULT_TOLERANCE = 1e-6
"""Absolute or relative error of a floating-point answer when nobody names another."""


class Layout(Enum):
    """How much blanks and line breaks count."""

    TOKENS = "tokens"
    """Only the words and their order count; a different layout is accepted and flagged."""
    STRICT = "strict"
    """Lines, and blanks within them, must be the expected ones."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckerOptions:
    """What a user may ask for."""

    layout: Layout = Layout.TOKENS
    tolerance: float | None = None
    """Absolute or relative error to allow; ``None``: the statement's, else 1e-6."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckerRules:
    """How the answers of one problem are compared."""

    layout: Layout = Layout.TOKENS
    tolerance: float = DEFAULT_TOLERANCE
    """Absolute or relative error of a floating-point answer."""
    order: Order = Order.EXACT
    ignore_case: bool = False
    float_problem: bool = False
    """Whether ``2`` may be answered by ``2.0``: some expected output of the problem has a
    number with a point, or its statement names a precision."""
    wrapped: bool = False
    """Whether every expected value is a list of one element that stands for the element."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """What became of one comparison."""

    matches: bool
    """Whether the actual is as good as the expected."""
    layout_differs: bool = False
    """The words are right, but blanks or line breaks are not the expected ones. Together with
    ``matches=False``: the layout was asked to be strict."""
    detail: str = ""
    """The first difference in a few words; empty where there is none."""


def rules_for(
    problem: Problem,
    tests: Iterable[IOTest] = (),
    options: CheckerOptions | None = None,
) -> CheckerRules:
    """Derive the rules from a problem, the tests it is judged by, and the user's wishes.

    Args:
        problem: its statement's words on precision, order and case, and its samples.
        tests: every test of the problem that is at hand, beside the samples.
        options: what the user asked for; a tolerance there wins over the statement's.
    """
    options = options or CheckerOptions()
    tests = tuple(tests)
    said = problem.answer
    everything = [test.expected for test in (*problem.samples, *tests)]
    tolerance = options.tolerance if options.tolerance is not None else said.tolerance
    return CheckerRules(
        layout=options.layout,
        tolerance=DEFAULT_TOLERANCE if tolerance is None else tolerance,
        order=said.order,
        ignore_case=said.ignore_case,
        float_problem=said.tolerance is not None or any(map(_has_float, everything)),
        wrapped=problem.mode is Mode.CALL and _all_wrapped(tests or problem.samples),
    )


def _has_float(expected: Json) -> bool:
    """Whether an expected output has a number with a point or an exponent in it."""
    if isinstance(expected, list):
        return any(map(_has_float, expected))
    if isinstance(expected, str):
        if "." not in expected and "e" not in expected.lower():
            return False
        return any(is_float_like(token) for token in expected.encode(errors="replace").split())
    return isinstance(expected, float)


def _all_wrapped(tests: Iterable[IOTest]) -> bool:
    """Whether every value is a one-element list, among values that came as data.

    A data set may wrap its values; a statement prints them as they are.
    """
    values = [
        test.expected
        for test in tests
        if not (isinstance(test, SampleTest) and test.span is not None)
    ]
    return bool(values) and all(isinstance(v, list) and len(v) == 1 for v in values)
