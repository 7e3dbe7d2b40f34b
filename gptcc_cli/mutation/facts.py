"""What all samples have in common beyond their shape, learnt from them and from the statement.

A fact is kept when every sample has it; a sample that shows a fact by chance costs some variety
and no validity. Where chance is likely and variety matters (sorted lists, values that are all
different), the fact must be named by the statement or be too unlikely to be chance.
"""

import math
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final

from gptcc_cli.mutation.bounds import Range, stated_ranges
from gptcc_cli.mutation.shapes import (
    Fixed,
    Kind,
    Leaf,
    Many,
    Shape,
    Spot,
    Tree,
    sized_by,
    spots,
)

_ORDER_WORDS: Final = re.compile(
    r"(?i)\b(?:sorted|ascending|increasing|descending|decreasing|in order)\b"
)
_DISTINCT_WORDS: Final = re.compile(
    r"(?i)\b(?:distinct|unique|different|permutation|duplicates?|differ|pairwise|set of)\b"
)
_FORMULA: Final = re.compile(
    r"(?i)\b[a-z]\}?\$?\s?[-−–+]\s?\$?[12]\$?\s(?:\w+\s){0,2}?(?:integers|numbers|lines|strings)"
    r"|\b2\s?[*·×]?\s?[a-z]\$?\s(?:integers|numbers|lines|strings)"
)
_AT_LEAST: Final = re.compile(r"(?i)\bat least (two|2|three|3)\b")
_ORDERED: Final = (Kind.INT, Kind.FLOAT, Kind.TEXT)
_BY_CHANCE: Final = 0.02
_SOLID_COUNT: Final = 3
_SURE_VALUES: Final = 2
_MANY_TEXTS: Final = 4
_FEW_PARTS: Final = 4


@dataclass(slots=True)
class SlotFacts:
    """What is known of one slot."""

    kind: Kind | None = None
    """``None``: a list."""
    values: list[Tree] = field(default_factory=list)
    """The values seen, or the lengths of the lists."""
    least: float = -math.inf
    most: float = math.inf
    """Numbers (or lengths) must lie between these."""
    decimals: int = 0
    """Digits after the point."""
    ascending: bool = False
    descending: bool = False
    distinct: bool = False
    whole: bool = True
    """Lists: whether elements may be dropped, added and moved one by one."""
    locked: bool = False
    """Whether the value must stay as it is."""


@dataclass(frozen=True, slots=True)
class Relation:
    """How numbers in one slot compare with a number that can be seen from there."""

    slot: int
    other: int
    signs: frozenset[int]
    """Which of -1 (less), 0 (equal) and 1 (more) were seen."""


@dataclass(slots=True, kw_only=True)
class Facts:
    """What is known of all slots of a shape."""

    slots: dict[int, SlotFacts]
    relations: dict[int, list[Relation]]
    counts: frozenset[int]
    """Slots of numbers that say how long something is."""

    def allow(self, shape: Shape, tree: Tree) -> bool:
        """Whether every fact holds in a tree."""
        return all(self._allows(spot) for spot in spots(shape, [tree]))

    def _allows(self, spot: Spot) -> bool:
        known = self.slots[spot.shape.slot]
        value = spot.value
        if isinstance(spot.shape, Many):
            return self._allows_list(spot, known)
        if spot.shape.kind is Kind.TEXT:
            return self._allows_text(spot, known)
        if spot.shape.kind in (Kind.INT, Kind.FLOAT):
            if not known.least <= value <= known.most:
                return False
            return all(
                sign_of(value, spot.scope[one.other]) in one.signs
                for one in self.relations.get(spot.shape.slot, ())
                if one.other in spot.scope
            )
        return True

    def _allows_list(self, spot: Spot, known: SlotFacts) -> bool:
        size = spot.shape.size
        items = spot.value
        if size is not None and size.of(spot.scope) != len(items):
            return False
        if size is None and not known.least <= len(items) <= known.most:
            return False
        if known.distinct and len(set(map(repr, items))) < len(items):
            return False
        pairs = list(pairwise(items))
        if known.ascending and any(one > other for one, other in pairs):
            return False
        return not (known.descending and any(one < other for one, other in pairs))

    def _allows_text(self, spot: Spot, known: SlotFacts) -> bool:
        shape = spot.shape
        if shape.size is not None:
            return shape.size.of(spot.scope) == len(spot.value)
        return known.least <= len(spot.value) <= known.most


