"""Recipes: everything that determines what a training run computes, as one frozen value.

Covers the fields and their ranges, reading them from TOML and options, and the recipes that come
with gptcc (``recipes/*.toml``), which give a reason for every field. Where the data are, which
model is trained and on how many devices are not part of a recipe: the same recipe makes the same
updates anywhere.
"""

import dataclasses
import difflib
import functools
import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import resources
from pathlib import Path
from typing import Any, Literal, TypeAlias, get_args, get_type_hints

from gptcc_cli.errors import UsageError

FieldValue: TypeAlias = bool | int | float | str | None
"""The value of a recipe's field."""

LossNorm: TypeAlias = Literal["token", "sequence"]
RowLayout: TypeAlias = Literal["padded", "bucketed", "packed"]

RECIPE_NAMES = ("card", "better")
"""The recipes that come with gptcc. ``card`` is the run that the default model's card documents,
as far as the evidence goes, with the loss on the answers, as its authors intended. ``better``
keeps what that run did well and corrects the rest."""

DEFAULT_RECIPE = "better"

RENAMED_FIELDS: Mapping[str, str] = {
    "decline": "lr_scheduler_type",
    "warmup": "warmup_steps",
    "only_parsing": "require_parse",
    "one_of_a_kind": "deduplicate",
    "per_device": "per_device_train_batch_size",
}
"""Names of fields in gptcc 0.1 and their names since. Both are read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """One way to train. Two runs with equal recipes and data do the same arithmetic.

    Raises:
        UsageError: A field has the wrong type, an unknown choice, or a value out of range.
    """

    name: str
    """The recipe's name in the model card."""

    epochs: float
    """Passes over the training examples; a fraction is allowed."""
    max_updates: int | None
    """Stop after this many updates of the weights; ``None``: only ``epochs`` decides."""
    seed: int
    """Determines the split, the order of the examples, dropout and new adapter weights."""

    optimizer: Literal["adamw", "adamw8bit", "adafactor"]
    learning_rate: float
    """The peak learning rate."""
    lr_scheduler_type: Literal["linear", "cosine", "constant"]
    """How the learning rate falls to zero after the warm-up; ``constant``: it does not."""
    warmup_steps: float
    """Updates in which the learning rate rises from 0; below 1: a fraction of all updates."""
    beta1: float
    beta2: float
    epsilon: float
    weight_decay: float
    """Applied to all weights except biases and norms; embeddings are decayed."""
    max_grad_norm: float
    """Gradients are clipped to this norm; 0: no clipping."""
    global_batch: int
    """Examples per update, whatever the number of devices."""
    per_device_train_batch_size: int
    """Examples a device computes at a time; affects memory and speed, not the result."""
    precision: Literal["bf16", "fp16", "fp32"]
    """Precision of matrix products; weights and optimizer state are float32."""

    prompt: str
    """The prompt template; ``auto``: the one that ``solve`` chooses for the model."""
    max_tokens: int
    """Maximum tokens per example, prompt and answer together."""
    shorten: Literal["longest-first", "statement-middle", "drop"]
    """What to cut from a longer example: the end of the longer of prompt and answer
    (``longest-first``), the middle of the statement (``statement-middle``), or all (``drop``)."""
    end_token: bool
    """Whether an answer ends with the model's end token, which teaches the model to stop."""
    loss_norm: LossNorm
    """Whether all answer tokens of a batch have the same weight, or all answers."""
    layout: RowLayout
    """Rows of ``max_tokens`` (``padded``), batches of similar length (``bucketed``), or several
    examples per row that do not attend to each other (``packed``)."""

    indent: Literal["tabs", "spaces", "keep"]
    """How answers are indented."""
    require_parse: bool
    """Leave out answers that do not parse as Python 3."""
    deduplicate: bool
    """Leave out answers that differ from another answer to the same problem only in names,
    comments and layout."""
    answers_per_problem: int | None
    """Answers per problem and epoch; the next epoch uses others. ``None``: all."""
    validation_share: float
    """The fraction of the *problems* held out for validation."""

    adapter_rank: int
    """Rank of the LoRA adapter to train instead of the weights; 0: train the weights."""
    adapter_alpha: float
    """The adapter is scaled by ``adapter_alpha / adapter_rank``."""
    adapter_dropout: float
    base_weights: Literal["full", "8bit", "4bit"]
    """How the frozen weights under an adapter are stored (QLoRA: ``4bit``)."""
    activation_checkpointing: bool
    """Recompute activations instead of storing them: a third slower, far less memory."""

    save_every: int
    """Updates between checkpoints; the end of an epoch is always saved."""
    keep: int
    """How many of the newest checkpoints to keep, besides the best by validation loss."""
    log_every: int
    """Updates between log entries."""

    def __post_init__(self) -> None:
        """Check every field."""
        hints = get_type_hints(Recipe)
        for field in dataclasses.fields(self):
            _check_type(field.name, getattr(self, field.name), hints[field.name])
        for name, (low, high) in _RANGES.items():
            value = getattr(self, name)
            if value is not None and not low <= value <= high:
                raise UsageError(
                    f"{name} = {value} is out of range",
                    hint=f"use a value from {low} to {high}",
                )
        if self.base_weights != "full" and self.adapter_rank == 0:
            raise UsageError(
                f"base_weights = {self.base_weights} needs an adapter: quantized weights can't be "
                "trained themselves",
                hint="--lora 16",
            )

    def changed(self, changes: Mapping[str, Any]) -> "Recipe":
        """Return this recipe with some fields changed.

        Args:
            changes: New values by field name.

        Raises:
            UsageError: A field does not exist, or a value is invalid.
        """
        known = [field.name for field in dataclasses.fields(self)]
        for name in changes:
            if name not in known:
                near = difflib.get_close_matches(name, known, n=1)
                raise UsageError(
                    f"a recipe has no field {name}",
                    hint=f"did you mean {near[0]}?" if near else "see gptcc train --print-config",
                )
        return dataclasses.replace(self, **changes)

    def settings(self) -> dict[str, FieldValue]:
        """Return all fields by name."""
        return dataclasses.asdict(self)


