r"""Samples and statement -> facts about inputs, and whether an input keeps them.

A careful fact is kept if it holds in every sample; one that holds by chance costs some variety but
no validity. Where chance is likely and variety matters (sorted lists, distinct values), the
statement must name the fact, or chance must be improbable. Bold facts leave out what only a few
samples show and no word of the statement supports: programs that are wrong in the same way as a
chance fact (``a < b`` in both samples) are told apart by bold inputs only.

Also reads the ranges that a statement gives, such as ``1 <= n <= 10^5``: chains of comparisons
(``<``, ``<=``, the signs, LaTeX's ``\le``), "between 1 and 100", and numbers such as ``10^5``,
``2 \cdot 10^5``, ``10**9``, ``1e9``, ``2^{31}-1`` and ``100,000``. A range with another name at an
end (``a_i <= n``) is not read.
"""

import math
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final

from gptcc_cli.input_generation.shapes import (
    Fixed,
    InputShape,
    Leaf,
    Many,
    Spot,
    Tree,
    ValueKind,
    sized_by,
    spots,
)

_RANGE_END: Final = (
    r"-?(?:\d{1,4}\s?(?:\*|\\cdot|\\times|[x×·⋅])\s?)?"
    r"(?:\d{1,3}(?:[,  ]\d{3})+|\d{1,20}(?:\.\d{1,6})?)"
    r"(?:e\d{1,2}|\s?(?:\^|\*\*)\s?\{?\d{1,3}\}?)?(?:\s?-\s?1)?"
)
_LESS: Final = r"(?:<=|≤|≦|\\leq?q?(?:slant)?|<|&lt;=?|\\lt)"
_CHAIN: Final = re.compile(
    rf"({_RANGE_END})\s{{0,3}}\$?({_LESS})\s{{0,3}}([^<>≤≦\n]{{1,60}}?)\s{{0,3}}({_LESS})\s{{0,3}}\$?({_RANGE_END})"
)
_BETWEEN: Final = re.compile(
    rf"\b(?:between|from|range)\s{{1,3}}\$?({_RANGE_END})\$?\s{{1,3}}(?:and|to)\s{{1,3}}\$?({_RANGE_END})"
)
_NAME: Final = re.compile(r"[A-Za-z]\w{0,40}")
_NOISE: Final = frozenset({"text", "mathrm", "it", "len", "length", "size", "ldots", "dots"})


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
_ORDERED: Final = (ValueKind.INT, ValueKind.FLOAT, ValueKind.TEXT)
_BY_CHANCE: Final = 0.02
_SOLID_COUNT: Final = 3
_SURE_VALUES: Final = 2
_MANY_TEXTS: Final = 4
_FEW_PARTS: Final = 4
_COUNTED: Final = re.compile(
    r"\b[b-zB-HJ-Z]\$?\s+(?:[\w-]+\s+){0,2}?(?:integers|numbers|elements|lines|strings|values|words"
    r"|characters|items|rows|queries|pairs|test cases|tests)\b"
)
"""The statement names a count."""
_COMPARED: Final = re.compile(r"[A-Za-z]\w{0,8}\s?(?:<=?|≤|\\le|≠|!=|\\ne)\s?[A-Za-z]")
_SIGNED: Final = re.compile(r"(?i)\b(?:positive|natural|non-?negative|whole numbers?|unsigned)\b")
_NON_EMPTY: Final = re.compile(r"(?i)\bnon-?\s?empty|not (?:be )?empty|at least one\b")
_NUMBER_WORDS: Final = re.compile(r"(?i)\b(?:two|three|four|pair|triple|2|3|4)\b")


@dataclass(slots=True)
class SlotFacts:
    """What holds for the values of one slot."""

    kind: ValueKind | None = None
    """``None``: a list."""
    values: list[Tree] = field(default_factory=list)
    """The samples' values, or the lengths of their lists."""
    least: float = -math.inf
    most: float = math.inf
    """Numbers (or lengths) must be between these."""
    decimals: int = 0
    """Digits after the decimal point."""
    ascending: bool = False
    descending: bool = False
    distinct: bool = False
    locked: bool = False
    """Whether the value must not change."""


@dataclass(frozen=True, slots=True)
class Relation:
    """How numbers in one slot compare with a number in scope."""

    slot: int
    other: int
    signs: frozenset[int]
    """The results seen: -1 (less), 0 (equal), 1 (more)."""


