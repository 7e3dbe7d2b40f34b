"""The values of a run: its events, how it ended, and the solution."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

from gptcc_cli.errors import GptccError
from gptcc_cli.generation import Completion, GeneratorStatus
from gptcc_cli.judging import Judgement, Verdict
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
    """The time budget was used up."""
    INTERRUPTED = "interrupted"
    """The user interrupted it."""
    FAILED = "failed"
    """The generator failed; completions it had returned before were judged."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Solution:
    """The result of a run."""

    problem: Problem
    ranked: tuple[RankedCandidate, ...]
    """Every judged candidate, best first."""
    n_written: int
    """Completions that arrived."""
    ended: Ended
    verified_by: tuple[IOTest, ...]
    """The tests that candidates were run on: trusted samples and tests given by the user."""
    evidence: Evidence
    """How much it proves that the best candidate passes them."""
    failure: GptccError | None = None
    """Why the generator failed."""

    @property
    def best(self) -> RankedCandidate | None:
        """The best candidate with code; ``None`` if there is none."""
        usable = (one for one in self.ranked if one.judgement.candidate.source.strip())
        return next(usable, None)

    @property
    def solved(self) -> bool:
        """Whether there are tests and the best candidate passes all of them."""
        return bool(self.verified_by) and self.best is not None and self.best.passed

    @property
    def confident(self) -> bool:
        """Whether the best passes and ``Evidence.confident`` holds.

        Never true if the run stopped at the first passing program.
        """
        best = self.best
        return self.solved and best is not None and not best.degenerate and self.evidence.confident

    @property
    def undecided(self) -> bool:
        """Whether the best has no verdict because the judge failed."""
        return self.best is not None and self.best.judgement.verdict is Verdict.IE


@dataclass(frozen=True, slots=True, kw_only=True)
class Wrote:
    """A completion arrived."""

    completion: Completion


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A candidate was judged."""

    judgement: Judgement


@dataclass(frozen=True, slots=True, kw_only=True)
class GenerationProgress:
    """The generator reported its status."""

    status: GeneratorStatus


SolveEvent = Wrote | Judged | GenerationProgress
Listener = Callable[[SolveEvent], None]
"""Called from any thread, one call at a time; must be quick."""
