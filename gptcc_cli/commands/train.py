"""``gptcc train``: gather the data, plan the run, train, and report."""

import importlib.util
import os
import random
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

from gptcc_cli import api
from gptcc_cli.commands import find_model
from gptcc_cli.console.reporter import Reporter, write_answer, write_json
from gptcc_cli.console.training import Expected, TrainView, plan_record, show_plan
from gptcc_cli.errors import ExitCode, UsageError
from gptcc_cli.models import (
    NO_ADAPTER,
    LoadedModel,
    ModelSpec,
    Tokenizer,
    load_tokenizer,
)
from gptcc_cli.models.checkpoint import read_config, weight_bytes
from gptcc_cli.options.shared import JudgeOptions
from gptcc_cli.options.train import TrainOptions
from gptcc_cli.training import output
from gptcc_cli.training.base_model import estimate_memory_bytes, estimate_wall_s, load_base
from gptcc_cli.training.gathering import Gathered, gather
from gptcc_cli.training.plan import TrainingPlan, build_plan
from gptcc_cli.training.recipe import Recipe, choose_recipe, parse_field, write_toml
from gptcc_cli.training.run import TrainingOutcome, silence_libraries, train
from gptcc_cli.training.validation import PassRate, verified

CARD_BASE = "EleutherAI/gpt-neo-125M"
"""The model that the model card's training started from."""

_SHOWN = 2
_FIELDS = {"warmup": "warmup_steps", "per_device": "per_device_train_batch_size"}
"""Options that are fields of a recipe by another name."""


def chosen_recipe(options: TrainOptions, warn: Callable[[str], None]) -> Recipe:
    """Return the recipe with everything that the options change.

    Args:
        options: the options.
        warn: called with a sentence for every field given by a former name.

    Raises:
        UsageError: a recipe, field or value does not exist.
    """
    changes: dict[str, Any] = dict(map(parse_field, options.settings))
    for field in fields(options.fields):
        value = getattr(options.fields, field.name)
        if value is not None:
            changes[_FIELDS.get(field.name, field.name)] = value
    if options.template is not None:
        changes["prompt"] = options.template
    if options.activation_checkpointing:
        changes["activation_checkpointing"] = True
    if options.lora is not None and options.qlora is not None:
        raise UsageError("--lora and --qlora exclude each other", hint="give one of them")
    rank = options.lora if options.lora is not None else options.qlora
    if rank is not None:
        changes = {"adapter_rank": rank, "adapter_alpha": 2.0 * rank, **changes}
    if options.qlora is not None:
        changes.setdefault("base_weights", "4bit")
    return choose_recipe(options.recipe, config=options.config, changes=changes, warn=warn)


def run(options: TrainOptions) -> ExitCode:
    """Train as asked; return the exit code.

    Raises:
        GptccError: the run can't begin, or can't go on.
    """
    main = int(os.environ.get("RANK", "0")) == 0
    reporter = Reporter(quiet=options.report.quiet or not main, verbose=options.report.verbose)
    recipe = chosen_recipe(options, reporter.warn)
    if options.print_config:
        write_answer(write_toml(recipe))
        return ExitCode.DONE
    if options.output is None and not options.dry_run:
        raise UsageError(
            "no output directory was given", hint="add --output DIRECTORY, or --dry-run"
        )
    reporters = _reporters(options, reporter) if main and not options.dry_run else []
    with ExitStack() as stack:
        gathered, rejected = _gather(options, reporter)
        found = find_model(_spec(options, recipe), reporter)
        tokenizer = load_tokenizer(found)
        plan = _build_plan(options, recipe, gathered, tokenizer, rejected, reporter)
        device = _device(options.device)
        loaded = load_base(found, recipe, device=device)
        _limit_window(recipe, loaded)
        if options.dry_run:
            return _show(options, plan, loaded, device)
        pass_rate = None
        if options.evaluate and main:
            judge = stack.enter_context(api.open_judge(JudgeOptions(jobs=options.jobs)))
            pass_rate = _pass_rate(options.evaluate, plan, loaded, judge)
        assert options.output is not None
        view = stack.enter_context(TrainView(reporter))
        outcome = train(
            plan,
            loaded,
            options.output,
            device=device,
            listen=view,
            restart=options.restart,
            pass_rate=pass_rate,
            callbacks=reporters,
            data=options.data,
        )
    return _finish(options, outcome, reporter) if main else ExitCode.DONE


def _gather(options: TrainOptions, reporter: Reporter) -> tuple[Gathered, Counter[str]]:
    gathered = gather(
        options.data,
        include_test=options.include_test,
        with_tests=options.verify or options.evaluate > 0,
    )
    if gathered.n_test and not gathered.includes_test:
        reporter.info(f"{gathered.n_test:,} problems of a test split are excluded")
    if gathered.includes_test:
        reporter.warn("training on problems of a test split; the checkpoint is marked")
    if not options.verify:
        return gathered, Counter()
    with api.open_judge(JudgeOptions(jobs=options.jobs)) as judge:
        reporter.info(f"verifying the solutions of {len(gathered.problems):,} problems")
        problems, rejected = verified(gathered.problems, judge)
    return replace(gathered, problems=problems), rejected


