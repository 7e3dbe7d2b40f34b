"""transformers' Trainer with our loss, order of examples, checkpoints and progress.

Unlike every other file of the package, this one imports torch and transformers at its top; it is
imported only when a run begins. Trainer still does accumulation, precision, devices and processes,
clipping, the optimizer and its schedule, and restoring the state of all of them.
"""

import math
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import torch  # noqa: TID253 - see above
from transformers import (  # noqa: TID253 - see above
    PrinterCallback,
    Trainer,
    TrainerCallback,
    TrainingArguments,
)

from gptcc_cli.errors import TrainingError
from gptcc_cli.training.batches import Collator, answer_loss, count_tokens
from gptcc_cli.training.checkpoints import CheckpointStore
from gptcc_cli.training.events import (
    Began,
    Event,
    Listener,
    Saved,
    StopRequest,
    Updated,
    Validated,
)
from gptcc_cli.training.plan import TrainingPlan
from gptcc_cli.training.recipe import Recipe
from gptcc_cli.training.schedule import MicroBatches
from gptcc_cli.training.validation import validation_loss


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainerParts:
    """Everything the trainer of a run needs besides the model."""

    plan: TrainingPlan
    store: CheckpointStore
    pad_token: int
    device: str
    """``cpu`` or ``cuda``."""
    stop: StopRequest
    listen: Listener
    pass_rate: Callable[[Any], tuple[int, int]] | None = None
    """Takes the model and returns the problems solved and tried. Called at the end of every epoch,
    in the main process."""
    callbacks: tuple[Any, ...] = ()
    """Additional Trainer callbacks, such as TensorBoard's."""

    @property
    def collator(self) -> Collator:
        """Makes the micro-batches."""
        return Collator(
            layout=self.plan.recipe.layout,
            loss_norm=self.plan.recipe.loss_norm,
            max_tokens=self.plan.recipe.max_tokens,
            pad_token=self.pad_token,
        )


class AnswerTrainer(Trainer):  # type: ignore[misc]
    """Trains on the answers, in our order, with atomic checkpoints."""

    control: Any

    def __init__(self, model: Any, parts: TrainerParts) -> None:
        """Prepare to train.

        Raises:
            TrainingError: The device can't compute in the recipe's precision.
        """
        self.parts = parts
        self.plan = parts.plan
        self.sampler: MicroBatches | None = None
        super().__init__(
            model=model,
            args=_training_arguments(parts),
            data_collator=parts.collator,
            train_dataset=list(self.plan.train.examples),
            eval_dataset=list(self.plan.validation.examples),
            callbacks=[TrainProgress(self), *parts.callbacks],
        )
        self.remove_callback(PrinterCallback)
        # The loss is divided by the weight of the whole update, over all processes.
        self.loss_is_scaled_for_ga = True
        self._update_loss: Any = 0.0
        self._update_tokens = 0

    def get_train_dataloader(self) -> Any:
        self.sampler = MicroBatches(
            self.plan.train.groups,
            [len(example.tokens) for example in self.plan.train.examples],
            self.plan.recipe,
            self.plan.schedule,
            rank=self.args.process_index,
        )
        return torch.utils.data.DataLoader(
            self.plan.train.examples,
            batch_sampler=self.sampler,
            collate_fn=self.parts.collator,
            generator=torch.Generator(),
        )

    def _get_num_items_in_batch(self, batch_samples: list[Any], device: Any) -> Any:
        self._update_loss = torch.zeros((), device=device)
        self._update_tokens = sum(count_tokens(batch) for batch in batch_samples)
        total = torch.stack([batch["loss_weights"].sum() for batch in batch_samples]).sum()
        total = total.to(device)
        if self.args.world_size > 1:
            total = self.accelerator.gather(total).sum()
        if not total > 0:
            raise TrainingError("an update has no answer token to learn from")
        return total

    def compute_loss(
        self,
        model: Any,
        inputs: dict[str, Any],
        return_outputs: bool = False,
        num_items_in_batch: Any = None,
    ) -> Any:
        # Processes average their gradients, but ours are parts of one sum.
        loss = answer_loss(model, inputs) / num_items_in_batch * self.args.world_size
        if not math.isfinite(loss.item()):
            raise _not_finite(self.state.global_step + 1, self.plan.recipe)
        self._update_loss += loss.detach()
        return loss

    def last_update(self) -> tuple[float, int]:
        """Return the mean loss of the last update and the tokens it computed."""
        loss = self._update_loss
        tokens = torch.tensor(self._update_tokens, device=loss.device)
        if self.args.world_size > 1:
            loss = self.accelerator.gather(loss).mean()
            tokens = self.accelerator.gather(tokens).sum()
        return float(loss.item()), int(tokens.item())

    def evaluate(self, *_: Any, **__: Any) -> dict[str, float]:
        measured = self._validate()
        metrics = {} if measured.loss is None else {"eval_loss": measured.loss}
        if measured.n_problems:
            metrics["eval_pass_rate"] = (measured.n_solved or 0) / measured.n_problems
        if metrics:
            self.log(dict(metrics))
        self.report(measured)
        if measured.loss is not None and measured.loss < (self.state.best_metric or math.inf):
            self.state.best_metric = measured.loss
            self.state.best_global_step = self.state.global_step
        self.control = self.callback_handler.on_evaluate(
            self.args, self.state, self.control, metrics
        )
        return metrics

    def _validate(self) -> Validated:
        loss = validation_loss(
            self.model,
            self.plan.validation.examples,
            replace(self.parts.collator, layout="bucketed", loss_norm="token"),
            batch=self.plan.schedule.per_device,
            accelerator=self.accelerator,
        )
        solved: tuple[int | None, int | None] = (None, None)
        if self.parts.pass_rate is not None and self.is_world_process_zero():
            solved = self.parts.pass_rate(self.model)
        self.accelerator.wait_for_everyone()
        return Validated(
            update=self.state.global_step, loss=loss, n_solved=solved[0], n_problems=solved[1]
        )

    def _determine_best_metric(self, metrics: Any, trial: Any) -> bool:
        return False

    def _get_output_dir(self, trial: Any) -> str:
        return str(self.parts.store.incomplete)

    def _save_checkpoint(self, model: Any, trial: Any) -> None:
        update, store = self.state.global_step, self.parts.store
        with store.explaining_failures(update):
            super()._save_checkpoint(model, trial)
            self.accelerator.wait_for_everyone()
            if self.is_local_process_zero():
                store.publish(update)
                store.prune(keep=self.plan.recipe.keep, best=self.state.best_global_step)
        self.accelerator.wait_for_everyone()
        self.report(Saved(path=store.path(update)))

    def load_best(self) -> None:
        """Load the weights with the best validation loss, unless they are the current ones."""
        best = self.state.best_global_step
        if best and best != self.state.global_step and self.parts.store.path(best).is_dir():
            self.state.best_model_checkpoint = str(self.parts.store.path(best))
            self._load_best_model()

    def report(self, event: Event) -> None:
        """Pass an event to the listener, in the main process."""
        if self.is_world_process_zero():
            self.parts.listen(event)


