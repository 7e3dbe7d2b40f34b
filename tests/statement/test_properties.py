"""Whatever a text holds, reading it ends, soon, without an exception, and keeps its promises.

``GPTCC_EXAMPLES`` sets how many mutated statements are read; the suite reads a few hundred.
"""

import os
import random
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gptcc_cli.problem import Mode
from gptcc_cli.statement import Reading, read_statement
from gptcc_cli.statement.literals import NotALiteral, read_literal

GOLDEN = Path(__file__).parents[1] / "golden" / "statements"
STATEMENTS = sorted(path.read_text(encoding="utf-8") for path in GOLDEN.glob("*/statement.txt"))
STARTERS = [None, "def f(a, b=1):\n    ", "class Solution:\n    def f(self, *a):\n        ", "x"]
FRAGMENTS = [
    "Input", "Output:", "-----Examples-----", "Sample Input 1", "SAMPLE OUTPUT", "```", "<pre>",
    "\n\n\n", "\t", "\x00", "\ufeff", "\u2028", "é́", "😀", "−", "“", "f(", "f([1, ", "== ",
    "=> ",
    '"', "'", "[" * 200, "(((", "{" * 99, "\\", "1" * 5000, "Example 1:", "Входные данные",
    "样例输入", "|---|---|", "| Input | Output |", "Ввод\tВывод", "<table><tr><td>",
    "</pre>", ":::", "\\exmp{1}{", "||input", "\n::\n", "# ", "/*", "#+begin_src", "示例 1：",
    "输入：a = [", "입력 예제 1", "مثال", "Пример №2", "Beispieleingabe",
    '["A", "b"]\n[[]', "Input\nOutput\n",
    "时间限制：", "ограничение по времени на тест2 секунды", "## Solution\n", "STDIN  Function",
    ">>> f(1)\n", "for n = ", "Input: a = [", "&lt;", "time limit ", "10^-", "...", "$x_{i}$", "\r",
]  # fmt: skip


@st.composite
def mutated_statements(draw: st.DrawFn) -> str:
    """A golden statement, or two, cut, doubled, reordered and sprinkled with fragments."""
    seed = draw(st.integers(0, 2**32))
    chance = random.Random(seed)
    text = chance.choice(STATEMENTS)
    for _ in range(chance.randint(1, 6)):
        text = _mutate(text, chance)
    return text + draw(st.text(max_size=30))


def _mutate(text: str, chance: random.Random) -> str:
    start, end = sorted((chance.randint(0, len(text)), chance.randint(0, len(text))))
    lines = text.split("\n")
    match chance.randrange(8):
        case 0:
            return text[:start] + text[end:]
        case 1:
            return text[:end] + text[start:end] * chance.randint(1, 3) + text[end:]
        case 2:
            chance.shuffle(lines)
            return "\n".join(lines)
        case 3:
            return text[:start] + chance.choice(FRAGMENTS) + text[start:]
        case 4:
            return text + "\n" + chance.choice(STATEMENTS)
        case 5:
            return text.replace("\n", chance.choice(["\r\n", "\n\n", " ", "\n> ", "\n    "]))
        case 6:
            return text.swapcase()
        case _:
            return text[:start] + chance.choice(FRAGMENTS) * chance.randint(2, 50) + text[end:]


def _holds(reading: Reading) -> None:
    problem = reading.problem
    for sample in problem.samples:
        assert isinstance(sample.input, str) == (problem.mode is Mode.STDIN)
        if problem.mode is Mode.STDIN:
            assert isinstance(sample.expected, str)
            assert sample.expected.endswith("\n")
            assert "\r" not in sample.expected
        assert sample.span is not None
        assert 0 <= sample.span[0] <= sample.span[1] <= len(problem.statement)
    for mark in reading.marks:
        assert 0 <= mark.span[0] <= mark.span[1] <= len(problem.statement)
    assert (reading.no_samples is None) == bool(problem.samples)
    for warning in reading.warnings:
        assert warning.span is None or 0 <= warning.span[0] <= warning.span[1]
    assert problem.time_limit_s is None or problem.time_limit_s > 0


@settings(
    max_examples=int(os.environ.get("GPTCC_EXAMPLES", "300")),
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
@given(mutated_statements(), st.sampled_from(STARTERS))
def test_a_mutated_statement_is_read(text: str, starter: str | None) -> None:
    _holds(read_statement(text, id="x", starter_code=starter))


@settings(max_examples=300, deadline=None)
@given(st.text(), st.sampled_from(STARTERS))
def test_any_text_is_read(text: str, starter: str | None) -> None:
    _holds(read_statement(text, id="x", starter_code=starter))


@settings(max_examples=300, deadline=None)
@given(
    st.recursive(
        st.none()
        | st.booleans()
        | st.integers()
        | st.floats(allow_nan=False, allow_infinity=False)
        | st.text("ab'\"\\\n ,[]"),
        lambda inner: st.lists(inner, max_size=4),
    )
)
def test_a_written_value_is_read_back(value: object) -> None:
    text = repr(value)
    assert repr(read_literal(text).value) == text
    assert read_literal(text).end == len(text)


@pytest.mark.parametrize("text", ["", "[", "(1,", "'a", "{1: 2, 3}", "007", "1e999", "x", "[,]"])
def test_what_is_no_value_is_said(text: str) -> None:
    with pytest.raises(NotALiteral):
        read_literal(text)


@pytest.mark.parametrize("starter", [None, STARTERS[1]])
def test_time_grows_with_length_and_no_faster(starter: str | None) -> None:
    """One fragment repeated shows what a rule does to a text that is nothing else.

    No clock: steps of the interpreter are counted. Rules inside compiled patterns are measured
    by ``tests/benchmarks/bench_statement.py``.
    """
    for fragment in FRAGMENTS:
        short, long = (_steps("Sample Input\n" + _filled(fragment, n), starter) for n in (2, 8))
        assert long <= 6 * short + 2000, fragment[:20]


def _filled(fragment: str, thousands: int) -> str:
    return (fragment * (thousands * 1000 // len(fragment) + 1))[: thousands * 1000]


def _steps(text: str, starter: str | None) -> int:
    """Count the lines of Python that reading a text takes."""
    n_steps = 0

    def count(*_: object) -> object:
        nonlocal n_steps
        n_steps += 1
        return count

    before = sys.gettrace()
    sys.settrace(count)
    try:
        read_statement(text, id="x", starter_code=starter)
    finally:
        sys.settrace(before)
    return n_steps
