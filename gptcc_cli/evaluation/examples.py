"""A few programs of each problem, for the report.

A run may have half a million programs: of each problem, the first right program is shown, and the
first one of each of the most frequent other verdicts.
"""

import difflib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gptcc_cli.benchmarks import Benchmark
from gptcc_cli.evaluation.completions import completion_of
from gptcc_cli.evaluation.grading import program_of
from gptcc_cli.evaluation.stages import (
    COMPLETIONS_FILE,
    RESULTS_FILE,
    by_problem,
    read_header,
    read_records,
)

MOST_PROGRAMS = 3
"""Programs shown for each problem."""

MOST_CHARACTERS = 3000
"""Characters shown of a program."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GradedExample:
    """One program and its result."""

    index: int
    verdict: str
    times: int
    """How many programs of the problem got this verdict."""
    detail: str
    source: str
    cleaning: tuple[str, ...]
    diff: tuple[str, ...]
    """Expected against actual output by lines: ``-`` missing, ``+`` unexpected."""


def read_graded_examples(
    directory: Path, benchmark: Benchmark
) -> Iterator[tuple[str, list[GradedExample]]]:
    """Yield each problem of a graded run with a few of its programs."""
    clean = bool(read_header(directory / RESULTS_FILE)["clean"])
    entries = {entry.id: entry for entry in benchmark.entries}
    graded = by_problem(read_records(directory / RESULTS_FILE))
    written = by_problem(read_records(directory / COMPLETIONS_FILE))
    for (problem, results), (_, lines) in zip(graded, written, strict=True):
        chosen = _chosen(results)
        completions = [record for record in lines if record["index"] in chosen]
        item = entries[problem].load()
        shown = []
        for record in completions:
            result, times = chosen[record["index"]]
            source = program_of(item, completion_of(record), clean=clean).source
            shown.append(_example(result, times, source))
        shown.sort(key=lambda one: (one.verdict != "AC", -one.times, one.index))
        yield problem, shown


def _chosen(results: list[dict[str, Any]]) -> dict[int, tuple[dict[str, Any], int]]:
    """Return the first result of each verdict to show with the verdict's count, by index."""
    by_verdict: dict[str, list[dict[str, Any]]] = {}
    for result in results:
        by_verdict.setdefault(result["verdict"], []).append(result)
    order = sorted(by_verdict, key=lambda name: (name != "AC", -len(by_verdict[name])))
    return {
        by_verdict[name][0]["index"]: (by_verdict[name][0], len(by_verdict[name]))
        for name in order[:MOST_PROGRAMS]
    }


def _example(result: dict[str, Any], times: int, source: str) -> GradedExample:
    cut = source[:MOST_CHARACTERS]
    return GradedExample(
        index=result["index"],
        verdict=result["verdict"],
        times=times,
        detail=result["detail"],
        source=cut if len(cut) == len(source) else cut + "\n[...]",
        cleaning=tuple(result["cleaning"]),
        diff=_diff(result["expected"], result["got"]),
    )


def _diff(expected: str, got: str) -> tuple[str, ...]:
    if not expected and not got:
        return ()
    lines = difflib.ndiff(expected.splitlines(), got.splitlines())
    return tuple(line for line in lines if not line.startswith("?"))
