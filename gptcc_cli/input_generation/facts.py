"""Facts about the places of a shape, and whether a tree keeps them all.

How facts are learnt stands in ``learning``.
"""

import math
from dataclasses import dataclass, field
from itertools import pairwise

from gptcc_cli.input_generation.shapes import InputShape, Many, Spot, Tree, ValueKind, spots


@dataclass(slots=True)
class SlotFacts:
    """What is known of one slot."""

    kind: ValueKind | None = None
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

    def allow(self, shape: InputShape, tree: Tree) -> bool:
        """Whether every fact holds in a tree."""
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
    """-1, 0 or 1: how one number compares with another."""
    return (one > other) - (one < other)
