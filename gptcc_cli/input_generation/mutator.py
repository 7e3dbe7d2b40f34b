"""Trees -> other trees that keep every fact.

A change picks a place and an operation; then lengths are corrected, and a result that breaks a fact
is thrown away. So an operation need not know what depends on its place.
"""

from collections.abc import Callable
from dataclasses import dataclass
from random import Random
from typing import Final

from gptcc_cli.input_generation.facts import Facts, SlotFacts
from gptcc_cli.input_generation.shapes import (
    MOST_LEAVES,
    Fixed,
    InputShape,
    Leaf,
    Many,
    Spot,
    Tree,
    ValueKind,
    copy_tree,
    measures,
    n_leaves,
    spots,
)
from gptcc_cli.input_generation.text_changes import TextKind, changed_text, fits

_MOST_CHANGES: Final = 4
_GROWTH: Final = 3
_FROM_SAMPLES: Final = 0.3
_CHANGED: Final = 0.7
_BORROWED: Final = 0.25
_IN_PART: Final = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Mutator:
    """Generates trees like those of the samples."""

    shape: InputShape
    trees: tuple[Tree, ...]
    facts: Facts
    texts: dict[int, TextKind]

    def attempt(self, random: Random) -> tuple[int, Tree, tuple[str, ...]] | None:
        """Try to generate one tree.

        Returns:
            The index of the sample it started from, the tree, and the names of the changes;
            ``None`` if the tree breaks a fact.
        """
        origin = random.randrange(len(self.trees))
        holder = [copy_tree(self.trees[origin])]
        most = min(MOST_LEAVES, _GROWTH * max(60, *map(n_leaves, self.trees)))
        steps: list[str] = []
        for _ in range(random.randint(1, _MOST_CHANGES)):
            step = self._change(holder, random)
            if step:
                steps.append(step)
        if not steps or n_leaves(holder[0]) > most or not self._fit(holder[0]):
            return None
        return origin, holder[0], tuple(steps)

    def _fit(self, tree: Tree) -> bool:
        return self.facts.allow(self.shape, tree) and all(
            fits(spot.value, self.texts[spot.shape.slot])
            for spot in spots(self.shape, [tree])
            if spot.shape.slot in self.texts and isinstance(spot.value, str)
        )

    def _change(self, holder: list[Tree], random: Random) -> str:
        """Make one change; return its name, empty if nothing changed."""
        by_slot: dict[int, list[Spot]] = {}
        for spot in spots(self.shape, holder):
            if not self.facts.slots[spot.shape.slot].locked:
                by_slot.setdefault(spot.shape.slot, []).append(spot)
        if not by_slot:
            return ""
        # Every slot has the same probability, however many values it has.
        spot = random.choice(by_slot[random.choice(sorted(by_slot))])
        known = self.facts.slots[spot.shape.slot]
        if isinstance(spot.shape, Many):
            step = self._change_list(spot, known, random)
        else:
            step = self._borrow(spot, holder, random) or self._change_leaf(spot, known, random)
        _correct_lengths(self.shape, holder, 0, {}, self._grow, random)
        return step

    def _borrow(self, spot: Spot, holder: list[Tree], random: Random) -> str:
        """Sometimes copy a value from another place: equal values are special cases."""
        shape = spot.shape
        if random.random() >= _BORROWED or not isinstance(shape, Leaf) or shape.size is not None:
            return ""
        if shape.kind not in (ValueKind.INT, ValueKind.TEXT) or shape.slot in self.facts.counts:
            return ""
        if shape.slot in self.texts and self.texts[shape.slot].is_strict:
            return ""
        others = [
            other.value
            for other in spots(self.shape, holder)
            if isinstance(other.shape, Leaf) and other.shape.kind is shape.kind
            if other.shape.slot != shape.slot and other.value != spot.value
        ]
        if not others:
            return ""
        other = random.choice(others)
        if isinstance(other, str) and other and random.random() < _IN_PART:
            start = random.choice((0, random.randrange(len(other))))
            other = other[start : start + random.randint(1, len(other))]
        spot.holder[spot.index] = other
        return "borrow"

    def _change_leaf(self, spot: Spot, known: SlotFacts, random: Random) -> str:
        shape = spot.shape
        assert isinstance(shape, Leaf)
        if shape.kind is ValueKind.TEXT:
            kind = self.texts[shape.slot]
            fixed = shape.size is not None or known.least == known.most
            new = changed_text(spot.value, kind, random, keep_length=fixed)
            word = "text"
        else:
            new, word = new_value(spot.value, known, random), str(shape.kind.value)
        changed = new != spot.value or type(new) is not type(spot.value)
        spot.holder[spot.index] = new
        return word if changed else ""

    def _change_list(self, spot: Spot, known: SlotFacts, random: Random) -> str:
        items = spot.value
        before = list(items)
        changes = _ORDERING if spot.shape.size is not None else (*_ORDERING, *_SIZING)
        name, change = random.choice(changes)
        if change is None:
            assert isinstance(spot.shape, Many)
            self._grow(spot.shape, items, random)
        else:
            change(items, random)
        if known.ascending:
            items.sort()
        elif known.descending:
            items.sort(reverse=True)
        return name if items != before else ""

    def _grow(self, shape: Many, items: list[Tree], random: Random) -> bool:
        """Insert a changed copy of an element of the list or of a sample's list.

        Returns:
            Whether there was an element to copy.
        """
        pool = list(items)
        if not pool or random.random() < _FROM_SAMPLES:
            pool = self._elements_seen(shape) or pool
        if not pool:
            return False
        holder = [copy_tree(random.choice(pool))]
        for spot in list(spots(shape.element, holder)):
            known = self.facts.slots[spot.shape.slot]
            if isinstance(spot.shape, Leaf) and not known.locked and random.random() < _CHANGED:
                self._change_leaf(spot, known, random)
        items.insert(random.randint(0, len(items)), holder[0])
        return True

    def _elements_seen(self, shape: Many) -> list[Tree]:
        return [
            item
            for tree in self.trees
            for spot in spots(self.shape, [tree])
            if spot.shape.slot == shape.slot
            for item in spot.value
        ]


