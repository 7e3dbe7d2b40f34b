"""Lines of words -> the layout that samples of standard input share.

A best-first search: the next line has a fixed number of words, or as many words as an earlier
number says, or starts a block that is repeated as often as an earlier number says. Each choice has
a cost; the cheapest layout that explains every sample to its end leaves the least to chance.

Not covered: layouts that depend on a value other than a count (several kinds of queries), and
inputs that end at a mark.
"""

import heapq
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations, count, islice
from typing import Final, TypeAlias

Lines: TypeAlias = tuple[tuple[str, ...], ...]
"""The lines of one sample, each as its words."""
Numbers: TypeAlias = tuple[int | None, ...]
"""The possible counts read so far; ``None`` for a word that is not a number."""

INTEGER: Final = re.compile(r"-?(?:0|[1-9]\d{0,30})")
_MOST_READS: Final = 40_000
_MOST_BODIES: Final = (120, 12)
_MOST_COUNT: Final = 10**5
_MOST_COUNTING: Final = 4
_MOST_ALIKE: Final = 3
_LONGEST_BODY: Final = 5
_DEEPEST: Final = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Count:
    """A length: an earlier number by its index, and how the length follows from it."""

    place: int
    factor: int = 1
    offset: int = 0
    times: int | None = None

    def of(self, numbers: Numbers) -> int | None:
        """Return the length after these numbers; ``None`` if it is impossible."""
        first = numbers[self.place]
        other = 1 if self.times is None else numbers[self.times]
        if first is None or other is None or not 0 <= first * other <= _MOST_COUNT:
            return None
        length = self.factor * first * other + self.offset
        return length if length >= 0 else None


