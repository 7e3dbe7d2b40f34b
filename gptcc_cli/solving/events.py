"""What happens during a run, for whoever shows or records it."""

from collections.abc import Callable
from dataclasses import dataclass

from gptcc_cli.generation import Completion, GeneratorStatus
from gptcc_cli.judging import Judgement


@dataclass(frozen=True, slots=True, kw_only=True)
class Wrote:
    """A completion arrived."""

    completion: Completion


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A candidate has its judgement."""

    judgement: Judgement


@dataclass(frozen=True, slots=True, kw_only=True)
class GenerationProgress:
    """Generation is under way."""

    status: GeneratorStatus


SolveEvent = Wrote | Judged | GenerationProgress
Listener = Callable[[SolveEvent], None]
"""Called from any thread, one call at a time; must be quick."""
