"""How much a problem's samples say: how likely a wrong program passes them by luck.

An expected output is measured in bits, the length of a short description of it for somebody who
knows the input and the statement: one for ``YES`` where the statement says "YES or NO", few for a
small number or for a number of the input, many for a long list. A program that knows nothing of
the problem gives it with a probability of about ``2 ** -bits``. Of N such programs
``N * 2 ** -bits`` pass; where no more pass than that, passing means nothing.

Pure. The lengths are a prior and no measurement: whole numbers by Elias' gamma code (1975), what
repeats an earlier answer by Laplace's rule of succession. Mistakes that programs share, such as a
statement they all misread, are not luck, and nothing here sees them.
"""

import math
import re
from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass, field

from gptcc_cli.problem import GivenTest, Json, Problem, SampleTest

MIN_CONSENSUS = 3
"""So many must do the same; one alone agrees with nobody."""

MOST_BITS = 64.0
"""Nobody gives by luck what says so much; nothing is counted beyond."""

_MOST_ROWS = 200
"""Rows of an input, and lines and parts of an answer that are counted: each of these says half a
bit or more, so that more could not matter."""
_MOST_PARTS = 10_000
"""Parts of a row that is compared with others."""
_MOST_TEXT = 100_000
"""Characters of an input."""
_FEW = 20
"""Above it twice the mean, or more, is beyond chance."""
_LETTER_BITS = math.log2(27)
"""A letter that neither the input nor the statement has."""
_REARRANGED_BITS = 2.0
"""Sorted, reversed, without repeats, turned: the ways a program likes to rearrange a list."""


def evidence_bits(problem: Problem, tests: Sequence[SampleTest | GivenTest]) -> float:
    """Return how many bits the expected outputs of tests say, together.

    From 0.0 without tests to ``MOST_BITS``.

    Args:
        problem: its statement names words that are cheap to print.
        tests: those that programs are judged by; an input that comes again counts once.
    """
    try:
        return min(MOST_BITS, _bits_of(tests, _said(problem)))
    except RecursionError:  # lists in lists, deeper than Python goes
        return MOST_BITS


def _bits_of(tests: Sequence[SampleTest | GivenTest], statement: "StatementFacts") -> float:
    seen: list[str] = []
    inputs: set[str] = set()
    total = 0.0
    for test in tests:
        if repr(test.input) in inputs:
            continue
        inputs.add(repr(test.input))
        answer = repr(test.expected)
        total += min(_answer_bits(test, statement), _again_bits(answer, seen))
        seen.append(answer)
        if total >= MOST_BITS:
            break
    return total


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What it is worth that some of many programs pass."""

    bits: float
    """What the samples say."""
    n_written: int
    """Programs that had the chance to pass, copies included."""
    n_passing: int
    """Of these, those that pass."""
    n_alike: int
    """Of these again, those that do the same as the answer; all where none was run on."""

    @property
    def expected_random_passes(self) -> float:
        """How many would pass if none knew anything of the problem."""
        return self.n_written * math.exp2(-self.bits)

    @property
    def most_agree(self) -> bool:
        """Whether more than half of what passes does the same."""
        return 2 * self.n_alike > self.n_passing

    @property
    def significant(self) -> bool:
        """Whether these are twice as many as luck lets pass, and so many in one of 20 runs."""
        return self._exceeds_chance(odds=2.0, chance=0.05)

    @property
    def highly_significant(self) -> bool:
        """The same with four times as many, and one of 100 runs.

        For who asks again after each program: luck has its ups, and so does a model that begins
        by writing the same program ten times.
        """
        return self._exceeds_chance(odds=4.0, chance=0.01)

    @property
    def prevalence(self) -> float:
        """The square of the part of all programs that does it, by luck's part; 0.0 without any."""
        expected = self.n_written * self.expected_random_passes
        return self.n_alike**2 / expected if expected else 0.0

    @property
    def common(self) -> bool:
        """Whether the part of all programs that does it is the root of luck's part, or larger.

        Halfway, in powers of two, from what luck lets pass to all: who has understood a problem
        writes its program again and again, and what a few of hundreds do has other reasons than
        luck to be wrong (two mistakes that make up for each other, a case the samples leave out).
        """
        return self.prevalence >= 1.0

    @property
    def confident(self) -> bool:
        """Whether several agree, they are most, common, and more than luck explains."""
        several = self.n_alike >= MIN_CONSENSUS
        return several and self.most_agree and self.common and self.significant

    def _exceeds_chance(self, *, odds: float, chance: float) -> bool:
        enough = self.n_alike >= odds * self.expected_random_passes
        return enough and _tail(self.n_alike, self.expected_random_passes) <= chance


def _tail(count: int, mean: float) -> float:
    """By Poisson's distribution, probability of ``count`` (twice the mean or more) or above."""
    if count > _FEW:
        return 0.0
    fewer = sum(mean**k / math.factorial(k) for k in range(count))
    return 1.0 - fewer * math.exp(-mean)


def _again_bits(answer: str, seen: Sequence[str]) -> float:
    """What an answer costs who expects what came before: a constant passes equal samples."""
    if answer not in seen:
        return math.inf
    return -math.log2((seen.count(answer) + 1) / (len(seen) + 2))


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementFacts:
    """What the statement says without its samples."""

    words: frozenset[str]
    """In lower case."""
    numbers: frozenset[float]


