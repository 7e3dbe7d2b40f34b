"""The result of a finished run: weights, tokenizer, recipe, loss curve, model card and record.

Files are written to another directory and moved; the record, ``gptcc_training.json``, comes last,
so where it is, all files are.
"""

import importlib.metadata
import json
import shutil
from collections.abc import Sequence
from importlib import resources
from pathlib import Path
from typing import Any

from gptcc_cli.atomic_writes import atomic_path
from gptcc_cli.errors import OutputError, TrainingError
from gptcc_cli.models import LoadedModel
from gptcc_cli.models.training_record import TRAINING_RECORD, inherited_data
from gptcc_cli.training.plan import TrainingPlan
from gptcc_cli.training.recipe import Recipe, write_toml

_INCOMPLETE = ".result"
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
    """Write the result of a finished run.

    Raises:
        OutputError: The disk is full or can't be written; the checkpoints are kept.
    """
    incomplete = directory / _INCOMPLETE
    shutil.rmtree(incomplete, ignore_errors=True)
    history = list(trainer.state.log_history)
    record = result_record(plan, loaded, history, data=data, identity=identity)
    try:
        incomplete.mkdir()
        trainer.model.save_pretrained(incomplete)
        for name in _TOKENIZER_FILES:
            file = loaded.found.path / name
            if file.is_file() and not (incomplete / name).exists():
                shutil.copyfile(file, incomplete / name)
        write_card(incomplete / "README.md", record)
        _write_history(incomplete / "history.jsonl", history)
        _write_curve(incomplete / "loss.png", history)
        write_text(incomplete / TRAINING_RECORD, json.dumps(record, indent=1) + "\n")
        for file in sorted(incomplete.iterdir(), key=lambda one: one.name == TRAINING_RECORD):
            file.replace(directory / file.name)
        incomplete.rmdir()
    except (OSError, RuntimeError) as error:
        shutil.rmtree(incomplete, ignore_errors=True)
        reason = getattr(error, "strerror", None) or str(error).splitlines()[0]
        raise OutputError(
            f"the trained model can't be written to {directory}: {reason}",
            hint="free some space, then run the same command again; it only writes the result",
        ) from error


def result_record(
    plan: TrainingPlan,
    loaded: LoadedModel,
    history: Sequence[dict[str, Any]],
    *,
    data: Sequence[str],
    identity: str,
) -> dict[str, Any]:
    """Return the training record: how the model was trained, as JSON values."""
    import torch
    import transformers

    found = loaded.found
    base = "embedded" if found.embedded else found.spec.name if found.commit else found.name
    return {
        "schema": "gptcc.training/1",
        "identity": identity,
        "base_model": base,
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
        "evaluations": [
            entry for entry in history if "eval_loss" in entry or "eval_pass_rate" in entry
        ],
        "versions": {
            "torch": torch.__version__,
            "transformers": transformers.__version__,
            "peft": importlib.metadata.version("peft") if plan.recipe.adapter_rank else None,
        },
    }


def write_recipe(directory: Path, recipe: Recipe) -> None:
    """Write the recipe, with all changes, as TOML that ``--config`` reads."""
    write_text(directory / "recipe.toml", write_toml(recipe))


def is_finished(directory: Path) -> bool:
    """Return whether a run wrote its result to a directory."""
    return (directory / TRAINING_RECORD).is_file()


def remove_result(directory: Path) -> None:
    """Remove what a run writes at its start and end, and nothing else."""
    names = [TRAINING_RECORD, "run.json", "recipe.toml", "README.md", "history.jsonl", "loss.png"]
    names += ["config.json", *_TOKENIZER_FILES, "adapter_config.json", "adapter_model.safetensors"]
    weights = [path.name for path in directory.glob("model*.safetensors*")]
    for name in (*names, *weights):
        (directory / name).unlink(missing_ok=True)
    shutil.rmtree(directory / _INCOMPLETE, ignore_errors=True)


def write_text(path: Path, text: str) -> None:
    """Write a file atomically and flush it to the disk."""
    with atomic_path(path, durable=True) as temporary:
        temporary.write_text(text, encoding="utf-8")


