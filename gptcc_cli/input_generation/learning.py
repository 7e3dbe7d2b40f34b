"""Samples and statement -> facts.

A careful fact is kept when every sample has it; one that is chance costs some variety and no
validity. Where chance is likely and variety matters (sorted lists, values that are all different),
the fact must be named by the statement or be too unlikely to be chance.

Programs that are wrong in the same way as the samples' chance facts (``a < b`` in both samples)
can't be told apart by careful inputs. Bold facts leave out what only a few samples show and no word
of the statement supports.
"""

import math
import re
from collections.abc import Iterable, Sequence
from typing import Final

from gptcc_cli.input_generation.bounds import Range, stated_ranges
from gptcc_cli.input_generation.facts import Facts, Relation, SlotFacts, sign_of
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
"""The statement says that a name counts something."""
_COMPARED: Final = re.compile(r"[A-Za-z]\w{0,8}\s?(?:<=?|≤|\\le|≠|!=|\\ne)\s?[A-Za-z]")
_SIGNED: Final = re.compile(r"(?i)\b(?:positive|natural|non-?negative|whole numbers?|unsigned)\b")
_NON_EMPTY: Final = re.compile(r"(?i)\bnon-?\s?empty|not (?:be )?empty|at least one\b")
_NUMBER_WORDS: Final = re.compile(r"(?i)\b(?:two|three|four|pair|triple|2|3|4)\b")


def learn(shape: InputShape, trees: Sequence[Tree], statement: str, *, bold: bool = False) -> Facts:
    """Learn what holds in all trees.

    Args:
        shape: of every tree.
        trees: the samples.
        statement: its text outside the samples.
        bold: leave out what few samples show and no word supports.
    """
    by_slot: dict[int, list[Spot]] = {}
    for tree in trees:
        for spot in spots(shape, [tree]):
            by_slot.setdefault(spot.shape.slot, []).append(spot)
    counts = sized_by(shape)
    ranges = stated_ranges(statement)
    slots = {slot: _slot_facts(found, ranges, statement) for slot, found in by_slot.items()}
    # "n - 1 numbers": what is counted may not be n itself where n is always the same.
    degenerate = counts if _FORMULA.search(statement) else _doubtful_counts(shape, frozenset())
    said = _COUNTED.search(statement) is not None
    for slot in counts & slots.keys():
        _learn_count(slots[slot], is_degenerate=slot in degenerate, is_said=said)
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
                _free_length(known, statement)
            elif known.kind is ValueKind.TEXT:
                _let_in_the_empty(known, statement)
            elif not ranges and not _has_ceiling(relations.get(slot, ())):
                _free_sign(known, statement, inside=len(found) > len(trees))
    return Facts(slots=_all_slots(shape, slots), relations=relations, counts=counts)


def _all_slots(shape: InputShape, slots: dict[int, SlotFacts]) -> dict[int, SlotFacts]:
    """Add slots of which no sample has a value, inside lists that were empty."""
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


def _slot_facts(found: list[Spot], ranges: tuple[Range, ...], statement: str) -> SlotFacts:
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
        if _is_fixed(values, statement):
            known.least = known.most = lengths[0]
    else:
        known.locked = shape.kind is ValueKind.OTHER and not all(
            isinstance(v, list) for v in values
        )
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


def _learn_count(known: SlotFacts, *, is_degenerate: bool, is_said: bool) -> None:
    """A count that may be one by chance stays as it is; others stay small."""
    is_sure = len(set(known.values)) >= _SURE_VALUES
    is_solid = is_said or max(known.values) >= _SOLID_COUNT
    known.locked = not is_sure and (is_degenerate or not is_solid)
    known.least = max(known.least, min(1, *known.values))
    known.most = min(known.most, max(*known.values, 6) + 2)


def _free_length(known: SlotFacts, statement: str) -> None:
    """Let lists that are as long in a few samples be longer or shorter."""
    if known.least == known.most and not _NUMBER_WORDS.search(statement):
        known.least, known.most = 1, max(10, 2 * known.most)


def _free_sign(known: SlotFacts, statement: str, *, inside: bool) -> None:
    """Let numbers be small or, inside lists, negative, where no word speaks against it."""
    if known.kind in (ValueKind.INT, ValueKind.FLOAT) and known.least > 0:
        signed = _SIGNED.search(statement) is not None
        known.least = 1 if signed else -max(known.values) if inside else 0


def _let_in_the_empty(known: SlotFacts, statement: str) -> None:
    """Let texts of any length be empty, where no word speaks against it."""
    if known.least == 1 and not _NON_EMPTY.search(statement):
        known.least = 0


def _has_ceiling(relations: Iterable[Relation]) -> bool:
    """Whether a number never passes another one, as the number of a place does not."""
    return any(1 not in one.signs for one in relations)


def _doubtful_counts(shape: InputShape, around: frozenset[int]) -> frozenset[int]:
    """Counts that explain a length by more than themselves, or two lengths inside each other.

    ``n - 1`` lines, or ``n`` rows of ``n``, may be something else where ``n`` is always the same.
    """
    if isinstance(shape, Fixed):
        return frozenset().union(*(_doubtful_counts(part, around) for part in shape.parts))
    size = shape.size
    degenerate: frozenset[int] = frozenset()
    if size is not None:
        plain = size.factor == 1 and size.offset == 0 and size.times is None
        degenerate = frozenset({size.slot}) if not plain or size.slot in around else frozenset()
        around |= {size.slot}
    if isinstance(shape, Many):
        degenerate |= _doubtful_counts(shape.element, around)
    return degenerate


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
        # Nobody promises that values are larger than how many there are.
        if (other < 0 or other in counts) and 1 in these:
            continue
        yield Relation(slot, other, frozenset(these if strict else these | {0}))


def _is_weak(relation: Relation, found: list[Spot], counts: frozenset[int], statement: str) -> bool:
    """Whether two numbers that count nothing compare alike in a few samples alone."""
    if relation.other < 0 or {relation.slot, relation.other} & counts:
        return False
    return len(found) < _MANY_TEXTS and _COMPARED.search(statement) is None
