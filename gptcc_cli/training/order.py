"""Which examples make an update, and which of them a process takes: the same on any machine.

The order is drawn from the seed, the epoch and the examples alone. An update is a run of
``global_batch`` examples in that order; processes and micro-batches only share it out. So a run
on one device, on eight, or resumed in the middle, sees the same updates.
"""

import random
from collections.abc import Iterator, Sequence

from gptcc_cli.training.recipe import Recipe
from gptcc_cli.training.schedule import Schedule

_BUCKET = 16
"""Updates whose examples are sorted by length together: more saves little, less wastes."""


def epoch_size(groups: Sequence[Sequence[int]], recipe: Recipe) -> int:
    """Examples in an epoch, when each problem gives at most ``answers_per_problem``."""
    limit = recipe.answers_per_problem
    return sum(len(group) if limit is None else min(limit, len(group)) for group in groups)


def epoch_updates(
    groups: Sequence[Sequence[int]],
    lengths: Sequence[int],
    recipe: Recipe,
    *,
    epoch: int,
) -> list[list[int]]:
    """The examples of each update of an epoch.

    Args:
        groups: places of the examples of each problem.
        lengths: tokens of every example.
        recipe: seed, batch, answers a problem, and whether batches are of like length.
        epoch: counted from 0.
    """
    chosen = [place for group in groups for place in _turn(group, recipe, epoch)]
    rng = random.Random(f"{recipe.seed}/order/{epoch}")
    rng.shuffle(chosen)
    batch = recipe.global_batch
    if recipe.layout == "bucketed":
        chosen = _bucketed(chosen, lengths, batch, rng)
    return [chosen[start : start + batch] for start in range(0, len(chosen) - batch + 1, batch)]


class MicroBatches:
    """The micro-batches of one process, epoch by epoch: a batch sampler for a data loader."""

    def __init__(
        self,
        groups: Sequence[Sequence[int]],
        lengths: Sequence[int],
        recipe: Recipe,
        schedule: Schedule,
        *,
        rank: int = 0,
    ) -> None:
        """Keep what decides the order; begin with epoch 0."""
        self._groups = groups
        self._lengths = lengths
        self._recipe = recipe
        self._schedule = schedule
        self._rank = rank
        self._epoch = 0
        self.batch_size = schedule.per_device
        self.drop_last = True

    def set_epoch(self, epoch: int) -> None:
        """Go to an epoch, counted from 0."""
        self._epoch = epoch

    def __len__(self) -> int:
        """Micro-batches of this process in an epoch."""
        return self._schedule.micro_batches_per_epoch

    def __iter__(self) -> Iterator[list[int]]:
        """Yield the places of each micro-batch's examples."""
        updates = epoch_updates(self._groups, self._lengths, self._recipe, epoch=self._epoch)
        for update in updates:
            yield from share(update, self._schedule, rank=self._rank)


def share(update: Sequence[int], schedule: Schedule, *, rank: int) -> Iterator[list[int]]:
    """The micro-batches of an update that one process takes."""
    size = schedule.per_device
    each = size * schedule.accumulation
    mine = update[rank * each : (rank + 1) * each]
    for start in range(0, each, size):
        yield list(mine[start : start + size])


def _turn(group: Sequence[int], recipe: Recipe, epoch: int) -> list[int]:
    """The answers of a problem whose turn it is; every one comes before any comes twice."""
    limit = recipe.answers_per_problem
    if limit is None or len(group) <= limit:
        return list(group)
    rng = random.Random(f"{recipe.seed}/turn/{group[0]}")
    order = list(group)
    rng.shuffle(order)
    start = epoch * limit
    return [order[(start + step) % len(order)] for step in range(limit)]


def _bucketed(
    chosen: list[int], lengths: Sequence[int], batch: int, rng: random.Random
) -> list[int]:
    found: list[int] = []
    for start in range(0, len(chosen), batch * _BUCKET):
        bucket = sorted(chosen[start : start + batch * _BUCKET], key=lambda place: lengths[place])
        # The bucket's remainder, shorter than a batch, stays at the end of its list.
        whole = len(bucket) // batch * batch
        batches = [bucket[first : first + batch] for first in range(0, whole, batch)]
        rng.shuffle(batches)
        found += [place for one in batches for place in one] + bucket[whole:]
    return found
