"""Samples of a call -> the shape of its arguments.

Arguments come as values, so their kinds are known. What is to be found out: which lists are
records of a few parts, which are rows of a table, and which lengths belong together. A length that
several lists share, and the width of a table, is a count; where no argument holds it, a leaf of
its own is put in front of the tree.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from gptcc_cli.input_generation.shapes import Fixed, InputShape, Leaf, Many, Size, Tree, ValueKind
from gptcc_cli.problem import Json

_MOST_PARTS: Final = 4
_ENOUGH_RECORDS: Final = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class CallShape:
    """The shape of a call's arguments and the trees of its samples."""

    shape: Fixed
    """First the counts that stand in no argument, then the arguments."""
    trees: tuple[list[Tree], ...]
    n_hidden: int
    """How many counts stand in front."""

    def arguments(self, tree: list[Tree]) -> tuple[Json, ...]:
        """The arguments that a tree stands for."""
        return tuple(tree[self.n_hidden :])


def call_shape(inputs: Sequence[tuple[Json, ...]]) -> CallShape | None:
    """Find what the arguments of all samples have in common; ``None`` where their number differs.

    Args:
        inputs: the arguments of each sample; at least one sample.
    """
    if len({len(arguments) for arguments in inputs}) != 1:
        return None
    drawing = _CallFormatBuilder()
    columns = [list(column) for column in zip(*inputs, strict=True)]
    parts = [drawing.shape_of(column) for column in columns]
    for part, column in zip(parts, columns, strict=True):
        if isinstance(part, Leaf) and part.kind is ValueKind.INT:
            drawing.counts.setdefault(tuple(column), part.slot)
    hidden = drawing.hide_counts()
    parts = [drawing.sized(part) for part in parts]
    leaves = tuple(Leaf(slot=slot, kind=ValueKind.INT) for slot in hidden)
    trees = tuple(
        [*(lengths[row] for lengths in hidden.values()), *map(_copy, arguments)]
        for row, arguments in enumerate(inputs)
    )
    return CallShape(shape=Fixed(parts=(*leaves, *parts)), trees=trees, n_hidden=len(hidden))


def kind_of(values: Sequence[Json]) -> ValueKind:
    """The kind that all values have."""
    kinds = {_KINDS.get(type(value), ValueKind.OTHER) for value in values}
    if kinds == {ValueKind.INT, ValueKind.FLOAT}:
        return ValueKind.FLOAT
    return kinds.pop() if len(kinds) == 1 else ValueKind.OTHER


_KINDS: Final = {
    int: ValueKind.INT,
    float: ValueKind.FLOAT,
    str: ValueKind.TEXT,
    bool: ValueKind.BOOL,
}


def _copy(value: Json) -> Json:
    return [_copy(item) for item in value] if isinstance(value, list) else value


@dataclass(slots=True)
class _CallFormatBuilder:
    """The slots given so far, and what each sample says about lengths."""

    n_slots: int = 0
    lengths: dict[int, tuple[Json, ...]] = field(default_factory=dict)
    """By the slot of an outermost list, or of the rows of a table: the length in each sample."""
    widths: set[int] = field(default_factory=set)
    """The slots of rows of tables."""
    counts: dict[tuple[Json, ...], int] = field(default_factory=dict)
    """By the lengths of all samples: the slot of the number that holds them."""

    def new_slot(self) -> int:
        """Give a slot that no leaf or list has."""
        self.n_slots += 1
        return self.n_slots - 1

    def shape_of(
        self, values: list[Json], *, outermost: bool = True, square: bool = False
    ) -> InputShape:
        """The shape of values that stand in one place: of each sample, or of each list element.

        Args:
            values: all that stand there.
            outermost: whether they are arguments.
            square: whether they are lists as long as the lists they stand in.
        """
        lists = [value for value in values if isinstance(value, list)]
        if len(lists) < len(values) or not values:
            return Leaf(slot=self.new_slot(), kind=kind_of(values))
        if not outermost and not square and _are_records(lists):
            columns = [list(column) for column in zip(*lists, strict=True)]
            return Fixed(parts=tuple(self.shape_of(c, outermost=False) for c in columns))
        slot = self.new_slot()
        elements = [item for one in lists for item in one]
        if len({isinstance(item, list) for item in elements}) > 1:
            return Leaf(slot=slot, kind=ValueKind.OTHER)
        square = all(len(i) == len(one) for one in lists for i in one if isinstance(i, list))
        inner = self.shape_of(elements, outermost=False, square=square and len(elements) > 1)
        many = Many(slot=slot, element=inner)
        if outermost:
            self.lengths[slot] = tuple(len(one) for one in lists)
            self._note_width(many, lists)
        return many

    def _note_width(self, many: Many, lists: list[list[Json]]) -> None:
        """Note the width of a table: in every sample all rows are of one length."""
        if not isinstance(many.element, Many):
            return
        widths = [{len(row) for row in one if isinstance(row, list)} for one in lists]
        if all(len(one) == 1 for one in widths):
            self.lengths[many.element.slot] = tuple(one.pop() for one in widths)
            self.widths.add(many.element.slot)

    def hide_counts(self) -> dict[int, tuple[Json, ...]]:
        """Make counts for lengths that belong together and stand in no argument."""
        hidden: dict[int, tuple[Json, ...]] = {}
        alike = list(self.lengths.values())
        for slot, lengths in self.lengths.items():
            belongs = alike.count(lengths) > 1 or slot in self.widths
            if belongs and lengths not in self.counts:
                self.counts[lengths] = self.new_slot()
                hidden[self.counts[lengths]] = lengths
        return hidden

    def sized(self, shape: InputShape) -> InputShape:
        """The shape with the counts of its outermost lists and tables."""
        if not isinstance(shape, Many) or shape.slot not in self.lengths:
            return shape
        slot = self.counts.get(self.lengths[shape.slot])
        size = None if slot is None else Size(slot=slot)
        return replace(shape, element=self.sized(shape.element), size=size)


def _are_records(lists: list[list[Json]]) -> bool:
    """Whether lists are pairs, triples or the like, rather than rows that happen to be as long."""
    widths = {len(one) for one in lists}
    if len(widths) != 1 or len(lists) < _ENOUGH_RECORDS:
        return False
    width = widths.pop()
    return 0 < width <= _MOST_PARTS and len(lists) != width
