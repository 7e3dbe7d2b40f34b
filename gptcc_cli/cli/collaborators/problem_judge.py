"""The judge, bound to one problem and its tests."""

from concurrent.futures import Future
from dataclasses import dataclass

from gptcc_cli.extraction import Candidate, GeneratedTest
from gptcc_cli.input_generation import Probe, generate_inputs
from gptcc_cli.judging import Judge, Judgement, OutputSignature
from gptcc_cli.problem import GivenTest, Problem, SampleTest

N_PROBES = 24
"""Further inputs that programs are told apart by."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ProblemJudge:
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


@dataclass(frozen=True, slots=True, kw_only=True)
class ProbeRunner:
    """Runs candidates of one problem on further inputs; nobody knows what they should print."""

    judge: Judge
    problem: Problem
    probes: tuple[Probe, ...]
    """Inputs made from those of the samples."""
    generated_tests: tuple[GeneratedTest, ...] = ()
    """Inputs that a model wrote, with the answers it claims."""

    def submit(self, candidate: Candidate) -> "Future[OutputSignature]":
        """Run a candidate on the further inputs."""
        return self.judge.run_probes(candidate, self.problem, self.probes, self.generated_tests)


def probe_runner_for(
    judge: Judge | None,
    problem: Problem,
    *,
    seed: int,
    generated_tests: tuple[GeneratedTest, ...] = (),
) -> ProbeRunner | None:
    """Make further inputs for a problem, to tell its candidates apart by.

    Args:
        judge: who runs programs; ``None``: nobody does.
        problem: its samples are changed; nothing else is known of its tests.
        seed: of the run.
        generated_tests: inputs that a model wrote, to be added.

    Returns:
        ``None`` where there are no further inputs to be had.
    """
    if judge is None:
        return None
    probes = generate_inputs(problem, problem.trusted_samples, n=N_PROBES, seed=seed)
    if not probes and not generated_tests:
        return None
    return ProbeRunner(judge=judge, problem=problem, probes=probes, generated_tests=generated_tests)