def _spec(options: TrainOptions, recipe: Recipe) -> ModelSpec:
    """Return the model to start from."""
    default = CARD_BASE if recipe.name == "card" else ModelSpec().name
    return ModelSpec(
        name=options.model or default,
        revision=options.revision,
        explicit=options.model is not None or recipe.name == "card",
        adapter=NO_ADAPTER,
        trust_remote_code=options.trust_remote_code,
    )


def _build_plan(
    options: TrainOptions,
    recipe: Recipe,
    gathered: Gathered,
    tokenizer: Tokenizer,
    rejected: Counter[str],
    reporter: Reporter,
) -> TrainingPlan:
    with reporter.status(f"encoding {len(gathered.problems):,} problems"):
        return build_plan(
            gathered,
            recipe,
            tokenizer,
            exclude=options.exclude,
            world=int(os.environ.get("WORLD_SIZE", "1")),
            rejected=rejected,
        )


def _limit_window(recipe: Recipe, loaded: LoadedModel) -> None:
    if recipe.max_tokens > loaded.context_length:
        raise UsageError(
            f"examples of {recipe.max_tokens} tokens do not fit the window of "
            f"{loaded.found.name}, {loaded.context_length}",
            hint=f"use --max-tokens {loaded.context_length}",
        )


def _device(wanted: str) -> str:
    from gptcc_cli.models.torch_runtime import start_torch

    start_torch()
    import torch

    if wanted not in ("auto", "cpu", "cuda"):
        raise UsageError(
            f"--device {wanted} is not supported for training", hint="use auto, cpu or cuda"
        )
    has_cuda = torch.cuda.is_available()
    if wanted == "cuda" and not has_cuda:
        raise UsageError("--device cuda: torch sees no CUDA GPU here", hint="use --device cpu")
    return "cuda" if has_cuda and wanted != "cpu" else "cpu"


def _show(options: TrainOptions, plan: TrainingPlan, loaded: LoadedModel, device: str) -> ExitCode:
    config: Mapping[str, Any] = read_config(loaded.found.path)
    expected = Expected(
        memory_bytes=estimate_memory_bytes(plan, config, weight_bytes(loaded.found.path) // 2),
        wall_s=estimate_wall_s(plan, loaded, device=device),
    )
    if options.report.as_json:
        write_json("gptcc.training-plan/1", plan_record(plan, expected))
        return ExitCode.DONE
    pieces = [
        (one, [loaded.tokenizer.decode([t], skip_special_tokens=False) for t in one.tokens])
        for one in plan.train.examples[:_SHOWN]
    ]
    show_plan(plan, expected, pieces)
    return ExitCode.DONE


def _pass_rate(n: int, plan: TrainingPlan, loaded: LoadedModel, judge: Any) -> PassRate:
    problems = sorted(plan.split.validation, key=lambda one: one.id)
    random.Random(plan.recipe.seed).shuffle(problems)
    return PassRate(problems[:n], loaded=loaded, template=plan.template, judge=judge)


def _reporters(options: TrainOptions, reporter: Reporter) -> list[Any]:
    asked = options.reporters
    if not asked:
        if importlib.util.find_spec("tensorboard") is None:
            reporter.debug("no TensorBoard log: tensorboard is not installed")
            return []
        asked = ("tensorboard",)
    found: list[Any] = []
    for name in asked:
        if name == "none":
            continue
        if name not in ("tensorboard", "wandb"):
            raise UsageError(f"unknown --report {name!r}", hint="use tensorboard, wandb or none")
        if importlib.util.find_spec(name) is None:
            raise UsageError(
                f"--report {name}: {name} is not installed", hint=f"pip install {name}"
            )
        found.append(_reporter(name, options.output or Path()))
    return found


def _reporter(name: str, directory: Path) -> Any:
    silence_libraries()
    from transformers.integrations import TensorBoardCallback, WandbCallback

    if name == "wandb":
        return WandbCallback()
    os.environ["TENSORBOARD_LOGGING_DIR"] = str(directory / "tensorboard")
    return TensorBoardCallback()


def _finish(options: TrainOptions, outcome: TrainingOutcome, reporter: Reporter) -> ExitCode:
    if not outcome.finished:
        reporter.info(
            f"stopped after update {outcome.update:,}; the same command resumes from there"
        )
        return ExitCode.INTERRUPTED
    if options.push_to_hub is not None:
        reporter.info(f"pushed to {output.push_to_hub(outcome.directory, options.push_to_hub)}")
    if options.report.as_json:
        write_json(
            "gptcc.training-outcome/1",
            {
                "directory": str(outcome.directory),
                "updates": outcome.update,
                "loss": outcome.loss,
                "validation_loss": outcome.validation_loss,
            },
        )
    else:
        write_answer(str(outcome.directory))
    return ExitCode.DONE
