"""What a model claims is compared out here: the program gets the input alone."""

from collections.abc import Iterator
from typing import Any

import pytest

from gptcc_cli.extraction import GeneratedTest
from gptcc_cli.input_generation import Probe
from gptcc_cli.judging import Judge, OutputSignature, Verdict
from gptcc_cli.problem import AnswerRules, Json, Order, Problem
from gptcc_cli.sandbox import Execution, Sandbox
from tests.programs import CALL_PROBLEM, STDIN_PROBLEM, candidate

SUM = "print(sum(map(int, input().split())))"


def run_probes(
    judge: Judge, source: str, *generated_tests: GeneratedTest, problem: Problem = STDIN_PROBLEM
) -> OutputSignature:
    return judge.run_probes(candidate(source), problem, (), generated_tests).result()


def test_inputs_of_claims_come_after_the_probes(judge: Judge) -> None:
    probe = Probe(input="1 2\n", steps=())
    generated_tests = [
        GeneratedTest(input=f"{n} {n}\n", answer=answer) for n, answer in ((1, "2"), (2, "5"))
    ]
    seen = judge.run_probes(candidate(SUM), STDIN_PROBLEM, (probe,), generated_tests).result()
    assert (len(seen.outcomes), seen.passes_generated) == (3, (True, False))
    assert judge.run_probes(candidate(SUM), STDIN_PROBLEM, (probe,)).result().passes_generated == ()


def test_a_failure_meets_no_claim(judge: Judge) -> None:
    generated_tests = (
        GeneratedTest(input="x\n", answer="1"),
        GeneratedTest(input="1 2\n", answer=""),
    )
    assert run_probes(judge, SUM, *generated_tests).passes_generated == (False, False)
    assert run_probes(judge, "print(", *generated_tests).outcomes == (Verdict.CE,) * 2
    assert (
        run_probes(judge, "while True: pass", *generated_tests * 4).passes_generated == (False,) * 8
    )


@pytest.mark.parametrize(
    ("answer", "printed", "rules", "met"),
    [
        ("1 2\n3", "'1  2 \\n\\n3\\n'", AnswerRules(), True),
        ("yes", "'YES'", AnswerRules(ignore_case=True), True),
        ("yes", "'YES'", AnswerRules(), False),
        ("1 2", "'2 1'", AnswerRules(order=Order.ANY), True),
        ("0.30", "0.1 + 0.2", AnswerRules(), True),
    ],
)
def test_printed_answers_are_equal_by_the_rules_of_the_problem(
    judge: Judge, answer: str, printed: str, rules: AnswerRules, met: bool
) -> None:
    problem = Problem(id="p", statement="", answer=rules)
    generated_test = GeneratedTest(input="1\n", answer=answer)
    assert run_probes(
        judge, f"print({printed})", generated_test, problem=problem
    ).passes_generated == (met,)


@pytest.mark.parametrize(
    ("answer", "returned", "met"),
    [
        ([1, [2.0, "a"]], "(1, [2, 'a'])", True),
        (None, "None", True),
        (True, "1", True),
        ("1", "1", False),
        ({"a": 1}, "{'a': 1}", True),
        (0.3, "0.1 + 0.2", True),
        (10**30, "10 ** 30", True),
    ],
)
def test_returned_answers_are_equal_as_the_checker_has_it(
    judge: Judge, answer: Json, returned: str, met: bool
) -> None:
    generated_test = GeneratedTest(input=(0,), answer=answer)
    source = f"def f(a): return {returned}"
    assert run_probes(judge, source, generated_test, problem=CALL_PROBLEM).passes_generated == (
        met,
    )


class Watched:
    """A sandbox that remembers all it was given."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.workers = sandbox.workers
        self.given: list[str] = []
        self._sandbox = sandbox

    def run(self, job: Any, **more: Any) -> Execution:
        self.given.append(repr((job, more)))
        return self._sandbox.run(job, **more)


@pytest.fixture
def watched(sandbox: Sandbox) -> Iterator[tuple[Judge, list[str]]]:
    inner = Watched(sandbox)
    with Judge(inner) as judge:  # type: ignore[arg-type]  # it does what a judge needs
        yield judge, inner.given


def test_the_claimed_answer_stays_outside(watched: tuple[Judge, list[str]]) -> None:
    judge, given = watched
    source = "def f(a): return a + 4000"
    generated_test = GeneratedTest(input=(4123,), answer=8123)
    assert run_probes(judge, source, generated_test, problem=CALL_PROBLEM).passes_generated == (
        True,
    )
    assert run_probes(
        judge, SUM, GeneratedTest(input="4123 4000\n", answer="8123")
    ).passes_generated == (True,)
    assert len(given) == 2
    assert all("4123" in job and "8123" not in job for job in given)