class TrainProgress(TrainerCallback):  # type: ignore[misc]
    """Reports events, and decides when to save, to validate and to stop."""

    def __init__(self, trainer: AnswerTrainer) -> None:
        self.trainer = trainer
        self.clock = 0.0

    def on_train_begin(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        self.clock = time.monotonic()
        self.trainer.report(
            Began(schedule=self.trainer.plan.schedule, first_update=state.global_step)
        )

    def on_epoch_begin(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        epoch = state.global_step // self.trainer.plan.schedule.updates_per_epoch
        assert self.trainer.sampler is not None
        self.trainer.sampler.set_epoch(epoch)

    def on_step_end(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        schedule, recipe = self.trainer.plan.schedule, self.trainer.plan.recipe
        update = state.global_step
        self._report_update(update)
        last = update >= schedule.updates
        stop = self._any_process_stops()
        control.should_evaluate = last or update % schedule.updates_per_epoch == 0
        control.should_save = control.should_evaluate or stop or update % recipe.save_every == 0
        control.should_training_stop = last or stop
        control.should_log = control.should_log or last

    def _report_update(self, update: int) -> None:
        loss, n_tokens = self.trainer.last_update()
        now = time.monotonic()
        self.trainer.report(
            Updated(
                update=update,
                loss=loss,
                learning_rate=self.trainer._get_learning_rate(),
                n_tokens=n_tokens,
                wall_s=now - self.clock,
            )
        )
        self.clock = now

    def _any_process_stops(self) -> bool:
        asked = torch.tensor(int(self.trainer.parts.stop.asked), device=self.trainer.args.device)
        if self.trainer.args.world_size > 1:
            asked = self.trainer.accelerator.gather(asked).max()
        return bool(asked.item())


SCHEDULERS = {"linear": "linear", "cosine": "cosine", "constant": "constant_with_warmup"}
"""transformers' name of each ``lr_scheduler_type``."""
_OPTIMIZERS = {"adamw": "adamw_torch", "adamw8bit": "adamw_bnb_8bit", "adafactor": "adafactor"}


def _training_arguments(parts: TrainerParts) -> TrainingArguments:
    recipe, schedule = parts.plan.recipe, parts.plan.schedule
    try:
        return TrainingArguments(
            output_dir=str(parts.store.directory),
            max_steps=schedule.updates,
            per_device_train_batch_size=schedule.per_device,
            gradient_accumulation_steps=schedule.accumulation,
            learning_rate=recipe.learning_rate,
            lr_scheduler_type=SCHEDULERS[recipe.lr_scheduler_type],
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
            # ``TrainProgress`` decides when to validate and save, because it also handles Ctrl-C.
            eval_strategy="no",
            save_strategy="no",
            report_to="none",
            disable_tqdm=True,
            remove_unused_columns=False,
            use_cpu=parts.device == "cpu",
            ddp_timeout=3 * 3600,
            ddp_find_unused_parameters=False,
        )
    except ValueError as error:
        if "bf16" not in str(error) and "fp16" not in str(error):
            raise
        raise TrainingError(
            f"this device can't compute in {recipe.precision}", hint="--precision fp32"
        ) from error


def _not_finite(update: int, recipe: Recipe) -> TrainingError:
    smaller = f"{recipe.learning_rate / 5:.0e}".replace("e-0", "e-")
    precision = "--precision bf16 or fp32, " if recipe.precision == "fp16" else ""
    return TrainingError(
        f"the loss of update {update} is not a number: training has diverged",
        hint=f"{precision}a smaller --learning-rate, such as {smaller}, or a longer --warmup",
    )
