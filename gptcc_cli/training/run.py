"""One training run: begin it or go on with it, and leave a model with everything to know of it.

The directory of a run holds ``checkpoints/`` while it lasts, ``recipe.toml`` and ``run.json``
from its beginning, and the model, its card and its curve at the end. A run with other settings
or data does not mix with what lies there: it is refused.
"""

import json
import logging
import os
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gptcc_cli.errors import GptccError, OutputError, TrainingError, UsageError
from gptcc_cli.models import FoundModel, LoadedModel
from gptcc_cli.training import output, preparing
from gptcc_cli.training.checkpoints import CheckpointStore
from gptcc_cli.training.events import Listener
from gptcc_cli.training.packing import check_packing
from gptcc_cli.training.plan import TrainingPlan
from gptcc_cli.training.stopping import StopRequest, stopping_on_signals
from gptcc_cli.training.trainer import PassRate, Work, make_trainer

_RUN = "run.json"
_SCHEMA = "gptcc.training-run/1"


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingOutcome:
    """How a run ended."""

    finished: bool
    """Whether all updates were made; otherwise it was asked to stop."""
    update: int
    directory: Path
    loss: float | None
    """Mean training loss of the last logged updates."""
    validation_loss: float | None
    """The best there was."""


def train(
    plan: TrainingPlan,
    loaded: LoadedModel,
    directory: Path,
    *,
    device: str,
    listen: Listener,
    restart: bool = False,
    pass_rate: PassRate | None = None,
    reporters: Sequence[Any] = (),
    stop: StopRequest | None = None,
    data: Sequence[str] = (),
) -> TrainingOutcome:
    """Train, or go on training, and write the model.

    Args:
        plan: what is taught.
        loaded: the model to start from, as ``preparing.load_base`` gives it.
        directory: of the run; what lies there must be of the same run.
        device: ``cpu`` or ``cuda``.
        listen: hears what happens.
        restart: forget what lies there.
        pass_rate: measured at the end of every epoch.
        reporters: Trainer callbacks.
        stop: lets others than signals stop the run.
        data: the places the problems came from, for the card.

    Raises:
        TrainingError: the run can't go on; the last whole checkpoint is kept.
        UsageError: the directory holds another run, or a finished one.
        OutputError: the directory can't be written.
    """
    _quieten()
    request = stop or StopRequest()
    store = CheckpointStore(directory / "checkpoints")
    identity = plan.identity(model=_model_mark(loaded.found))
    if _is_main():
        _generated_test(directory, store, identity, plan, loaded.found, restart=restart)
    work = Work(
        plan=plan,
        store=store,
        pad_token=loaded.tokenizer.eos_token_id or 0,
        device=device,
        stop=request,
        listen=listen,
        pass_rate=pass_rate,
        reporters=tuple(reporters),
    )
    with stopping_on_signals(request), _explained(plan, loaded):
        trainer = _trained(loaded, work)
        if finished := trainer.state.global_step >= plan.schedule.updates:
            trainer.load_best()
            if _is_main():
                output.write_result(trainer, plan, loaded, directory, data=data, identity=identity)
            trainer.accelerator.wait_for_everyone()
    return _outcome(trainer.state, directory, finished=finished)


def _trained(loaded: LoadedModel, work: Work) -> Any:
    """Teach from the last checkpoint on, until the end or until asked to stop."""
    model = preparing.trainable(loaded, work.plan.recipe)
    if work.plan.recipe.layout == "packed":
        check_packing(model, vocab_size=loaded.tokenizer.vocab_size)
    trainer = make_trainer(model, work)
    trainer.accelerator.wait_for_everyone()
    last = work.store.last()
    trainer.train(resume_from_checkpoint=str(last) if last else None)
    return trainer


def _outcome(state: Any, directory: Path, *, finished: bool) -> TrainingOutcome:
    losses = [float(entry["loss"]) for entry in state.log_history if "loss" in entry]
    return TrainingOutcome(
        finished=finished,
        update=state.global_step,
        directory=directory,
        loss=losses[-1] if losses else None,
        validation_loss=state.best_metric,
    )


def _quieten() -> None:
    # Bars and remarks about kernels that are not needed here would stand between our own lines.
    import transformers

    transformers.utils.logging.disable_progress_bar()
    logging.getLogger("bitsandbytes").setLevel(logging.ERROR)


def _generated_test(
    directory: Path,
    store: CheckpointStore,
    identity: str,
    plan: TrainingPlan,
    found: FoundModel,
    *,
    restart: bool,
) -> None:
    """Make the directory this run's, or refuse it."""
    known = _known(directory)
    forgotten = restart and known is not None
    if forgotten:
        output.remove_result(directory)
        shutil.rmtree(store.directory, ignore_errors=True)
        known = None
    if known is None and not forgotten and directory.is_dir() and any(directory.iterdir()):
        raise UsageError(
            f"{directory} is not empty, and holds no training run", hint="choose another --output"
        )
    if known is not None and known.get("identity") != identity:
        raise UsageError(
            f"{directory} holds a run with other settings, data or model",
            hint="choose another --output, or --restart to forget that run",
        )
    if known is not None and output.is_finished(directory):
        raise UsageError(
            f"the run in {directory} is finished",
            hint="choose another --output, or --restart to train again",
        )
    store.clean()
    if known is None:
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


def _known(directory: Path) -> dict[str, Any] | None:
    path = directory / _RUN
    if not path.is_file():
        return None
    try:
        value = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return value if isinstance(value, dict) else {}


def _model_mark(found: FoundModel) -> str:
    """Which weights these are, as far as that can be told without reading them."""
    if found.commit is not None:
        return f"{found.name}@{found.commit}"
    files = sorted(found.path.glob("*.safetensors")) + sorted(found.path.glob("*.bin"))
    return f"{found.name} {[(one.name, one.stat().st_size) for one in files]}"


def _is_main() -> bool:
    return int(os.environ.get("RANK", "0")) == 0


class _explained:  # noqa: N801 - reads as a statement
    """Turn exhausted memory into a sentence that says what to change."""

    def __init__(self, plan: TrainingPlan, loaded: LoadedModel) -> None:
        self._plan = plan
        self._loaded = loaded

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: Any, error: BaseException | None, trace: Any) -> None:
        if error is None or isinstance(error, GptccError) or not is_out_of_memory(error):
            return
        recipe = self._plan.recipe
        smaller = max(1, self._plan.schedule.per_device // 2)
        ways = [f"--per-device {smaller}"] if smaller < self._plan.schedule.per_device else []
        ways += [] if recipe.activation_checkpointing else ["--activation-checkpointing"]
        ways += [] if recipe.adapter_rank else ["--lora 16"]
        ways += [] if recipe.base_weights == "4bit" else ["--qlora 16"]
        raise TrainingError(
            f"there is not enough memory to train {self._loaded.found.name} with "
            f"{self._plan.schedule.per_device} examples of up to {recipe.max_tokens} tokens at "
            "a time",
            hint=f"{', or '.join(ways)}; the result stays the same with a smaller --per-device",
        ) from error


def is_out_of_memory(error: BaseException) -> bool:
    """Whether memory ran out, of a GPU or of the machine."""
    import torch

    if isinstance(error, MemoryError | torch.OutOfMemoryError):
        return True
    text = str(error).lower()
    return isinstance(error, RuntimeError) and (
        "allocate memory" in text or "out of memory" in text or "defaultcpuallocator" in text
    )
