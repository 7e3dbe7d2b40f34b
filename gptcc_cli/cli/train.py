"""``gptcc train``: fine-tune a model; ``--recipe card`` is the model card's training."""

import typer

from gptcc_cli.cli import options as o
from gptcc_cli.cli import train_options as t
from gptcc_cli.cli.app import app


@app.command("train")
def train(
    context: typer.Context,
    data: t.Data = None,
    output: t.Output = None,
    model: o.Model = None,
    recipe: t.RecipeName = None,
    config: t.Config = None,
    settings: t.Settings = None,
    epochs: t.Epochs = None,
    max_updates: t.MaxUpdates = None,
    learning_rate: t.LearningRate = None,
    warmup: t.Warmup = None,
    global_batch: t.GlobalBatch = None,
    per_device: t.PerDevice = None,
    max_tokens: t.MaxTokens = None,
    precision: t.Precision = None,
    layout: t.Layout = None,
    template: o.Template = None,
    seed: t.Seed = None,
    lora: t.Lora = None,
    qlora: t.Qlora = None,
    activation_checkpointing: t.ActivationCheckpointing = False,
    verify: t.Verify = False,
    exclude: t.Exclude = None,
    include_test: t.IncludeTest = False,
    evaluate: t.Evaluate = 0,
    report: t.Report = None,
    dry_run: t.DryRun = False,
    print_config: t.PrintConfig = False,
    restart: t.Restart = False,
    push_to_hub: t.PushToHub = None,
    revision: o.Revision = None,
    device: t.TrainDevice = "auto",
    trust_remote_code: o.TrustRemoteCode = False,
    jobs: o.Jobs = None,
    as_json: o.AsJson = False,
    quiet: o.Quiet = False,
    verbose: o.Verbose = False,
) -> None:
    """Fine-tune a model on problems with solutions.

    Several GPUs: torchrun --nproc-per-node 4 -m gptcc_cli train ... (the batch of an update stays
    the recipe's). Exit code 130: interrupted, with a checkpoint; the same command goes on.
    """
    from gptcc_cli.cli.training import TrainWish, run

    raise typer.Exit(run(TrainWish(**context.params)))
