"""The plan of a training run: data and a recipe -> examples and figures, before any weights.

``--dry-run`` shows the plan and ``run`` executes it, so both use the same one.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from gptcc_cli.errors import TrainingError
from gptcc_cli.models import Tokenizer
from gptcc_cli.prompting import PromptTemplate
from gptcc_cli.training.encoding import Encoded, Encoder
from gptcc_cli.training.gathering import (
    Gathered,
    Split,
    exclusions,
    split_by_problem,
    without_excluded,
)
from gptcc_cli.training.problems import TrainingProblem
from gptcc_cli.training.recipe import RENAMED_FIELDS, Recipe
from gptcc_cli.training.schedule import Schedule, build_schedule, epoch_size

# Fields that do not affect the result, so an interrupted run may continue with other values.
_RESULT_NEUTRAL = ("name", "save_every", "keep", "log_every", "per_device_train_batch_size")


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainingPlan:
    """What a model is trained on, and in how many updates."""

    recipe: Recipe
    split: Split
    train: Encoded
    validation: Encoded
    schedule: Schedule
    template: PromptTemplate
    left_out: Counter[str]
    """Solutions not trained on, by reason; those of validation problems are not counted."""
    excluded: tuple[str, ...]
    """IDs of problems left out because they must not be trained on."""
    compared_with: tuple[str, ...]
    """Names of the data whose problems must not be trained on."""
    includes_test: bool
    """Whether problems of a test split are trained on."""

    @property
    def n_tokens(self) -> int:
        """Tokens of the training examples."""
        return sum(len(example.tokens) for example in self.train.examples)

    @property
    def n_answer_tokens(self) -> int:
        """Tokens of the training examples that have weight in the loss."""
        return sum(example.n_answer for example in self.train.examples)

    def identity(self, *, model: str) -> str:
        """Return a digest that two runs share if they compute the same.

        Fields enter under their names of gptcc 0.1, so that its checkpoints can be resumed.

        Args:
            model: Identifies the weights to start from.
        """
        former = {new: old for old, new in RENAMED_FIELDS.items()}
        settings = {
            former.get(name, name): value
            for name, value in self.recipe.settings().items()
            if name not in _RESULT_NEUTRAL
        }
        digest = hashlib.sha256(json.dumps([model, settings], sort_keys=True).encode())
        for example in (*self.train.examples, *self.validation.examples):
            digest.update(f"{example.problem_id}:{example.n_prompt}:".encode())
            digest.update(example.tokens.tobytes())
        return digest.hexdigest()


def build_plan(
    gathered: Gathered,
    recipe: Recipe,
    tokenizer: Tokenizer,
    *,
    exclude: Sequence[str] = (),
    world: int = 1,
    rejected: Counter[str] | None = None,
) -> TrainingPlan:
    """Select the examples and compute the figures of a run.

    Args:
        gathered: The problems.
        recipe: How to train.
        tokenizer: The model's tokenizer.
        exclude: Files and directories of problems that must not be trained on.
        world: Processes that train together.
        rejected: Number of solutions already left out, by verdict.

    Raises:
        TrainingError: There is nothing to train on.
        UsageError: The batch does not fit the examples or the processes.
    """
    problems, excluded = gathered.problems, tuple[str, ...]()
    if exclude:
        problems, excluded = without_excluded(problems, exclusions(exclude))
    answered = [one for one in problems if one.solutions]
    if not answered:
        raise TrainingError(_why_nothing(gathered, excluded, rejected), hint=_hint(rejected))
    split = split_by_problem(answered, share=recipe.validation_share, seed=recipe.seed)
    encoder = Encoder(tokenizer, recipe)
    train = encoder.encode(split.train)
    left_out = train.left_out + (rejected or Counter())
    if not train.examples:
        raise _no_example(split.train, recipe, left_out)
    size = epoch_size(train.groups, recipe)
    return TrainingPlan(
        recipe=recipe,
        split=split,
        train=train,
        validation=encoder.encode(split.validation),
        schedule=build_schedule(recipe, examples_per_epoch=size, world=world),
        template=encoder.template,
        left_out=left_out,
        excluded=excluded,
        compared_with=tuple(Path(place).name for place in exclude),
        includes_test=gathered.includes_test,
    )


def _why_nothing(
    gathered: Gathered, excluded: tuple[str, ...], rejected: Counter[str] | None
) -> str:
    n = len(gathered.problems)
    if rejected:
        words = ", ".join(f"{count} {reason}" for reason, count in rejected.most_common())
        return f"none of the solutions of {n} problems passes its tests ({words})"
    if excluded:
        return f"all {len(excluded)} problems are excluded"
    return f"none of the {n} problems has a solution"


def _hint(rejected: Counter[str] | None) -> str:
    if rejected:
        return "train without --verify, or inspect the data with gptcc check"
    return "use data with solutions: docs/guides/train.md"


def _no_example(
    problems: Sequence[TrainingProblem], recipe: Recipe, left_out: Counter[str]
) -> TrainingError:
    words = ", ".join(f"{count} {reason}" for reason, count in left_out.most_common())
    too_long = left_out["too long"] + left_out["answer too long"] + left_out["statement too long"]
    more = 2 * recipe.max_tokens
    hint = "--set require_parse=false --set deduplicate=false"
    return TrainingError(
        f"no example of {len(problems)} problems is left to train on ({words})",
        hint=f"--max-tokens {more}" if 2 * too_long > sum(left_out.values()) else hint,
    )
