"""Which rules of comparison a problem asks for.

Covers the values that steer a comparison and how they follow from a problem, its tests and the
user's options. Does not compare anything.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import Enum
from typing import Protocol

from gptcc_cli.checkers.matching import is_float_like, is_number
from gptcc_cli.problem import IOTest, Json, Mode, Order, Problem, SampleTest

DEFAULT_TOLERANCE = 1e-6
"""Absolute or relative error of a floating-point answer when nobody names another."""


TOO_MUCH_WORK = "too much to compare in any order"
"""The detail of a comparison that was given up."""


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
    """``LINES``: all lines may be exchanged; ``ITEMS``: the words of each line; ``ANY``: all
    words, or the elements of a returned collection."""
    order_is_read: bool = False
    """Whether the order is a reading of the statement's words, which say less than that: only
    what every reading allows matches, and what another reading would allow is undecided."""
    several_tests: bool = False
    """Whether one input may hold several tests, whose answers never change places."""
    lines_differ: bool = False
    """Whether the statement tells apart what stands on the lines of an answer."""
    ignore_case: bool = False
    float_problem: bool = False
    """Whether ``2`` may be answered by ``2.0``: some expected output of the problem has a
    number with a point, or its statement names a precision."""
    wrapped: bool = False
    """Whether every expected value is a list of one element that stands for the element."""


class OutputChecker(Protocol):
    """Decides whether an output is right; ``compare_output`` is one."""

    def __call__(
        self, expected: Json, actual: bytes, rules: CheckerRules, test_input: str = ""
    ) -> "Comparison":
        """Compare an output with the expected one, knowing the input it answers."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """What became of one comparison."""

    matches: bool
    """Whether the actual is as good as the expected."""
    layout_differs: bool = False
    """The words are right, but blanks or line breaks are not the expected ones. Together with
    ``matches=False``: the layout was asked to be strict."""
    undecided: bool = False
    """Together with ``matches=False``: the answer may still be right. The statement's words allow
    it in one reading and not in another, or comparing would take too long."""
    detail: str = ""
    """The first difference in a few words; empty where there is none."""


def rules_for(
    problem: Problem,
    tests: Iterable[IOTest] = (),
    options: CheckerOptions | None = None,
) -> CheckerRules:
    """Derive the rules from a problem, the tests it is judged by, and the user's options.

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
        order_is_read=said.order is not Order.EXACT,
        several_tests=_SEVERAL_TESTS.search(problem.statement) is not None,
        lines_differ=_LINES_DIFFER.search(_output_part(problem.statement)) is not None,
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


_SEVERAL_TESTS = re.compile(
    r"\btest ?cases?\b|\btests\b|\bdata ?sets?\b|\bqueries\b|\bтест(?:ов|а|овых)\b|\bзапрос", re.I
)
_LINES_DIFFER = re.compile(
    r"\b(?:first|second|third|next|following|last|other|remaining) (?:\w+ )?lines?\b"
    r"|\bfollowed by\b|\bthen,? (?:print|output|write|display|\w+ lines)\b"
    r"|\bперв\w+ строк|\bвтор\w+ строк|\bследующ\w+ строк|\bзатем\b",
    re.I,
)
_OUTPUT_HEADING = re.compile(r"^\W*(?:the )?output\W*$|^\W*выход\w* данн\w*\W*$", re.I | re.M)


def _output_part(statement: str) -> str:
    """The statement from its last heading of the output on; all of it where there is none."""
    headings = [match.end() for match in _OUTPUT_HEADING.finditer(statement)]
    # Examples have a heading of their own, with a number or a colon below it.
    described = [at for at in headings if re.match(r"\s*\D[^\n]{20}", statement[at : at + 200])]
    return statement[described[-1] :] if described else statement


@dataclass(frozen=True, slots=True)
class PermutedParts:
    """Lines, or the words of one line, that may come in any order."""

    start: int
    end: int
    """The lines, as a half-open range."""
    n_fixed_words: int | None = None
    """``None``: the lines are exchanged; else the words of the one line, after so many."""


def exchangeable_parts(
    lines: list[bytes], rules: CheckerRules, test_input: str
) -> list[PermutedParts] | None:
    """Return what may change places in an output for which a statement says "in any order".

    Answers of different tests never do, a count stays before its items, and where the words and
    the shape of the expected output leave more than one reading, there is none.

    Args:
        lines: the expected output's lines, without blank ones.
        rules: the problem's rules.
        test_input: the input, whose first line may be the number of tests.

    Returns:
        The groups in order, or ``None``: it can't be told.
    """
    if not rules.order_is_read:
        return [PermutedParts(i, i + 1, 0) for i in range(len(lines))]
    first = test_input.split("\n", 1)[0].strip()
    n_tests = int(first) if rules.several_tests and first.isdecimal() and len(first) < 10 else 1
    n_words = [len(line.split()) for line in lines]
    is_long = [n > 1 for n in n_words]
    if rules.order is not Order.ITEMS and (rules.order is Order.LINES or len(lines) > 1):
        if rules.order is Order.ANY and any(is_long):
            return None
        return _groups_of_lines(lines, n_words, rules, n_tests)
    if not any(is_long):
        return _groups_of_lines(lines, n_words, rules, n_tests)
    answers_are_lines = n_tests == len(lines)
    follow_one_word = (
        all(i > 0 and not is_long[i - 1] for i, long in enumerate(is_long) if long)
        and len(lines) > 1
    )
    if not (answers_are_lines or follow_one_word or len(lines) == 1):
        return None
    # A line of its own, or each of them, may begin with a count or with something else to tell.
    long = [i for i, is_one in enumerate(is_long) if is_one]
    has_count = all(_begins_with_count(lines[i].split()) for i in long)
    n_fixed = int(not follow_one_word and (has_count or rules.lines_differ))
    return [PermutedParts(i, i + 1, n_fixed) for i in long]


def loosened(groups: list[PermutedParts], n_lines: int) -> list[PermutedParts]:
    """Return the same groups with what was held in place for its look alone: a count, a head."""
    if len(groups) == 1 and groups[0].n_fixed_words is None:
        return [PermutedParts(0, n_lines)]
    return [replace(group, n_fixed_words=group.n_fixed_words and 0) for group in groups]


def _begins_with_count(words: list[bytes]) -> bool:
    return words[0].isdigit() and int(words[0][:9]) == len(words) - 1


def _groups_of_lines(
    lines: list[bytes], n_words: list[int], rules: CheckerRules, n_tests: int
) -> list[PermutedParts] | None:
    """Lines that may be exchanged: those below a count, or all that are alike."""
    if n_tests == len(lines) and n_tests > 1:
        return []
    counted = _counted_groups(lines)
    if counted is not None and len(counted) == n_tests:
        return counted
    if n_tests != 1:
        return None
    n_heads = int(len(lines) > 1 and _kind(lines[0]) != _kind(lines[1]))
    if n_heads == 0 and rules.lines_differ:
        n_heads = 1
    if len(set(n_words[n_heads:])) > 1:
        return None
    return [PermutedParts(n_heads, len(lines))]


def _kind(line: bytes) -> tuple[int, bool]:
    words = line.split()
    return len(words), is_number(words[0])


def _counted_groups(lines: list[bytes]) -> list[PermutedParts] | None:
    """Read an output as counts, each followed by so many lines."""
    groups = []
    at = 0
    while at < len(lines):
        if not (lines[at].isdigit() and len(lines[at]) < 10):
            return None
        end = at + 1 + int(lines[at])
        if end > len(lines):
            return None
        groups.append(PermutedParts(at + 1, end))
        at = end
    return groups
