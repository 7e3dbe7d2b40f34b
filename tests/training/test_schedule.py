"""The figures of a run are those of the specification."""

import pytest
import torch

from gptcc_cli.errors import UsageError
from gptcc_cli.training.schedule import build_schedule, training_share
from tests.training.conftest import BETTER, CARD

APPS_TRAIN_SOLUTIONS = 117_232
APPS_SOLUTIONS = 232_444


def test_card_on_the_apps_train_split_makes_the_released_run():
    schedule = build_schedule(CARD, examples_per_epoch=training_share(APPS_TRAIN_SOLUTIONS, 0.05))
    assert schedule.examples_per_epoch == 111_370
    assert schedule.micro_batches_per_epoch == 6_960
    assert schedule.updates_per_epoch == 3_480
    assert schedule.updates == 17_400
    assert schedule.micro_batches_per_epoch * 5 == 34_800
    assert schedule.warmup_updates == 800


@pytest.mark.parametrize(
    ("solutions", "share", "updates_per_epoch", "updates"),
    [
        (APPS_TRAIN_SOLUTIONS, 0.05, 435, 2_175),
        (APPS_TRAIN_SOLUTIONS, 0.0, 457, 2_285),
        (APPS_SOLUTIONS, 0.1, 817, 4_085),
    ],
)
def test_the_other_reading_of_the_card_has_a_batch_of_256(
    solutions, share, updates_per_epoch, updates
):
    recipe = CARD.changed({"global_batch": 256})
    schedule = build_schedule(recipe, examples_per_epoch=training_share(solutions, share), world=8)
    assert (schedule.per_device, schedule.accumulation) == (16, 2)
    assert (schedule.updates_per_epoch, schedule.updates) == (updates_per_epoch, updates)


def test_published_1300m_steps_fit_the_same_arithmetic():
    recipe = CARD.changed({"global_batch": 24, "per_device_train_batch_size": 24, "epochs": 3})
    assert build_schedule(recipe, examples_per_epoch=111_370).updates == 13_920


@pytest.mark.parametrize("world", [1, 2, 4, 8, 16, 32])
@pytest.mark.parametrize("per_device", [1, 3, 5, 16, 64])
def test_global_batch_is_held_on_any_number_of_devices(world, per_device):
    schedule = build_schedule(
        CARD.changed({"per_device_train_batch_size": per_device}),
        examples_per_epoch=111_370,
        world=world,
    )
    assert schedule.global_batch == 32
    assert schedule.per_device <= per_device
    assert schedule.updates == 17_400


def test_batch_that_can_not_be_shared_out_is_refused_with_one_that_can():
    with pytest.raises(UsageError, match="among 3 processes") as caught:
        build_schedule(CARD, examples_per_epoch=1000, world=3)
    assert "--global-batch 33" in (caught.value.hint or "")


def test_too_few_examples_for_a_batch_are_refused():
    with pytest.raises(UsageError, match="20 training examples do not fill one batch of 32"):
        build_schedule(BETTER, examples_per_epoch=20)


def test_warmup_below_one_is_a_share():
    schedule = build_schedule(BETTER, examples_per_epoch=3200)
    assert schedule.updates == 500
    assert schedule.warmup_updates == 25


def learning_rates(recipe, schedule):
    """The learning rate of every update, as transformers computes it from our figures."""
    from torch.optim import SGD
    from transformers import get_scheduler

    from gptcc_cli.training.trainer import SCHEDULERS

    scheduler = get_scheduler(
        SCHEDULERS[recipe.lr_scheduler_type],
        SGD([torch.nn.Parameter(torch.zeros(1))], lr=recipe.learning_rate),
        num_warmup_steps=schedule.warmup_updates,
        num_training_steps=schedule.updates,
    )
    (factor,) = scheduler.lr_lambdas
    return [recipe.learning_rate * factor(update) for update in range(schedule.updates + 1)]


def test_learning_rate_rises_to_the_card_s_and_falls_to_zero():
    schedule = build_schedule(CARD, examples_per_epoch=111_370)
    rates = learning_rates(CARD, schedule)
    assert rates[0] == 0
    assert rates[400] == pytest.approx(4e-5)
    assert max(rates) == rates[800] == 8e-5
    assert rates[(800 + 17_400) // 2] == pytest.approx(4e-5)
    assert rates[-1] == 0


@pytest.mark.parametrize(("scheduler", "last"), [("linear", 0), ("cosine", 0), ("constant", 8e-5)])
def test_learning_rate_ends_where_the_scheduler_says(scheduler, last):
    recipe = CARD.changed({"lr_scheduler_type": scheduler, "warmup_steps": 7, "epochs": 1})
    rates = learning_rates(recipe, build_schedule(recipe, examples_per_epoch=32 * 40))
    assert len(rates) == 41
    assert rates[7] == 8e-5
    assert rates[-1] == pytest.approx(last, abs=1e-12)
