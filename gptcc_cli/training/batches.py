"""Examples -> the tensors of a micro-batch -> the loss of its answers.

There are three layouts: rows of full length (``padded``), rows as long as the longest example
(``bucketed``), and several examples per row with positions that restart at each (``packed``). From
such positions and no attention mask, transformers 5 builds a mask by which examples do not attend
to each other (``masking_utils.find_packed_sequence_indices``). A model with code of its own may
ignore them and would train badly without an error, so ``check_packing`` tests each model first.
"""

import inspect
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from gptcc_cli.errors import TrainingError
from gptcc_cli.training.encoding import Example
from gptcc_cli.training.recipe import LossNorm, RowLayout

TOLERANCE = 1e-3
"""Largest allowed difference of packed logits, relative to the largest logit. In float32 real
differences are far smaller."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Collator:
    """Makes micro-batches: tensors of shape (rows, length).

    ``input_ids`` int64; ``loss_weights`` float32, the weight of predicting that token: 0 for
    prompt and padding, 1 for an answer's token (or 1 / its length if all answers have the same
    weight); ``attention_mask`` int64 (padded) or ``position_ids`` int64 (packed).
    """

    layout: RowLayout
    loss_norm: LossNorm
    max_tokens: int
    """Maximum tokens per row."""
    pad_token: int
    """Any token: padding is masked and has no weight."""

    def __call__(self, examples: Sequence[Example]) -> dict[str, Any]:
        """Return the tensors of some examples."""
        if self.layout == "packed":
            return self._rows(pack(examples, self.max_tokens))
        return self._rows([[example] for example in examples])

    def _rows(self, rows: list[list[Example]]) -> dict[str, Any]:
        import torch

        packed = self.layout == "packed"
        length = max(sum(len(example.tokens) for example in row) for row in rows)
        if self.layout == "padded":
            length = self.max_tokens
        shape = (len(rows), length)
        ids = torch.full(shape, self.pad_token, dtype=torch.int64)
        weights = torch.zeros(shape, dtype=torch.float32)
        # The padding of a packed row is examples of one token, each of which sees only itself.
        marks = torch.zeros(shape, dtype=torch.int64)
        for number, row in enumerate(rows):
            start = 0
            for example in row:
                end = start + len(example.tokens)
                ids[number, start:end] = torch.tensor(example.tokens, dtype=torch.int64)
                weights[number, start + example.n_prompt : end] = self._weight(example)
                marks[number, start:end] = torch.arange(end - start) if packed else 1
                start = end
        mask = "position_ids" if packed else "attention_mask"
        return {"input_ids": ids, "loss_weights": weights, mask: marks}

    def _weight(self, example: Example) -> float:
        return 1.0 if self.loss_norm == "token" else 1.0 / max(1, example.n_answer)


def pack(examples: Sequence[Example], max_tokens: int) -> list[list[Example]]:
    """Put examples into rows by first-fit decreasing.

    Args:
        examples: Each at most ``max_tokens`` long.
        max_tokens: Maximum tokens per row.
    """
    rows: list[list[Example]] = []
    room: list[int] = []
    for example in sorted(examples, key=lambda one: -len(one.tokens)):
        size = len(example.tokens)
        place = next((number for number, free in enumerate(room) if free >= size), None)
        if place is None:
            rows.append([example])
            room.append(max_tokens - size)
        else:
            rows[place].append(example)
            room[place] -= size
    return rows


def count_tokens(batch: dict[str, Any]) -> int:
    """Return the tokens of a micro-batch without padding."""
    if "attention_mask" in batch:
        return int(batch["attention_mask"].sum())
    # Padding of a packed row has position 0, and so has the first token of each example.
    starts = int((batch["loss_weights"] > 0).any(dim=1).sum())
    return int((batch["position_ids"] > 0).sum()) + starts


def answer_loss(model: Any, batch: dict[str, Any]) -> Any:
    """Return the weighted sum of the cross-entropy of a micro-batch's answer tokens.

    Logits are computed only where a token has weight: with a vocabulary of 50,000 and statements
    much longer than answers, that saves most of the memory and much of the time.

    Args:
        model: A causal language model of transformers, possibly wrapped.
        batch: The tensors of a ``Collator``, on the model's device.

    Returns:
        A float32 scalar tensor: the sum over tokens of weight times cross-entropy.
    """
    import torch

    inputs = {name: value for name, value in batch.items() if name != "loss_weights"}
    # The logits at a position predict the next token.
    targets = torch.roll(batch["input_ids"], -1, dims=1)
    weights = torch.roll(batch["loss_weights"], -1, dims=1)
    weights[:, -1] = 0.0
    places = weights > 0
    if _accepts_logits_to_keep(model):
        inputs["logits_to_keep"] = places
    logits = model(**inputs, use_cache=False).logits
    if logits.dim() == 3:
        logits = logits[places]
    losses = torch.nn.functional.cross_entropy(logits.float(), targets[places], reduction="none")
    return (losses * weights[places]).sum()


def packed_difference(model: Any, tokens: list[list[int]]) -> float:
    """Measure how much packing sequences into one row changes their logits.

    Args:
        model: A causal language model.
        tokens: Sequences of at least two tokens.

    Returns:
        The largest difference to the logits of each sequence alone, relative to the largest logit.
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
    """Check that a model keeps packed examples apart.

    Raises:
        TrainingError: It does not.
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
        return  # The weights are broken already; the first loss will report it.
    is_exact = next(model.parameters()).dtype == torch.float32
    if not difference <= (TOLERANCE if is_exact else 50 * TOLERANCE):
        raise TrainingError(
            f"this model does not keep packed examples apart (logits differ by {difference:.2g})",
            hint="--layout bucketed",
        )


def _accepts_logits_to_keep(model: Any) -> bool:
    inner = model
    while hasattr(inner, "module"):
        inner = inner.module
    if hasattr(inner, "get_base_model"):
        inner = inner.get_base_model()
    return "logits_to_keep" in inspect.signature(inner.forward).parameters
