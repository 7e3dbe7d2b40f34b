"""Solutions that do not pass their own tests are no answers to teach.

Runs every solution through the judge, in its sandbox. A problem without tests teaches nothing
that could be verified, and gives no solution; nor does one whose tests our sandbox could not run.
"""

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import replace

from gptcc_cli.extraction import Candidate
from gptcc_cli.judging import Judge, Judgement, Verdict
from gptcc_cli.training.problems import TrainingProblem


def verified(
    problems: Iterable[TrainingProblem],
    judge: Judge,
    *,
    watch: Callable[[int], None] | None = None,
) -> tuple[tuple[TrainingProblem, ...], Counter[str]]:
    """Keep the solutions that pass every test.

    Args:
        problems: read with their tests.
        judge: runs the solutions; all its workers are kept busy.
        watch: told the number of problems done.

    Returns:
        The problems with the solutions that passed, and how many did not by the verdict (``no
        tests`` where there was nothing to verify with).

    Raises:
        ExecutionRefused: the sandbox refuses.
    """
    kept: list[TrainingProblem] = []
    left_out: Counter[str] = Counter()
    for number, problem in enumerate(problems, 1):
        if problem.tests:
            kept.append(_passing(problem, judge, left_out))
        else:
            left_out["no tests"] += len(problem.solutions)
            kept.append(replace(problem, solutions=()))
        if watch is not None:
            watch(number)
    return tuple(kept), left_out


def _passing(problem: TrainingProblem, judge: Judge, left_out: Counter[str]) -> TrainingProblem:
    waiting = [
        judge.submit(_candidate(source), problem.problem, problem.tests)
        for source in problem.solutions
    ]
    verdicts = [_verdict(future.result()) for future in waiting]
    left_out.update(verdict for verdict in verdicts if verdict != Verdict.AC.value)
    passing = tuple(
        source
        for source, verdict in zip(problem.solutions, verdicts, strict=True)
        if verdict == Verdict.AC.value
    )
    return replace(problem, solutions=passing)


def _verdict(judgement: Judgement) -> str:
    return judgement.verdict.value if judgement.verdict else "no tests"


def _candidate(source: str) -> Candidate:
    return Candidate(
        id=hashlib.sha256(source.encode("utf-8", "surrogatepass")).hexdigest(),
        source=source,
        completions=(),
    )
