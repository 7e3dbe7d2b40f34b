"""A problem and its samples -> probes: inputs to run programs on, without expected outputs."""

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from typing import Final

from gptcc_cli.input_generation.call_format import CallFormat, call_format, typed_seeds
from gptcc_cli.input_generation.facts import SlotFacts, learn_facts
from gptcc_cli.input_generation.mutator import Mutator
from gptcc_cli.input_generation.shapes import Leaf, ValueKind, n_leaves, spots
from gptcc_cli.input_generation.text_changes import TextKind, text_kind
from gptcc_cli.input_generation.text_format import TextFormat, text_formats
from gptcc_cli.problem import Json, Mode, Problem, SampleTest

_TRIES: Final = 60
_LARGEST: Final = 1500
_BOLD: Final = 0.35
"""The share of inputs that keep only facts known for sure; see ``facts``."""

Input = str | tuple[Json, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Probe:
    """An input like a problem's samples, without an expected output."""

    input: Input
    """Standard input as text, or positional arguments."""
    steps: tuple[str, ...]
    """How it was made: the sample it started from, then the changes."""


@dataclass(frozen=True, slots=True)
class _Source:
    """Samples that share one shape."""

    careful: Mutator
    bold: Mutator
    form: TextFormat | CallFormat
    names: tuple[str, ...]

    def probe(self, random: Random) -> Probe | None:
        """Try to generate a probe."""
        mutator = self.bold if random.random() < _BOLD else self.careful
        made = mutator.attempt(random)
        if made is None:
            return None
        origin, tree, steps = made
        return Probe(input=self.form.input_of(tree), steps=(self.names[origin], *steps))


def generate_inputs(
    problem: Problem, seeds: Sequence[SampleTest], *, n: int, seed: int
) -> tuple[Probe, ...]:
    """Generate inputs like those of the samples.

    Args:
        problem: its statement gives ranges and words, its mode the kind of input.
        seeds: the samples to start from; suspect ones are left out. For a function without
            samples, arguments are made from its type hints.
        n: how many to generate; fewer are returned where the samples allow no more.
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
    """Return what equal inputs share: their words, or the representation of their values."""
    return " ".join(value.split()) if isinstance(value, str) else repr(value)


def _sources(problem: Problem, samples: Sequence[SampleTest]) -> list[_Source]:
    statement = statement_without_samples(problem)
    names = tuple(sample.name for sample in samples)
    if problem.mode is Mode.CALL:
        calls = [sample.input for sample in samples if isinstance(sample.input, tuple)]
        if not problem.samples:
            calls = list(typed_seeds(problem))
            names = ("type hints",) * len(calls)
        form = call_format(calls) if calls and len(calls) == len(names) else None
        if form is None or max(n_leaves(tree) for tree in form.trees) > _LARGEST:
            return []
        return [_source(form, names, statement)]
    texts = [sample.input for sample in samples if isinstance(sample.input, str)]
    forms = text_formats(texts, statement) if len(texts) == len(samples) else ()
    return [_source(form, names, statement) for form in forms]


def _source(form: TextFormat | CallFormat, names: tuple[str, ...], statement: str) -> _Source:

    def mutator(*, bold: bool) -> Mutator:
        facts = learn_facts(form.shape, form.trees, statement, bold=bold)
        if isinstance(form, TextFormat) and form.is_fallback:
            _lock_possible_counts(form, facts.slots)
        texts = _text_kinds(form, statement, bold=bold and isinstance(form, CallFormat))
        return Mutator(shape=form.shape, trees=form.trees, facts=facts, texts=texts)

    return _Source(mutator(bold=False), mutator(bold=True), form, names)


def _text_kinds(
    form: TextFormat | CallFormat, statement: str, *, bold: bool
) -> dict[int, TextKind]:
    seen: dict[int, list[str]] = {}
    for tree in form.trees:
        for spot in spots(form.shape, [tree]):
            if isinstance(spot.shape, Leaf) and spot.shape.kind is ValueKind.TEXT:
                seen.setdefault(spot.shape.slot, []).append(spot.value)
    return {slot: text_kind(texts, statement, bold=bold) for slot, texts in seen.items()}


def statement_without_samples(problem: Problem) -> str:
    """Return the statement's text outside its samples."""
    text = problem.statement
    for sample in sorted(problem.samples, key=lambda one: one.span or (0, 0), reverse=True):
        if sample.span is not None:
            text = text[: sample.span[0]] + "\n" + text[sample.span[1] :]
    return text


def _lock_possible_counts(form: TextFormat, slots: dict[int, SlotFacts]) -> None:
    """Lock every number that may count lines or words, where no layout was found."""
    (tree,) = form.trees
    widths = {len(line) for line in tree}
    lengths = widths | {width - 1 for width in widths} | set(range(len(tree) + 1))
    for place, spot in enumerate(spots(form.shape, [tree])):
        if place < len(tree[0]) or spot.value in lengths:
            slots[spot.shape.slot].locked = True