def choose_recipe(
    name: str | None,
    *,
    config: Path | None = None,
    changes: Mapping[str, Any] | None = None,
    warn: Callable[[str], None] | None = None,
) -> Recipe:
    """Return a recipe that comes with gptcc, changed by a file and then by options.

    Args:
        name: ``card`` or ``better``; ``None``: the file's ``recipe``, or else ``better``.
        config: A TOML file with fields.
        changes: Fields set by options.
        warn: Called with a sentence for every field that is given by its name of gptcc 0.1.

    Raises:
        UsageError: There is no such recipe or field, or a value is invalid.
    """
    named, from_file = _read_toml(config) if config is not None else (None, {})
    base = name or named or DEFAULT_RECIPE
    if base not in RECIPE_NAMES:
        raise UsageError(
            f"there is no recipe {base!r}",
            hint=f"--recipe {' or '.join(RECIPE_NAMES)}, or --config FILE",
        )
    recipe = load_recipe(base)
    for some in (from_file, changes or {}):
        recipe = recipe.changed(_with_current_names(some, warn))
    return recipe


@functools.cache
def load_recipe(name: str) -> Recipe:
    """Return one of ``RECIPE_NAMES``."""
    return Recipe(**_none_values(tomllib.loads(_recipe_text(name))))


def parse_field(text: str) -> tuple[str, FieldValue]:
    """Parse ``field=value`` as given by ``--set``.

    Args:
        text: The value is in TOML syntax; a bare word is a string, and ``none`` is ``None``.

    Raises:
        UsageError: There is no ``=``.
    """
    name, equals, value = (part.strip() for part in text.partition("="))
    if not equals or not name:
        raise UsageError(f"invalid --set {text!r}: expected field=value", hint="--set epochs=3")
    name = name.replace("-", "_")
    if value.lower() == "none":
        return name, None
    try:
        return name, tomllib.loads(f"value = {value}")["value"]
    except tomllib.TOMLDecodeError:
        return name, value


