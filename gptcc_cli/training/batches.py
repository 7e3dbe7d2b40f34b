"""Examples -> the tensors of a micro-batch, with the weight of every token.

Three layouts: rows of the full length (``padded``), rows of the longest example (``bucketed``),
and several examples in a row with positions that begin again at each (``packed``). transformers
turns such positions, where no attention mask is given, into a mask by which examples do not see
each other (``masking_utils.find_packed_sequence_indices``, transformers 5); that a model honours
it is checked before it is trained so (``packing``).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from gptcc_cli.training.encoding import Example
from gptcc_cli.training.recipe import LossNorm, RowLayout


@dataclass(frozen=True, slots=True, kw_only=True)
class Collator:
    """Makes micro-batches: tensors of shape (rows, length).

    ``input_ids`` int64; ``loss_weights`` float32, the weight of predicting that token: 0 for
    prompt and padding, 1 for an answer's token (or 1 / its length when every answer weighs the
    same); ``attention_mask`` int64 (padded) or ``position_ids`` int64 (packed).
    """

    layout: RowLayout
    loss_norm: LossNorm
    max_tokens: int
    """The longest row."""
    pad_token: int
    """Any token: it is masked and weighs nothing."""

    def __call__(self, examples: Sequence[Example]) -> dict[str, Any]:
        """Put examples into tensors."""
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
        # Padding of a packed row is examples of one token: each sees itself alone.
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
    """Put examples into as few rows as first-fit-decreasing finds.

    Args:
        examples: each at most ``max_tokens`` long.
        max_tokens: the longest row.
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
