"""A problem and its samples -> probes."""

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from typing import Final

from gptcc_cli.input_generation.call_shapes import CallShape, call_shape
from gptcc_cli.input_generation.facts import SlotFacts
from gptcc_cli.input_generation.learning import learn
from gptcc_cli.input_generation.mutating import Mutator
from gptcc_cli.input_generation.probe import Probe
from gptcc_cli.input_generation.shapes import Leaf, Tree, ValueKind, n_leaves, spots
from gptcc_cli.input_generation.text_changes import TextKind, text_kind
from gptcc_cli.input_generation.text_shapes import TextFormat, text_shapes
from gptcc_cli.input_generation.typed_seeds import typed_seeds
from gptcc_cli.problem import Json, Mode, Problem, SampleTest

_TRIES: Final = 60
_LARGEST: Final = 1500
_BOLD: Final = 0.35
"""The share of inputs that keep only what is known for sure; see ``learning``."""

Input = str | tuple[Json, ...]


@dataclass(frozen=True, slots=True)
class _Source:
    """Samples of one shape."""

    careful: Mutator
    bold: Mutator
    form: TextFormat | CallShape
    names: tuple[str, ...]

    def probe(self, random: Random) -> Probe | None:
        """Try to make a probe."""
        mutator = self.bold if random.random() < _BOLD else self.careful
        made = mutator.attempt(random)
        if made is None:
            return None
        origin, tree, steps = made
        return Probe(input=self._input(tree), steps=(self.names[origin], *steps))

    def _input(self, tree: Tree) -> Input:
        if isinstance(self.form, TextFormat):
            return self.form.text(tree)
        return self.form.arguments(tree)


def generate_inputs(
    problem: Problem, seeds: Sequence[SampleTest], *, n: int, seed: int
) -> tuple[Probe, ...]:
    """Make inputs like those of the samples.

    Args:
        problem: its statement tells ranges and words; its mode, what an input is.
        seeds: the samples to begin with; those that may not be trusted are left out. For a
            function whose statement has none, the hints of its parameters take their place.
        n: how many inputs are wanted; fewer come back where the samples allow no more.
        seed: the same seed gives the same inputs.

    Returns:
        Inputs that differ from each other and from every sample.
    """
    trusted = [sample for sample in seeds if sample.suspect is None]
    sources = tuple(_sources(problem, trusted))
    random = Random(f"{seed} {problem.id}")
    known = {_key(sample.input) for sample in seeds}
    probes: list[Probe] = []
    for _ in range(n * _TRIES if sources else 0):
        if len(probes) == n:
            break
        probe = random.choice(sources).probe(random)
        if probe is not None and (key := _key(probe.input)) not in known:
            known.add(key)
            probes.append(probe)
    return tuple(probes)


def _key(value: Input) -> str:
    """What equal inputs share: their words, or their values with their kinds."""
    return " ".join(value.split()) if isinstance(value, str) else repr(value)


def _sources(problem: Problem, samples: Sequence[SampleTest]) -> list[_Source]:
    statement = statement_without_samples(problem)
    names = tuple(sample.name for sample in samples)
    if problem.mode is Mode.CALL:
        calls = [sample.input for sample in samples if isinstance(sample.input, tuple)]
        if not problem.samples:
            calls = list(typed_seeds(problem))
            names = ("type hints",) * len(calls)
        form = call_shape(calls) if calls and len(calls) == len(names) else None
        if form is None or max(n_leaves(tree) for tree in form.trees) > _LARGEST:
            return []
        return [_source(form, names, statement)]
    texts = [sample.input for sample in samples if isinstance(sample.input, str)]
    forms = text_shapes(texts, statement) if len(texts) == len(samples) else ()
    return [_source(form, names, statement) for form in forms]


def _source(form: TextFormat | CallShape, names: tuple[str, ...], statement: str) -> _Source:

    def mutator(*, bold: bool) -> Mutator:
        facts = learn(form.shape, form.trees, statement, bold=bold)
        if isinstance(form, TextFormat) and form.is_plain:
            _lock_possible_counts(form, facts.slots)
        texts = _text_kinds(form, statement, bold=bold and isinstance(form, CallShape))
        return Mutator(shape=form.shape, trees=form.trees, facts=facts, texts=texts)

    return _Source(mutator(bold=False), mutator(bold=True), form, names)


def _text_kinds(form: TextFormat | CallShape, statement: str, *, bold: bool) -> dict[int, TextKind]:
    seen: dict[int, list[str]] = {}
    for tree in form.trees:
        for spot in spots(form.shape, [tree]):
            if isinstance(spot.shape, Leaf) and spot.shape.kind is ValueKind.TEXT:
                seen.setdefault(spot.shape.slot, []).append(spot.value)
    return {slot: text_kind(texts, statement, bold=bold) for slot, texts in seen.items()}


def statement_without_samples(problem: Problem) -> str:
    """The statement's text outside its samples, where words and ranges are looked for."""
    text = problem.statement
    for sample in sorted(problem.samples, key=lambda one: one.span or (0, 0), reverse=True):
        if sample.span is not None:
            text = text[: sample.span[0]] + "\n" + text[sample.span[1] :]
    return text


def _lock_possible_counts(form: TextFormat, slots: dict[int, SlotFacts]) -> None:
    """Where no layout is known, keep every number that may count lines or words."""
    (tree,) = form.trees
    widths = {len(line) for line in tree}
    lengths = widths | {width - 1 for width in widths} | set(range(len(tree) + 1))
    for place, spot in enumerate(spots(form.shape, [tree])):
        if place < len(tree[0]) or spot.value in lengths:
            slots[spot.shape.slot].locked = True