def write_toml(recipe: Recipe) -> str:
    """Return a recipe as TOML that ``--config`` reads back, each field with its reason.

    A field that was changed keeps the reason for its original value.
    """
    text = _recipe_text(recipe.name) if recipe.name in RECIPE_NAMES else ""
    found = re.findall(r"^# (.+)\n(\w+) = ", text, re.MULTILINE)
    reasons = {name: reason for reason, name in found}
    lines = [
        f"# The complete recipe {recipe.name}. Change any field and use it with: "
        "gptcc train --config FILE"
    ]
    for name, value in recipe.settings().items():
        reason = [f"# {reasons[name]}"] if name in reasons else []
        lines += ["", *reason, f"{name} = {_toml(value)}"]
    return "\n".join(lines) + "\n"


_RANGES: dict[str, tuple[float, float]] = {
    "epochs": (1e-9, 1e6),
    "max_updates": (1, 1e12),
    "seed": (0, 2**32 - 1),
    "learning_rate": (0.0, 10.0),
    "warmup_steps": (0, 1e12),
    "beta1": (0.0, 0.999999),
    "beta2": (0.0, 0.999999),
    "epsilon": (0.0, 1.0),
    "weight_decay": (0.0, 10.0),
    "max_grad_norm": (0.0, 1e9),
    "global_batch": (1, 1e6),
    "per_device_train_batch_size": (1, 1e6),
    "max_tokens": (8, 1e6),
    "answers_per_problem": (1, 1e6),
    "validation_share": (0.0, 0.9),
    "adapter_rank": (0, 4096),
    "adapter_alpha": (0.0, 1e5),
    "adapter_dropout": (0.0, 0.9),
    "save_every": (1, 1e12),
    "keep": (1, 1000),
    "log_every": (1, 1e12),
}


def _check_type(name: str, value: object, hint: Any) -> None:
    choices = get_args(hint)
    if choices and all(isinstance(choice, str) for choice in choices):
        if value not in choices:
            raise UsageError(
                f"invalid {name} = {value!r}", hint=f"choose one of {', '.join(choices)}"
            )
        return
    allowed = choices or (hint,)
    if float in allowed and isinstance(value, int) and not isinstance(value, bool):
        return
    if type(value) not in allowed:
        wanted = " or ".join(_TYPE_NAMES[kind] for kind in allowed)
        raise UsageError(f"{name} = {value!r} is not {wanted}", hint=f"--set {name}=VALUE")


_TYPE_NAMES: dict[Any, str] = {
    bool: "true or false",
    int: "a whole number",
    float: "a number",
    str: "a string",
    type(None): "none",
}


def _read_toml(path: Path) -> tuple[str | None, dict[str, Any]]:
    """Read a recipe's name and fields, at the top level or under ``[tool.gptcc.train]``."""
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"can't read the recipe {path}: {error}") from error
    except tomllib.TOMLDecodeError as error:
        raise UsageError(
            f"{path} is not valid TOML: {error}", hint="gptcc train --print-config"
        ) from None
    if "tool" in table:
        table = table["tool"].get("gptcc", {}).get("train", {})
    base = table.pop("recipe", None)
    return base, _none_values(table)


def _none_values(table: Mapping[str, Any]) -> dict[str, Any]:
    # TOML has no null.
    return {name: None if value == "none" else value for name, value in table.items()}


def _with_current_names(
    fields: Mapping[str, Any], warn: Callable[[str], None] | None
) -> dict[str, Any]:
    current = {}
    for old_or_new, value in fields.items():
        name = RENAMED_FIELDS.get(old_or_new, old_or_new)
        if name != old_or_new and name in fields:
            raise UsageError(
                f"{old_or_new} and {name} are the same field", hint=f"remove {old_or_new}"
            )
        if name != old_or_new and warn is not None:
            warn(f"the recipe field {old_or_new} is now called {name}")
        current[name] = value
    return current


def _recipe_text(name: str) -> str:
    file = resources.files("gptcc_cli.training").joinpath("recipes", f"{name}.toml")
    return file.read_text(encoding="utf-8")


def _toml(value: FieldValue) -> str:
    if value is None:
        return '"none"'
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return repr(value)
