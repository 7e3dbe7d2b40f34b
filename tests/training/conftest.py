"""A tiny model, tiny problems, and runs of a few updates on them."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from gptcc_cli.models import LoadedModel, ModelSpec, find
from gptcc_cli.training import basics
from gptcc_cli.training.base_model import load_base
from gptcc_cli.training.events import Event
from gptcc_cli.training.gathering import Gathered
from gptcc_cli.training.plan import TrainingPlan, build_plan
from gptcc_cli.training.problems import TrainingProblem
from gptcc_cli.training.recipe import Recipe, load_recipe
from gptcc_cli.training.run import TrainingOutcome, train

CARD = load_recipe("card")
BETTER = load_recipe("better")

TINY: dict[str, Any] = {
    "epochs": 2,
    "global_batch": 8,
    "per_device_train_batch_size": 4,
    "precision": "fp32",
    "learning_rate": 1e-3,
    "max_tokens": 512,
    "validation_share": 0.1,
    "log_every": 1,
    "prompt": "apps",
}


def tiny_recipe(base: Recipe = BETTER, **changes: Any) -> Recipe:
    return base.changed(TINY | changes)


def gathered(problems: list[TrainingProblem]) -> Gathered:
    return Gathered(problems=tuple(problems), n_test=0, includes_test=False)


def some_problems(n: int) -> list[TrainingProblem]:
    found = [
        one
        for one in basics.generate(variants=1)
        if len(one.statement) < 260 and len(one.solutions) == 2 and not one.entry_point
    ]
    return found[:n]


def make_plan(
    model_dir: Path, recipe: Recipe, n_problems: int = 24, *, world: int = 1
) -> tuple[TrainingPlan, LoadedModel]:
    loaded = load_base(find(ModelSpec(name=str(model_dir))), recipe, device="cpu")
    problems = gathered(some_problems(n_problems))
    return build_plan(problems, recipe, loaded.tokenizer, world=world), loaded


@pytest.fixture(autouse=True)
def one_thread() -> Iterator[None]:
    """Compute tiny models on one thread: more only wait for each other, most on a busy machine."""
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


Run = Callable[..., tuple[TrainingOutcome, list[Event]]]


@pytest.fixture
def run(tiny_model_dir: Path, tmp_path: Path) -> Run:
    """A function that trains the tiny model and gives back the outcome and the events."""

    def go(
        recipe: Recipe,
        *,
        directory: str = "run",
        n_problems: int = 24,
        model: Path = tiny_model_dir,
        listen: Callable[[Event], None] | None = None,
        **options: Any,
    ) -> tuple[TrainingOutcome, list[Event]]:
        plan, loaded = make_plan(model, recipe, n_problems)
        events: list[Event] = []

        def hear(event: Event) -> None:
            events.append(event)
            if listen is not None:
                listen(event)

        outcome = train(plan, loaded, tmp_path / directory, device="cpu", listen=hear, **options)
        return outcome, events

    return go
