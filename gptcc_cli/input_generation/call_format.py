"""Samples of a call -> the shape of its arguments.

The kinds of arguments are known from their values. Inferred are: which lists are records of a few
parts, which are rows of a table, and which lengths belong together. A length that several lists
share, and the width of a table, is a count; where no argument equals it, an extra leaf is put in
front of the tree. A function without samples gets arguments made from its type hints.
"""

import ast
import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Final

from gptcc_cli.input_generation.shapes import (
    Fixed,
    InputShape,
    Leaf,
    Many,
    Size,
    Tree,
    ValueKind,
    copy_tree,
)
from gptcc_cli.problem import Json, Mode, Problem

_SEEDS: Final[dict[str, tuple[Json, ...]]] = {
    "int": (3, 10, 2, 7),
    "float": (0.5, 3.0, 2.25, 10.0),
    "bool": (True, False, True, False),
    "str": ("abc", "Hello World", "level", "a1"),
}
_LISTS: Final = frozenset({"list", "List", "Sequence", "Iterable", "Collection"})
_LENGTHS: Final = (3, 5, 1, 4)
N_SEEDS: Final = 4


_MOST_PARTS: Final = 4
_ENOUGH_RECORDS: Final = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class CallFormat:
    """The shape of a call's arguments, and the samples as trees."""

    shape: Fixed
    """First the counts that are not arguments themselves, then the arguments."""
    trees: tuple[list[Tree], ...]
    n_hidden: int
    """The number of such counts."""

    def input_of(self, tree: list[Tree]) -> tuple[Json, ...]:
        """Return the arguments that a tree represents."""
        return tuple(tree[self.n_hidden :])


def call_format(inputs: Sequence[tuple[Json, ...]]) -> CallFormat | None:
    """Infer the shape of the arguments of all samples; ``None`` if their number differs.

    Args:
        inputs: the arguments of each sample; at least one sample.
    """
    if len({len(arguments) for arguments in inputs}) != 1:
        return None
    builder = _CallFormatBuilder()
    columns = [list(column) for column in zip(*inputs, strict=True)]
    parts = [builder.shape_of(column) for column in columns]
    for part, column in zip(parts, columns, strict=True):
        if isinstance(part, Leaf) and part.kind is ValueKind.INT:
            builder.counts.setdefault(tuple(column), part.slot)
    hidden = builder.hide_counts()
    parts = [builder.sized(part) for part in parts]
    leaves = tuple(Leaf(slot=slot, kind=ValueKind.INT) for slot in hidden)
    trees = tuple(
        [*(lengths[row] for lengths in hidden.values()), *map(copy_tree, arguments)]
        for row, arguments in enumerate(inputs)
    )
    return CallFormat(shape=Fixed(parts=(*leaves, *parts)), trees=trees, n_hidden=len(hidden))


def kind_of(values: Sequence[Json]) -> ValueKind:
    """Return the kind that all values have."""
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


