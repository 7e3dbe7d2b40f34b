"""Programs run on inputs without answers: equal answers are equal outcomes, failures have kinds."""

import threading
from concurrent.futures import CancelledError

import pytest

from gptcc_cli.input_generation import Probe
from gptcc_cli.judging import Judge, Outcome, OutputSignature, Verdict
from gptcc_cli.problem import AnswerRules, Json, Order, Problem
from tests.programs import CALL_PROBLEM, STDIN_PROBLEM, candidate


def run_probes(
    judge: Judge, source: str, *inputs: str | tuple[Json, ...], problem: Problem | None = None
) -> OutputSignature:
    probes = tuple(Probe(input=one, steps=()) for one in inputs)
    chosen = problem or (STDIN_PROBLEM if isinstance(inputs[0], str) else CALL_PROBLEM)
    return judge.run_probes(candidate(source), chosen, probes).result()


def outcomes(judge: Judge, source: str, *inputs: str | tuple[Json, ...]) -> tuple[Outcome, ...]:
    return run_probes(judge, source, *inputs).outcomes


def test_programs_that_answer_alike_behave_alike(judge: Judge) -> None:
    inputs = ("1 2\n", "7 5\n")
    one = run_probes(judge, "print(sum(map(int, input().split())))", *inputs)
    other = run_probes(judge, "a, b = map(int, input().split())\nprint(' ', a + b, '\\n')", *inputs)
    third = run_probes(judge, "a, b = map(int, input().split())\nprint(a * b + 1)", *inputs)
    assert one.key == other.key
    assert one.outcomes[0] == third.outcomes[0] and one.key != third.key
    assert one.n_answered == 2


def test_failures_are_told_by_their_kind(judge: Judge) -> None:
    source = "n = int(input())\nif n == 1: 1 / 0\nif n == 2:\n    while True: pass\nprint(n)"
    found = outcomes(judge, source, "3\n", "1\n", "2\n", "x\n")
    assert isinstance(found[0], str)
    assert found[1:] == (Verdict.RE, Verdict.TLE, Verdict.RE)


def test_a_program_that_does_not_compile_fails_on_all(judge: Judge) -> None:
    assert outcomes(judge, "def f(:", (1,), (2,)) == (Verdict.CE, Verdict.CE)
    assert outcomes(judge, "def g(a): return a", (1,), (2,)) == (Verdict.CE, Verdict.CE)


def test_a_program_that_is_always_too_slow_is_not_run_on_all(judge: Judge) -> None:
    found = run_probes(judge, "while True: pass", *(f"{n}\n" for n in range(20)))
    assert found.outcomes == (Verdict.TLE,) * 20


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("[1, 2]", "(1, 2)", True),
        ("2", "2.0", True),
        ("0.1 + 0.2", "0.3", True),
        ("True", "1", True),
        ("[1, 2]", "[2, 1]", False),
        ("'1'", "1", False),
        ("None", "0", False),
        ("{'a': 1, 'b': 2}", "{'b': 2, 'a': 1}", True),
        ("{1, 2}", "{2, 1}", True),
        ("float('nan')", "float('nan')", True),
        ("10 ** 20", "10 ** 20 + 1", False),
    ],
)
def test_returned_values_are_equal_as_the_checker_has_it(
    judge: Judge, one: str, other: str, same: bool
) -> None:
    first, second = (outcomes(judge, f"def f(a): return {v}", (0,)) for v in (one, other))
    assert (first == second) is same
    assert all(isinstance(outcome, str) for outcome in first + second)


def test_order_and_case_count_as_the_statement_says(judge: Judge) -> None:
    any_order = Problem(id="p", statement="", answer=AnswerRules(order=Order.ANY, ignore_case=True))
    one = run_probes(judge, "print('Yes b', 'a')", "1\n", problem=any_order)
    other = run_probes(judge, "print('a')\nprint('B YES')", "1\n", problem=any_order)
    assert one.key == other.key
    assert outcomes(judge, "print('a b')", "1\n") != outcomes(judge, "print('b a')", "1\n")


def test_observing_can_be_cancelled(judge: Judge) -> None:
    cancel = threading.Event()
    cancel.set()
    probe = Probe(input="1\n", steps=())
    future = judge.run_probes(candidate("print(1)"), STDIN_PROBLEM, (probe,), cancel=cancel)
    with pytest.raises(CancelledError):
        future.result()
