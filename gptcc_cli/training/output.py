"""What a finished run leaves: weights, tokenizer, recipe, curve and card.

Every file is written aside and renamed; ``gptcc_training.json`` comes last and says that all
are there.
"""

import importlib.metadata
import json
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from gptcc_cli.atomic_writes import atomic_path
from gptcc_cli.errors import OutputError, TrainingError
from gptcc_cli.models import LoadedModel
from gptcc_cli.models.training_record import TRAINING_RECORD, inherited_data
from gptcc_cli.training import curve
from gptcc_cli.training.card import write_card
from gptcc_cli.training.plan import TrainingPlan
from gptcc_cli.training.recipe import Recipe, write_toml

_ASIDE = ".result"
_TOKENIZER_FILES = (
    "tokenizer.json",
    "tokenizer_config.json",
    "special_tokens_map.json",
    "vocab.json",
    "merges.txt",
    "chat_template.jinja",
    "chat_template.json",
    "added_tokens.json",
    "generation_config.json",
)


def write_result(
    trainer: Any,
    plan: TrainingPlan,
    loaded: LoadedModel,
    directory: Path,
    *,
    data: Sequence[str],
    identity: str,
) -> None:
    """Write everything a finished run leaves.

    Raises:
        OutputError: the disk is full or can't be written; the checkpoints are kept.
    """
    aside = directory / _ASIDE
    shutil.rmtree(aside, ignore_errors=True)
    history = list(trainer.state.log_history)
    record = result_record(plan, loaded, history, data=data, identity=identity)
    try:
        aside.mkdir()
        trainer.model.save_pretrained(aside)
        for name in _TOKENIZER_FILES:
            file = loaded.found.path / name
            if file.is_file() and not (aside / name).exists():
                shutil.copyfile(file, aside / name)
        write_card(aside / "README.md", record)
        curve.write_history(aside / "history.jsonl", history)
        curve.write_curve(aside / "loss.png", history)
        write_text(aside / TRAINING_RECORD, json.dumps(record, indent=1) + "\n")
        for file in sorted(aside.iterdir(), key=lambda one: one.name == TRAINING_RECORD):
            file.replace(directory / file.name)
        aside.rmdir()
    except (OSError, RuntimeError) as error:
        shutil.rmtree(aside, ignore_errors=True)
        reason = getattr(error, "strerror", None) or str(error).splitlines()[0]
        raise OutputError(
            f"the trained model can't be written to {directory}: {reason}",
            hint="free some space, then give the same command again: it only writes the result",
        ) from error


def result_record(
    plan: TrainingPlan,
    loaded: LoadedModel,
    history: Sequence[dict[str, Any]],
    *,
    data: Sequence[str],
    identity: str,
) -> dict[str, Any]:
    """Everything to know of a training, as JSON can carry it."""
    import torch
    import transformers

    found = loaded.found
    return {
        "schema": "gptcc.training/1",
        "identity": identity,
        "base_model": "embedded" if found.embedded else _name(loaded),
        "base_commit": found.commit,
        "inherited": inherited_data(found.path),
        "template": plan.template.name,
        "template_sha256": plan.template.sha256,
        "recipe": plan.recipe.settings(),
        "data": {
            "places": [Path(place).name if Path(place).exists() else place for place in data],
            "train_problems": len(plan.split.train),
            "validation_problems": len(plan.split.validation),
            "examples": len(plan.train.examples),
            "tokens": plan.n_tokens,
            "answer_tokens": plan.n_answer_tokens,
            "left_out": dict(plan.left_out),
            "shortened": plan.train.n_shortened,
            "compared_with": list(plan.compared_with),
            "excluded_problems": len(plan.excluded),
            "includes_test_split": plan.includes_test,
        },
        "updates": plan.schedule.updates,
        "global_batch": plan.schedule.global_batch,
        "processes": plan.schedule.world,
        "evaluations": [entry for entry in history if "eval_loss" in entry or _rate(entry)],
        "versions": {
            "torch": torch.__version__,
            "transformers": transformers.__version__,
            "peft": importlib.metadata.version("peft") if plan.recipe.adapter_rank else None,
        },
    }


def _name(loaded: LoadedModel) -> str:
    found = loaded.found
    return found.spec.name if found.commit else found.name


def _rate(entry: dict[str, Any]) -> bool:
    return "eval_pass_rate" in entry


def write_recipe(directory: Path, recipe: Recipe) -> None:
    """Write the effective recipe as TOML that ``--config`` reads."""
    write_text(directory / "recipe.toml", write_toml(recipe))


def is_finished(directory: Path) -> bool:
    """Whether a run wrote its result there."""
    return (directory / TRAINING_RECORD).is_file()


def remove_result(directory: Path) -> None:
    """Remove what a run wrote at its beginning and end, and nothing else."""
    names = [TRAINING_RECORD, "run.json", "recipe.toml", "README.md", "history.jsonl", "loss.png"]
    names += ["config.json", *_TOKENIZER_FILES, "adapter_config.json", "adapter_model.safetensors"]
    weights = [path.name for path in directory.glob("model*.safetensors*")]
    for name in (*names, *weights):
        (directory / name).unlink(missing_ok=True)
    shutil.rmtree(directory / _ASIDE, ignore_errors=True)


def write_text(path: Path, text: str) -> None:
    """Write a file so that it is on the disk, whole, or not there."""
    with atomic_path(path, durable=True) as aside:
        aside.write_text(text, encoding="utf-8")


def push_to_hub(directory: Path, name: str, *, private: bool = True) -> str:
    """Upload a finished run's model.

    Args:
        directory: of the run.
        name: ``owner/model``.
        private: whether only its owner can see it, where it is new.

    Returns:
        Its address.

    Raises:
        TrainingError: the hub refuses, or is out of reach.
    """
    from huggingface_hub import HfApi
    from huggingface_hub.errors import HfHubHTTPError, OfflineModeIsEnabled

    api = HfApi()
    try:
        address = api.create_repo(name, private=private, exist_ok=True)
        api.upload_folder(
            repo_id=name,
            folder_path=directory,
            ignore_patterns=["checkpoints/*", "tensorboard/*", "run.json", ".*"],
        )
    except (HfHubHTTPError, OfflineModeIsEnabled, OSError, ValueError) as error:
        raise TrainingError(
            f"{name} can't be pushed to the hub: {str(error).splitlines()[0]}",
            hint=f"the model is whole in {directory}; set HF_TOKEN and push it again",
        ) from error
    return str(address)