def push_to_hub(directory: Path, name: str, *, private: bool = True) -> str:
    """Upload the model of a finished run to the hub.

    Args:
        directory: The run's directory.
        name: ``owner/model``.
        private: Whether a new repository is private.

    Returns:
        The repository's URL.

    Raises:
        TrainingError: The hub refuses or can't be reached.
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
            f"{name} can't be uploaded to the hub: {str(error).splitlines()[0]}",
            hint=f"the model is complete in {directory}; set HF_TOKEN and upload it again",
        ) from error
    return str(address)


def write_card(path: Path, record: dict[str, Any]) -> None:
    """Write the model card as Markdown with the hub's front matter.

    Args:
        path: The card, in a directory inside the run's.
        record: The training record.
    """
    data, commit, name = record["data"], record["base_commit"], path.parent.parent.resolve().name
    is_adapter = bool(record["recipe"]["adapter_rank"])
    compared = ", ".join(data["compared_with"])
    left_out = ", ".join(f"{count:,} {why}" for why, count in data["left_out"].items())
    versions = record["versions"].items()
    text = resources.files("gptcc_cli.training").joinpath("model_card.md").read_text("utf-8")
    card = text.format_map(
        record
        | {
            "name": name,
            "library": "peft" if is_adapter else "transformers",
            "extra_tag": "\n- trained-on-test-split" if data["includes_test_split"] else "",
            "relation": "A LoRA adapter for" if is_adapter else "Fine-tuned from",
            "base": record["base_model"] + (f"@{commit[:12]}" if commit else ""),
            "options": f"-m {record['base_model']} --adapter {name}"
            if is_adapter
            else f"-m {name}",
            "places": ", ".join(data["places"]) or "problems given by the caller",
            "left_out": left_out or "none",
            "test_split": "**Problems of a test split are among the training data: results of "
            "this model on that benchmark mean nothing.**"
            if data["includes_test_split"]
            else "No problem of a split marked as test was trained on.",
            "comparison": f"Compared with {compared}: {data['excluded_problems']:,} problems that "
            "equal one there, or share 13 words in a row with one, were left out."
            if compared
            else "The training data were not compared with any benchmark.",
            "plural": "es" if record["processes"] > 1 else "",
            "installed": ", ".join(f"{name} {version}" for name, version in versions if version),
            "fields": "\n".join(
                f"| {name} | {value} |" for name, value in record["recipe"].items()
            ),
            "evaluation": _evaluation(record["evaluations"]),
        }
    )
    path.write_text(card, encoding="utf-8")


def _evaluation(entries: Sequence[dict[str, Any]]) -> str:
    if not entries:
        return "No problems were held out for validation."
    lines = [
        "On the validation problems: the loss of an answer token, and the share of problems solved "
        "by the greedily decoded program.",
        "",
        "| update | loss | solved |",
        "|---|---|---|",
    ]
    for entry in entries:
        loss = f"{entry['eval_loss']:.4f}" if "eval_loss" in entry else ""
        rate = f"{entry['eval_pass_rate']:.1%}" if "eval_pass_rate" in entry else ""
        lines.append(f"| {entry['step']:,} | {loss} | {rate} |")
    return "\n".join(lines)


def _write_history(path: Path, history: Sequence[dict[str, Any]]) -> None:
    """Write the log as JSON lines."""
    lines = (json.dumps(entry) for entry in history)
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")


def _write_curve(path: Path, history: Sequence[dict[str, Any]]) -> None:
    """Draw training and validation loss as PNG, if matplotlib is installed.

    Args:
        path: The picture.
        history: Log entries with ``step`` and ``loss`` or ``eval_loss``; nothing is drawn from
            fewer than two losses.
    """
    try:
        from matplotlib.backends.backend_agg import FigureCanvasAgg
        from matplotlib.figure import Figure
    except ModuleNotFoundError:
        return
    trained = [(entry["step"], entry["loss"]) for entry in history if "loss" in entry]
    validated = [(entry["step"], entry["eval_loss"]) for entry in history if "eval_loss" in entry]
    if len(trained) < 2:
        return
    figure = Figure(figsize=(8, 4.5), dpi=120, layout="constrained")
    FigureCanvasAgg(figure)
    axes = figure.add_subplot()
    axes.plot(*zip(*trained, strict=True), color="#3b6ea5", linewidth=1.2, label="training")
    if validated:
        points = zip(*validated, strict=True)
        axes.plot(*points, color="#b5482f", marker="o", linewidth=1, label="validation")
    axes.set_xlabel("update")
    axes.set_ylabel("loss of an answer token")
    axes.set_ylim(bottom=0)
    axes.grid(alpha=0.25)
    axes.legend(frameon=False)
    figure.savefig(path, format="png")
