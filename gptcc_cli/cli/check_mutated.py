"""Solutions that pass, on inputs like the samples: what crashes there is advice, no verdict."""

import json

from gptcc_cli.extraction import Candidate
from gptcc_cli.judging import CaseResult, Judge, Verdict
from gptcc_cli.problem import IOTest, Problem

_CRASHES = frozenset({Verdict.RE, Verdict.TLE, Verdict.MLE, Verdict.OLE})
_SEED = 0
_MOST_SHOWN = 200


def crash_on_mutated(
    judge: Judge, candidate: Candidate, problem: Problem, n: int
) -> tuple[CaseResult, str] | None:
    """Run a solution on inputs like the samples until it crashes, or uses up a limit.

    What it answers is not looked at: nobody knows what would be right. Nor is it known that such
    an input is allowed, so that nothing may be held against the solution.

    Args:
        judge: runs it.
        candidate: the solution.
        problem: its samples are what the inputs are made from; the same ones each time.
        n: at most so many inputs.

    Returns:
        The first run that went wrong, and the words for it.
    """
    from gptcc_cli.input_generation import generate_inputs

    for probe in generate_inputs(problem, problem.trusted_samples, n=n, seed=_SEED):
        test = IOTest(name=f"an input like {probe.steps[0]}", input=probe.input, expected="")
        (case,) = judge.judge(candidate, problem, (test,)).cases
        if case.verdict in _CRASHES:
            shown = json.dumps(probe.input, ensure_ascii=False)
            if len(shown) > _MOST_SHOWN:
                shown = f"{shown[:_MOST_SHOWN]}... ({len(shown)} characters)"
            return case, f"{case.verdict.value} on {test.name}, {shown}: {case.detail}"
    return None
