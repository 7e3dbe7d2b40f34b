"""A few programs of each problem, for people to look at.

A run of half a million programs can't be shown whole: of each problem the first right program
is kept, and the first of its most frequent other verdicts.
"""

import difflib
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

from gptcc_cli.benchmarks import Benchmark
from gptcc_cli.evaluation.completions import FILE as COMPLETIONS
from gptcc_cli.evaluation.completions import completion_of
from gptcc_cli.evaluation.grading import FILE, program_of
from gptcc_cli.evaluation.stages import Record, read_header, read_records

MOST_PROGRAMS = 3
"""Programs shown of each problem."""

MOST_CHARACTERS = 3000
"""Of a program; what is beyond is not shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GradedExample:
    """One program and what became of it."""

    index: int
    verdict: str
    times: int
    """How many programs of the problem got this verdict."""
    detail: str
    source: str
    cleaning: tuple[str, ...]
    diff: tuple[str, ...]
    """Expected against actual output, line by line: ``-`` missing, ``+`` too much."""


def read_graded_examples(
    directory: Path, benchmark: Benchmark
) -> Iterator[tuple[str, list[GradedExample]]]:
    """Yield each problem of a graded run with a few of its programs."""
    clean = bool(read_header(directory / FILE)["clean"])
    entries = {entry.id: entry for entry in benchmark.entries}
    graded = groupby(read_records(directory / FILE), key=_problem)
    written = groupby(read_records(directory / COMPLETIONS), key=_problem)
    for (problem, results), (_, lines) in zip(graded, written, strict=True):
        chosen = _chosen(list(results))
        completions = [record for record in lines if record["index"] in chosen]
        item = entries[problem].load()
        shown = []
        for record in completions:
            result, times = chosen[record["index"]]
            source = program_of(item, completion_of(record), clean=clean).source
            shown.append(_specimen(result, times, source))
        shown.sort(key=lambda one: (one.verdict != "AC", -one.times, one.index))
        yield problem, shown


def _problem(record: Record) -> str:
    return str(record["problem"])


def _chosen(results: list[dict[str, Any]]) -> dict[int, tuple[dict[str, Any], int]]:
    """The first line of each of the verdicts to show, by its index."""
    by_verdict: dict[str, list[dict[str, Any]]] = {}
    for result in results:
        by_verdict.setdefault(result["verdict"], []).append(result)
    order = sorted(by_verdict, key=lambda name: (name != "AC", -len(by_verdict[name])))
    return {
        by_verdict[name][0]["index"]: (by_verdict[name][0], len(by_verdict[name]))
        for name in order[:MOST_PROGRAMS]
    }


def _specimen(result: dict[str, Any], times: int, source: str) -> GradedExample:
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
