"""An input to run programs on, of which nobody knows the right answer."""

from dataclasses import dataclass

from gptcc_cli.problem import Json


@dataclass(frozen=True, slots=True, kw_only=True)
class Probe:
    """An input like a problem's samples; what a right program answers is not known."""

    input: str | tuple[Json, ...]
    """Standard input as text, or positional arguments, as in the samples it was made from."""
    steps: tuple[str, ...]
    """How it was made: the sample it began as, then each change in a word or two."""
