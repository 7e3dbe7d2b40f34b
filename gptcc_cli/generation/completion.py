"""Requests for candidates, the completions that answer them, and who writes them.

The seam of the room ``generation``: engines differ, these values don't. A ``Completion`` is
text and is never edited; making a program of it is the work of ``extraction``.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import Enum
from threading import Event
from typing import Protocol

from gptcc_cli.prompting import Prompt

TEMPERATURE_SCHEDULE = (0.4, 0.6, 0.8, 1.0)
"""What a run goes on with, if nobody chose its temperatures: the coldest repeat themselves, and
warmer ones solve what those never write (docs/log.md)."""


class Finish(Enum):
    """Why a completion ended."""

    STOP = "stop"
    """An end token or a stop string."""
    LENGTH = "length"
    """``max_new_tokens`` or the model's window: the text is cut off."""
    CANCELLED = "cancelled"
    """Nobody wanted the rest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sampling:
    """How candidates are drawn; shared by all requests of a run."""

    n: int = 32
    """How many candidates; at least 1."""
    temperatures: tuple[float, ...] = (0.2, 0.4, 0.6, 0.8)
    """Spread over the candidates in turn; 0 is greedy."""
    temperature_schedule: tuple[float, ...] = ()
    """Spread over the candidates after each of ``temperatures`` was used once; empty: those
    again."""
    top_p: float = 0.95
    """Keep the smallest set of tokens that holds this much probability; in (0, 1]."""
    top_k: int = 64
    """Keep at most so many tokens; 0: all."""
    max_new_tokens: int = 512
    """At least 1."""
    batch_size: int | None = None
    """Sequences written at once; ``None``: as many as memory and speed suggest."""
    seed: int = 0
    """The seed of the run."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One candidate to write."""

    prompt: Prompt
    index: int
    """The candidate's number in the run, from 0."""
    temperature: float
    seed: int
    """Derived from (run seed, problem id, index), never from batch or worker."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Completion:
    """What the model wrote after the prompt."""

    prompt: Prompt
    index: int
    """The request's number."""
    text: str
    """The new text alone, without the stop string or end token that ended it."""
    n_tokens: int
    """Tokens the model wrote, the end token included."""
    finish: Finish
    mean_logprob: float | None
    """Mean natural log-probability of the tokens written, at temperature 1; ``None`` where
    the engine can't tell."""
    temperature: float
    seed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class GeneratorStatus:
    """A glimpse of generation under way, for a progress display."""

    n_tokens: int
    """Tokens written so far by all candidates."""
    n_active: int
    """Candidates being written now."""
    n_finished: int
    """Candidates finished so far."""
    preview: str = ""
    """The last text of one candidate being written."""
    preview_index: int | None = None
    """Which candidate that is."""
    note: str | None = None
    """One line the user should read, such as that memory ran out and the batch was halved."""


Watcher = Callable[[GeneratorStatus], None]
"""Called now and then while completions are written; must be quick."""


class Generator(Protocol):
    """Writes completions. One call at a time."""

    @property
    def name(self) -> str:
        """The model and how it runs, for people: ``gpt-neo-125M-apps@1a2b3c4, cpu, bfloat16``."""
        ...

    @property
    def notes(self) -> tuple[str, ...]:
        """Choices made when it was opened, each with its reason: which engine runs, and why."""
        ...

    def generate(
        self,
        requests: Iterable[Request],
        sampling: Sampling,
        *,
        cancel: Event | None = None,
        watch: Watcher | None = None,
    ) -> Iterator[Completion]:
        """Yield a completion for each request, as each one finishes (in any order).

        Requests are drawn lazily, when there is room for them. When ``cancel`` is set, what is
        unfinished comes out as ``Finish.CANCELLED`` and no further request is drawn.
        """
        ...
