"""How much passing a problem's samples proves: how likely a random program passes them.

An expected output has a length in bits, that of a short description given the input and the
statement: 1 for ``YES`` where the statement says "YES or NO", few for a small number or a number of
the input, many for a long list. A program unrelated to the problem prints it with a probability of
about ``2 ** -bits``, so of N such programs ``N * 2 ** -bits`` are expected to pass. If no more
pass, passing proves nothing.

Pure. The lengths are a prior, not a measurement: whole numbers by Elias' gamma code (1975),
repeated answers by Laplace's rule of succession. Mistakes that programs share, such as a misread
statement, are not random and are not covered.
"""

import math
import re
from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass, field

from gptcc_cli.problem import GivenTest, Json, Problem, SampleTest

MIN_CONSENSUS = 3
"""Completions that must agree before an answer is called confident."""

MOST_BITS = 64.0
"""The most bits counted: no random program passes more."""

_MOST_ROWS = 200
"""Rows of an input, and lines and parts of an answer that are counted. Each adds half a bit or
more, so further ones make no difference."""
_MOST_PARTS = 10_000
"""Parts of a row that is compared with other rows."""
_MOST_TEXT = 100_000
"""Characters of an input."""
_FEW = 20
"""Above this count, twice the mean or more has a probability close to zero."""
_LETTER_BITS = math.log2(27)
"""The cost of a letter that is in neither the input nor the statement."""
_REARRANGED_BITS = 2.0
"""The cost of naming a common rearrangement of a list: sorted, reversed, rotated."""


def evidence_bits(problem: Problem, tests: Sequence[SampleTest | GivenTest]) -> float:
    """Return the bits of the expected outputs of tests, from 0.0 without tests to ``MOST_BITS``.

    Args:
        problem: words and numbers of its statement cost less.
        tests: what programs are judged on; repeated inputs count once.
    """
    try:
        return min(MOST_BITS, _bits_of(tests, _statement_facts(problem)))
    except RecursionError:  # lists nested deeper than Python's recursion limit
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
    """How many of many programs pass, and what that proves."""

    bits: float
    """Of the samples; see ``evidence_bits``."""
    n_written: int
    """Programs that could have passed, copies included."""
    n_passing: int
    """Programs that pass, copies included."""
    n_alike: int
    """Passing programs with the answer's outputs on generated inputs; all if there are none."""

    @property
    def expected_random_passes(self) -> float:
        """How many would pass if all were unrelated to the problem."""
        return self.n_written * math.exp2(-self.bits)

    @property
    def most_agree(self) -> bool:
        """Whether more than half of the passing programs are alike."""
        return 2 * self.n_alike > self.n_passing

    @property
    def significant(self) -> bool:
        """Whether the alike are twice the expected random passes or more, with p <= 0.05."""
        return self._exceeds_chance(odds=2.0, chance=0.05)

    @property
    def highly_significant(self) -> bool:
        """Whether the alike are four times the expected random passes or more, with p <= 0.01.

        For repeated checks during a search, where chance has many opportunities, as has a model
        that starts by writing one program ten times.
        """
        return self._exceeds_chance(odds=4.0, chance=0.01)

    @property
    def prevalence(self) -> float:
        """The squared share of the alike among all programs, over the random share."""
        expected = self.n_written * self.expected_random_passes
        return self.n_alike**2 / expected if expected else 0.0

    @property
    def common(self) -> bool:
        """Whether the alike's share of all programs is at least the root of the random share.

        That is halfway, in powers of two, between the random share and all. A model that has
        understood a problem writes its program again and again; an answer of a few among hundreds
        may pass for other reasons than chance, such as two mistakes that cancel out.
        """
        return self.prevalence >= 1.0

    @property
    def confident(self) -> bool:
        """Whether several agree, and they are most, common and significant."""
        several = self.n_alike >= MIN_CONSENSUS
        return several and self.most_agree and self.common and self.significant

    def _exceeds_chance(self, *, odds: float, chance: float) -> bool:
        enough = self.n_alike >= odds * self.expected_random_passes
        return enough and _tail(self.n_alike, self.expected_random_passes) <= chance


def _tail(count: int, mean: float) -> float:
    """Return the Poisson probability of ``count`` or more; ``count`` is at least twice the mean."""
    if count > _FEW:
        return 0.0
    fewer = sum(mean**k / math.factorial(k) for k in range(count))
    return 1.0 - fewer * math.exp(-mean)


def _again_bits(answer: str, seen: Sequence[str]) -> float:
    """Return the cost of repeating an earlier answer: a constant passes equal samples."""
    if answer not in seen:
        return math.inf
    return -math.log2((seen.count(answer) + 1) / (len(seen) + 2))


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementFacts:
    """Words and numbers of the statement outside its samples."""

    words: frozenset[str]
    """In lower case."""
    numbers: frozenset[float]


def _statement_facts(problem: Problem) -> StatementFacts:
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
    """What can be named after reading an input and the statement."""

    statement: StatementFacts
    numbers: set[float] = field(default_factory=set)
    words: set[str] = field(default_factory=set)
    rows: list[tuple[Json, ...]] = field(default_factory=list)
    """The input's lists, lines and words, each as its parts."""

    def take(self, value: Json) -> None:
        """Add a value and its parts, up to ``_MOST_ROWS`` rows."""
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
    """Return the cost of a list or a line: of all its parts, or of deriving it from an input row.

    Args:
        row: the parts.
        known: what can be named.
        counted: whether its length costs bits too.
    """
    length = _whole_bits(len(row)) if counted else 0.0
    spelled_out = length + sum(_bits(part, known) for part in row[:_MOST_ROWS])
    if len(row) > 1 or counted:
        return min(spelled_out, _derived_bits(row, known))
    return spelled_out


def _derived_bits(row: Sequence[Json], known: InputContext) -> float:
    """Return the cost of a row as an input row with parts left out or rearranged."""
    which = math.log2(len(known.rows)) if known.rows else 0.0
    costs = [math.inf]
    if len(row) > _MOST_PARTS:
        return math.inf
    for source in known.rows:
        if len(source) == len(row) and _same_parts(row, source):
            costs.append(1.0 + which + (0.0 if tuple(row) == source else _REARRANGED_BITS))
        elif _is_subsequence(row, source):
            costs.append(1.0 + which + len(source))
    return min(costs)


def _same_parts(row: Iterable[Json], source: Iterable[Json]) -> bool:
    return sorted(map(repr, row)) == sorted(map(repr, source))


def _is_subsequence(row: Iterable[Json], source: Iterable[Json]) -> bool:
    parts = iter(source)
    return all(any(part == wanted for part in parts) for wanted in row)


def _text_bits(text: str, known: InputContext) -> float:
    if text.lower() in known.statement.words:
        return 1.0
    letters = {letter for word in known.words for letter in word}
    costs = [
        sum(_LETTER_BITS for _ in text),
        _chosen_bits(text, known.words),
        _derived_bits(tuple(text), known),
    ]
    if letters.issuperset(text):
        costs.append(len(text) * math.log2(max(2, len(letters))))
    return _whole_bits(len(text)) * (text not in known.words) + min(costs)


def _chosen_bits(value: object, among: Set[object]) -> float:
    """Return the cost of naming one of some values."""
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
    """Return the length of Elias' gamma code of a whole number from 0 on, not rounded."""
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