def sign_of(one: float, other: float) -> int:
    """-1, 0 or 1: how one number compares with another."""
    return (one > other) - (one < other)


def learn(shape: Shape, trees: Sequence[Tree], statement: str) -> Facts:
    """Learn what holds in all trees."""
    seen = [spot for tree in trees for spot in spots(shape, [tree])]
    by_slot: dict[int, list[Spot]] = {}
    for spot in seen:
        by_slot.setdefault(spot.shape.slot, []).append(spot)
    counts = sized_by(shape)
    ranges = stated_ranges(statement)
    slots = {slot: _slot_facts(found, ranges, statement) for slot, found in by_slot.items()}
    # "n - 1 numbers": what is counted may not be n itself where n is always the same.
    doubtful = counts if _FORMULA.search(statement) else _doubtful_counts(shape, frozenset())
    for slot in counts:
        _learn_count(slots, slot, least_values=2 if slot in doubtful else 1)
    relations = {
        slot: list(_relations(slot, found, counts))
        for slot, found in by_slot.items()
        if isinstance(found[0].shape, Leaf) and found[0].shape.kind is Kind.INT
    }
    return Facts(slots=_all_slots(shape, slots), relations=relations, counts=counts)


def _all_slots(shape: Shape, slots: dict[int, SlotFacts]) -> dict[int, SlotFacts]:
    """Add slots of which no sample has a value, inside lists that were empty."""
    pending: list[Shape] = [shape]
    while pending:
        item = pending.pop()
        if isinstance(item, Leaf):
            slots.setdefault(item.slot, SlotFacts(kind=item.kind, locked=True))
        elif isinstance(item, Many):
            slots.setdefault(item.slot, SlotFacts(locked=True))
            pending.append(item.element)
        else:
            pending.extend(item.parts)
    return slots


def _slot_facts(found: list[Spot], ranges: tuple[Range, ...], statement: str) -> SlotFacts:
    shape = found[0].shape
    if isinstance(shape, Many):
        return _list_facts(found, statement)
    values = [spot.value for spot in found]
    known = SlotFacts(kind=shape.kind, values=values)
    if shape.kind in (Kind.INT, Kind.FLOAT):
        known.least, known.most = _limits(values, ranges)
        known.decimals = max(len(repr(value).partition(".")[2]) for value in values)
    elif shape.kind is Kind.TEXT:
        lengths = list(map(len, values))
        known.least = 0 if min(lengths) == 0 else 1
        known.most = max(12, 2 * max(lengths))
        if _is_fixed(values, statement):
            known.least = known.most = lengths[0]
    else:
        known.locked = shape.kind is Kind.OTHER
    return known


def _is_fixed(texts: list[str], statement: str) -> bool:
    """Whether texts are all of one length, and not by chance."""
    length = len(texts[0])
    if length < 2 or any(len(text) != length for text in texts) or len(set(texts)) < 2:
        return False
    return len(texts) >= _MANY_TEXTS or re.search(rf"\b{length}\b", statement) is not None