@dataclass(frozen=True, slots=True, kw_only=True)
class WordLine:
    """A line of a fixed number of words."""

    width: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CountedLine:
    """A line of ``head`` words, then as many as a count says; ``None``: any number."""

    count: Count | None
    head: int = 0
    """Words before the counted ones; the count may be one of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RepeatedLines:
    """Lines that are repeated; ``None``: to the end of the input."""

    count: Count | None
    body: "LineLayout"


Item: TypeAlias = WordLine | CountedLine | RepeatedLines
LineLayout: TypeAlias = tuple[Item, ...]
Parsed: TypeAlias = list["str | Parsed"]


@dataclass(frozen=True, slots=True)
class _State:
    """How far one sample has been read."""

    lines: Lines
    at: int = 0
    numbers: Numbers = ()

    @property
    def ended(self) -> bool:
        return self.at == len(self.lines)


def find_layout(
    samples: Sequence[Lines], spelled: frozenset[int] = frozenset()
) -> LineLayout | None:
    """Return the cheapest layout that explains every sample, if one is found within the budget.

    Args:
        samples: the lines of each.
        spelled: widths of lines that the statement names ("three integers"), which cost less.
    """
    return _Search(spelled).run(tuple(_State(lines) for lines in samples))


def parse(layout: LineLayout, lines: Lines) -> Parsed | None:
    """Parse a sample into one part for each item; ``None`` if it does not have the layout."""
    read = _read(layout, _State(lines))
    return read[0] if read is not None and read[1].ended else None


def _read(layout: LineLayout, state: _State) -> tuple[Parsed, _State] | None:
    parts: Parsed = []
    for item in layout:
        read = (
            _read_block(item, state) if isinstance(item, RepeatedLines) else _read_line(item, state)
        )
        if read is None:
            return None
        part, state = read
        parts.append(part)
    return parts, state


def _read_line(item: WordLine | CountedLine, state: _State) -> tuple[Parsed, _State] | None:
    if state.ended:
        return None
    words = state.lines[state.at]
    head = item.head if isinstance(item, CountedLine) else item.width
    if len(words) < head:
        return None
    numbers = (*state.numbers, *_numbers(words[:head]))
    rest = 0
    if isinstance(item, CountedLine):
        counted = len(words) - head if item.count is None else item.count.of(numbers)
        rest = -1 if counted is None else counted
    if len(words) != head + rest:
        return None
    parts: Parsed = list(words[:head])
    if isinstance(item, CountedLine):
        parts = [*parts, list(words[head:])]
    return parts, _State(state.lines, state.at + 1, numbers)


def _read_block(item: RepeatedLines, state: _State) -> tuple[Parsed, _State] | None:
    times = None if item.count is None else item.count.of(state.numbers)
    if item.count is not None and (times is None or times > len(state.lines) - state.at):
        return None
    parts: Parsed = []
    numbers = state.numbers
    while len(parts) != times and not (times is None and state.ended):
        read = _read(item.body, state)
        if read is None:
            return None
        part, state = read
        parts.append(part)
        state = _State(state.lines, state.at, numbers)
    return parts, state


def _numbers(words: tuple[str, ...]) -> Iterator[int | None]:
    """Yield the possible counts of a line; a long line has none."""
    short = len(words) <= _MOST_COUNTING
    return (_number(word) if short else None for word in words)


def _number(word: str) -> int | None:
    return int(word) if len(word) < 9 and INTEGER.fullmatch(word) else None


class _Search:
    """One search, cheapest first, within a budget of lines read."""

    def __init__(self, spelled: frozenset[int]) -> None:
        self._spelled = spelled
        self._left = _MOST_READS
        self._order = count()
        self._known: dict[tuple[int, int, Numbers, int], list[tuple[float, Item]]] = {}

    def run(self, start: tuple[_State, ...]) -> LineLayout | None:
        """Return the cheapest layout that explains all samples to their end."""
        heap: list[tuple[float, int, LineLayout, tuple[_State, ...]]] = [
            (0.0, next(self._order), (), start)
        ]
        visited: set[tuple[tuple[int, Numbers], ...]] = set()
        while heap and self._left > 0:
            cost, _, layout, states = heapq.heappop(heap)
            if all(state.ended for state in states):
                return layout
            # States reached twice have the same continuations; the cheapest came first.
            place = tuple((state.at, state.numbers) for state in states)
            if place in visited:
                continue
            visited.add(place)
            longest = max(states, key=lambda state: len(state.lines) - state.at)
            for price, item in self._options(longest, depth=0):
                after = self._advance(item, states)
                if after is not None:
                    entry = (cost + price, next(self._order), (*layout, item), after)
                    heapq.heappush(heap, entry)
        return None

    def _advance(self, item: Item, states: tuple[_State, ...]) -> tuple[_State, ...] | None:
        after = []
        for state in states:
            read = self._reading((item,), state)
            if read is None:
                return None
            after.append(read)
        return tuple(after)

    def _reading(self, layout: LineLayout, state: _State) -> _State | None:
        read = _read(layout, state)
        self._left -= 1 if read is None else 1 + read[1].at - state.at
        return None if read is None else read[1]

    def _options(self, state: _State, *, depth: int) -> list[tuple[float, Item]]:
        """Return the possible next items in a sample with their costs."""
        key = (id(state.lines), state.at, state.numbers, depth)
        if key not in self._known:
            self._known[key] = [] if state.ended else list(self._new_options(state, depth))
        return self._known[key]

    def _new_options(self, state: _State, depth: int) -> Iterator[tuple[float, Item]]:
        words = state.lines[state.at]
        width = len(words)
        yield 0.9 if width in self._spelled else 1 + 0.5 * width, WordLine(width=width)
        counted_by = False
        for head in range(min(3, width)):
            numbers = (*state.numbers, *_numbers(words[:head]))
            for price, counted in _lengths(numbers, width - head):
                if not head or counted.place >= len(state.numbers):
                    counted_by = counted_by or not price
                    yield 1.2 + 0.8 * head + price, CountedLine(count=counted, head=head)
        if not counted_by:
            yield 6.0, CountedLine(count=None)
        if depth < _DEEPEST:
            yield from self._blocks(state, depth)

    def _blocks(self, state: _State, depth: int) -> Iterator[tuple[float, Item]]:
        """Yield repeated blocks that explain the next lines of a sample."""
        left = len(state.lines) - state.at
        closed: dict[tuple[Count, int], int] = {}
        for changes in (_UNCHANGED, _CHANGED):
            counts = [
                (price, counted, length)
                for price, counted in _counts(state.numbers, changes)
                if 1 <= (length := counted.of(state.numbers) or 0) <= left
            ]
            bodies = self._bodies(state, depth + 1, counts, left) if counts else ()
            for cost, body in islice(bodies, _MOST_BODIES[depth]):
                for price, counted, length in counts:
                    if length * len(body) > left:
                        continue
                    block = RepeatedLines(count=counted, body=body)
                    after = self._reading((block,), state)
                    if after is None or closed.get((counted, after.at), 0) == _MOST_ALIKE:
                        continue
                    if CountedLine(count=None) not in body:
                        closed[counted, after.at] = closed.get((counted, after.at), 0) + 1
                    yield 1 + price + cost, block
            if closed:
                break
        if depth == 0:
            width = len(state.lines[state.at])
            yield 5 + 0.5 * width, RepeatedLines(count=None, body=(WordLine(width=width),))

    def _bodies(
        self, state: _State, depth: int, counts: list[tuple[float, Count, int]], left: int
    ) -> Iterator[tuple[float, LineLayout]]:
        """Yield possible bodies of a block that starts here, cheapest first."""
        longest = min(_LONGEST_BODY, left // min(length for _, _, length in counts))
        heap: list[tuple[float, int, LineLayout, _State]] = [(0.0, next(self._order), (), state)]
        while heap and self._left > 0:
            cost, _, body, at = heapq.heappop(heap)
            if body:
                yield cost, body
            if len(body) >= longest:
                continue
            for price, item in self._options(at, depth=depth):
                after = self._reading((item,), at)
                if after is not None:
                    entry = (cost + price, next(self._order), (*body, item), after)
                    heapq.heappush(heap, entry)


_UNCHANGED: Final = ((0.0, 1, 0),)
_CHANGED: Final = ((0.6, 1, -1), (0.9, 1, 1), (1.0, 2, 0))
"""How a length may follow from a number: cost, factor, offset."""


def _counts(
    numbers: Numbers, changes: tuple[tuple[float, int, int], ...]
) -> Iterator[tuple[float, Count]]:
    """Yield counts from the numbers read, the earliest slightly cheaper."""
    for place, number in enumerate(numbers):
        if number is not None and number >= 0:
            for price, factor, offset in changes:
                yield price + 0.01 * place, Count(place=place, factor=factor, offset=offset)


def _lengths(numbers: Numbers, wanted: int) -> Iterator[tuple[float, Count]]:
    """Yield counts for a length: numbers equal to it, the latest first, or else derived ones."""
    plain = [place for place, number in enumerate(numbers) if number == wanted]
    if plain:
        for place in plain[-1:-4:-1]:
            yield 0.01 * (len(numbers) - place - 1), Count(place=place)
        return
    for price, counted in _counts(numbers, _CHANGED):
        if counted.of(numbers) == wanted:
            yield price, counted
    known = [place for place, number in enumerate(numbers) if number and number > 1]
    for one, other in combinations(known[:8], 2):
        if (numbers[one] or 0) * (numbers[other] or 0) == wanted:
            yield 1.0, Count(place=one, times=other)
