"""The model that is trained: loading and preparing it, and estimating what training it needs.

Weights that are trained are float32, because bfloat16 is too coarse for small updates; frozen
weights under an adapter may be smaller. Does not move the model to a GPU: the trainer does, one
process per GPU, except for quantized weights, which are created where they stay.
"""

import math
import os
import time
import warnings
from collections.abc import Mapping
from contextlib import nullcontext
from dataclasses import replace
from typing import Any

from gptcc_cli.errors import TrainingError
from gptcc_cli.models import FoundModel, LoadedModel, Quantize, load
from gptcc_cli.training.batches import Collator, answer_loss
from gptcc_cli.training.plan import TrainingPlan
from gptcc_cli.training.recipe import Recipe
from gptcc_cli.training.schedule import epoch_updates, share

_QUANTIZE = {"full": Quantize.NONE, "8bit": Quantize.EIGHT_BIT, "4bit": Quantize.FOUR_BIT}


def load_base(found: FoundModel, recipe: Recipe, *, device: str) -> LoadedModel:
    """Load the model to start from.

    Args:
        found: The model's files.
        recipe: Determines the type of the weights.
        device: ``cpu`` or ``cuda``; each of several processes uses the GPU of its own rank.

    Raises:
        TrainingError: Quantized weights can't be trained on here.
        ModelError: The model can't be loaded here.
    """
    if recipe.base_weights != "full" and device == "cpu":
        # The CPU kernels of bitsandbytes 0.50 propagate no gradient.
        raise TrainingError(
            f"an adapter on {recipe.base_weights} weights can't be trained on a CPU",
            hint="use --lora instead of --qlora, or a GPU",
        )
    frozen = recipe.adapter_rank > 0
    dtype = "bfloat16" if frozen and recipe.precision == "bf16" else "float32"
    place = "cpu"
    if recipe.base_weights != "full":
        place = f"cuda:{os.environ.get('LOCAL_RANK', '0')}"
    spec = replace(found.spec, dtype=dtype, device=place, quantize=_QUANTIZE[recipe.base_weights])
    return load(replace(found, spec=spec))


def trainable(loaded: LoadedModel, recipe: Recipe) -> Any:
    """Return the transformers or peft model for the trainer.

    Raises:
        TrainingError: The recipe has an adapter and peft is not installed.
        ModelError: The weights can't be read.
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
        # peft 0.21 calls functions of transformers 5 that version 6 will remove.
        warnings.simplefilter("ignore", FutureWarning)
        return _with_adapter(model, recipe, peft)


def estimate_memory_bytes(plan: TrainingPlan, config: Mapping[str, Any], n_parameters: int) -> int:
    """Estimate roughly the memory that one process needs.

    Weights, gradients and AdamW's two moments take 16 bytes per trained parameter (Rajbhandari et
    al. 2020, section 3); a frozen parameter takes its own size. Activations take 34 bytes per
    token, layer and hidden unit in half precision (Korthikanti et al. 2022, equation 2, without
    attention scores), twice that in single precision, and one layer's at a time when they are
    recomputed. Logits take three float32 copies of the vocabulary per answer token.
    """
    recipe = plan.recipe
    hidden = int(config.get("hidden_size") or config.get("n_embd") or 768)
    layers = int(config.get("num_layers") or config.get("num_hidden_layers") or 12)
    vocabulary = int(config.get("vocab_size") or 50257)
    frozen_bytes = {"full": 2, "8bit": 1, "4bit": 0.6}[recipe.base_weights]
    states = 16.0 * n_parameters
    if recipe.adapter_rank:
        states = frozen_bytes * n_parameters + 16.0 * 14 * layers * hidden * recipe.adapter_rank
    n = plan.schedule.per_device
    longest = max(len(example.tokens) for example in plan.train.examples)
    mean = plan.n_tokens / len(plan.train.examples)
    per_row = {"padded": recipe.max_tokens, "bucketed": longest, "packed": math.ceil(mean)}
    per_layer = n * per_row[recipe.layout] * hidden * (34 if recipe.precision != "fp32" else 68)
    activations = per_layer * (1 if recipe.activation_checkpointing else layers)
    answers = n * plan.n_answer_tokens / len(plan.train.examples)
    return int(states + activations + 12 * answers * vocabulary)


def estimate_wall_s(plan: TrainingPlan, loaded: LoadedModel, *, device: str) -> float:
    """Estimate how long the run will take on this machine, from its first micro-batch.

    Computes the loss and gradients of one micro-batch, after a smaller one to warm up, and
    changes no weight. Does not include the optimizer or validation.

    Args:
        plan: The run.
        loaded: The model to start from.
        device: ``cpu`` or ``cuda``.

    Raises:
        TrainingError: peft is not installed.
        ModelError: The weights can't be read.
    """
    import torch

    recipe = plan.recipe
    model = trainable(loaded, recipe).to(device).train()
    lengths = [len(example.tokens) for example in plan.train.examples]
    update = epoch_updates(plan.train.groups, lengths, recipe, epoch=0)[0]
    indices = next(share(update, plan.schedule, rank=0))
    examples = [plan.train.examples[index] for index in indices]
    collate = Collator(
        layout=recipe.layout,
        loss_norm=recipe.loss_norm,
        max_tokens=recipe.max_tokens,
        pad_token=0,
    )
    half = {"bf16": torch.bfloat16, "fp16": torch.float16}.get(recipe.precision)
    wall_s = 0.0
    for some in (examples[:1], examples):
        batch = {name: one.to(device) for name, one in collate(some).items()}
        began = time.perf_counter()
        with nullcontext() if half is None else torch.autocast(device, dtype=half):
            loss = answer_loss(model, batch)
        loss.backward()
        if device != "cpu":
            torch.cuda.synchronize()
        wall_s = time.perf_counter() - began
    model.zero_grad()
    return wall_s * plan.schedule.updates * plan.schedule.accumulation


def _with_adapter(model: Any, recipe: Recipe, peft: Any) -> Any:
    import torch

    if recipe.base_weights != "full":
        model = peft.prepare_model_for_kbit_training(
            model, use_gradient_checkpointing=recipe.activation_checkpointing
        )
    elif recipe.activation_checkpointing:
        # The outputs of frozen embeddings need no gradient, so checkpointing would drop them all.
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
