"""The common shape of a problem's inputs.

An input is represented as a tree of lists with values at its leaves; a shape describes it. Lengths
may depend on earlier numbers (``n``, then ``n`` numbers). A position in the shape is a *slot*;
facts are learnt from all values of a slot together.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any, Final, TypeAlias

Tree: TypeAlias = Any
"""A list of trees, or a leaf: a JSON value. Lists are modified in place."""

MOST_LEAVES: Final = 4000
"""Larger trees are not generated: programs would spend their time reading."""


class ValueKind(Enum):
    """The kind of value at a leaf."""

    INT = "int"
    FLOAT = "float"
    TEXT = "text"
    BOOL = "bool"
    OTHER = "other"
    """``None``, objects, and lists of mixed kinds, which are changed little or not at all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Size:
    """A length: ``factor * count (* other count) + offset``."""

    slot: int
    """The slot of the count."""
    factor: int = 1
    offset: int = 0
    times: int | None = None
    """The slot of a second count, for ``n * m``."""

    def of(self, counts: Mapping[int, int]) -> int | None:
        """Return the length for these counts; ``None`` if one is unknown."""
        count = counts.get(self.slot)
        if count is None or (self.times is not None and self.times not in counts):
            return None
        other = 1 if self.times is None else counts[self.times]
        return self.factor * count * other + self.offset


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaf:
    """One value."""

    slot: int
    kind: ValueKind
    size: Size | None = None
    """The length of a text, where a number determines it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fixed:
    """A known number of parts, each with its own shape."""

    parts: tuple["InputShape", ...]
    separator: str = " "
    """The text between the parts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Many:
    """Any number of parts of one shape."""

    slot: int
    element: "InputShape"
    size: Size | None = None
    """The number of elements, where a number determines it."""
    separator: str = " "


InputShape: TypeAlias = Leaf | Fixed | Many


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """A leaf or a list in a tree."""

    shape: Leaf | Many
    holder: list[Tree]
    """The list that contains it."""
    index: int
    scope: Mapping[int, int]
    """The numbers in scope, by slot; lengths of lists and texts under ``length_of(slot)``."""

    @property
    def value(self) -> Tree:
        """The leaf's value or the list."""
        return self.holder[self.index]


def length_of(slot: int) -> int:
    """Return the key of a scope for the length of a slot's value."""
    return -1 - slot


def spots(shape: InputShape, holder: list[Tree]) -> Iterator[Spot]:
    """Yield every leaf and list of the tree ``holder[0]``, outermost first."""
    yield from _spots(shape, holder, 0, measures(shape, holder[0]))


def measures(shape: InputShape, tree: Tree) -> dict[int, int]:
    """Return the whole numbers and lengths that occur once in a tree, by slot."""
    if isinstance(shape, Fixed):
        found: dict[int, int] = {}
        for part, value in zip(shape.parts, tree, strict=True):
            found.update(measures(part, value))
        return found
    if isinstance(shape, Many):
        return {length_of(shape.slot): len(tree)}
    if shape.kind is ValueKind.INT:
        return {shape.slot: tree}
    return {length_of(shape.slot): len(tree)} if shape.kind is ValueKind.TEXT else {}


def copy_tree(tree: Tree) -> Tree:
    """Return a deep copy of a tree."""
    return [copy_tree(item) for item in tree] if isinstance(tree, list) else tree


def n_leaves(tree: Tree) -> int:
    """Count the leaves of a tree; every 30 characters of a text count as one."""
    if isinstance(tree, list):
        return 1 + sum(map(n_leaves, tree))
    return 1 + len(tree) // 30 if isinstance(tree, str) else 1


def sized_by(shape: InputShape) -> frozenset[int]:
    """Return the slots of the numbers that are lengths."""
    found: set[int] = set()
    pending = [shape]
    while pending:
        item = pending.pop()
        if isinstance(item, Fixed):
            pending.extend(item.parts)
            continue
        if item.size is not None:
            found.add(item.size.slot)
            found.update(() if item.size.times is None else (item.size.times,))
        if isinstance(item, Many):
            pending.append(item.element)
    return frozenset(found)


def _spots(
    shape: InputShape, holder: list[Tree], index: int, scope: Mapping[int, int]
) -> Iterator[Spot]:
    tree = holder[index]
    if isinstance(shape, Fixed):
        for place, part in enumerate(shape.parts):
            yield from _spots(part, tree, place, scope)
        return
    yield Spot(shape=shape, holder=holder, index=index, scope=scope)
    if isinstance(shape, Many):
        for place, element in enumerate(tree):
            inner = {} if isinstance(shape.element, Leaf) else measures(shape.element, element)
            yield from _spots(shape.element, tree, place, {**scope, **inner} if inner else scope)
