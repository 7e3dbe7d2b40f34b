"""The samples of a problem: marked in the statement, as text, or as JSON."""

import json
from bisect import bisect_right
from collections.abc import Sequence
from itertools import accumulate

from gptcc_cli.console.reporter import write_answer
from gptcc_cli.problem import Problem, SampleTest, Span
from gptcc_cli.statement import Reading


def sample_row(reading: Reading) -> dict[str, object]:
    """Return a reading's samples as one JSON object.

    ``input`` is text, or a list of arguments for a call; ``span`` is a pair of character offsets
    into the statement, or null. ``found_by`` names what was rewritten and how the samples were
    found; ``no_samples`` says why there are none, or is null.
    """
    problem = reading.problem
    return {
        "id": problem.id,
        "mode": problem.mode.value,
        "entry_point": problem.entry_point,
        "samples": [
            {
                "input": list(s.input) if isinstance(s.input, tuple) else s.input,
                "output": s.expected,
                "span": s.span,
                "suspect": s.suspect,
            }
            for s in problem.samples
        ],
        "warnings": [{"message": w.message, "span": w.span} for w in reading.warnings],
        "found_by": list(reading.found_by),
        "no_samples": reading.no_samples,
    }


def write_row(reading: Reading) -> None:
    """Write a reading's samples as one line of JSON."""
    write_answer(json.dumps(sample_row(reading), ensure_ascii=False))


def list_samples(reading: Reading, *, title: bool) -> str:
    """Return the samples as plain text, each with its lines in the statement.

    Args:
        reading: the problem as it was read.
        title: whether to print the problem's id first.
    """
    problem = reading.problem
    places = _Places(problem.statement)
    parts = [f"{problem.id}\n"] if title else []
    for sample in problem.samples:
        suspect = f" (suspect: {sample.suspect})" if sample.suspect else ""
        parts += [f"{sample.name}, {places.name(sample.span)}{suspect}", "input:"]
        parts += [_shown(sample.input), "output:", _shown(sample.expected), ""]
    return "\n".join(parts)


def draw_samples(readings: Sequence[Reading]) -> None:
    """Print the statements on a terminal with samples and warnings in colour."""
    from rich.console import Console
    from rich.text import Text

    console = Console(highlight=False, soft_wrap=True)
    for reading in readings:
        text = Text(reading.problem.statement)
        for sample in reading.problem.samples:
            if sample.span:
                text.stylize(
                    "black on yellow" if sample.suspect else "black on green", *sample.span
                )
        for warning in reading.warnings:
            if warning.span:
                text.stylize("reverse red", *warning.span)
        console.print(text)
        console.print(_summary(reading.problem), style="bold")


def _summary(problem: Problem) -> str:
    """Return a line on the mode and samples of a problem."""
    kind = f"calls {problem.entry_point}" if problem.entry_point else f"by {problem.mode.value}"
    names = [_with_suspicion(sample) for sample in problem.samples]
    return f"{problem.id}: {kind}; " + (", ".join(names) if names else "no samples")


def _with_suspicion(sample: SampleTest) -> str:
    return f"{sample.name} (suspect: {sample.suspect})" if sample.suspect else sample.name


def _shown(value: object) -> str:
    if isinstance(value, str):
        return value.rstrip("\n")
    return json.dumps(value, ensure_ascii=False)


class _Places:
    """Line numbers of offsets into a text."""

    def __init__(self, text: str) -> None:
        self._starts = [0, *accumulate(len(line) + 1 for line in text.split("\n"))]

    def name(self, span: Span | None) -> str:
        """Return ``line 3`` or ``lines 3-5``."""
        if span is None:
            return "given as data"
        first = bisect_right(self._starts, span[0])
        last = bisect_right(self._starts, max(span[0], span[1] - 1))
        return f"line {first}" if first == last else f"lines {first}-{last}"