@dataclass(slots=True)
class _CallFormatBuilder:
    """Assigns slots, and records the lengths in each sample."""

    n_slots: int = 0
    lengths: dict[int, tuple[Json, ...]] = field(default_factory=dict)
    """By slot of an outermost list or of a table's rows: the length in each sample."""
    widths: set[int] = field(default_factory=set)
    """The slots of rows of tables."""
    counts: dict[tuple[Json, ...], int] = field(default_factory=dict)
    """By the lengths in all samples: the slot of the number equal to them."""

    def new_slot(self) -> int:
        """Return an unused slot."""
        self.n_slots += 1
        return self.n_slots - 1

    def shape_of(
        self, values: list[Json], *, outermost: bool = True, square: bool = False
    ) -> InputShape:
        """Return the shape of the values in one place: an argument, or an element of a list.

        Args:
            values: all values in that place.
            outermost: whether they are arguments.
            square: whether they are lists as long as the list around them.
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
        """Record the width of a table, whose rows have one length in every sample."""
        if not isinstance(many.element, Many):
            return
        widths = [{len(row) for row in one if isinstance(row, list)} for one in lists]
        if all(len(one) == 1 for one in widths):
            self.lengths[many.element.slot] = tuple(one.pop() for one in widths)
            self.widths.add(many.element.slot)

    def hide_counts(self) -> dict[int, tuple[Json, ...]]:
        """Return counts for lengths that belong together and are no argument, by slot."""
        hidden: dict[int, tuple[Json, ...]] = {}
        alike = list(self.lengths.values())
        for slot, lengths in self.lengths.items():
            belongs = alike.count(lengths) > 1 or slot in self.widths
            if belongs and lengths not in self.counts:
                self.counts[lengths] = self.new_slot()
                hidden[self.counts[lengths]] = lengths
        return hidden

    def sized(self, shape: InputShape) -> InputShape:
        """Return the shape with the sizes of its outermost lists and tables."""
        if not isinstance(shape, Many) or shape.slot not in self.lengths:
            return shape
        slot = self.counts.get(self.lengths[shape.slot])
        size = None if slot is None else Size(slot=slot)
        return replace(shape, element=self.sized(shape.element), size=size)


def _are_records(lists: list[list[Json]]) -> bool:
    """Return whether lists are pairs, triples or the like, and not the rows of a table."""
    widths = {len(one) for one in lists}
    if len(widths) != 1 or len(lists) < _ENOUGH_RECORDS:
        return False
    width = widths.pop()
    return 0 < width <= _MOST_PARTS and len(lists) != width


def typed_seeds(problem: Problem) -> tuple[tuple[Json, ...], ...]:
    """Return arguments made from the parameters' type hints, for a function without samples.

    Covers numbers, truth values, texts, and lists of these at any depth. Empty if a parameter has
    no hint, or one of another type: nothing is guessed.
    """
    hints = _hints(problem)
    if not hints:
        return ()
    seeds = []
    for number in range(N_SEEDS):
        arguments = [_seed(hint, number) for hint in hints]
        if any(value is None for value in arguments):
            return ()
        seeds.append(tuple(arguments))
    return tuple(seeds)


def _hints(problem: Problem) -> list[ast.expr | None]:
    """Return the type hints of the positional parameters, without ``self``."""
    if problem.mode is not Mode.CALL or problem.entry_point is None:
        return []
    head = re.search(
        rf"def\s+{re.escape(problem.entry_point)}\s*\([^)]{{0,400}}\)[^:\n]{{0,80}}:",
        problem.starter_code or problem.statement,
    )
    try:
        (function,) = ast.parse(f"{head[0]} pass" if head else "").body
    except (SyntaxError, ValueError):
        return []
    assert isinstance(function, ast.FunctionDef)
    parameters = [one for one in function.args.args if one.arg not in ("self", "cls")]
    return [one.annotation for one in parameters]


def _seed(hint: ast.expr | None, number: int) -> Json:
    """Return a value for a hint; ``None`` if the type is not covered."""
    if isinstance(hint, ast.Constant) and isinstance(hint.value, str):
        return _seed(_parsed_hint(hint.value), number)
    if isinstance(hint, ast.Name):
        return _SEEDS.get(hint.id, (None,) * N_SEEDS)[number % N_SEEDS]
    if not (isinstance(hint, ast.Subscript) and isinstance(hint.value, ast.Name)):
        return None
    if hint.value.id == "Optional":
        return _seed(hint.slice, number)
    if hint.value.id not in _LISTS:
        return None
    items = [_seed(hint.slice, number + place) for place in range(_LENGTHS[number % N_SEEDS])]
    return None if any(item is None for item in items) else items


def _parsed_hint(text: str) -> ast.expr | None:
    try:
        return ast.parse(text, mode="eval").body
    except SyntaxError:
        return None
