"""How many updates a run makes, and which examples make each: arithmetic without libraries.

The order of the examples follows from the seed, the epoch and the examples only. An update is a
run of ``global_batch`` examples in that order; processes and micro-batches only divide it. So a
run on one device, on eight, or resumed in the middle makes the same updates.
"""

import math
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from gptcc_cli.errors import UsageError
from gptcc_cli.training.recipe import Recipe

_BUCKET_UPDATES = 16
"""Updates whose examples are sorted by length together. More would hardly save any padding, and
shuffle less."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """The figures of one run."""

    examples_per_epoch: int
    """Training examples per epoch, including those that fill no whole batch and are left to
    another epoch."""
    world: int
    """Processes that train together."""
    per_device: int
    """Examples a process computes at a time."""
    accumulation: int
    """Micro-batches of one process per update."""
    updates_per_epoch: int
    updates: int
    """Updates in total."""
    warmup_updates: int

    @property
    def global_batch(self) -> int:
        """Examples per update."""
        return self.per_device * self.accumulation * self.world

    @property
    def micro_batches_per_epoch(self) -> int:
        """Micro-batches of one process per epoch."""
        return self.updates_per_epoch * self.accumulation

    @property
    def examples(self) -> int:
        """Examples seen in total, repetitions included."""
        return self.updates * self.global_batch


def build_schedule(recipe: Recipe, *, examples_per_epoch: int, world: int = 1) -> Schedule:
    """Compute the figures of a run.

    Args:
        recipe: Gives the batch, the epochs and the warm-up.
        examples_per_epoch: Training examples per epoch.
        world: Processes that train together.

    Raises:
        UsageError: The batch can't be divided among the processes, or is larger than an epoch.
    """
    per_device, accumulation = _micro_batches(recipe, world)
    updates_per_epoch = examples_per_epoch // recipe.global_batch
    if updates_per_epoch == 0:
        raise UsageError(
            f"{examples_per_epoch} training examples do not fill one batch of "
            f"{recipe.global_batch}",
            hint=f"add data, or use a smaller batch: --global-batch {max(1, examples_per_epoch)}",
        )
    updates = max(1, math.floor(recipe.epochs * updates_per_epoch + 1e-9))
    if recipe.max_updates is not None:
        updates = min(updates, recipe.max_updates)
    warmup = recipe.warmup_steps * (updates if recipe.warmup_steps < 1 else 1)
    return Schedule(
        examples_per_epoch=examples_per_epoch,
        world=world,
        per_device=per_device,
        accumulation=accumulation,
        updates_per_epoch=updates_per_epoch,
        updates=updates,
        warmup_updates=min(math.ceil(warmup), updates),
    )


def training_share(n: int, validation_share: float) -> int:
    """Return how many of ``n`` are trained on when a fraction is held out for validation."""
    return math.floor(n * (1 - validation_share) + 1e-9)


def epoch_size(groups: Sequence[Sequence[int]], recipe: Recipe) -> int:
    """Return the examples per epoch, at most ``answers_per_problem`` of each problem."""
    limit = recipe.answers_per_problem
    return sum(len(group) if limit is None else min(limit, len(group)) for group in groups)


def epoch_updates(
    groups: Sequence[Sequence[int]],
    lengths: Sequence[int],
    recipe: Recipe,
    *,
    epoch: int,
) -> list[list[int]]:
    """Return the indices of the examples of each update of an epoch.

    Args:
        groups: Indices of each problem's examples.
        lengths: Tokens of every example.
        recipe: Gives the seed, the batch, the answers per problem, and the layout of batches.
        epoch: Counted from 0.
    """
    chosen = [index for group in groups for index in _answers_of_epoch(group, recipe, epoch)]
    rng = random.Random(f"{recipe.seed}/order/{epoch}")
    rng.shuffle(chosen)
    batch = recipe.global_batch
    if recipe.layout == "bucketed":
        chosen = _bucketed(chosen, lengths, batch, rng)
    return [chosen[start : start + batch] for start in range(0, len(chosen) - batch + 1, batch)]


def share(update: Sequence[int], schedule: Schedule, *, rank: int) -> Iterator[list[int]]:
    """Yield the micro-batches of an update that one process computes."""
    size = schedule.per_device
    each = size * schedule.accumulation
    mine = update[rank * each : (rank + 1) * each]
    for start in range(0, each, size):
        yield list(mine[start : start + size])


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
        """Start with epoch 0; for the arguments see ``epoch_updates``."""
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
        """Return the micro-batches of this process per epoch."""
        return self._schedule.micro_batches_per_epoch

    def __iter__(self) -> Iterator[list[int]]:
        """Yield the indices of each micro-batch's examples."""
        for update in epoch_updates(self._groups, self._lengths, self._recipe, epoch=self._epoch):
            yield from share(update, self._schedule, rank=self._rank)


def _micro_batches(recipe: Recipe, world: int) -> tuple[int, int]:
    if recipe.global_batch % world:
        raise UsageError(
            f"a batch of {recipe.global_batch} examples can't be divided evenly among {world} "
            "processes",
            hint=f"--global-batch {math.ceil(recipe.global_batch / world) * world}, "
            "or another number of processes",
        )
    each = recipe.global_batch // world
    # Fewer examples at a time give the same sum in more parts; more would not.
    most = min(recipe.per_device_train_batch_size, each)
    per_device = next(n for n in range(most, 0, -1) if each % n == 0)
    return per_device, each // per_device


def _answers_of_epoch(group: Sequence[int], recipe: Recipe, epoch: int) -> list[int]:
    """Choose a problem's answers for an epoch; all are used once before any is used again."""
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
    size = batch * _BUCKET_UPDATES
    for start in range(0, len(chosen), size):
        bucket = sorted(chosen[start : start + size], key=lambda index: lengths[index])
        # What is left of the bucket, less than a batch, stays at its end.
        whole = len(bucket) // batch * batch
        batches = [bucket[first : first + batch] for first in range(0, whole, batch)]
        rng.shuffle(batches)
        found += [index for one in batches for index in one] + bucket[whole:]
    return found
