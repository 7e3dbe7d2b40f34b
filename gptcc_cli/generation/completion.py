"""The interface of every generator: requests, completions, and how requests are planned.

Covers the values that all engines share, the ``Generator`` protocol, and the spread of prompts,
temperatures and seeds over candidates: a request is the same however it is written. A
``Completion`` is text and is never edited; ``extraction`` makes a program of it. Does not draw
tokens (``sampling``).
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from threading import Event
from typing import Protocol, Self

from gptcc_cli.errors import UsageError
from gptcc_cli.prompting import Prompt

_PREVIEW_CHARS = 400


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


class _Active(Protocol):
    """A candidate being written."""

    @property
    def request(self) -> Request:
        """Which one."""
        ...

    @property
    def text(self) -> str:
        """Its text so far."""
        ...


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
    """One line of detail, such as that memory ran out and the batch was halved."""
    warning: tuple[str, str] | None = None
    """A sentence the user should read, and its hint."""

    @classmethod
    def of(
        cls, active: Sequence[_Active], *, n_tokens: int, n_finished: int, note: str | None = None
    ) -> Self:
        """Return the status with the first active candidate as the preview."""
        shown = active[0] if active else None
        return cls(
            n_tokens=n_tokens,
            n_active=len(active),
            n_finished=n_finished,
            preview=shown.text[-_PREVIEW_CHARS:] if shown else "",
            preview_index=shown.request.index if shown else None,
            note=note,
        )


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


def plan(prompts: Sequence[Prompt], sampling: Sampling, problem_id: str) -> Iterator[Request]:
    """Yield the requests of a run, candidate 0 first.

    Candidate ``i`` reads prompt ``i mod P`` in turn ``i div P``, and the turn has a temperature,
    so that every prompt meets every temperature.

    Args:
        prompts: at least one.
        sampling: the settings of the run.
        problem_id: part of every seed, so that two problems don't share random numbers.

    Raises:
        UsageError: the settings can't be meant.
    """
    check_sampling(sampling, n_prompts=len(prompts))
    return _requests(tuple(prompts), sampling, problem_id)


def temperature_of(sampling: Sampling, turn: int) -> float:
    """Return the temperature of a turn: ``temperatures`` first, then ``later`` for ever."""
    first = sampling.temperatures
    if turn < len(first) or not sampling.temperature_schedule:
        return first[turn % len(first)]
    return sampling.temperature_schedule[(turn - len(first)) % len(sampling.temperature_schedule)]


def derive_seed(run_seed: int, problem_id: str, index: int) -> int:
    """Return 63 bits that are the same on every machine and in every process.

    The first 8 bytes of SHA-256 over the three values, without the sign bit.
    """
    digest = hashlib.sha256(f"{run_seed}\0{problem_id}\0{index}".encode()).digest()
    return int.from_bytes(digest[:8], "big") >> 1


def check_sampling(sampling: Sampling, *, n_prompts: int = 1) -> None:
    """Refuse settings that can't be meant.

    Raises:
        UsageError: a value is out of range, or candidates would be copies of each other.
    """
    if n_prompts < 1:
        raise UsageError("there is no prompt to complete")
    if sampling.n < 1:
        raise UsageError(f"{sampling.n} candidates were asked for", hint="use -n 1 or more")
    if sampling.max_new_tokens < 1:
        raise UsageError(
            f"{sampling.max_new_tokens} new tokens were asked for", hint="ask for 1 or more"
        )
    if not sampling.temperatures:
        raise UsageError("no temperature was given")
    for temperature in (*sampling.temperatures, *sampling.temperature_schedule):
        if not 0 <= temperature <= 100:
            raise UsageError(f"a temperature of {temperature} can't be used", hint="try 0.6")
    if not 0 < sampling.top_p <= 1:
        raise UsageError(f"top-p of {sampling.top_p} is outside (0, 1]", hint="try 0.95")
    if sampling.top_k < 0:
        raise UsageError(f"top-k of {sampling.top_k} is negative", hint="0 keeps all tokens")
    if sampling.batch_size is not None and sampling.batch_size < 1:
        raise UsageError(f"a batch of {sampling.batch_size} can't be written", hint="use 1 or more")
    if {*sampling.temperatures, *sampling.temperature_schedule} == {0} and sampling.n > n_prompts:
        raise UsageError(
            f"at temperature 0 all {sampling.n} candidates would be the same text",
            hint="use -n 1, or a temperature above 0",
        )


def _requests(
    prompts: tuple[Prompt, ...], sampling: Sampling, problem_id: str
) -> Iterator[Request]:
    for index in range(sampling.n):
        turn, which = divmod(index, len(prompts))
        yield Request(
            prompt=prompts[which],
            index=index,
            temperature=temperature_of(sampling, turn),
            seed=derive_seed(sampling.seed, problem_id, index),
        )