def _limits(values: Sequence[float], ranges: tuple[Range, ...]) -> tuple[float, float]:
    """How far numbers may go: as far as every stated range that they fit, and not too far."""
    fitting = [one for one in ranges if one.holds(tuple(values))]
    low, high = min(values), max(values)
    reach = max(10, abs(low), abs(high))
    # Numbers below the samples' are let in down to 2; 0 and 1 are special cases often enough.
    least = min(low, 2) if low >= 1 else 0 if low >= 0 else -2 * reach
    most = high + max(5, abs(high) // 2 if ranges else abs(high) // 4)
    if high < 0:
        most = -1
    if low >= 0 and fitting:
        least = 0
    least = max([least, *(one.least for one in fitting)])
    return least, min([most, *(one.most for one in fitting)])


def _list_facts(found: list[Spot], statement: str) -> SlotFacts:
    lists = [spot.value for spot in found]
    known = SlotFacts(values=list(map(len, lists)))
    known.least = 0 if min(known.values) == 0 else 1
    known.most = max(10, 2 * max(known.values))
    if match := _AT_LEAST.search(statement):
        known.least = min(*known.values, 2 if match[1].lower() in ("two", "2") else 3)
    longest = max(known.values)
    if longest > 1 and len(known.values) >= (2 if longest <= _FEW_PARTS else _MANY_TEXTS):
        same = min(known.values) == longest
        known.least, known.most = (longest, longest) if same else (known.least, known.most)
    items = [one for one in lists if len(one) > 1]
    known.distinct = bool(items) and _are_distinct(items, statement)
    shape = found[0].shape
    assert isinstance(shape, Many)
    if not items or not isinstance(shape.element, Leaf) or shape.element.kind not in _ORDERED:
        return known
    ascending = all(sorted(one) == one for one in items)
    descending = all(sorted(one, reverse=True) == one for one in items)
    chance = math.prod(1 / math.factorial(min(len(one), 20)) for one in items)
    if _ORDER_WORDS.search(statement) or chance < _BY_CHANCE**2:
        known.ascending, known.descending = ascending, descending and not ascending
    return known


def _are_distinct(lists: list[list[Tree]], statement: str) -> bool:
    """Whether the elements of each list differ, and not by chance."""
    if any(len(set(map(repr, one))) < len(one) for one in lists):
        return False
    if _DISTINCT_WORDS.search(statement):
        return True
    values = {repr(item) for one in lists for item in one}
    n_values = max(len(values), _spread(lists))
    pairs = sum(len(one) * (len(one) - 1) / 2 for one in lists)
    return math.exp(-pairs / max(1, n_values)) < _BY_CHANCE


def _spread(lists: list[list[Tree]]) -> float:
    items = [item for one in lists for item in one]
    if all(isinstance(item, int | float) for item in items):
        return float(max(items) - min(items) + 1)
    return 10 * len(items)


def _learn_count(slots: dict[int, SlotFacts], slot: int, *, least_values: int) -> None:
    """A count that may be one by chance stays as it is; others stay small."""
    known = slots.get(slot)
    if known is None:
        return
    n_values = len(set(known.values))
    known.locked = n_values < least_values or (
        n_values < _SURE_VALUES and max(known.values) < _SOLID_COUNT
    )
    known.most = min(known.most, max(*known.values, 6) + 2)


def _doubtful_counts(shape: Shape, around: frozenset[int]) -> frozenset[int]:
    """Counts that explain a length by more than themselves, or two lengths inside each other.

    ``n - 1`` lines, or ``n`` rows of ``n``, may be something else where ``n`` is always the same.
    """
    if isinstance(shape, Fixed):
        return frozenset().union(*(_doubtful_counts(part, around) for part in shape.parts))
    size = shape.size
    doubtful: frozenset[int] = frozenset()
    if size is not None:
        plain = size.factor == 1 and size.offset == 0 and size.times is None
        doubtful = frozenset({size.slot}) if not plain or size.slot in around else frozenset()
        around |= {size.slot}
    if isinstance(shape, Many):
        doubtful |= _doubtful_counts(shape.element, around)
    return doubtful


def _relations(slot: int, found: list[Spot], counts: frozenset[int]) -> Iterable[Relation]:
    """Yield the comparisons that come out the same way in every sample."""
    signs: dict[int, set[int]] = {}
    for spot in found:
        for other, number in spot.scope.items():
            if other != slot:
                signs.setdefault(other, set()).add(sign_of(spot.value, number))
    for other, these in signs.items():
        if slot in counts and other < 0:
            continue
        if these >= {-1, 1}:
            continue
        # Equal now and then, or never: a strict order may be chance where it was seen but once.
        strict = 0 not in these and len(found) > 1
        if other < 0 and 1 in these:
            continue
        yield Relation(slot, other, frozenset(these if strict else these | {0}))
