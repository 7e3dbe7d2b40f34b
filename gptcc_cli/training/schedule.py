"""How many updates a run makes, and who takes which examples: arithmetic, no libraries.

The batch of an update is the recipe's, whatever the number of devices: devices and accumulation
only share it out.
"""

import math
from dataclasses import dataclass

from gptcc_cli.errors import UsageError
from gptcc_cli.training.recipe import Recipe


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """The figures of one run."""

    examples_per_epoch: int
    """Training examples in an epoch, those included that fill no whole batch and wait for
    another epoch."""
    world: int
    """Processes that train together."""
    per_device: int
    """Examples a process takes at a time."""
    accumulation: int
    """Micro-batches of one process in an update."""
    updates_per_epoch: int
    updates: int
    """Updates in all."""
    warmup_updates: int

    @property
    def global_batch(self) -> int:
        """Examples an update."""
        return self.per_device * self.accumulation * self.world

    @property
    def micro_batches_per_epoch(self) -> int:
        """Micro-batches that one process takes in an epoch."""
        return self.updates_per_epoch * self.accumulation

    @property
    def examples(self) -> int:
        """Examples seen in all, counted as often as they are seen."""
        return self.updates * self.global_batch

    def learning_rate(self, recipe: Recipe, update: int) -> float:
        """The learning rate of an update.

        Args:
            recipe: the same one.
            update: counted from 0, so that a warm-up's first update changes nothing.
        """
        if update < self.warmup_updates:
            return recipe.learning_rate * update / self.warmup_updates
        if recipe.lr_scheduler_type == "constant":
            return recipe.learning_rate
        done = (update - self.warmup_updates) / max(1, self.updates - self.warmup_updates)
        if recipe.lr_scheduler_type == "linear":
            return recipe.learning_rate * max(0.0, 1.0 - done)
        return recipe.learning_rate * max(0.0, 0.5 * (1.0 + math.cos(math.pi * done)))


def build_schedule(recipe: Recipe, *, examples_per_epoch: int, world: int = 1) -> Schedule:
    """Work out a run's figures.

    Args:
        recipe: gives the batch, the epochs and the warm-up.
        examples_per_epoch: training examples.
        world: processes.

    Raises:
        UsageError: the batch can't be shared out among the processes, or the examples fill none.
    """
    per_device, accumulation = _share(recipe, world)
    updates_per_epoch = examples_per_epoch // recipe.global_batch
    if updates_per_epoch == 0:
        raise UsageError(
            f"{examples_per_epoch} training examples do not fill one batch of "
            f"{recipe.global_batch}",
            hint=f"give more data, or a smaller batch: --global-batch {max(1, examples_per_epoch)}",
        )
    updates = max(1, math.floor(recipe.epochs * updates_per_epoch + 1e-9))
    if recipe.max_updates is not None:
        updates = min(updates, recipe.max_updates)
    warmup = recipe.warmup_steps * updates if recipe.warmup_steps < 1 else recipe.warmup_steps
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
    """How many of ``n`` are trained on when a share is kept for validation."""
    return math.floor(n * (1 - validation_share) + 1e-9)


def _share(recipe: Recipe, world: int) -> tuple[int, int]:
    if recipe.global_batch % world:
        raise UsageError(
            f"a batch of {recipe.global_batch} examples can't be shared out evenly among {world} "
            "processes",
            hint=f"--global-batch {math.ceil(recipe.global_batch / world) * world}, "
            "or another number of processes",
        )
    each = recipe.global_batch // world
    # Fewer at a time than asked is the same sum in more parts; more would not be.
    per_device = next(
        n for n in range(min(recipe.per_device_train_batch_size, each), 0, -1) if each % n == 0
    )
    return per_device, each // per_device
