"""The judge, bound to one problem and its tests."""

from concurrent.futures import Future
from dataclasses import dataclass

from gptcc_cli.extraction import Candidate
from gptcc_cli.judging import Judge, Judgement
from gptcc_cli.problem import GivenTest, Problem, SampleTest


@dataclass(frozen=True, slots=True, kw_only=True)
class Hearing:
    """Judges candidates of one problem; without a judge or tests, no program is run."""

    judge: Judge | None
    problem: Problem
    tests: tuple[SampleTest | GivenTest, ...]
    """What candidates are run on."""

    def submit(self, candidate: Candidate) -> "Future[Judgement]":
        """Judge a candidate on the tests."""
        if self.judge is not None and self.tests:
            return self.judge.submit(candidate, self.problem, self.tests)
        unheard: Future[Judgement] = Future()
        unheard.set_result(Judgement(candidate=candidate, cases=(), n_tests=0))
        return unheard
