"""Keys and values of prompts and rows, and attention over both.

A prompt is kept once for all its rows; what each row has written is its suffix. Softmax attention
over the union of two sets of keys is the mean of the attentions over each, weighted by the sums
of their exponentials: with their logarithms ``a`` and ``b``, the first weighs ``sigmoid(a - b)``
(as in Hydragen, Juravsky et al. 2024, and FlashInfer's cascade).

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


def attend(query: Any, key: Any, value: Any, mask: Any, scale: float) -> tuple[Any, Any]:
    """Attend over one place.

    Args:
        query: (batch, heads, queries, head_dim).
        key: (batch, heads, keys, head_dim).
        value: (batch, heads, keys, head_dim).
        mask: added to the products, broadcast to (batch, heads, queries, keys), in the dtype
            of the query; or ``None``.
        scale: what products are multiplied by.

    Returns:
        The attention, in the shape of ``query``, and the logarithm of the sum of exponentials
        (batch, heads, queries) float32.
    """
    import torch

    if query.device.type == "cpu":
        attended, log_sum = torch.ops.aten._scaled_dot_product_flash_attention_for_cpu(
            query, key, value, 0.0, False, attn_mask=mask, scale=scale
        )
        return attended, log_sum
    return attend_unfused(query, key, value, mask, scale)


def attend_unfused(query: Any, key: Any, value: Any, mask: Any, scale: float) -> tuple[Any, Any]:
    """Attend with two products and a softmax, on any device; see ``attend``."""
    products = (query @ key.transpose(-1, -2)).float() * scale
    if mask is not None:
        products = products + mask
    log_sum = products.logsumexp(-1)
    shares = (products - log_sum[..., None]).exp().to(value.dtype)
    return shares @ value, log_sum


def merge(first: tuple[Any, Any], second: tuple[Any, Any]) -> Any:
    """Return the attention over both places, in the shape of each attention."""
    share = (first[1] - second[1]).sigmoid_().to(first[0].dtype).unsqueeze(-1)
    return second[0].lerp(first[0], share)


def hide(hidden: Any, like: Any) -> Any:
    """Return what to add to products so that ``hidden`` ones don't count.

    Not infinite: a query may see nothing of one place, and its weight there is then exactly 0
    without a 0/0 on the way.
    """
    import torch

    value = -3e4 if like.dtype == torch.float16 else -1e30
    return like.new_zeros(hidden.shape).masked_fill_(hidden, value)
