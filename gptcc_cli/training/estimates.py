"""What a run will need, said before it begins: memory by arithmetic, time by a measurement."""

import math
import time
from collections.abc import Mapping
from contextlib import nullcontext
from typing import Any

from gptcc_cli.models import LoadedModel
from gptcc_cli.training import preparing
from gptcc_cli.training.batches import Collator
from gptcc_cli.training.loss import answer_loss
from gptcc_cli.training.order import epoch_updates, share
from gptcc_cli.training.plan import TrainingPlan


def estimate_memory_bytes(plan: TrainingPlan, config: Mapping[str, Any], n_parameters: int) -> int:
    """A rough figure of the memory one process needs.

    Weights, gradients and AdamW's two moments take 16 bytes a trained parameter (Rajbhandari et
    al. 2020, section 3); a frozen one takes its own size. Activations: 34 bytes a token, layer
    and hidden unit in half precision (Korthikanti et al. 2022, equation 2, without attention
    scores), twice that in single precision, one layer's at a time when they are computed again.
    Logits: three float32 copies of the vocabulary for every answer token at a time.
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
    tokens = n * per_row[recipe.layout]
    a_layer = tokens * hidden * (34 if recipe.precision != "fp32" else 68)
    activations = a_layer * (1 if recipe.activation_checkpointing else layers)
    answers = n * plan.n_answer_tokens / len(plan.train.examples)
    return int(states + activations + 12 * answers * vocabulary)


def estimate_wall_s(plan: TrainingPlan, loaded: LoadedModel, *, device: str) -> float:
    """How long the run will take on this machine, from its first micro-batch.

    Computes losses and gradients of one micro-batch, after a smaller one to warm up, and changes
    no weight. The optimizer's own work and validation are not in it.

    Args:
        plan: the run.
        loaded: the model to start from.
        device: ``cpu`` or ``cuda``.

    Raises:
        TrainingError: peft is missing.
        ModelError: the weights can't be read.
    """
    import torch

    recipe = plan.recipe
    model = preparing.trainable(loaded, recipe).to(device).train()
    lengths = [len(example.tokens) for example in plan.train.examples]
    update = epoch_updates(plan.train.groups, lengths, recipe, epoch=0)[0]
    places = next(share(update, plan.schedule, rank=0))
    examples = [plan.train.examples[place] for place in places]
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
