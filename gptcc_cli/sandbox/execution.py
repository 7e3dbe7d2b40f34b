"""Jobs for the sandbox and the facts it gives back.

Facts only: no verdicts, no expected outputs, no problems. A ``Job`` holds everything a program
may know; whoever compares has the rest. Times are seconds, sizes are bytes.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, Protocol, Self, TypeAlias

IsSettled: TypeAlias = Callable[[tuple[bytes, ...]], bool]
"""Says of the answers to the first calls of a job whether no other need be waited for."""


class Level(Enum):
    """How strongly a host can hold a program."""

    NAMESPACE = "namespace"
    """Own namespaces, seccomp, no capabilities, resource limits."""
    LANDLOCK = "landlock"
    """Landlock, seccomp, resource limits; metadata of outside files stays visible."""
    UNSAFE = "unsafe"
    """Resource limits only; never chosen without being asked for."""


class Exceeded(Enum):
    """The limit that ended a program, or that it went past."""

    WALL = "wall"
    CPU = "cpu"
    MEMORY = "memory"
    OUTPUT = "output"


class Stage(Enum):
    """How far a program came."""

    COMPILE = "compile"
    """It is not a program: compiling it failed."""
    ENTRY = "entry"
    """It ran, but the function to call is not there."""
    RUN = "run"
    """It ran."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What one run may use."""

    wall_s: float = 4.0
    """Seconds by the clock, without those in which the machine keeps the program waiting; with
    them, eight times as many and one more."""
    cpu_s: float | None = None
    """Seconds of processor time; ``None``: one more than ``wall_s``."""
    memory_bytes: int = 1 << 30
    """Bytes of address space beyond what an empty program has."""
    output_bytes: int = 16 << 20
    """Bytes of standard output; standard error is cut at 64 KiB and never a reason to stop."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """Call a function instead of running ``__main__``."""

    entry_point: str
    """The function, or the method of ``class Solution`` where that class defines it."""
    arguments_json: str
    """A JSON array: the positional arguments."""
    int_keys: bool = False
    """Whether an argument that is an object with integer keys alone (``-?\\d+``) is passed with
    ``int`` keys, at any depth. JSON has string keys only; some tests mean integers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Calls:
    """Call a function several times, in one process and in this order, until a call raises."""

    entry_point: str
    """The function, as in ``Call``."""
    arguments: tuple[tuple[tuple[Any, ...], dict[str, Any]], ...]
    """Positional and named arguments of each call, all of built-in types."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Assertions:
    """Run a check function (HumanEval's ``check(candidate)``) against the program.

    The check runs in a second sandboxed process; the program never shares one with it.
    """

    entry_point: str
    """The function of the program that the check receives."""
    check_source: str
    """Python source that defines ``check(candidate)``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One run of one program."""

    source: str
    """The program's text."""
    stdin: bytes = b""
    """Standard input, as a seekable file."""
    call: Call | None = None
    """What to call after the program has been imported; ``None``: run it as ``__main__``."""
    calls: Calls | None = None
    """What to call again and again; excludes ``call``."""
    assertions: Assertions | None = None
    """What to check it with; excludes ``call`` and ``calls``."""
    limits: Limits = field(default_factory=Limits)
    """What it may use."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Execution:
    """What happened. A pure record: the same facts give the same verdict, always."""

    stage: Stage
    """How far it came."""
    exit_code: int | None
    """The exit status; ``None`` if a signal ended it or it never ran."""
    signal: int | None
    """The signal that ended it."""
    stdout: bytes
    """Standard output, at most ``Limits.output_bytes``."""
    stderr: bytes
    """The last 64 KiB of standard error."""
    wall_s: float
    """Seconds by the clock; past the limit, without those of ``delay_s``."""
    cpu_s: float
    """Seconds of processor time."""
    peak_memory_bytes: int | None
    """Peak resident memory; ``None`` where the host can't tell."""
    exceeded: Exceeded | None = None
    """The limit it went past."""
    answer_json: str | None = None
    """What the called function returned, as JSON; ``None`` if it returned nothing that JSON can
    carry, or there was no call. Tuples, ranges, views, iterators (up to 1e6 items) and numpy
    arrays are arrays; a set is ``{"__set__": [...]}``; keys are strings as ``json`` writes them;
    not-a-number and infinities are ``NaN`` and ``Infinity``."""
    answer_problem: str | None = None
    """Why there is no ``answer_json`` although the call returned."""
    arguments_after_json: str | None = None
    """The first argument after a call that returned ``None``, for problems solved in place."""
    answers: tuple[bytes, ...] = ()
    """With ``Job.calls``: what came of each call that ended, for ``answer_of``."""
    assertion: str | None = None
    """With ``Job.assertions``: ``None`` if the check passed, else what failed."""
    delay_s: float = 0.0
    """Seconds by the clock in which the machine kept the program waiting."""
    fault: str | None = None
    """The failure of the sandbox or of the check: nothing was learnt about the program."""


class Sandbox(Protocol):
    """Runs untrusted programs. Safe to call from several threads at once."""

    @property
    def level(self) -> Level:
        """How strongly programs are held here."""
        ...

    @property
    def workers(self) -> int:
        """How many jobs run at once; more callers wait."""
        ...

    @property
    def description(self) -> str:
        """The level and what it is made of on this host, in one line."""
        ...

    def run(self, job: Job, *, is_settled: IsSettled | None = None) -> Execution:
        """Run one job and return its facts; never raises for what the program does.

        Args:
            job: what to run.
            is_settled: with ``Job.calls``, is asked now and then whether the answers so far
                are enough; the program is stopped then.
        """
        ...

    def part(self, number: int) -> "Sandbox":
        """Return a sandbox of one of the workers that were started, for a copy of this process.

        The copy that asks is bound to that worker's core, if it has one.

        Args:
            number: from 0; no two processes may have the same, and this one none.
        """
        ...

    def close(self) -> None:
        """End every process the sandbox started. A second call does nothing."""
        ...

    def __enter__(self) -> Self:
        """Return itself."""
        ...

    def __exit__(self, *_: object) -> None:
        """Close."""
        ...