def _said(problem: Problem) -> StatementFacts:
    letters = list(problem.statement)
    for sample in problem.samples:
        if sample.span is not None:
            first, last = sample.span
            letters[first:last] = " " * (last - first)
    text = "".join(letters)
    numbers = map(_number, re.findall(r"(?<![\w.])-?\d+(?:\.\d+)?", text))
    return StatementFacts(
        words=frozenset(re.findall(r"[^\W\d_]+", text.lower())),
        numbers=frozenset(one for one in numbers if one is not None),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class InputContext:
    """What somebody knows who has read an input, and the statement."""

    statement: StatementFacts
    numbers: set[float] = field(default_factory=set)
    words: set[str] = field(default_factory=set)
    rows: list[tuple[Json, ...]] = field(default_factory=list)
    """Its lists, lines and words, each with its parts."""

    def take(self, value: Json) -> None:
        """Know a value and its parts, as many as there is room for."""
        if len(self.rows) >= _MOST_ROWS:
            return
        match value:
            case None | bool():
                pass
            case int() | float():
                self.numbers.add(value)
            case str():
                self._take_text(value)
            case list():
                self.rows.append(tuple(value))
                for part in value[:_MOST_PARTS]:
                    self.take(part)
            case dict():
                self.take([*value])
                self.take([*value.values()])

    def _take_text(self, text: str) -> None:
        self.words.update((text, *text.split()))
        self.rows.append(tuple(text))
        self.numbers.update(one for one in map(_number, text.split()) if one is not None)


def _answer_bits(test: SampleTest | GivenTest, statement: StatementFacts) -> float:
    known = InputContext(statement=statement)
    if isinstance(test.input, str) and isinstance(test.expected, str):
        for line in test.input[:_MOST_TEXT].splitlines():
            known.take(_parsed(line))
        lines = map(_parsed, test.expected.splitlines()[:_MOST_ROWS])
        return sum(_row_bits(line, known, counted=False) for line in lines)
    known.take(list(test.input))
    return _bits(test.expected, known)


def _bits(value: Json, known: InputContext) -> float:
    match value:
        case None | bool():
            return 1.0
        case int() | float():
            return min(
                _number_bits(value),
                _chosen_bits(value, known.numbers),
                _chosen_bits(value, known.statement.numbers),
            )
        case str():
            return _text_bits(value, known)
        case dict():
            return _row_bits([*value, *value.values()], known, counted=True)
        case _:
            return _row_bits(value, known, counted=True)


def _row_bits(row: Sequence[Json], known: InputContext, *, counted: bool) -> float:
    """A list or a line: all parts in turn, or what is left of a row of the input.

    Args:
        row: the parts.
        known: what need not be said.
        counted: whether its length has to be said, too.
    """
    length = _whole_bits(len(row)) if counted else 0.0
    told = length + sum(_bits(part, known) for part in row[:_MOST_ROWS])
    return min(told, _taken_bits(row, known)) if len(row) > 1 or counted else told


def _taken_bits(row: Sequence[Json], known: InputContext) -> float:
    """A row that some row of the input becomes when parts are left out, or change places."""
    which = math.log2(len(known.rows)) if known.rows else 0.0
    costs = [math.inf]
    if len(row) > _MOST_PARTS:
        return math.inf
    for source in known.rows:
        if len(source) == len(row) and _same_parts(row, source):
            costs.append(1.0 + which + (0.0 if tuple(row) == source else _REARRANGED_BITS))
        elif _is_left_of(row, source):
            costs.append(1.0 + which + len(source))
    return min(costs)


def _same_parts(row: Iterable[Json], source: Iterable[Json]) -> bool:
    return sorted(map(repr, row)) == sorted(map(repr, source))


def _is_left_of(row: Iterable[Json], source: Iterable[Json]) -> bool:
    parts = iter(source)
    return all(any(part == wanted for part in parts) for wanted in row)


def _text_bits(text: str, known: InputContext) -> float:
    if text.lower() in known.statement.words:
        return 1.0
    letters = {letter for word in known.words for letter in word}
    costs = [
        sum(_LETTER_BITS for _ in text),
        _chosen_bits(text, known.words),
        _taken_bits(tuple(text), known),
    ]
    if letters.issuperset(text):
        costs.append(len(text) * math.log2(max(2, len(letters))))
    return _whole_bits(len(text)) * (text not in known.words) + min(costs)


def _chosen_bits(value: object, among: Set[object]) -> float:
    """What it costs to say which of some values it is."""
    return 1.0 + math.log2(len(among)) if value in among else math.inf


def _number_bits(value: float) -> float:
    sign = float(value < 0)
    if isinstance(value, int):
        return sign + _whole_bits(abs(value))
    if not math.isfinite(value):
        return 1.0
    digits = repr(abs(value)).partition("e")[0].replace(".", "").strip("0")
    return 1.0 + sign + _whole_bits(int(digits or 0))


def _whole_bits(number: int) -> float:
    """Elias' gamma code of a whole number from 0 on, not rounded."""
    return 1.0 + 2.0 * math.log2(number + 1)


def _parsed(line: str) -> list[Json]:
    return [word if (number := _number(word)) is None else number for word in line.split()]


def _number(word: str) -> float | None:
    for kind in (int, float):
        try:
            return kind(word)
        except ValueError:
            continue
    return None
