"""A benchmark, its items, and the selection of some of them.

Entries are light and items are read on demand: the tests of five thousand problems need not fit in
memory.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import Enum
from random import Random
from urllib.parse import urlsplit

from gptcc_cli.errors import UsageError
from gptcc_cli.problem import IOTest, Problem


def host_of(url: str | None) -> str | None:
    """Return the host of a URL without ``www.``; ``None`` if there is none."""
    host = urlsplit(url).hostname if url else None
    return host.removeprefix("www.") if host else None


class BenchmarkKind(Enum):
    """How the programs of an item are tested."""

    STDIN = "stdin"
    """A whole program on standard input."""
    CALL = "call"
    """A function whose returned values are compared."""
    CHECK = "check"
    """A function that a check program tests with assertions (HumanEval, MBPP)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BenchmarkItem:
    """One problem of a benchmark, with what must never reach a prompt."""

    problem: Problem
    tests: tuple[IOTest, ...] = ()
    """Hidden tests; empty if there is a check program, or the benchmark has none."""
    check_source: str | None = None
    """Python source that defines ``check(candidate)``."""
    references: tuple[str, ...] = ()
    """The benchmark's own solutions."""
    completes: str = ""
    """Program text that completions continue; empty: completions are whole programs."""

    @property
    def kind(self) -> BenchmarkKind:
        """How programs are tested."""
        if self.check_source is not None:
            return BenchmarkKind.CHECK
        return BenchmarkKind.CALL if self.problem.mode.value == "call" else BenchmarkKind.STDIN

    @property
    def origin(self) -> str | None:
        """The host of the problem's URL."""
        return host_of(self.problem.url)

    @property
    def gradable(self) -> bool:
        """Whether there are tests or a check program."""
        return self.check_source is not None or bool(self.tests)


@dataclass(frozen=True, slots=True, kw_only=True)
class BenchmarkEntry:
    """An item that has not been read yet."""

    id: str
    load: Callable[[], BenchmarkItem]
    """Reads the item; raises ``ProblemError`` if its record is invalid."""
    digest: str
    """Of the record; recorded with a run."""
    difficulty: str | None = None
    split: str | None = None
    """The split that the record names, if one file holds several."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Benchmark:
    """A benchmark, or the part of one that was selected."""

    name: str
    """``apps``, ``humaneval``, ``mbpp``, or the name of a file or directory."""
    split: str
    """``train``, ``test``, ...; empty where the benchmark has none."""
    source: str
    """Where it was read from, for people."""
    entries: tuple[BenchmarkEntry, ...]
    """In the benchmark's own order."""

    @property
    def digest(self) -> str:
        """SHA-256 over the ids and records: the same problems, tests included."""
        whole = hashlib.sha256()
        for entry in self.entries:
            whole.update(f"{entry.id}\0{entry.digest}\n".encode())
        return whole.hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """Which problems of a benchmark to use; the fields are applied in order."""

    ids: tuple[str, ...] = ()
    """Only these problems; empty: all."""
    difficulties: tuple[str, ...] = ()
    """Only problems of these difficulties; empty: all."""
    sample: int | None = None
    """This many at random, by the seed, in the benchmark's order."""
    seed: int = 0
    limit: int | None = None
    """Only the first N problems."""


def select(benchmark: Benchmark, selection: Selection) -> Benchmark:
    """Return the selected problems, in the benchmark's order.

    Raises:
        UsageError: nothing is selected, an id is unknown, or a number is below 1.
    """
    entries = benchmark.entries
    for number, option in ((selection.sample, "--sample"), (selection.limit, "--limit")):
        if number is not None and number < 1:
            raise UsageError(
                f"{option} {number} selects no problem", hint=f"use {option} 1 or more"
            )
    if selection.ids:
        missing = set(selection.ids) - {entry.id for entry in entries}
        if missing:
            raise UsageError(
                f"{benchmark.name} has no problem {min(missing)!r}",
                hint=f"its ids are {entries[0].id!r}, ..." if entries else None,
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