def new_value(value: Tree, known: SlotFacts, random: Random) -> Tree:
    """Return another number or truth value; other values are returned unchanged."""
    if known.kind is ValueKind.OTHER and isinstance(value, list):
        items = copy_tree(value)
        random.choice((_drop, _double, _shuffle, _reverse))(items, random)
        return items
    if known.kind is ValueKind.BOOL:
        return random.random() < 0.5
    if known.kind is ValueKind.INT:
        return _new_integer(value, known, random)
    if known.kind is ValueKind.FLOAT:
        return _new_float(value, known, random)
    return value


def _new_integer(value: int, known: SlotFacts, random: Random) -> int:
    least, most = round(known.least), round(known.most)
    low, high = min(known.values), max(known.values)
    new = random.choice(
        (
            value + random.choice((-1, 1)),
            value + random.choice((-2, 2, -3, 3)),
            random.randint(low, high),
            random.randint(least, max(least, min(most, high))),
            random.randint(least, max(least, most)),
            random.choice(known.values),
            random.choice((0, 1, 2, least, high)),
            random.choice((-value, 2 * value, value // 2)),
        )
    )
    return min(max(new, least), max(least, most))


def _new_float(value: float, known: SlotFacts, random: Random) -> float:
    least, most = known.least, known.most
    low, high = min(known.values), max(known.values)
    new = random.choice(
        (
            value + random.choice((-1, 1, -0.5, 0.5, -0.1, 0.1)),
            random.uniform(low, high),
            random.uniform(least, most),
            random.choice(known.values),
            random.choice((-value, 2 * value, value / 2)),
        )
    )
    return round(float(min(max(new, least), most)), known.decimals)


def _correct_lengths(
    shape: InputShape,
    holder: list[Tree],
    index: int,
    scope: dict[int, int],
    grow: Callable[[Many, list[Tree], Random], bool],
    random: Random,
) -> None:
    """Give every list and text whose length is a number that length."""
    tree = holder[index]
    if isinstance(shape, Fixed):
        inside = {**scope, **_numbers(shape, tree)}
        for place, part in enumerate(shape.parts):
            _correct_lengths(part, tree, place, inside, grow, random)
        return
    wanted = None if shape.size is None else shape.size.of(scope)
    if isinstance(shape, Many):
        while wanted is not None and len(tree) > max(0, wanted):
            del tree[random.randrange(len(tree))]
        while wanted is not None and len(tree) < wanted < MOST_LEAVES:
            if not grow(shape, tree, random):
                break
        for place in range(len(tree)):
            _correct_lengths(shape.element, tree, place, scope, grow, random)
    elif wanted is not None and isinstance(tree, str) and len(tree) != wanted:
        spare = tree or "a"
        holder[index] = (tree + "".join(random.choice(spare) for _ in range(wanted)))[:wanted]


def _numbers(shape: Fixed, tree: Tree) -> dict[int, int]:
    return {slot: number for slot, number in measures(shape, tree).items() if slot >= 0}


def _drop(items: list[Tree], random: Random) -> None:
    for _ in range(random.randint(1, max(1, len(items) // 2))):
        if items:
            del items[random.randrange(len(items))]


def _double(items: list[Tree], random: Random) -> None:
    if items:
        items.insert(random.randint(0, len(items)), copy_tree(random.choice(items)))


def _repeat(items: list[Tree], random: Random) -> None:
    """Replace one element with a copy of another."""
    if items:
        items[random.randrange(len(items))] = copy_tree(random.choice(items))


def _empty(items: list[Tree], _: Random) -> None:
    items.clear()


def _reverse(items: list[Tree], _: Random) -> None:
    items.reverse()


def _shuffle(items: list[Tree], random: Random) -> None:
    random.shuffle(items)


def _sort(items: list[Tree], random: Random) -> None:
    if {type(item) for item in items} in ({int}, {float}, {str}):
        items.sort(reverse=random.random() < 0.5)


def _single(items: list[Tree], random: Random) -> None:
    if items:
        items[:] = [random.choice(items)]


_Change = Callable[[list[Tree], Random], None]
_ORDERING: Final[tuple[tuple[str, _Change | None], ...]] = (
    ("reverse", _reverse),
    ("shuffle", _shuffle),
    ("shuffle", _shuffle),
    ("sort", _sort),
    ("repeat", _repeat),
)
_SIZING: Final[tuple[tuple[str, _Change | None], ...]] = (
    ("drop", _drop),
    ("drop", _drop),
    ("double", _double),
    ("insert", None),
    ("insert", None),
    ("insert", None),
    ("single", _single),
    ("empty", _empty),
)
