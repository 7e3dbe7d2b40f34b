"""A check before a packed run: does this model keep the examples of a row apart?

Models that transformers builds its mask for do; code of a model's own may not. A run that mixed
examples would train, and badly, so it is refused instead.
"""

import math
from typing import Any

from gptcc_cli.errors import TrainingError

TOLERANCE = 1e-3
"""Largest difference of two logits, relative to the largest: float32 stays far below it."""


def packed_difference(model: Any, tokens: list[list[int]]) -> float:
    """How far the logits of sequences in one row are from those of each alone.

    Args:
        model: a causal language model; it is asked in float32 or its own dtype.
        tokens: sequences of at least two tokens.

    Returns:
        The largest difference, relative to the largest logit.
    """
    import torch

    device = next(model.parameters()).device
    row = torch.tensor([[token for one in tokens for token in one]], device=device)
    positions = torch.cat([torch.arange(len(one)) for one in tokens])[None].to(device)
    was_training = model.training
    model.eval()
    try:
        with torch.no_grad():
            packed = model(input_ids=row, position_ids=positions, use_cache=False).logits[0]
            alone = [
                model(input_ids=torch.tensor([one], device=device), use_cache=False).logits[0]
                for one in tokens
            ]
    finally:
        model.train(was_training)
    separate = torch.cat(alone)
    return float((packed - separate).abs().max() / separate.abs().max().clamp(min=1e-9))


def check_packing(model: Any, *, vocab_size: int) -> None:
    """Refuse a model that does not keep packed examples apart.

    Raises:
        TrainingError: it does not.
    """
    import torch

    draw = torch.Generator().manual_seed(0)
    tokens = [
        torch.randint(0, vocab_size, (length,), generator=draw).tolist() for length in (7, 12, 5)
    ]
    try:
        difference = packed_difference(model, tokens)
    except TypeError:
        difference = float("inf")
    if math.isnan(difference):
        return  # the model is broken already, and its first loss will say so
    is_exact = next(model.parameters()).dtype == torch.float32
    if not difference <= (TOLERANCE if is_exact else 50 * TOLERANCE):
        raise TrainingError(
            f"this model does not keep packed examples apart (logits differ by {difference:.2g})",
            hint="--layout bucketed",
        )
