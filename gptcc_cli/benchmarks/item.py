"""A benchmark and its items, as plain values.

Entries are light and items are read when they are wanted: the tests of five thousand problems
need not fit in memory.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from urllib.parse import urlsplit

from gptcc_cli.problem import IOTest, Problem


def host_of(url: str | None) -> str | None:
    """The host of an address, without ``www.``; ``None``: there is none."""
    host = urlsplit(url).hostname if url else None
    return host.removeprefix("www.") if host else None


class BenchmarkKind(Enum):
    """How the programs of an item meet its tests."""

    STDIN = "stdin"
    """A whole program on standard input."""
    CALL = "call"
    """A function whose returned values are compared."""
    CHECK = "check"
    """A function that a check program asserts things of (HumanEval, MBPP)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BenchmarkItem:
    """One problem of a benchmark, with what must never reach a prompt."""

    problem: Problem
    tests: tuple[IOTest, ...] = ()
    """Hidden tests; empty if there is a check program, or the benchmark has none."""
    check_source: str | None = None
    """Python source that defines ``check(candidate)``."""
    references: tuple[str, ...] = ()
    """Programs the benchmark calls right."""
    completes: str = ""
    """Program text that a plain completion goes on from; empty: completions are programs."""

    @property
    def kind(self) -> BenchmarkKind:
        """How programs meet the tests."""
        if self.check_source is not None:
            return BenchmarkKind.CHECK
        return BenchmarkKind.CALL if self.problem.mode.value == "call" else BenchmarkKind.STDIN

    @property
    def origin(self) -> str | None:
        """Where the problem comes from: the host of its address."""
        return host_of(self.problem.url)

    @property
    def gradable(self) -> bool:
        """Whether there is anything to grade by."""
        return self.check_source is not None or bool(self.tests)


@dataclass(frozen=True, slots=True, kw_only=True)
class BenchmarkEntry:
    """What is known of an item before it is read."""

    id: str
    load: Callable[[], BenchmarkItem]
    """Reads the item; raises ``ProblemError`` where its record can't be meant."""
    digest: str
    """Of the record, so that a run can say what it was made with."""
    difficulty: str | None = None
    split: str | None = None
    """The split its record names, where one file holds several."""


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
