"""transformers' Trainer, taught what this package knows: loss, order, checkpoints, progress.

Imports torch and transformers as a module, unlike every other file: it is imported when a run
begins, and by nothing else. What stays Trainer's: accumulation, precision, devices and processes,
clipping, optimizer, schedule, and restoring all of it.
"""

import math
import time
from dataclasses import replace
from typing import Any

import torch  # noqa: TID253 - see above
from transformers import (  # noqa: TID253 - see above
    PrinterCallback,
    Trainer,
    TrainerCallback,
)

from gptcc_cli.errors import TrainingError
from gptcc_cli.training.events import Began, Event, Saved, Updated, Validated
from gptcc_cli.training.loss import answer_loss, total_weight
from gptcc_cli.training.order import MicroBatches
from gptcc_cli.training.trainer import Work, count_tokens, not_finite, training_arguments
from gptcc_cli.training.validating import validation_loss


class AnswerTrainer(Trainer):  # type: ignore[misc]
    """Trains on answers, in our order, with checkpoints that are whole or not there."""

    control: Any

    def __init__(self, model: Any, work: Work) -> None:
        self.work = work
        self.sampler: MicroBatches | None = None
        super().__init__(
            model=model,
            args=training_arguments(work),
            data_collator=work.collator,
            train_dataset=list(work.plan.train.examples),
            eval_dataset=list(work.plan.validation.examples),
            callbacks=[TrainProgress(self), *work.reporters],
        )
        self.remove_callback(PrinterCallback)
        # The loss is divided by the weight of the whole update, all processes together.
        self.loss_is_scaled_for_ga = True
        self._update_loss: Any = 0.0
        self._update_tokens = 0

    def get_train_dataloader(self) -> Any:
        self.sampler = MicroBatches(
            self.work.plan.train.groups,
            [len(example.tokens) for example in self.work.plan.train.examples],
            self.work.plan.recipe,
            self.work.plan.schedule,
            rank=self.args.process_index,
        )
        return torch.utils.data.DataLoader(
            self.work.plan.train.examples,
            batch_sampler=self.sampler,
            collate_fn=self.work.collator,
            generator=torch.Generator(),
        )

    def _get_num_items_in_batch(self, batch_samples: list[Any], device: Any) -> Any:
        self._update_loss = torch.zeros((), device=device)
        self._update_tokens = sum(count_tokens(batch) for batch in batch_samples)
        total = total_weight(batch_samples).to(device)
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
        # Processes average their gradients, and ours are parts of one sum.
        loss = answer_loss(model, inputs) / num_items_in_batch * self.args.world_size
        if not math.isfinite(loss.item()):
            raise not_finite(self.state.global_step + 1, self.work.plan.recipe)
        self._update_loss += loss.detach()
        return loss

    def last_update(self) -> tuple[float, int]:
        """The mean loss of the update just made, and the tokens it read."""
        loss = self._update_loss
        tokens = torch.tensor(self._update_tokens, device=loss.device)
        if self.args.world_size > 1:
            loss = self.accelerator.gather(loss).mean()
            tokens = self.accelerator.gather(tokens).sum()
        return float(loss.item()), int(tokens.item())

    def evaluate(self, *_: Any, **__: Any) -> dict[str, float]:
        seen = self._look()
        metrics = {} if seen.loss is None else {"eval_loss": seen.loss}
        if seen.n_problems:
            metrics["eval_pass_rate"] = (seen.n_solved or 0) / seen.n_problems
        if metrics:
            self.log(dict(metrics))
        self._tell(seen)
        if seen.loss is not None and seen.loss < (self.state.best_metric or math.inf):
            self.state.best_metric = seen.loss
            self.state.best_global_step = self.state.global_step
        self.control = self.callback_handler.on_evaluate(
            self.args, self.state, self.control, metrics
        )
        return metrics

    def _look(self) -> Validated:
        loss = validation_loss(
            self.model,
            self.work.plan.validation.examples,
            replace(self.work.collator, layout="bucketed", loss_norm="token"),
            batch=self.work.plan.schedule.per_device,
            accelerator=self.accelerator,
        )
        solved: tuple[int | None, int | None] = (None, None)
        if self.work.pass_rate is not None and self.is_world_process_zero():
            solved = self.work.pass_rate(self.model)
        self.accelerator.wait_for_everyone()
        return Validated(
            update=self.state.global_step, loss=loss, n_solved=solved[0], n_problems=solved[1]
        )

    def _determine_best_metric(self, metrics: Any, trial: Any) -> bool:
        return False

    def _get_output_dir(self, trial: Any) -> str:
        return str(self.work.store.aside)

    def _save_checkpoint(self, model: Any, trial: Any) -> None:
        update, store = self.state.global_step, self.work.store
        with store.explained(update):
            super()._save_checkpoint(model, trial)
            self.accelerator.wait_for_everyone()
            if self.is_local_process_zero():
                store.publish(update)
                store.thin(keep=self.work.plan.recipe.keep, best=self.state.best_global_step)
        self.accelerator.wait_for_everyone()
        self._tell(Saved(path=store.path(update)))

    def load_best(self) -> None:
        """Go back to the weights with the best validation loss, if others came after them."""
        best = self.state.best_global_step
        if best and best != self.state.global_step and self.work.store.path(best).is_dir():
            self.state.best_model_checkpoint = str(self.work.store.path(best))
            self._load_best_model()

    def _tell(self, event: Event) -> None:
        if self.is_world_process_zero():
            self.work.listen(event)


class TrainProgress(TrainerCallback):  # type: ignore[misc]
    """Tells what happens, and decides when to save, to validate and to stop."""

    def __init__(self, trainer: Any) -> None:
        self.trainer = trainer
        self.work: Work = trainer.work
        self.clock = 0.0

    def on_train_begin(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        self.clock = time.monotonic()
        self.trainer._tell(Began(schedule=self.work.plan.schedule, first_update=state.global_step))

    def on_epoch_begin(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        epoch = state.global_step // self.work.plan.schedule.updates_per_epoch
        self.trainer.sampler.set_epoch(epoch)

    def on_step_end(self, args: Any, state: Any, control: Any, **_: Any) -> None:
        schedule, recipe = self.work.plan.schedule, self.work.plan.recipe
        update = state.global_step
        self._tell_update(update)
        last = update >= schedule.updates
        stop = self._everyone_stops()
        control.should_evaluate = last or update % schedule.updates_per_epoch == 0
        control.should_save = control.should_evaluate or stop or update % recipe.save_every == 0
        control.should_training_stop = last or stop
        control.should_log = control.should_log or last

    def _tell_update(self, update: int) -> None:
        loss, n_tokens = self.trainer.last_update()
        now = time.monotonic()
        self.trainer._tell(
            Updated(
                update=update,
                loss=loss,
                learning_rate=self.trainer._get_learning_rate(),
                n_tokens=n_tokens,
                wall_s=now - self.clock,
            )
        )
        self.clock = now

    def _everyone_stops(self) -> bool:
        asked = torch.tensor(int(self.work.stop.asked), device=self.trainer.args.device)
        if self.trainer.args.world_size > 1:
            asked = self.trainer.accelerator.gather(asked).max()
        return bool(asked.item())
