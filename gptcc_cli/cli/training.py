"""One ``gptcc train``: from the options to an exit code."""

import importlib.util
import os
import random
from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from gptcc_cli.cli.collaborators.judge import JudgeWish, open_judge
from gptcc_cli.console import Reporter, write_answer, write_json
from gptcc_cli.console.reporter import FetchView
from gptcc_cli.console.training import Expected, TrainView, plan_record, show_plan
from gptcc_cli.errors import ExitCode, UsageError
from gptcc_cli.models import (
    NO_ADAPTER,
    FoundModel,
    LoadedModel,
    ModelSpec,
    Tokenizer,
    find,
    load_tokenizer,
)
from gptcc_cli.models.checkpoint import read_config, weight_bytes
from gptcc_cli.training import output
from gptcc_cli.training.base_model import estimate_memory_bytes, estimate_wall_s, load_base
from gptcc_cli.training.gathering import Gathered, gather
from gptcc_cli.training.plan import TrainingPlan, build_plan
from gptcc_cli.training.recipe import Recipe, choose_recipe, parse_field, write_toml
from gptcc_cli.training.run import TrainingOutcome, train
from gptcc_cli.training.validation import PassRate, verified

CARD_BASE = "EleutherAI/gpt-neo-125M"
"""What the model card's training began with."""

