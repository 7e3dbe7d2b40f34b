"""How a run ends, and what it hands to the user.

Plain values. How they come about stands in ``run``.
"""

from dataclasses import dataclass
from enum import Enum

from gptcc_cli.errors import GptccError
from gptcc_cli.judging import Verdict
from gptcc_cli.options.choices import Until as Until
from gptcc_cli.problem import IOTest, Problem
from gptcc_cli.ranking import Evidence, RankedCandidate


class Ended(Enum):
    """Why a run ended."""

    FOUND = "found"
    """A candidate passed every test."""
    EXHAUSTED = "exhausted"
    """All candidates were written and judged."""
    BUDGET = "budget"
    """The time was over."""
    INTERRUPTED = "interrupted"
    """The user wanted no more."""
    FAILED = "failed"
    """The generator failed; what it had written by then was judged."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Solution:
    """The answer to the user."""

    problem: Problem
    ranked: tuple[RankedCandidate, ...]
    """Every judged candidate, best first."""
    n_written: int
    """Completions that arrived."""
    ended: Ended
    verified_by: tuple[IOTest, ...]
    """The tests that candidates were run on: trusted samples and whatever the user gave."""
    evidence: Evidence
    """What it is worth that the best passes them."""
    failure: GptccError | None = None
    """Why the generator could not go on."""

    @property
    def best(self) -> RankedCandidate | None:
        """The program to show; ``None`` if nothing was written that holds code."""
        usable = (one for one in self.ranked if one.judgement.candidate.source.strip())
        return next(usable, None)

    @property
    def solved(self) -> bool:
        """Whether there is at least one test and the best candidate passes all."""
        return bool(self.verified_by) and self.best is not None and self.best.passed

    @property
    def confident(self) -> bool:
        """Whether the best passes, and more programs do the same than luck explains.

        Never so where the search ended at the first that passes.
        """
        best = self.best
        return self.solved and best is not None and not best.degenerate and self.evidence.confident

    @property
    def undecided(self) -> bool:
        """Whether our own failure, not the candidates', kept the best from a verdict."""
        return self.best is not None and self.best.judgement.verdict is Verdict.IE
