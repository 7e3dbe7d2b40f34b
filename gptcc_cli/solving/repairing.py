"""Which programs to repair, and the requests for it.

Pure. A program is shown to the model with the first *sample* it fails. A program that passes every
sample and fails another test is left out, because that test must not reach a prompt. Judging stops
at the first failure, so a repaired program ranks above the original only if it passes more tests.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from gptcc_cli.generation import Request, Sampling, derive_seed
from gptcc_cli.judging import CaseResult, Judgement, Verdict
from gptcc_cli.problem import Problem, SampleTest
from gptcc_cli.prompting import Mistake, RepairPrompts
from gptcc_cli.ranking import RankedCandidate

_REPAIRABLE = frozenset(
    {Verdict.WA, Verdict.PE, Verdict.RE, Verdict.TLE, Verdict.MLE, Verdict.OLE, Verdict.CE}
)
_MOST_CHARACTERS = 600


@dataclass(frozen=True, slots=True, kw_only=True)
class Repair:
    """How many rounds of repair, and their size."""

    prompts: RepairPrompts
    rounds: int
    """The most rounds; at least 1."""
    programs: int = 4
    """Programs repaired in a round, best first."""
    tries: int = 2
    """Completions requested for each of them."""


def repair_requests(
    repair: Repair,
    problem: Problem,
    ranked: Sequence[RankedCandidate],
    sampling: Sampling,
    *,
    round: int,
    first_index: int,
) -> Iterator[Request]:
    """Yield the requests of a round; none if no program can be repaired.

    Args:
        repair: the size of a round.
        problem: what the programs should solve.
        ranked: the candidates so far, best first.
        sampling: temperatures and seed of the run.
        round: from 1.
        first_index: the index of the round's first candidate.
    """
    mistakes = [mistake for one in ranked if (mistake := mistake_of(one.judgement))]
    index = first_index
    for turn in range(repair.tries):
        for mistake in mistakes[: repair.programs]:
            yield Request(
                prompt=repair.prompts(problem, mistake, round),
                index=index,
                temperature=sampling.temperatures[turn % len(sampling.temperatures)],
                seed=derive_seed(sampling.seed, problem.id, index),
            )
            index += 1


def mistake_of(judgement: Judgement) -> Mistake | None:
    """Return what a model may see of a program's failure; ``None``: nothing.

    That is so for a program that failed no sample, has no code, or got no verdict because the judge
    failed.
    """
    candidate = judgement.candidate
    if not candidate.source.strip() or judgement.verdict not in _REPAIRABLE:
        return None
    case = next(case for case in judgement.cases if case.verdict is judgement.verdict)
    if candidate.syntax_error is not None:
        return Mistake(
            candidate_id=candidate.id, program=candidate.source, trouble=candidate.syntax_error
        )
    if not isinstance(case.test, SampleTest):
        return None
    return Mistake(
        candidate_id=candidate.id,
        program=candidate.source,
        trouble=f"{case.verdict.value}, {case.detail}",
        sample=case.test,
        output=_output(case),
    )


def _output(case: CaseResult) -> str | None:
    execution = case.execution
    if execution is None or case.verdict not in (Verdict.WA, Verdict.PE):
        return None
    if isinstance(case.test.input, tuple):
        return execution.answer_json
    return execution.stdout.decode("utf-8", "replace")[:_MOST_CHARACTERS]
