"""One training run: start or resume it, and write the trained model.

The directory of a run holds ``recipe.toml`` and ``run.json`` from the start, ``checkpoints/``
during the run, and the model, its card and its loss curve at the end. A run with other settings or
data in the same directory is refused.
"""

import json
import logging
import os
import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gptcc_cli.errors import OutputError, TrainingError, UsageError
from gptcc_cli.models import FoundModel, LoadedModel
from gptcc_cli.training import output
from gptcc_cli.training.base_model import trainable
from gptcc_cli.training.batches import check_packing
from gptcc_cli.training.checkpoints import CheckpointStore
from gptcc_cli.training.events import Listener, StopRequest, stopping_on_signals
from gptcc_cli.training.plan import TrainingPlan

_RUN = "run.json"
_SCHEMA = "gptcc.training-run/1"


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingOutcome:
    """How a run ended."""

    finished: bool
    """Whether all updates were made; otherwise the run was asked to stop."""
    update: int
    """The last update."""
    directory: Path
    loss: float | None
    """Mean training loss of the last logged updates."""
    validation_loss: float | None
    """The best validation loss."""


def train(
    plan: TrainingPlan,
    loaded: LoadedModel,
    directory: Path,
    *,
    device: str,
    listen: Listener,
    restart: bool = False,
    pass_rate: Callable[[Any], tuple[int, int]] | None = None,
    callbacks: Sequence[Any] = (),
    stop: StopRequest | None = None,
    data: Sequence[str] = (),
) -> TrainingOutcome:
    """Train a model, or resume training it, and write it.

    Args:
        plan: The examples and figures.
        loaded: The model to start from, loaded by ``base_model.load_base``.
        directory: The run's directory; a run that is already there must be the same one.
        device: ``cpu`` or ``cuda``.
        listen: Called with events.
        restart: Discard the run in the directory.
        pass_rate: Takes the model and returns the problems solved and tried; called at the end of
            every epoch.
        callbacks: Additional Trainer callbacks.
        stop: Lets something other than a signal stop the run.
        data: Where the problems came from, for the model card.

    Raises:
        TrainingError: The run can't continue; the last complete checkpoint is kept.
        UsageError: The directory holds another run, or a finished one.
        OutputError: The directory can't be written.
    """
    silence_libraries()
    request = stop or StopRequest()
    store = CheckpointStore(directory / "checkpoints")
    identity = plan.identity(model=_weights_id(loaded.found))
    is_main = int(os.environ.get("RANK", "0")) == 0
    if is_main:
        discarded = restart and _discard(directory, store)
        _mark_directory(directory, identity, plan, loaded.found, may_have_files=discarded)
        store.clean()
    with stopping_on_signals(request), _explaining_memory_errors(plan, loaded):
        from gptcc_cli.training.trainer import AnswerTrainer, TrainerParts

        parts = TrainerParts(
            plan=plan,
            store=store,
            pad_token=loaded.tokenizer.eos_token_id or 0,
            device=device,
            stop=request,
            listen=listen,
            pass_rate=pass_rate,
            callbacks=tuple(callbacks),
        )
        model = trainable(loaded, plan.recipe)
        if plan.recipe.layout == "packed":
            check_packing(model, vocab_size=loaded.tokenizer.vocab_size)
        trainer = AnswerTrainer(model, parts)
        trainer.accelerator.wait_for_everyone()
        last = store.last()
        trainer.train(resume_from_checkpoint=str(last) if last else None)
        if finished := trainer.state.global_step >= plan.schedule.updates:
            trainer.load_best()
            if is_main:
                output.write_result(trainer, plan, loaded, directory, data=data, identity=identity)
            trainer.accelerator.wait_for_everyone()
    losses = [float(entry["loss"]) for entry in trainer.state.log_history if "loss" in entry]
    return TrainingOutcome(
        finished=finished,
        update=trainer.state.global_step,
        directory=directory,
        loss=losses[-1] if losses else None,
        validation_loss=trainer.state.best_metric,
    )


def silence_libraries() -> None:
    """Keep the libraries' progress bars and remarks about kernels out of our own lines."""
    import transformers

    transformers.utils.logging.disable_progress_bar()
    logging.getLogger("bitsandbytes").setLevel(logging.ERROR)


def _discard(directory: Path, store: CheckpointStore) -> bool:
    """Remove the run in a directory and nothing else; return whether there was one."""
    if not (directory / _RUN).is_file():
        return False
    output.remove_result(directory)
    shutil.rmtree(store.directory, ignore_errors=True)
    return True


def _mark_directory(
    directory: Path, identity: str, plan: TrainingPlan, found: FoundModel, *, may_have_files: bool
) -> None:
    """Check that a directory belongs to this run, or mark it if it is new."""
    known = _read_run(directory)
    if known is None:
        if not may_have_files and directory.is_dir() and any(directory.iterdir()):
            raise UsageError(
                f"{directory} is not empty and holds no training run",
                hint="choose another --output",
            )
        record = {"schema": _SCHEMA, "identity": identity, "model": found.name}
        try:
            directory.mkdir(parents=True, exist_ok=True)
            output.write_recipe(directory, plan.recipe)
            output.write_text(directory / _RUN, json.dumps(record) + "\n")
        except OSError as error:
            raise OutputError(
                f"{directory} can't be written: {error.strerror or error}",
                hint="choose another --output",
            ) from error
    elif known.get("identity") != identity:
        raise UsageError(
            f"{directory} holds a run with other settings, data or model",
            hint="choose another --output, or --restart to discard that run",
        )
    elif output.is_finished(directory):
        raise UsageError(
            f"the run in {directory} is finished",
            hint="choose another --output, or --restart to train again",
        )


def _read_run(directory: Path) -> dict[str, Any] | None:
    path = directory / _RUN
    if not path.is_file():
        return None
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return value if isinstance(value, dict) else {}


def _weights_id(found: FoundModel) -> str:
    """Identify a model's weights as far as possible without reading them."""
    if found.commit is not None:
        return f"{found.name}@{found.commit}"
    files = sorted(found.path.glob("*.safetensors")) + sorted(found.path.glob("*.bin"))
    return f"{found.name} {[(one.name, one.stat().st_size) for one in files]}"


@contextmanager
def _explaining_memory_errors(plan: TrainingPlan, loaded: LoadedModel) -> Iterator[None]:
    """Turn a lack of memory into an error that says what to change."""
    try:
        yield
    except (MemoryError, RuntimeError) as error:
        if not _is_out_of_memory(error):
            raise
        recipe, per_device = plan.recipe, plan.schedule.per_device
        ways = [f"--per-device {per_device // 2}"] if per_device > 1 else []
        ways += [] if recipe.activation_checkpointing else ["--activation-checkpointing"]
        ways += [] if recipe.adapter_rank else ["--lora 16"]
        ways += [] if recipe.base_weights == "4bit" else ["--qlora 16"]
        raise TrainingError(
            f"there is not enough memory to train {loaded.found.name} with {per_device} examples "
            f"of up to {recipe.max_tokens} tokens at a time",
            hint=f"{', or '.join(ways)}; a smaller --per-device does not change the result",
        ) from error


def _is_out_of_memory(error: Exception) -> bool:
    import torch

    text = str(error).lower()
    return isinstance(error, MemoryError | torch.OutOfMemoryError) or any(
        mark in text for mark in ("allocate memory", "out of memory", "defaultcpuallocator")
    )
