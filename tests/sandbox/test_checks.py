"""Programs that check others at every level, as HumanEval's do."""

from gptcc_cli.sandbox import (
    Exceeded,
    Sandbox,
)
from tests.sandbox.levels import check


def test_a_check_passes_or_says_what_failed(sandbox: Sandbox) -> None:
    source = "def f(a, b=1): return a + b"
    passed = check(sandbox, source, "assert candidate(1) == 2\nassert candidate(1, b=5) == 6")
    assert (passed.assertion, passed.exit_code, passed.forgeable) == (None, 0, False)
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


def test_a_check_with_arguments_that_cannot_travel_is_marked(sandbox: Sandbox) -> None:
    execution = check(sandbox, "def f(g): return g(1)", "assert candidate(lambda x: x + 1) == 2")
    assert (execution.assertion, execution.forgeable) == (None, True)


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
