"""Which problems of a benchmark are wanted."""

from dataclasses import dataclass, replace
from random import Random

from gptcc_cli.benchmarks.item import Benchmark
from gptcc_cli.errors import UsageError


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """A part of a benchmark; the parts are applied in the order of the fields."""

    ids: tuple[str, ...] = ()
    """These problems alone; empty: all."""
    difficulties: tuple[str, ...] = ()
    """Problems of these difficulties alone; empty: all."""
    sample: int | None = None
    """So many at random, by the seed, in the benchmark's order."""
    seed: int = 0
    limit: int | None = None
    """The first so many."""


def select(benchmark: Benchmark, selection: Selection) -> Benchmark:
    """Return the wanted part, in the benchmark's order.

    Raises:
        UsageError: nothing is left, an id is not there, or a number is below 1.
    """
    entries = benchmark.entries
    for number, option in ((selection.sample, "--sample"), (selection.limit, "--limit")):
        if number is not None and number < 1:
            raise UsageError(f"{option} {number} leaves no problem", hint=f"use {option} 1 or more")
    if selection.ids:
        missing = set(selection.ids) - {entry.id for entry in entries}
        if missing:
            raise UsageError(
                f"{benchmark.name} has no problem {min(missing)!r}",
                hint=f"its problems are called {entries[0].id!r}, ..." if entries else None,
            )
        entries = tuple(entry for entry in entries if entry.id in selection.ids)
    if selection.difficulties:
        known = {entry.difficulty for entry in entries} - {None}
        entries = tuple(entry for entry in entries if entry.difficulty in selection.difficulties)
        if not entries:
            raise UsageError(
                f"{benchmark.name} has no problem of difficulty "
                f"{' or '.join(selection.difficulties)}",
                hint=f"it has {', '.join(sorted(map(str, known))) or 'no difficulties'}",
            )
    if selection.sample is not None and selection.sample < len(entries):
        places = sorted(Random(selection.seed).sample(range(len(entries)), selection.sample))
        entries = tuple(entries[place] for place in places)
    return replace(benchmark, entries=entries[: selection.limit])
