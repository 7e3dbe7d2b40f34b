"""A judge bound to one problem: on its tests, and on generated inputs."""

from concurrent.futures import Future
from dataclasses import dataclass

from gptcc_cli.extraction import Candidate, GeneratedTest
from gptcc_cli.input_generation import Probe, generate_inputs
from gptcc_cli.judging import Judge, Judgement, OutputSignature
from gptcc_cli.problem import GivenTest, Problem, SampleTest

N_PROBES = 24
"""Generated inputs per problem."""


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
        unjudged: Future[Judgement] = Future()
        unjudged.set_result(Judgement(candidate=candidate, cases=(), n_tests=0))
        return unjudged


@dataclass(frozen=True, slots=True, kw_only=True)
class ProbeRunner:
    """Runs candidates of one problem on generated inputs, which have no expected outputs."""

    judge: Judge
    problem: Problem
    probes: tuple[Probe, ...]
    """Inputs made from the samples."""
    generated_tests: tuple[GeneratedTest, ...] = ()
    """Tests written by a model, whose inputs are run too."""

    def submit(self, candidate: Candidate) -> "Future[OutputSignature]":
        """Run a candidate on the generated inputs."""
        return self.judge.run_probes(candidate, self.problem, self.probes, self.generated_tests)


def probe_runner_for(
    judge: Judge | None,
    problem: Problem,
    *,
    seed: int,
    generated_tests: tuple[GeneratedTest, ...] = (),
) -> ProbeRunner | None:
    """Generate inputs for a problem, to compare its candidates.

    Args:
        judge: runs programs; ``None``: none are run.
        problem: its samples are the starting points.
        seed: of the run.
        generated_tests: tests written by a model, to run too.

    Returns:
        ``None`` if there are no inputs.
    """
    if judge is None:
        return None
    probes = generate_inputs(problem, problem.trusted_samples, n=N_PROBES, seed=seed)
    if not probes and not generated_tests:
        return None
    return ProbeRunner(judge=judge, problem=problem, probes=probes, generated_tests=generated_tests)
