"""Attention over keys kept in two places, merged exactly.

Softmax attention over the union of two sets of keys is the mean of the attentions over each,
weighted by the sums of their exponentials: with their logarithms ``a`` and ``b``, the first
weighs ``sigmoid(a - b)`` (as in Hydragen, Juravsky et al. 2024, and FlashInfer's cascade).
"""

from typing import Any


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
    return attend_plainly(query, key, value, mask, scale)


def attend_plainly(query: Any, key: Any, value: Any, mask: Any, scale: float) -> tuple[Any, Any]:
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
