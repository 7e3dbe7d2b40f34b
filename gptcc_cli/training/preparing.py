"""A base model -> the model that is trained: whole, or frozen under an adapter.

Full weights are kept in float32, which bfloat16 could not be trained in; frozen ones may be
smaller. Does not place the model on a GPU: the trainer does, one process on each, save for
quantized weights, which are made where they stay.
"""

import os
import warnings
from dataclasses import replace
from typing import Any

from gptcc_cli.errors import TrainingError
from gptcc_cli.models import FoundModel, LoadedModel, Quantize, load
from gptcc_cli.training.recipe import Recipe

_QUANTIZE = {"full": Quantize.NONE, "8bit": Quantize.EIGHT_BIT, "4bit": Quantize.FOUR_BIT}


def load_base(found: FoundModel, recipe: Recipe, *, device: str) -> LoadedModel:
    """Load the model to start from.

    Args:
        found: its files.
        recipe: says how frozen weights are kept.
        device: ``cpu`` or ``cuda``; a process of several takes the GPU of its own number.

    Raises:
        TrainingError: quantized weights can't be trained on here.
        ModelError: it can't be loaded here.
    """
    if recipe.base_weights != "full" and device == "cpu":
        # bitsandbytes 0.50 multiplies there by kernels that pass no gradient on.
        raise TrainingError(
            f"an adapter on {recipe.base_weights} weights can't be trained on a CPU",
            hint="--lora instead of --qlora, or a GPU",
        )
    frozen = recipe.adapter_rank > 0
    dtype = "bfloat16" if frozen and recipe.precision == "bf16" else "float32"
    place = "cpu"
    if recipe.base_weights != "full":
        place = device if device == "cpu" else f"cuda:{os.environ.get('LOCAL_RANK', '0')}"
    spec = replace(found.spec, dtype=dtype, device=place, quantize=_QUANTIZE[recipe.base_weights])
    return load(replace(found, spec=spec))


def trainable(loaded: LoadedModel, recipe: Recipe) -> Any:
    """The transformers or peft model to hand to the trainer.

    Raises:
        TrainingError: an adapter is wanted and peft is missing.
        ModelError: the weights can't be read.
    """
    model = loaded.model
    model.config.use_cache = False
    if recipe.adapter_rank == 0:
        return model
    try:
        import peft
    except ModuleNotFoundError as error:
        raise TrainingError(
            "training an adapter needs peft", hint="pip install 'gptcc[train]'"
        ) from error
    with warnings.catch_warnings():
        # peft 0.21 asks transformers 5 by names that will go in version 6.
        warnings.simplefilter("ignore", FutureWarning)
        return _with_adapter(model, recipe, peft)


def _with_adapter(model: Any, recipe: Recipe, peft: Any) -> Any:
    import torch

    if recipe.base_weights != "full":
        model = peft.prepare_model_for_kbit_training(
            model, use_gradient_checkpointing=recipe.activation_checkpointing
        )
    elif recipe.activation_checkpointing:
        # Frozen embeddings give activations no gradient, and checkpointing would drop them all.
        model.enable_input_require_grads()
    settings = peft.LoraConfig(
        r=recipe.adapter_rank,
        lora_alpha=recipe.adapter_alpha,
        lora_dropout=recipe.adapter_dropout,
        target_modules="all-linear",
        task_type="CAUSAL_LM",
    )
    with torch.random.fork_rng():
        torch.manual_seed(recipe.seed)
        return peft.get_peft_model(model, settings)


def parameter_counts(model: Any) -> tuple[int, int]:
    """How many parameters are trained, and how many there are."""
    sizes = [(one.requires_grad, one.numel()) for one in model.parameters()]
    return sum(n for wanted, n in sizes if wanted), sum(n for _, n in sizes)
