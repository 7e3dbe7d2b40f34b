"""The loss of an answer: cross-entropy of its tokens, and of nothing else.

Logits are only computed where a token weighs something: of a vocabulary of 50,000 and a
statement much longer than its answer, that is most of the memory and a good part of the work.
"""

import inspect
from typing import Any


def answer_loss(model: Any, batch: dict[str, Any]) -> Any:
    """The weighted sum of the losses of a micro-batch's tokens.

    Args:
        model: a causal language model of transformers, wrapped or not.
        batch: as ``batches.Collator`` makes it, on the model's device.

    Returns:
        A float32 tensor without dimensions: the sum over tokens of weight times cross-entropy.
    """
    import torch

    inputs = {name: value for name, value in batch.items() if name != "loss_weights"}
    ids = batch["input_ids"]
    # What stands at a place is predicted at the place before it.
    targets = torch.roll(ids, -1, dims=1)
    weights = torch.roll(batch["loss_weights"], -1, dims=1)
    weights[:, -1] = 0.0
    places = weights > 0
    if _can_choose_logits(model):
        inputs["logits_to_keep"] = places
    logits = model(**inputs, use_cache=False).logits
    if logits.dim() == 3:
        logits = logits[places]
    losses = torch.nn.functional.cross_entropy(logits.float(), targets[places], reduction="none")
    return (losses * weights[places]).sum()


def total_weight(batches: list[dict[str, Any]]) -> Any:
    """The sum of the weights of some micro-batches, as a float32 tensor without dimensions."""
    import torch

    return torch.stack([batch["loss_weights"].sum() for batch in batches]).sum()


def _can_choose_logits(model: Any) -> bool:
    inner = model
    while hasattr(inner, "module"):
        inner = inner.module
    if hasattr(inner, "get_base_model"):
        inner = inner.get_base_model()
    return "logits_to_keep" in inspect.signature(inner.forward).parameters
