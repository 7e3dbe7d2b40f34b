"""A run's collaborators, and the recipe in transformers' words.

The trainer itself stands in ``answer_trainer``, which is imported when it is made.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from gptcc_cli.errors import TrainingError
from gptcc_cli.training.batches import Collator
from gptcc_cli.training.checkpoints import CheckpointStore
from gptcc_cli.training.events import Listener
from gptcc_cli.training.plan import TrainingPlan
from gptcc_cli.training.recipe import Recipe
from gptcc_cli.training.stopping import StopRequest

PassRate = Callable[[Any], tuple[int, int]]
"""Takes the model, gives the problems solved and the problems tried."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """Everything one run of the trainer needs beside the model."""

    plan: TrainingPlan
    store: CheckpointStore
    pad_token: int
    device: str
    """``cpu`` or ``cuda``."""
    stop: StopRequest
    listen: Listener
    pass_rate: PassRate | None = None
    """Measured at the end of every epoch, in the main process."""
    reporters: tuple[Any, ...] = ()
    """Trainer callbacks, such as TensorBoard's."""

    @property
    def collator(self) -> Collator:
        """Makes the micro-batches."""
        return Collator(
            layout=self.plan.recipe.layout,
            loss_norm=self.plan.recipe.loss_norm,
            max_tokens=self.plan.recipe.max_tokens,
            pad_token=self.pad_token,
        )


def make_trainer(model: Any, work: Work) -> Any:
    """Build the trainer of a run.

    Raises:
        TrainingError: this device can't compute in the precision asked for.
    """
    from gptcc_cli.training.answer_trainer import AnswerTrainer

    return AnswerTrainer(model, work)


def training_arguments(work: Work) -> Any:
    """The recipe in transformers' words.

    Raises:
        TrainingError: this device can't compute in the precision asked for.
    """
    from transformers import TrainingArguments

    recipe, schedule = work.plan.recipe, work.plan.schedule
    try:
        return TrainingArguments(
            output_dir=str(work.store.directory),
            max_steps=schedule.updates,
            per_device_train_batch_size=schedule.per_device,
            gradient_accumulation_steps=schedule.accumulation,
            learning_rate=recipe.learning_rate,
            lr_scheduler_type=_SCHEDULERS[recipe.lr_scheduler_type],
            warmup_steps=schedule.warmup_updates,
            optim=_OPTIMIZERS[recipe.optimizer],
            adam_beta1=recipe.beta1,
            adam_beta2=recipe.beta2,
            adam_epsilon=recipe.epsilon,
            weight_decay=recipe.weight_decay,
            max_grad_norm=recipe.max_grad_norm,
            bf16=recipe.precision == "bf16",
            fp16=recipe.precision == "fp16",
            activation_checkpointing=recipe.activation_checkpointing,
            activation_checkpointing_kwargs={"use_reentrant": False},
            seed=recipe.seed,
            logging_strategy="steps",
            logging_steps=recipe.log_every,
            logging_nan_inf_filter=False,
            # When to validate and save is decided by ``_Progress``, which also hears Ctrl-C.
            eval_strategy="no",
            save_strategy="no",
            report_to="none",
            disable_tqdm=True,
            remove_unused_columns=False,
            use_cpu=work.device == "cpu",
            ddp_timeout=3 * 3600,
            ddp_find_unused_parameters=False,
        )
    except ValueError as error:
        if "bf16" not in str(error) and "fp16" not in str(error):
            raise
        raise TrainingError(
            f"this device can't compute in {recipe.precision}", hint="--precision fp32"
        ) from error


_SCHEDULERS = {"linear": "linear", "cosine": "cosine", "constant": "constant_with_warmup"}
_OPTIMIZERS = {"adamw": "adamw_torch", "adamw8bit": "adamw_bnb_8bit", "adafactor": "adafactor"}


def not_finite(update: int, recipe: Recipe) -> TrainingError:
    """The error of a loss that is no number, with what usually mends it."""
    half = f"{recipe.learning_rate / 5:.0e}".replace("e-0", "e-")
    precision = " --precision bf16 or fp32;" if recipe.precision == "fp16" else ""
    return TrainingError(
        f"the loss of update {update} is not a number: the training has come apart",
        hint=f"{precision} a smaller --learning-rate, such as {half}, or a longer --warmup".strip(),
    )


def count_tokens(batch: dict[str, Any]) -> int:
    """Tokens of a micro-batch without its padding."""
    if "attention_mask" in batch:
        return int(batch["attention_mask"].sum())
    # Padding of a packed row is positions 0, of which every example has one, its first.
    starts = int((batch["loss_weights"] > 0).any(dim=1).sum())
    return int((batch["position_ids"] > 0).sum()) + starts