@dataclass(slots=True, kw_only=True)
class Facts:
    """What holds for the slots of a shape."""

    slots: dict[int, SlotFacts]
    relations: dict[int, list[Relation]]
    counts: frozenset[int]
    """Slots of numbers that are lengths."""

    def allow(self, shape: InputShape, tree: Tree) -> bool:
        """Return whether every fact holds in a tree."""
        return all(self._allows(spot) for spot in spots(shape, [tree]))

    def _allows(self, spot: Spot) -> bool:
        known = self.slots[spot.shape.slot]
        value = spot.value
        if isinstance(spot.shape, Many):
            return self._allows_list(spot, known)
        if spot.shape.kind is ValueKind.TEXT:
            return self._allows_text(spot, known)
        if spot.shape.kind in (ValueKind.INT, ValueKind.FLOAT):
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
    """Return -1, 0 or 1 as one number is less than, equal to or greater than another."""
    return (one > other) - (one < other)


@dataclass(frozen=True, slots=True, kw_only=True)
class StatedRange:
    """A range of numbers, ends included."""

    names: frozenset[str]
    """The names it is stated for, if any."""
    least: float
    most: float
    is_length: bool
    """Whether it limits a length."""

    def contains(self, values: Sequence[float]) -> bool:
        """Return whether all values are within the range."""
        return all(self.least <= value <= self.most for value in values)


def stated_ranges(statement: str) -> Iterator[StatedRange]:
    """Yield the ranges in a statement, chains of comparisons first."""
    for match in _CHAIN.finditer(statement):
        least, most = _range_end(match[1]), _range_end(match[5])
        if least is None or most is None:
            continue
        least += match[2] in ("<", "&lt;", "\\lt")
        most -= match[4] in ("<", "&lt;", "\\lt")
        if least <= most:
            words = frozenset(_NAME.findall(match[3]))
            is_length = bool({"len", "length", "size"} & words) or "|" in match[3]
            yield StatedRange(names=words - _NOISE, least=least, most=most, is_length=is_length)
    for match in _BETWEEN.finditer(statement):
        least, most = _range_end(match[1]), _range_end(match[2])
        if least is not None and most is not None and least <= most:
            yield StatedRange(names=frozenset(), least=least, most=most, is_length=False)


def _range_end(text: str) -> float | None:
    """Parse a number as statements write it; ``None`` for anything else."""
    text = re.sub(r"[,\s{}  ]", "", text)
    text = re.sub(r"\\cdot|\\times|[x×·⋅]", "*", text).replace("**", "^")
    match = re.fullmatch(r"(-?)(?:(\d+)\*)?(\d+(?:\.\d+)?(?:e\d+)?)(?:\^(\d+))?(-1)?", text)
    if match is None:
        return None
    total = float(match[3])
    if match[4]:
        if total > 1000 or int(match[4]) > 100:
            return None
        total **= int(match[4])
    total *= int(match[2] or 1)
    return (-total if match[1] else total) - bool(match[5])


def learn_facts(
    shape: InputShape, trees: Sequence[Tree], statement: str, *, bold: bool = False
) -> Facts:
    """Learn the facts that hold in all trees.

    Args:
        shape: of every tree.
        trees: the samples' inputs.
        statement: the text outside the samples.
        bold: leave out facts that only a few samples show and no word of the statement supports.
    """
    by_slot: dict[int, list[Spot]] = {}
    for tree in trees:
        for spot in spots(shape, [tree]):
            by_slot.setdefault(spot.shape.slot, []).append(spot)
    counts = sized_by(shape)
    ranges = tuple(stated_ranges(statement))
    slots = {slot: _slot_facts(found, ranges, statement) for slot, found in by_slot.items()}
    # "n - 1 numbers": if n is the same in all samples, the length may depend on another number.
    degenerate = counts if _FORMULA.search(statement) else _degenerate_counts(shape, frozenset())
    is_named = _COUNTED.search(statement) is not None
    for slot in counts & slots.keys():
        _learn_count(slots[slot], is_degenerate=slot in degenerate, is_named=is_named)
    relations = {
        slot: [
            one
            for one in _relations(slot, found, counts)
            if not (bold and _is_weak(one, found, counts, statement))
        ]
        for slot, found in by_slot.items()
        if isinstance(found[0].shape, Leaf) and found[0].shape.kind is ValueKind.INT
    }
    if bold:
        for slot in slots.keys() - counts:
            known, found = slots[slot], by_slot[slot]
            if isinstance(found[0].shape, Many):
                _allow_other_lengths(known, statement)
            elif known.kind is ValueKind.TEXT:
                _allow_empty(known, statement)
            elif not ranges and not _has_upper_bound(relations.get(slot, ())):
                _allow_other_signs(known, statement, inside=len(found) > len(trees))
    return Facts(slots=_all_slots(shape, slots), relations=relations, counts=counts)


def _all_slots(shape: InputShape, slots: dict[int, SlotFacts]) -> dict[int, SlotFacts]:
    """Add slots without values, which are inside lists that are empty in every sample."""
    pending: list[InputShape] = [shape]
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


