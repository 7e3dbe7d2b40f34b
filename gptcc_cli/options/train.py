"""The options of ``gptcc train``."""

from dataclasses import dataclass, field
from pathlib import Path

from gptcc_cli.options import shared
from gptcc_cli.options.definition import flag, option, use
from gptcc_cli.options.shared import OutputOptions


@dataclass(frozen=True, slots=True, kw_only=True)
class RecipeOptions:
    """Fields of a recipe, by the same names; ``None`` leaves the recipe's own value."""

    epochs: float | None = option("--epochs", help="Passes over the data.")
    max_updates: int | None = option(
        "--max-updates", "--max-steps", help="Stop after this many updates."
    )
    learning_rate: float | None = option("--learning-rate", help="Peak learning rate.")
    warmup: float | None = option("--warmup", help="Warmup updates, or a share of all if below 1.")
    global_batch: int | None = option(
        "--global-batch", help="Examples per update, over all devices."
    )
    per_device: int | None = option("--per-device", help="Examples per device and forward pass.")
    max_tokens: int | None = option("--max-tokens", help="Maximum number of tokens per example.")
    precision: str | None = option("--precision", help="bf16, fp16 or fp32.")
    layout: str | None = option("--layout", help="padded, bucketed or packed.")
    seed: int | None = option("--seed", help="Seed of the split, the order and dropout.")


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainOptions:
    """Fine-tune a model on problems with solutions.

    For several GPUs: torchrun --nproc-per-node 4 -m gptcc_cli train ... (the global batch stays
    the recipe's). Exit code 130: interrupted, with a checkpoint; the same command resumes.
    """

    data: tuple[str, ...] = option(
        "--data",
        "-d",
        help="Problems with solutions: an APPS directory, a .jsonl or .parquet file, a hub "
        "dataset, or 'basics'. May be repeated.",
        default=(),
    )
    output: Path | None = option(
        "--output",
        "-o",
        help="Directory of the run and the model; an interrupted run resumes there.",
    )
    model: str | None = use(shared.MODEL)
    recipe: str | None = option(
        "--recipe", help="card (the model card's) or better. [default: better]"
    )
    config: Path | None = option("--config", help="TOML file with fields of a recipe.")
    settings: tuple[str, ...] = option(
        "--set",
        metavar="FIELD=VALUE",
        help="Set any field of the recipe. May be repeated.",
        default=(),
    )
    fields: RecipeOptions = field(default_factory=RecipeOptions)
    template: str | None = use(shared.TEMPLATE)
    lora: int | None = option("--lora", metavar="RANK", help="Train a LoRA adapter of this rank.")
    qlora: int | None = option(
        "--qlora", metavar="RANK", help="Train a LoRA adapter on 4-bit weights."
    )
    activation_checkpointing: bool = flag(
        "--activation-checkpointing",
        help="Use less memory and about a third more time; the result is the same.",
    )
    verify: bool = flag(
        "--verify", help="Only train on solutions that pass their tests in the sandbox."
    )
    exclude: tuple[str, ...] = option(
        "--exclude",
        metavar="PLACE",
        help="Problems to leave out of training. May be repeated.",
        default=(),
    )
    include_test: bool = flag(
        "--include-test", help="Also train on test splits, and mark the checkpoint."
    )
    evaluate: int = option(
        "--evaluate",
        metavar="N",
        minimum=0,
        help="After every epoch, have the model solve N validation problems.",
        default=0,
    )
    reporters: tuple[str, ...] = option(
        "--report",
        help="tensorboard, wandb or none. [default: tensorboard if it is installed]",
        default=(),
    )
    dry_run: bool = flag(
        "--dry-run", help="Show the first examples and the resources needed, without training."
    )
    print_config: bool = flag("--print-config", help="Print the recipe with its reasons and exit.")
    restart: bool = flag("--restart", help="Discard the run in the directory and start again.")
    push_to_hub: str | None = option(
        "--push-to-hub",
        metavar="OWNER/NAME",
        help="Upload the finished model; a new repository is private.",
    )
    revision: str | None = use(shared.REVISION)
    device: str = option(
        "--device", help="auto, cpu or cuda.", envvar="GPTCC_DEVICE", default="auto"
    )
    trust_remote_code: bool = use(shared.TRUST_REMOTE_CODE, False)
    jobs: int | None = use(shared.JOBS)
    report: OutputOptions = field(default_factory=OutputOptions)
