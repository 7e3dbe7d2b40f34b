"""Samples of standard input -> a shape, trees, and back to text.

The kind of a word is what all samples have in its place: whole numbers, numbers with a decimal
point, or text. Numbers with leading zeros, such as codes or pictures in digits, are text.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from gptcc_cli.input_generation.layout import (
    INTEGER,
    Count,
    CountedLine,
    LineLayout,
    Lines,
    RepeatedLines,
    WordLine,
    find_layout,
    parse,
)
from gptcc_cli.input_generation.shapes import (
    Fixed,
    InputShape,
    Leaf,
    Many,
    Size,
    Tree,
    ValueKind,
    spots,
)

_NUMBER: Final = re.compile(r"[+-]?\d{1,30}\.\d{1,30}")
_WORDS: Final = {
    word: number
    for number, words in enumerate((("one", "a", "an", "single"), ("two", "pair"), ("three",),
                                    ("four",), ("five",), ("six",), ("seven",), ("eight",)), 1)
    for word in words
} | {str(number): number for number in range(1, 13)}  # fmt: skip
_SPELLED: Final = re.compile(
    r"(?i)\b(one|two|three|four|five|six|seven|eight|single|pair|\d{1,2})\b(?:\s+of)?"
    r"(?:\s+(?:space[- ]separated|positive|non-?negative|distinct|different|real|single|natural"
    r"|whole|binary|decimal|lowercase|non-?empty|separate|space|separated)){0,3},?"
    r"\s+(?:integers?|numbers?|values?|strings?|words?|naturals?|reals|integral|tokens?|characters)\b"
)
_LISTED: Final = re.compile(
    r"\$?\b[A-Za-z]\w{0,2}(?:_\{?\w{1,3}\}?)?\$?(?:,\s\$?\b[A-Za-z]\w{0,2}(?:_\{?\w{1,3}\}?)?\$?)*"
    r",?\s(?:and)\s\$?\b[A-Za-z](?:\w{0,2}(?:_\{?\w{1,3}\}?)?)\b\$?"
)
_LISTED_NAME: Final = re.compile(r"\b(?!and\b)[A-Za-z]\w{0,2}(?:_\{?\w{1,3}\}?)?")
_MOST_LINES: Final = 400
_MOST_WORDS: Final = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class TextFormat:
    """The shape of inputs that are text, and the samples as trees."""

    shape: InputShape
    trees: tuple[list[Tree], ...]
    is_fallback: bool
    """Whether no layout was found: the number of lines and words is that of one sample."""

    def input_of(self, tree: Tree) -> str:
        """Return the input that a tree represents, with a newline at its end."""
        return "".join(_written(self.shape, tree)) + "\n"


def text_formats(inputs: Sequence[str], statement: str = "") -> tuple[TextFormat, ...]:
    """Infer the format that all samples share, or else one for each sample.

    Args:
        inputs: the standard input of each sample; very long ones are left out.
        statement: its words about the numbers in a line decide where samples are ambiguous.
    """
    samples = [lines for lines in map(_lines, inputs) if lines]
    if not samples:
        return ()
    layout = find_layout(samples, spelled_widths(statement))
    if layout is not None:
        return (_shaped(layout, samples, is_fallback=False),)
    return tuple(_shaped(_fallback_layout(lines), [lines], is_fallback=True) for lines in samples)


def spelled_widths(statement: str) -> frozenset[int]:
    """Return the widths of lines that a statement names, as in "two integers" or "$x$ and $y$"."""
    found = {_WORDS[match[1].lower()] for match in _SPELLED.finditer(statement)}
    for line in _LISTED.finditer(statement):
        found.add(len(_LISTED_NAME.findall(line[0])))
    return frozenset(found)


def _lines(text: str) -> Lines:
    lines = [tuple(line.split()) for line in text.split("\n")]
    while lines and not lines[-1]:
        lines.pop()
    if len(lines) > _MOST_LINES or sum(map(len, lines)) > _MOST_WORDS:
        return ()
    return tuple(lines)


def _fallback_layout(lines: Lines) -> LineLayout:
    return tuple(WordLine(width=len(words)) for words in lines)


def _shaped(layout: LineLayout, samples: Sequence[Lines], *, is_fallback: bool) -> TextFormat:
    parsed = [parse(layout, lines) for lines in samples]
    trees = [tree for tree in parsed if tree is not None]
    builder = _TextFormatBuilder()
    shape = builder.shape_of(layout, [trees])
    typed = tuple(_typed(shape, tree) for tree in trees)
    return TextFormat(shape=_with_sizes(shape, typed), trees=typed, is_fallback=is_fallback)


@dataclass(slots=True)
class _TextFormatBuilder:
    """Assigns slots, and tracks those of the numbers in scope, in the layout's order."""

    n_slots: int = 0
    scope: list[int] = field(default_factory=list)

    def new_slot(self) -> int:
        """Return an unused slot."""
        self.n_slots += 1
        return self.n_slots - 1

    def shape_of(self, layout: LineLayout, groups: list[Any]) -> Fixed:
        """Return the shape of a layout, whose instances are in ``groups``."""
        instances = [tree for group in groups for tree in group]
        parts: list[InputShape] = []
        for place, item in enumerate(layout):
            trees = [instance[place] for instance in instances]
            parts.append(self._part(item, trees))
        return Fixed(parts=tuple(parts), separator="\n")

    def _part(self, item: WordLine | CountedLine | RepeatedLines, trees: list[Any]) -> InputShape:
        if isinstance(item, RepeatedLines):
            slot, size = self.new_slot(), self._size(item.count)
            outside = list(self.scope)
            body = self.shape_of(item.body, trees)
            self.scope = outside
            return Many(slot=slot, element=body, size=size, separator="\n")
        head = item.head if isinstance(item, CountedLine) else item.width
        leaves = tuple(self._leaf([tree[n] for tree in trees]) for n in range(head))
        self.scope.extend(leaf.slot for leaf in leaves)
        if isinstance(item, WordLine):
            return Fixed(parts=leaves)
        slot, size = self.new_slot(), self._size(item.count)
        element = self._leaf([word for tree in trees for word in tree[head]])
        row = Many(slot=slot, element=element, size=size)
        return Fixed(parts=(*leaves, row))

    def _leaf(self, words: list[str]) -> Leaf:
        kind = ValueKind.TEXT
        if words and all(map(INTEGER.fullmatch, words)):
            kind = ValueKind.INT
        elif words and all(INTEGER.fullmatch(word) or _NUMBER.fullmatch(word) for word in words):
            kind = ValueKind.FLOAT
        return Leaf(slot=self.new_slot(), kind=kind)

    def _size(self, count: Count | None) -> Size | None:
        if count is None:
            return None
        times = None if count.times is None else self.scope[count.times]
        return Size(
            slot=self.scope[count.place], factor=count.factor, offset=count.offset, times=times
        )