def _slot_facts(found: list[Spot], ranges: tuple[StatedRange, ...], statement: str) -> SlotFacts:
    shape = found[0].shape
    if isinstance(shape, Many):
        return _list_facts(found, statement)
    values = [spot.value for spot in found]
    known = SlotFacts(kind=shape.kind, values=values)
    if shape.kind in (ValueKind.INT, ValueKind.FLOAT):
        known.least, known.most = _limits(values, ranges)
        known.decimals = max(len(repr(value).partition(".")[2]) for value in values)
    elif shape.kind is ValueKind.TEXT:
        lengths = list(map(len, values))
        known.least = 0 if min(lengths) == 0 else 1
        known.most = max(12, 2 * max(lengths))
        if _has_fixed_length(values, statement):
            known.least = known.most = lengths[0]
    else:
        known.locked = shape.kind is ValueKind.OTHER and not all(
            isinstance(v, list) for v in values
        )
    return known


def _has_fixed_length(texts: list[str], statement: str) -> bool:
    """Return whether texts have one length, and not by chance."""
    length = len(texts[0])
    if length < 2 or any(len(text) != length for text in texts) or len(set(texts)) < 2:
        return False
    return len(texts) >= _MANY_TEXTS or re.search(rf"\b{length}\b", statement) is not None


def _limits(values: Sequence[float], ranges: tuple[StatedRange, ...]) -> tuple[float, float]:
    """Return the limits of new numbers: within fitting ranges, and near the samples' numbers."""
    fitting = [one for one in ranges if one.contains(values)]
    low, high = min(values), max(values)
    reach = max(10, abs(low), abs(high))
    # Allow smaller numbers down to 2; 0 and 1 are often special cases.
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
    """Return whether the elements of each list are distinct, and not by chance."""
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


def _learn_count(known: SlotFacts, *, is_degenerate: bool, is_named: bool) -> None:
    """Lock a count that may be one by chance; keep others small."""
    is_sure = len(set(known.values)) >= _SURE_VALUES
    is_solid = is_named or max(known.values) >= _SOLID_COUNT
    known.locked = not is_sure and (is_degenerate or not is_solid)
    known.least = max(known.least, min(1, *known.values))
    known.most = min(known.most, max(*known.values, 6) + 2)


def _allow_other_lengths(known: SlotFacts, statement: str) -> None:
    """Allow other lengths where a few samples have lists of one length."""
    if known.least == known.most and not _NUMBER_WORDS.search(statement):
        known.least, known.most = 1, max(10, 2 * known.most)


def _allow_other_signs(known: SlotFacts, statement: str, *, inside: bool) -> None:
    """Allow small numbers, and negative ones inside lists, unless a word rules them out."""
    if known.kind in (ValueKind.INT, ValueKind.FLOAT) and known.least > 0:
        signed = _SIGNED.search(statement) is not None
        known.least = 1 if signed else -max(known.values) if inside else 0


def _allow_empty(known: SlotFacts, statement: str) -> None:
    """Allow empty texts, unless a word rules them out."""
    if known.least == 1 and not _NON_EMPTY.search(statement):
        known.least = 0


def _has_upper_bound(relations: Iterable[Relation]) -> bool:
    """Return whether a number never exceeds another one, as an index does not."""
    return any(1 not in one.signs for one in relations)


def _degenerate_counts(shape: InputShape, around: frozenset[int]) -> frozenset[int]:
    """Return counts that may explain a length by chance.

    ``n - 1`` lines, or ``n`` rows of ``n``, may depend on something else if ``n`` never changes.
    """
    if isinstance(shape, Fixed):
        return frozenset().union(*(_degenerate_counts(part, around) for part in shape.parts))
    size = shape.size
    degenerate: frozenset[int] = frozenset()
    if size is not None:
        plain = size.factor == 1 and size.offset == 0 and size.times is None
        degenerate = frozenset({size.slot}) if not plain or size.slot in around else frozenset()
        around |= {size.slot}
    if isinstance(shape, Many):
        degenerate |= _degenerate_counts(shape.element, around)
    return degenerate


def _relations(slot: int, found: list[Spot], counts: frozenset[int]) -> Iterable[Relation]:
    """Yield the comparisons that have the same result in every sample."""
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
        # A strict order that was seen only once may be chance: allow equality.
        strict = 0 not in these and len(found) > 1
        # That values are larger than their count is never guaranteed.
        if (other < 0 or other in counts) and 1 in these:
            continue
        yield Relation(slot, other, frozenset(these if strict else these | {0}))


def _is_weak(relation: Relation, found: list[Spot], counts: frozenset[int], statement: str) -> bool:
    """Return whether only a few samples support a relation of two numbers that count nothing."""
    if relation.other < 0 or {relation.slot, relation.other} & counts:
        return False
    return len(found) < _MANY_TEXTS and _COMPARED.search(statement) is None
