"""Options of ``gptcc train`` alone."""

from pathlib import Path
from typing import Annotated, TypeAlias

import typer

Data: TypeAlias = Annotated[
    list[str] | None,
    typer.Option(
        "--data",
        "-d",
        help="Problems with solutions: an APPS directory, a .jsonl or .parquet file, a data set "
        "of the hub, or 'basics'. Can be given several times.",
        show_default=False,
    ),
]
Output: TypeAlias = Annotated[
    Path | None,
    typer.Option(
        "--output",
        "-o",
        help="Directory of the run and of the model; an interrupted run there goes on.",
        show_default=False,
    ),
]
RecipeName: TypeAlias = Annotated[
    str | None,
    typer.Option(
        "--recipe", help="card (the model card's) or better. [default: better]", show_default=False
    ),
]
Config: TypeAlias = Annotated[
    Path | None,
    typer.Option("--config", help="A TOML file with fields of a recipe.", show_default=False),
]
Settings: TypeAlias = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        metavar="FIELD=VALUE",
        help="Set any field of the recipe. Can be given several times.",
        show_default=False,
    ),
]
Epochs: TypeAlias = Annotated[
    float | None, typer.Option("--epochs", help="Passes over the data.", show_default=False)
]
MaxUpdates: TypeAlias = Annotated[
    int | None,
    typer.Option("--max-updates", "--max-steps", help="Stop earlier.", show_default=False),
]
LearningRate: TypeAlias = Annotated[
    float | None, typer.Option("--learning-rate", help="The highest it gets.", show_default=False)
]
Warmup: TypeAlias = Annotated[
    float | None,
    typer.Option("--warmup", help="Updates, or below 1 a share of them.", show_default=False),
]
GlobalBatch: TypeAlias = Annotated[
    int | None,
    typer.Option("--global-batch", help="Examples an update, all devices.", show_default=False),
]
PerDevice: TypeAlias = Annotated[
    int | None,
    typer.Option("--per-device", help="Examples a device takes at a time.", show_default=False),
]
MaxTokens: TypeAlias = Annotated[
    int | None, typer.Option("--max-tokens", help="Tokens of an example.", show_default=False)
]
Precision: TypeAlias = Annotated[
    str | None, typer.Option("--precision", help="bf16, fp16 or fp32.", show_default=False)
]
Layout: TypeAlias = Annotated[
    str | None, typer.Option("--layout", help="padded, bucketed or packed.", show_default=False)
]
Seed: TypeAlias = Annotated[
    int | None,
    typer.Option("--seed", help="Decides split, order and dropout.", show_default=False),
]
Lora: TypeAlias = Annotated[
    int | None,
    typer.Option(
        "--lora", metavar="RANK", help="Train a LoRA adapter of this rank.", show_default=False
    ),
]
Qlora: TypeAlias = Annotated[
    int | None,
    typer.Option(
        "--qlora",
        metavar="RANK",
        help="Train a LoRA adapter on weights kept in 4 bits.",
        show_default=False,
    ),
]
ActivationCheckpointing: TypeAlias = Annotated[
    bool,
    typer.Option(
        "--activation-checkpointing", help="Less memory, a third slower; the result is the same."
    ),
]
Verify: TypeAlias = Annotated[
    bool,
    typer.Option("--verify", help="Teach only solutions that pass their tests in the sandbox."),
]
Exclude: TypeAlias = Annotated[
    list[str] | None,
    typer.Option(
        "--exclude",
        metavar="PLACE",
        help="Problems that must not be trained on. Can be given several times.",
        show_default=False,
    ),
]
IncludeTest: TypeAlias = Annotated[
    bool,
    typer.Option("--include-test", help="Train on a test split too, and mark the checkpoint."),
]
Evaluate: TypeAlias = Annotated[
    int,
    typer.Option(
        "--evaluate",
        metavar="N",
        min=0,
        help="After every epoch, let the model solve N validation problems.",
    ),
]
Report: TypeAlias = Annotated[
    list[str] | None,
    typer.Option(
        "--report",
        help="tensorboard, wandb or none. [default: tensorboard where it is installed]",
        show_default=False,
    ),
]
DryRun: TypeAlias = Annotated[
    bool,
    typer.Option("--dry-run", help="Show the first examples and what the run needs; train not."),
]
PrintConfig: TypeAlias = Annotated[
    bool, typer.Option("--print-config", help="Print the recipe with its reasons; train not.")
]
Restart: TypeAlias = Annotated[
    bool, typer.Option("--restart", help="Forget the run in the directory and begin again.")
]
PushToHub: TypeAlias = Annotated[
    str | None,
    typer.Option(
        "--push-to-hub",
        metavar="OWNER/NAME",
        help="Upload the finished model; a new repository is private.",
        show_default=False,
    ),
]
TrainDevice: TypeAlias = Annotated[
    str, typer.Option("--device", help="auto, cpu or cuda.", envvar="GPTCC_DEVICE")
]
