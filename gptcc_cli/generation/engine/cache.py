"""Keys and values: of prompts, kept once, and of what each row has written.

A row's suffix lies in a slot; slots grow together, in steps, so that memory follows the longest
text being written and not the longest that could be.
"""

from dataclasses import dataclass
from typing import Any

_STEP = 32
"""Suffixes are attended to in multiples of this many tokens: sums then come out the same to the
last bit whatever the length of a row's neighbours (measured for the CPU's kernel)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Prefix:
    """A prompt that was read."""

    ids: tuple[int, ...]
    keys: tuple[Any, ...]
    """By layer: (kv heads, tokens, head_dim)."""
    values: tuple[Any, ...]
    logits: Any
    """(1, vocabulary): what the model expects after the prompt."""
    packed: tuple[tuple[Any, Any], ...] | None = None
    """By layer: keys and values as compiled kernels read them; ``None`` where torch attends."""

    def __len__(self) -> int:
        """Return the number of tokens."""
        return len(self.ids)


class SuffixCache:
    """What rows have written: ``capacity`` slots of equal, growing length."""

    def __init__(
        self,
        *,
        n_layers: int,
        capacity: int,
        n_kv_heads: int,
        head_dim: int,
        like: Any,
        zeroed: bool = True,
    ) -> None:
        """Reserve nothing yet.

        Args:
            n_layers: of the model.
            capacity: how many rows there can be.
            n_kv_heads: of the model.
            head_dim: of the model.
            like: a tensor of the dtype and device to keep.
            zeroed: whether what no row has written must be zeros: for kernels that hide it
                instead of leaving it out.
        """
        self.capacity = capacity
        self._zeroed = zeroed
        self.length = 0
        shape = (capacity, n_kv_heads, 0, head_dim)
        self.keys = [like.new_empty(shape) for _ in range(n_layers)]
        self.values = [like.new_empty(shape) for _ in range(n_layers)]

    def grow(self, wanted: int, n_rows: int | None = None) -> None:
        """Make room for ``wanted`` tokens a row; what the first ``n_rows`` slots hold stays."""
        if wanted <= self.length:
            return
        length = max(_STEP, self.length)
        while length < wanted:
            length += max(_STEP, length // 2 // _STEP * _STEP)
        for tensors in (self.keys, self.values):
            for layer, old in enumerate(tensors):
                # One at a time, so that two copies of one layer is all that is ever held. Where
                # memory ended halfway, some have grown already.
                if old.shape[2] < length:
                    shape = (*old.shape[:2], length, old.shape[3])
                    new = old.new_zeros(shape) if self._zeroed else old.new_empty(shape)
                    new[:n_rows, :, : old.shape[2]] = old[:n_rows]
                    tensors[layer] = new
        self.length = length

    def put_prompt(self, prefix: Prefix) -> None:
        """Copy a prompt into the first slot: a row that is alone has nobody to share it with."""
        self.grow(len(prefix))
        for layer, (keys, values) in enumerate(zip(prefix.keys, prefix.values, strict=True)):
            self.keys[layer][0, :, : len(prefix)] = keys
            self.values[layer][0, :, : len(prefix)] = values

    def move(self, source: int, target: int, n_tokens: int) -> None:
        """Copy a row's suffix to another slot."""
        for tensors in (self.keys, self.values):
            for tensor in tensors:
                tensor[target, :, :n_tokens] = tensor[source, :, :n_tokens]

    def shrink(self, capacity: int) -> None:
        """Give back the memory of all slots but the first ``capacity``."""
        self.capacity = capacity
        for tensors in (self.keys, self.values):
            for layer, old in enumerate(tensors):
                tensors[layer] = old[:capacity].clone()


def attended_length(longest: int) -> int:
    """Return how many tokens of a suffix are looked at when the longest row has so many."""
    return -(-longest // _STEP) * _STEP
