"""Prompts and sampling -> requests: who is written, how warm, from which seed.

Covers the spread of prompts and temperatures over candidates, and the seeds. Does not draw
tokens (``sampling``) and knows nothing of batches: a request is the same however it is written.
"""

import hashlib
from collections.abc import Iterator, Sequence

from gptcc_cli.errors import UsageError
from gptcc_cli.generation.completion import Request, Sampling
from gptcc_cli.prompting import Prompt


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
