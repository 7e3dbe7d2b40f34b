"""Judgements -> an order, with the reason each candidate stands where it does.

Pure. Covers the order by what was seen on the tests; it never sees a hidden expected output
beyond what the judgements it is given already used. Does not run anything.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from gptcc_cli.judging import Judgement, Verdict

_RAN = frozenset({Verdict.AC, Verdict.WA, Verdict.PE})


@dataclass(frozen=True, slots=True, kw_only=True)
class RankedCandidate:
    """A candidate in its place."""

    judgement: Judgement
    reason: str
    """Why it stands here, for people."""

    @property
    def passed(self) -> bool:
        """Whether every test was run and accepted; false when there were none."""
        return self.judgement.verdict is Verdict.AC


def rank(judgements: Sequence[Judgement]) -> tuple[RankedCandidate, ...]:
    """Order judgements, best first.

    In turn: tests passed; ran to its end; parses; how many completions gave the same program;
    mean log-probability of its most likely completion; order of arrival. Judgements whose last
    word is ``IE`` come after all others, because nothing is known of them.

    Args:
        judgements: in order of arrival, which breaks the last ties.
    """
    order = sorted(range(len(judgements)), key=lambda place: (*_key(judgements[place]), place))
    return tuple(
        RankedCandidate(judgement=judgements[place], reason=_reason(judgements[place]))
        for place in order
    )


def _key(judgement: Judgement) -> tuple[float, ...]:
    candidate = judgement.candidate
    return (
        judgement.verdict is Verdict.IE,
        -judgement.n_passed,
        not _ran(judgement),
        candidate.syntax_error is not None,
        -len(candidate.completions),
        -_likelihood(judgement),
    )


def _ran(judgement: Judgement) -> bool:
    return all(case.verdict in _RAN for case in judgement.cases)


def _likelihood(judgement: Judgement) -> float:
    known = [
        completion.mean_logprob
        for completion in judgement.candidate.completions
        if completion.mean_logprob is not None
    ]
    return max(known, default=float("-inf"))


def _reason(judgement: Judgement) -> str:
    times = len(judgement.candidate.completions)
    agreement = f", written {times} times" if times > 1 else ""
    if judgement.n_tests == 0:
        parses = judgement.candidate.syntax_error is None
        return ("parses; nothing to verify it with" if parses else "does not parse") + agreement
    passed = f"passes {judgement.n_passed} of {judgement.n_tests}"
    if judgement.verdict is Verdict.AC:
        return passed + agreement
    last = next(case for case in judgement.cases if case.verdict is not Verdict.AC)
    return f"{passed}, then {last.verdict.value}: {last.detail}{agreement}"
