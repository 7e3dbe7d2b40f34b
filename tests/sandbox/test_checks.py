"""Programs that check others at every level, as HumanEval's do."""

import pytest

from gptcc_cli.sandbox import Exceeded, Sandbox, StrangeAnswerError
from gptcc_cli.sandbox.inside.assertions import Channel
from tests.sandbox.levels import check


def test_a_check_passes_or_says_what_failed(sandbox: Sandbox) -> None:
    source = "def f(a, b=1): return a + b"
    passed = check(sandbox, source, "assert candidate(1) == 2\nassert candidate(1, b=5) == 6")
    assert (passed.assertion, passed.exit_code, passed.fault) == (None, 0, None)
    failed = check(sandbox, source, "assert candidate(1) == 3, 'one and one'")
    assert (
        failed.assertion == "AssertionError: one and one: assert candidate(1) == 3, 'one and one'"
    )


def test_a_check_compares_built_in_values_faithfully(sandbox: Sandbox) -> None:
    source = "def f(x): return x"
    body = "\n".join(
        f"assert candidate({value}) == {value} and type(candidate({value})) is type({value})"
        for value in (
            "(1, [2])",
            "{1, 2}",
            "{(1, 2): None}",
            "b'x'",
            "1j",
            "'\\ud800'",
            "1.5",
            "10**50",
        )
    )
    assert check(sandbox, source, body).assertion is None


def test_what_a_program_raises_reaches_the_check(sandbox: Sandbox) -> None:
    body = "try:\n    candidate(0)\nexcept ZeroDivisionError:\n    return\nassert False"
    assert check(sandbox, "def f(x): return 1 / x", body).assertion is None
    told = check(sandbox, "def f(x): return [][x]", "candidate(0)").assertion
    assert told is not None and told.startswith("IndexError: list index out of range")


def test_a_check_uses_other_functions_and_modules_of_the_program(sandbox: Sandbox) -> None:
    source = "import math\nTEN = 10\ndef g(x): return x * 2\ndef f(x): return g(x)"
    assert (
        check(sandbox, source, "assert candidate(2) == g(2) == TEN - math.floor(6.5)").assertion
        is None
    )
    missing = check(sandbox, source, "assert h(1)").assertion
    assert missing is not None and missing.startswith("NameError")


def test_a_function_among_the_arguments_is_called_where_it_stands(sandbox: Sandbox) -> None:
    source = "def f(g, x=1):\n    return [g(x), g(x + 1)]\ndef twice(x): return 2 * x"
    body = (
        "calls = []\n"
        "def note(x):\n    calls.append(x)\n    return x * 10\n"
        "assert candidate(note) == [10, 20]\n"
        "assert calls == [1, 2]\n"
        "assert candidate(twice, 3) == [6, 8]\n"
        "assert candidate(abs, -2) == [2, 1]\n"
        "assert candidate(lambda x: candidate(note, x)) == [[10, 20], [20, 30]]\n"
        "try:\n    candidate(lambda x: 1 // 0)\nexcept ZeroDivisionError:\n    return\n"
        "assert False"
    )
    execution = check(sandbox, source, body)
    assert (execution.assertion, execution.fault) == (None, None)


def test_values_of_the_library_are_passed_as_they_are(sandbox: Sandbox) -> None:
    body = (
        "from fractions import Fraction\nfrom collections import deque\n"
        "assert candidate(Fraction(1, 3)) == 'Fraction'\nassert candidate(range(3)) == 'range'\n"
        "assert candidate(deque([1])) == 'deque'"
    )
    execution = check(sandbox, "def f(x): return type(x).__name__", body)
    assert (execution.assertion, execution.fault) == (None, None)


def test_an_argument_that_cannot_be_passed_is_the_checks_fault(sandbox: Sandbox) -> None:
    body = "class Own: pass\nassert candidate(Own()) == 1"
    execution = check(sandbox, "def f(x): return 1", body)
    assert execution.fault is not None
    assert "Own" in execution.fault


@pytest.mark.parametrize(
    "answer",
    [
        "'x' * ((8 << 20) - 4096 - 3)",
        "[0] * (3 << 20)",
        "__import__('functools').reduce(lambda a, _: [a], range(600), 0)",
        "f",
        "__import__('math')",
    ],
)
def test_an_answer_that_is_passed_back_never_moves_the_check(sandbox: Sandbox, answer: str) -> None:
    """Whatever a program returns, its check stays in a process of its own."""
    source = (
        "import os\nn = 0\n"
        "def f(x):\n"
        "    if b'check' + b'(candidate)' in os.pread(3, 1 << 20, 0):\n"
        "        os.write(3, b'K\\n')\n"
        "        os._exit(0)\n"
        f"    return {answer}\n"
        f"g = {answer}\n"
    )
    for body in ("assert candidate(candidate(1)) == 1", "assert candidate(g) == 1"):
        execution = check(sandbox, source, body)
        assert execution.fault is None
        assert execution.assertion


@pytest.mark.parametrize(
    "body",
    [
        "for x in map(candidate, [1]):\n    assert x == 2",
        "assert all(map(candidate, [1]))",
        "assert list(map(candidate, [1])) == []",
        "assert not any(map(candidate, [1, 2]))",
        "assert dict(zip('a', map(candidate, [1]))) == {}",
        "assert sum(map(candidate, [1, 2])) == 0",
    ],
)
@pytest.mark.parametrize("name", ["StopIteration", "StopAsyncIteration", "GeneratorExit"])
def test_a_program_cannot_end_a_loop_of_its_check(sandbox: Sandbox, body: str, name: str) -> None:
    assert check(sandbox, f"def f(x): raise {name}", body).assertion
    assert check(sandbox, "def f(x): return next(y for y in () if y)", body).assertion


def test_an_answer_written_before_its_question_is_none() -> None:
    channel = Channel()
    channel.answer(bytes(16), b"vi1")
    with pytest.raises(StrangeAnswerError):
        channel.ask(b"what")
    asked = channel.question()[0]
    channel.answer(asked, b"vi1")
    with pytest.raises(StrangeAnswerError):
        channel.ask(b"what next")
    channel.close()


def test_a_check_that_runs_again_gives_the_same_facts(sandbox: Sandbox) -> None:
    body = "assert candidate(2) == 4, 'square'"
    for number in range(4):
        right = check(sandbox, f"def f(x): return x * x  # {number}", body)
        wrong = check(sandbox, f"def f(x): return x  # {number}", body)
        assert right.assertion is None
        assert wrong.assertion == f"AssertionError: square: {body}"


def test_a_check_that_is_no_program_says_so(sandbox: Sandbox) -> None:
    told = check(sandbox, "def f(): pass", "assert (").assertion
    assert told is not None and told.startswith("SyntaxError")


def test_a_program_that_dies_or_hangs_fails_its_check(sandbox: Sandbox) -> None:
    died = check(sandbox, "import os\ndef f(): os._exit(0)", "candidate()")
    assert died.assertion == "the program ended before the check was done"
    hangs = check(sandbox, "def f():\n    while 1: pass", "candidate()", wall_s=0.3)
    assert hangs.exceeded is Exceeded.WALL
    assert hangs.assertion is not None
