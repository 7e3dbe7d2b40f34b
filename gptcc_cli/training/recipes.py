"""The two recipes that come with gptcc, with a reason for every field.

``CARD`` is the run of the model card as far as evidence tells, with the loss on the answers,
which is what its authors meant. ``BETTER`` keeps what that run did well and mends the rest.
"""

from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

from gptcc_cli.errors import UsageError
from gptcc_cli.training.recipe import Recipe, read_toml

CARD = Recipe(
    name="card",
    epochs=5,
    max_updates=None,
    seed=42,
    optimizer="adamw",
    learning_rate=8e-5,
    decline="linear",
    warmup=800,
    beta1=0.9,
    beta2=0.98,
    epsilon=1e-8,
    weight_decay=0.1,
    max_grad_norm=1.0,
    global_batch=32,
    per_device=16,
    precision="bf16",
    prompt="apps",
    max_tokens=1024,
    shorten="longest-first",
    end_token=False,
    loss_norm="token",
    layout="padded",
    indent="tabs",
    only_parsing=False,
    one_of_a_kind=False,
    answers_per_problem=None,
    validation_share=0.05,
    adapter_rank=0,
    adapter_alpha=32,
    adapter_dropout=0.0,
    base_weights="full",
    activation_checkpointing=False,
    save_every=500,
    keep=2,
    log_every=50,
)

BETTER = CARD.changed(
    {
        "name": "better",
        "warmup": 0.05,
        "prompt": "auto",
        "shorten": "statement-middle",
        "end_token": True,
        "layout": "packed",
        "indent": "spaces",
        "only_parsing": True,
        "one_of_a_kind": True,
        "answers_per_problem": 8,
        "save_every": 200,
        "log_every": 10,
    }
)

_CARD_REASONS: dict[str, str] = {
    "name": "What the model card will call it.",
    "epochs": "The card: --num_train_epochs=5.",
    "max_updates": "The card bounds the run by epochs alone.",
    "seed": "The default of the card's script.",
    "optimizer": "The card's text: AdamW.",
    "learning_rate": "The card: --learning_rate=8e-5.",
    "decline": "The card's text: a linear decay.",
    "warmup": "The card: --warmup_steps=800, counted in updates.",
    "beta1": "The card: --adam_beta1=0.9.",
    "beta2": "The card: --adam_beta2=0.98.",
    "epsilon": "The default of the card's script.",
    "weight_decay": "The card: --weight_decay=0.1; its script spares biases and norms.",
    "max_grad_norm": "The card's script clips at 1.",
    "global_batch": (
        "The card: 16 x 2. The released weights say step 34,800 = 5 epochs of 111,370 // 16 "
        "micro-steps, so one device made them and the batch was 32."
    ),
    "per_device": "The card: --per_device_train_batch_size=16.",
    "precision": "The card: --dtype=bfloat16 computes in it and keeps weights in float32.",
    "prompt": "The form of APPS' training code, which the card's data were written in.",
    "max_tokens": "The card: --block_size=1024.",
    "shorten": "The card's tokenizer cut the longer of question and answer at its end.",
    "end_token": "The card's answers had none: the script threw it away.",
    "loss_norm": "Both norms stand in the history of the script; this one is Trainer's own.",
    "layout": "The card padded every example to 1,024 tokens.",
    "indent": "The card's data had one tab a level.",
    "only_parsing": "The card's data were not filtered.",
    "one_of_a_kind": "The card's data were not filtered.",
    "answers_per_problem": "The card took one example for every solution.",
    "validation_share": (
        "The script kept the first 5 % of the solutions; we keep 5 % of the problems, so that no "
        "problem is on both sides."
    ),
    "adapter_rank": "The card trained all weights.",
    "adapter_alpha": "Only used with an adapter: twice its usual rank.",
    "adapter_dropout": "Only used with an adapter: five epochs do not overfit one.",
    "base_weights": "The card kept the weights whole.",
    "activation_checkpointing": "125 million parameters fit without.",
    "save_every": "An epoch is 3,480 updates: too much to lose.",
    "keep": "The last, and the one before in case the disk betrays it.",
    "log_every": "The card: --logging_steps=50.",
}

_BETTER_REASONS: dict[str, str] = {
    "warmup": "800 updates are a third of a small run; a twentieth of any run is enough.",
    "prompt": "A model must be asked as it was taught: the template that solve chooses for it.",
    "shorten": "Samples, format line and answer marker stand at the end, and must be seen.",
    "end_token": "A model that never saw one does not stop by itself.",
    "layout": "Most examples are far shorter than 1,024 tokens; padding is wasted work.",
    "indent": "What Python programmers write, and checked: the program must parse to the same.",
    "only_parsing": "Python 2 and cut programs teach programs that fail.",
    "one_of_a_kind": "Copies of one program teach that program, not the problem.",
    "answers_per_problem": "Hundreds of answers to one problem drown the others.",
    "save_every": "Updates are quicker without padding.",
    "log_every": "A curve one can look at after a minute.",
}

RECIPES: Mapping[str, Recipe] = MappingProxyType({"card": CARD, "better": BETTER})
"""The recipes by name."""

REASONS: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "card": MappingProxyType(_CARD_REASONS),
        "better": MappingProxyType(
            {name: f"As the card. {why}" for name, why in _CARD_REASONS.items()} | _BETTER_REASONS
        ),
    }
)
"""Why each field of each recipe is as it is."""


def choose_recipe(
    name: str | None, *, config: Path | None = None, changes: Mapping[str, Any] | None = None
) -> Recipe:
    """The recipe to run: a named one, changed by a file, then by options.

    Args:
        name: ``card`` or ``better``; ``None``: the file's, else ``better``.
        config: a TOML file with fields.
        changes: fields that options set.

    Raises:
        UsageError: there is no such recipe, field or value.
    """
    named, from_file = read_toml(config) if config is not None else (None, {})
    base = name or named or "better"
    if base not in RECIPES:
        raise UsageError(
            f"there is no recipe {base}", hint=f"--recipe {' or '.join(RECIPES)}; or --config FILE"
        )
    return RECIPES[base].changed(from_file).changed(changes or {})
