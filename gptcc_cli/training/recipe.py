"""Everything that decides what a training run computes, as one frozen value.

Covers the values, their ranges, and reading them from TOML and options. Two recipes stand in
``recipes``, with a reason for every field. Where the data lie, which model is trained and on how
many devices are no part of a recipe: the same recipe gives the same updates anywhere.
"""

import dataclasses
import difflib
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, TypeAlias, get_args, get_type_hints

from gptcc_cli.errors import UsageError

Setting: TypeAlias = bool | int | float | str | None
"""What a field of a recipe can be."""

Indent: TypeAlias = Literal["tabs", "spaces", "keep"]
Shorten: TypeAlias = Literal["longest-first", "statement-middle", "drop"]
LossNorm: TypeAlias = Literal["token", "sequence"]
Layout: TypeAlias = Literal["padded", "bucketed", "packed"]
Precision: TypeAlias = Literal["bf16", "fp16", "fp32"]
Optimizer: TypeAlias = Literal["adamw", "adamw8bit", "adafactor"]
Decline: TypeAlias = Literal["linear", "cosine", "constant"]
BaseWeights: TypeAlias = Literal["full", "8bit", "4bit"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """One way to train. Two runs with equal recipes and data do the same arithmetic."""

    name: str
    """What it is called in the model card."""

    epochs: float
    """Passes over the training examples; at least a part of one."""
    max_updates: int | None
    """Stop after so many updates of the weights; ``None``: ``epochs`` decides."""
    seed: int
    """Decides the split, the order of the examples, dropout and fresh adapter weights."""

    optimizer: Optimizer
    learning_rate: float
    """The highest it gets."""
    decline: Decline
    """How the learning rate goes to zero after the warm-up; ``constant``: it does not."""
    warmup: float
    """Updates in which the learning rate rises from 0; below 1: this share of all updates."""
    beta1: float
    beta2: float
    epsilon: float
    weight_decay: float
    """On every weight but biases and norms; embeddings are decayed."""
    max_grad_norm: float
    """Gradients longer than this are shortened to it; 0: never."""
    global_batch: int
    """Examples an update, whatever the number of devices."""
    per_device: int
    """Examples that one device takes at a time; changes memory and speed, not the result."""
    precision: Precision
    """What the products are computed in; weights and optimizer are kept in float32."""

    prompt: str
    """The template that puts a problem to the model; ``auto``: the one ``solve`` uses."""
    max_tokens: int
    """Tokens of one example, prompt and answer together."""
    shorten: Shorten
    """What gives way when an example has more: the end of the longer of both
    (``longest-first``), the middle of the statement (``statement-middle``), or the example."""
    end_token: bool
    """Whether the answer ends in the model's end token, which teaches it to stop."""
    loss_norm: LossNorm
    """Whether every answer token of a batch weighs the same, or every answer."""
    layout: Layout
    """Rows of ``max_tokens`` (``padded``), batches of like length (``bucketed``), or several
    examples in a row that do not see each other (``packed``)."""

    indent: Indent
    """How an answer's lines are indented."""
    only_parsing: bool
    """Leave out answers that are no Python 3."""
    one_of_a_kind: bool
    """Leave out answers that differ from another one of the problem only in names, comments
    and layout."""
    answers_per_problem: int | None
    """Answers of one problem in one epoch, other ones in the next; ``None``: all."""
    validation_share: float
    """The share of the *problems* that is kept for validation."""

    adapter_rank: int
    """The rank of the LoRA adapter that is trained instead of the weights; 0: the weights."""
    adapter_alpha: float
    """The adapter's scale is ``adapter_alpha / adapter_rank``."""
    adapter_dropout: float
    base_weights: BaseWeights
    """How the frozen weights under an adapter are kept (QLoRA: ``4bit``)."""
    activation_checkpointing: bool
    """Compute activations twice instead of keeping them: a third slower, far less memory."""

    save_every: int
    """Updates between two checkpoints; the end of an epoch is always kept."""
    keep: int
    """Newest checkpoints kept, beside the best by validation loss."""
    log_every: int
    """Updates between two entries in the log."""

    def __post_init__(self) -> None:
        """Refuse values that can't be meant.

        Raises:
            UsageError: a field has the wrong type, is none of its choices, or out of range.
        """
        hints = get_type_hints(Recipe)
        for field in dataclasses.fields(self):
            _check_type(field.name, getattr(self, field.name), hints[field.name])
        for name, low, high in _RANGES:
            value = getattr(self, name)
            if value is not None and not low <= value <= high:
                raise UsageError(
                    f"{name} = {value} is out of range",
                    hint=f"choose {name} from {low} to {high}",
                )
        if self.base_weights != "full" and self.adapter_rank == 0:
            raise UsageError(
                f"base_weights = {self.base_weights} can't be trained themselves",
                hint="train an adapter on them: --lora 16",
            )

    def changed(self, changes: Mapping[str, Any]) -> "Recipe":
        """This recipe with some fields set otherwise.

        Args:
            changes: values by field name.

        Raises:
            UsageError: there is no such field, or the value can't be meant.
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

    def settings(self) -> dict[str, Setting]:
        """Every field by name."""
        return dataclasses.asdict(self)


def parse_setting(text: str) -> tuple[str, Setting]:
    """Read ``field=value`` as an option gives it.

    Args:
        text: the value as in TOML; a bare word is text, ``none`` is ``None``.

    Raises:
        UsageError: there is no ``=``.
    """
    name, equals, value = (part.strip() for part in text.partition("="))
    if not equals or not name:
        raise UsageError(f"--set {text} sets nothing", hint="--set field=value")
    name = name.replace("-", "_")
    if value.lower() == "none":
        return name, None
    try:
        return name, tomllib.loads(f"value = {value}")["value"]
    except tomllib.TOMLDecodeError:
        return name, value


def read_toml(path: Path) -> tuple[str | None, dict[str, Any]]:
    """Read changes to a recipe from a TOML file.

    Args:
        path: fields at the top level or under ``[tool.gptcc.train]``; ``recipe`` names the
            recipe they change.

    Returns:
        The recipe's name, if the file gives one, and the changes.

    Raises:
        UsageError: the file can't be read, or is no TOML.
    """
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"can't read the recipe {path}: {error}") from error
    except tomllib.TOMLDecodeError as error:
        raise UsageError(f"{path} is no TOML: {error}", hint="gptcc train --print-config") from None
    if "tool" in table:
        table = table["tool"].get("gptcc", {}).get("train", {})
    base = table.pop("recipe", None)
    return base, {name: None if value == "none" else value for name, value in table.items()}


def write_toml(recipe: Recipe, reasons: Mapping[str, str]) -> str:
    """A recipe as a TOML file that ``read_toml`` reads back, each field with its reason."""
    lines = [f"# The recipe {recipe.name}, whole. Change what you want: gptcc train --config FILE"]
    for name, value in recipe.settings().items():
        reason = reasons.get(name)
        lines += [""] + ([f"# {reason}"] if reason else [])
        lines.append(f"{name} = {_toml(value)}")
    return "\n".join(lines) + "\n"


# Lowest and highest value of the fields that are numbers.
_RANGES: tuple[tuple[str, float, float], ...] = (
    ("epochs", 1e-9, 1e6),
    ("max_updates", 1, 1e12),
    ("seed", 0, 2**32 - 1),
    ("learning_rate", 0.0, 10.0),
    ("warmup", 0, 1e12),
    ("beta1", 0.0, 0.999999),
    ("beta2", 0.0, 0.999999),
    ("epsilon", 0.0, 1.0),
    ("weight_decay", 0.0, 10.0),
    ("max_grad_norm", 0.0, 1e9),
    ("global_batch", 1, 1e6),
    ("per_device", 1, 1e6),
    ("max_tokens", 8, 1e6),
    ("answers_per_problem", 1, 1e6),
    ("validation_share", 0.0, 0.9),
    ("adapter_rank", 0, 4096),
    ("adapter_alpha", 0.0, 1e5),
    ("adapter_dropout", 0.0, 0.9),
    ("save_every", 1, 1e12),
    ("keep", 1, 1000),
    ("log_every", 1, 1e12),
)


def _check_type(name: str, value: object, hint: Any) -> None:
    choices = get_args(hint)
    if choices and all(isinstance(choice, str) for choice in choices):
        if value not in choices:
            raise UsageError(f"{name} = {value} is no choice", hint=f"{name}: {', '.join(choices)}")
        return
    allowed = choices or (hint,)
    if float in allowed and isinstance(value, int) and not isinstance(value, bool):
        return
    if type(value) not in allowed:
        wanted = " or ".join(
            "none" if kind is type(None) else _KINDS.get(kind, str(kind)) for kind in allowed
        )
        raise UsageError(f"{name} = {value!r} is not {wanted}", hint=f"--set {name}=VALUE")


_KINDS: dict[Any, str] = {bool: "true or false", int: "a whole number", float: "a number"} | {
    str: "text"
}


def _toml(value: Setting) -> str:
    if value is None:
        return '"none"'
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return repr(value)