def _typed(shape: InputShape, tree: Tree) -> Tree:
    """Return the tree with words converted to values."""
    if isinstance(shape, Leaf):
        return {ValueKind.INT: int, ValueKind.FLOAT: float}.get(shape.kind, str)(tree)
    if isinstance(shape, Many):
        return [_typed(shape.element, item) for item in tree]
    return [_typed(part, item) for part, item in zip(shape.parts, tree, strict=True)]


def _with_sizes(shape: Fixed, trees: Sequence[list[Tree]]) -> InputShape:
    """Return the shape with the sizes of texts whose length is a number of the input."""
    counts: dict[int, set[int]] = {}
    seen: dict[int, set[str]] = {}
    for tree in trees:
        for spot in spots(shape, [tree]):
            if isinstance(spot.shape, Leaf) and spot.shape.kind is ValueKind.TEXT:
                slot, length = spot.shape.slot, len(spot.value)
                equal = {name for name, value in spot.scope.items() if value == length}
                counts[slot] = counts.get(slot, equal) & {name for name in equal if name >= 0}
                seen.setdefault(slot, set()).add(spot.value)
    # The length of a text of one or two characters equals some number by chance.
    sizes = {
        slot: max(names)
        for slot, names in counts.items()
        if names and (len(seen[slot]) > 1 or max(map(len, seen[slot])) > 2)
    }
    return _resized(shape, sizes)


def _resized(shape: InputShape, sizes: dict[int, int]) -> InputShape:
    if isinstance(shape, Leaf):
        return replace(shape, size=Size(slot=sizes[shape.slot])) if shape.slot in sizes else shape
    if isinstance(shape, Many):
        return replace(shape, element=_resized(shape.element, sizes))
    return replace(shape, parts=tuple(_resized(part, sizes) for part in shape.parts))


def _written(shape: InputShape, tree: Tree) -> Iterator[str]:
    if isinstance(shape, Leaf):
        yield _number_text(tree) if isinstance(tree, float) else str(tree)
        return
    parts = [shape.element] * len(tree) if isinstance(shape, Many) else shape.parts
    for place, (part, item) in enumerate(zip(parts, tree, strict=True)):
        if place:
            yield shape.separator
        yield from _written(part, item)


def _number_text(number: float) -> str:
    text = repr(number)
    return text if "e" not in text else f"{number:.10f}"
