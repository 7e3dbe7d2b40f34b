"""A programming problem and its tests, as plain values.

Covers what every room needs to know of a problem. Does not read statements (``statement``),
files (``sources``) or hidden tests of benchmarks (``benchmarks``): a hidden test never rides on
a ``Problem``, and whatever builds a prompt takes ``SampleTest`` only.
"""

from dataclasses import dataclass, field
from enum import Enum
from typing import Any, TypeAlias

Json: TypeAlias = bool | int | float | str | list[Any] | dict[str, Any] | None
"""A value that JSON can carry: what a call-based test passes and expects.

Not recursive, so that msgspec can read it; what lists and objects hold is JSON again.
"""

Span: TypeAlias = tuple[int, int]
"""Half-open character offsets ``(start, end)`` into the statement as it was read."""


class Mode(Enum):
    """How a program meets its tests."""

    STDIN = "stdin"
    """A whole program: reads standard input, writes standard output."""
    CALL = "call"
    """A function (or method of ``class Solution``) that is called and returns a value."""


class Order(Enum):
    """In what order an answer's parts must come."""

    EXACT = "exact"
    LINES = "lines"
    """The lines may come in any order."""
    ITEMS = "items"
    """The items of a line may come in any order, or those of a returned collection."""
    ANY = "any"
    """Something may come in any order: the elements of a returned collection, or what the shape
    of the output shows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerRules:
    """What a statement says about answers that are right though they are not the same text."""

    tolerance: float | None = None
    """Absolute or relative error the statement allows, such as 1e-6; ``None``: it names none."""
    order: Order = Order.EXACT
    """Whether the parts of an answer may come in another order."""
    ignore_case: bool = False
    """Whether ``YES`` and ``yes`` are the same answer."""
    special_judge: bool = False
    """Whether the statement accepts any of several right answers ("print any of them"), so
    that an answer that differs from the sample need not be wrong."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IOTest:
    """One test: an input and the output it must give."""

    name: str
    """What the test is called in messages, such as ``sample 1``."""
    input: str | tuple[Json, ...]
    """Standard input as text (``Mode.STDIN``), or positional arguments (``Mode.CALL``)."""
    expected: Json
    """Standard output as text (``Mode.STDIN``), or the value to return (``Mode.CALL``)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleTest(IOTest):
    """A test that is printed in the statement, so that a model may see it."""

    explanation: str | None = None
    """The statement's own words about this sample."""
    span: Span | None = None
    """Where it stands in the statement; ``None`` if it came with the problem as data."""
    suspect: str | None = None
    """Why this sample must not be used to reject a program (``ellipsis``, ``unicode``,
    ``symbolic``, ``unpaired``, ``too_long``); ``None``: it may be trusted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenTest(IOTest):
    """A test that the user gave to verify programs by; a search may use it, a model never sees it.

    A benchmark's hidden test is a plain ``IOTest``: whatever searches takes ``SampleTest`` and
    ``GivenTest``, so that a hidden test there is a type error.
    """


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One problem, as far as its statement tells. ``None`` means the statement gives none."""

    id: str
    """A name for messages and seeds: a file's stem, a benchmark's id, or ``stdin``."""
    statement: str
    """The text as it was read: line ends are LF, no byte-order mark."""
    mode: Mode = Mode.STDIN
    """Standard-input or call-based."""
    starter_code: str = ""
    """The code the solution must start from; empty if there is none."""
    entry_point: str | None = None
    """The function to call (``Mode.CALL``)."""
    samples: tuple[SampleTest, ...] = ()
    """The samples found, in the statement's order."""
    answer: AnswerRules = field(default_factory=AnswerRules)
    """What the statement says about accepting answers."""
    time_limit_s: float | None = None
    """Seconds a test may take, by the statement."""
    memory_limit_bytes: int | None = None
    """Bytes a program may use, by the statement."""
    difficulty: str | None = None
    """APPS' ``introductory``, ``interview`` or ``competition``, or the judge's own word."""
    url: str | None = None
    """Where the problem comes from."""

    @property
    def trusted_samples(self) -> tuple[SampleTest, ...]:
        """The samples that may reject a program."""
        return tuple(sample for sample in self.samples if sample.suspect is None)