_SHOWN = 2
_FIELDS = {
    "epochs": "epochs",
    "max_updates": "max_updates",
    "learning_rate": "learning_rate",
    "warmup": "warmup_steps",
    "global_batch": "global_batch",
    "per_device": "per_device_train_batch_size",
    "max_tokens": "max_tokens",
    "precision": "precision",
    "layout": "layout",
    "template": "prompt",
    "seed": "seed",
}
"""The fields of a recipe that have an option of their own, by that option's parameter."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainWish:
    """The options of ``gptcc train``, by the names of its parameters."""

    data: list[str] | None
    output: Path | None
    model: str | None
    recipe: str | None
    config: Path | None
    settings: list[str] | None
    epochs: float | None
    max_updates: int | None
    learning_rate: float | None
    warmup: float | None
    global_batch: int | None
    per_device: int | None
    max_tokens: int | None
    precision: str | None
    layout: str | None
    template: str | None
    seed: int | None
    lora: int | None
    qlora: int | None
    activation_checkpointing: bool
    verify: bool
    exclude: list[str] | None
    include_test: bool
    evaluate: int
    report: list[str] | None
    dry_run: bool
    print_config: bool
    restart: bool
    push_to_hub: str | None
    revision: str | None
    device: str
    trust_remote_code: bool
    jobs: int | None
    as_json: bool
    quiet: bool
    verbose: bool

    def chosen_recipe(self, warn: Callable[[str], None]) -> Recipe:
        """Return the recipe with everything the options change.

        Args:
            warn: Called with a sentence for every field given by a former name.

        Raises:
            UsageError: a recipe, field or value can't be meant.
        """
        changes: dict[str, Any] = dict(map(parse_field, self.settings or ()))
        changes |= {
            field: value
            for option, field in _FIELDS.items()
            if (value := getattr(self, option)) is not None
        }
        if self.activation_checkpointing:
            changes["activation_checkpointing"] = True
        if self.lora is not None and self.qlora is not None:
            raise UsageError("--lora and --qlora are two ways", hint="give one of them")
        rank = self.lora if self.lora is not None else self.qlora
        if rank is not None:
            changes |= {"adapter_rank": rank, "adapter_alpha": 2.0 * rank} | {
                name: changes[name] for name in ("adapter_rank", "adapter_alpha") if name in changes
            }
        if self.qlora is not None:
            changes.setdefault("base_weights", "4bit")
        return choose_recipe(self.recipe, config=self.config, changes=changes, warn=warn)

    def spec(self, recipe: Recipe) -> ModelSpec:
        """Return the model to start from."""
        default = CARD_BASE if recipe.name == "card" else ModelSpec().name
        return ModelSpec(
            name=self.model or default,
            revision=self.revision,
            explicit=self.model is not None or recipe.name == "card",
            adapter=NO_ADAPTER,
            trust_remote_code=self.trust_remote_code,
        )


def run(wish: TrainWish) -> ExitCode:
    """Train as asked; return the exit code.

    Raises:
        GptccError: the run can't begin, or can't go on.
    """
    main = int(os.environ.get("RANK", "0")) == 0
    reporter = Reporter(quiet=wish.quiet or not main, verbose=wish.verbose)
    recipe = wish.chosen_recipe(reporter.warn)
    if wish.print_config:
        write_answer(write_toml(recipe))
        return ExitCode.DONE
    if wish.output is None and not wish.dry_run:
        raise UsageError("nowhere to write the model", hint="--output DIRECTORY, or --dry-run")
    reporters = _reporters(wish, reporter) if main and not wish.dry_run else []
    with ExitStack() as stack:
        gathered, rejected = _gather(wish, reporter)
        found = _find(wish.spec(recipe), reporter)
        tokenizer = load_tokenizer(found)
        plan = _design(wish, recipe, gathered, tokenizer, rejected, reporter)
        device = _device(wish.device)
        loaded = load_base(found, recipe, device=device)
        _limit_window(recipe, loaded)
        if wish.dry_run:
            return _show(wish, plan, loaded, device)
        pass_rate = None
        if wish.evaluate and main:
            judge = stack.enter_context(open_judge(JudgeWish(jobs=wish.jobs), reporter))
            pass_rate = _pass_rate(wish.evaluate, plan, loaded, judge)
        assert wish.output is not None
        view = stack.enter_context(TrainView(reporter))
        outcome = train(
            plan,
            loaded,
            wish.output,
            device=device,
            listen=view,
            restart=wish.restart,
            pass_rate=pass_rate,
            callbacks=reporters,
            data=wish.data or (),
        )
    return _finish(wish, outcome, reporter) if main else ExitCode.DONE


def _gather(wish: TrainWish, reporter: Reporter) -> tuple[Gathered, Counter[str]]:
    gathered = gather(
        wish.data or (),
        include_test=wish.include_test,
        with_tests=wish.verify or wish.evaluate > 0,
    )
    if gathered.n_test and not gathered.includes_test:
        reporter.info(f"{gathered.n_test:,} problems of a test split are left out")
    if gathered.includes_test:
        reporter.warn("problems of a test split are trained on; the checkpoint is marked")
    if not wish.verify:
        return gathered, Counter()
    with open_judge(JudgeWish(jobs=wish.jobs), reporter) as judge:
        reporter.info(f"verifying the solutions of {len(gathered.problems):,} problems")
        problems, rejected = verified(gathered.problems, judge)
    return replace(gathered, problems=problems), rejected


def _find(spec: ModelSpec, reporter: Reporter) -> FoundModel:
    with FetchView(reporter) as view:
        found = find(spec, progress=view)
    if found.notice:
        reporter.info(found.notice)
    return found


def _design(
    wish: TrainWish,
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
            exclude=wish.exclude or (),
            world=int(os.environ.get("WORLD_SIZE", "1")),
            rejected=rejected,
        )


def _limit_window(recipe: Recipe, loaded: LoadedModel) -> None:
    if recipe.max_tokens > loaded.context_length:
        raise UsageError(
            f"examples of {recipe.max_tokens} tokens do not fit the window of "
            f"{loaded.found.name}, {loaded.context_length}",
            hint=f"--max-tokens {loaded.context_length}",
        )


def _device(wanted: str) -> str:
    from gptcc_cli.models.torch_runtime import start_torch

    start_torch()
    import torch

    if wanted not in ("auto", "cpu", "cuda"):
        raise UsageError(f"--device {wanted} can't be trained on", hint="auto, cpu or cuda")
    has_cuda = torch.cuda.is_available()
    if wanted == "cuda" and not has_cuda:
        raise UsageError("--device cuda: torch sees no CUDA GPU here", hint="--device cpu")
    return "cuda" if has_cuda and wanted != "cpu" else "cpu"


def _show(wish: TrainWish, plan: TrainingPlan, loaded: LoadedModel, device: str) -> ExitCode:
    config: Mapping[str, Any] = read_config(loaded.found.path)
    expected = Expected(
        memory_bytes=estimate_memory_bytes(plan, config, weight_bytes(loaded.found.path) // 2),
        wall_s=estimate_wall_s(plan, loaded, device=device),
    )
    if wish.as_json:
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


def _reporters(wish: TrainWish, reporter: Reporter) -> list[Any]:
    asked = wish.report
    if asked is None:
        if importlib.util.find_spec("tensorboard") is None:
            reporter.debug("no TensorBoard log: tensorboard is not installed")
            return []
        asked = ["tensorboard"]
    found: list[Any] = []
    for name in asked:
        if name == "none":
            continue
        if name not in ("tensorboard", "wandb"):
            raise UsageError(f"--report {name} is not known", hint="tensorboard, wandb or none")
        if importlib.util.find_spec(name) is None:
            raise UsageError(f"--report {name}: it is not installed", hint=f"pip install {name}")
        found.append(_reporter(name, wish.output or Path()))
    return found


def _reporter(name: str, directory: Path) -> Any:
    from transformers.integrations import TensorBoardCallback, WandbCallback

    if name == "wandb":
        return WandbCallback()
    os.environ["TENSORBOARD_LOGGING_DIR"] = str(directory / "tensorboard")
    return TensorBoardCallback()


def _finish(wish: TrainWish, outcome: TrainingOutcome, reporter: Reporter) -> ExitCode:
    if not outcome.finished:
        reporter.info(
            f"stopped after update {outcome.update:,}; the same command goes on from there"
        )
        return ExitCode.INTERRUPTED
    if wish.push_to_hub is not None:
        reporter.info(f"pushed to {output.push_to_hub(outcome.directory, wish.push_to_hub)}")
    if wish.as_json:
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
