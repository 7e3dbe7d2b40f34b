"""Attention over keys kept in two places, merged exactly.

Softmax attention over the union of two sets of keys is the mean of the attentions over each,
weighted by the sums of their exponentials: with their logarithms ``a`` and ``b``, the first
weighs ``sigmoid(a - b)`` (as in Hydragen, Juravsky et al. 2024, and FlashInfer's cascade).
"""

from typing import Any

_QUERIES = 128
"""Queries of a prompt that attend together."""


def attend_causally(query: Any, key: Any, value: Any, window: int | None, scale: float) -> Any:
    """Attend from each token of a prompt to itself and those before it, in float32.

    For bfloat16 on a CPU. torch's own attention comes to other last bits there in one process
    out of thirty, at the first call alone, so that a seed would not mean the same text (torch
    2.13, two cores that other work wants too).

    Args:
        query: (tokens, heads, head_dim), heads dealt round-robin to kv heads.
        key: (kv heads, tokens, head_dim).
        value: the same.
        window: how many tokens a token sees, itself included; ``None``: all.
        scale: what products are multiplied by.

    Returns:
        (tokens, heads * head_dim) in the dtype of ``query``.
    """
    import torch

    n = len(query)
    # (turns, kv heads, tokens, head_dim)
    queries = (query.float() * scale).unflatten(1, (-1, len(key))).permute(1, 2, 0, 3)
    keys, values = key.float().transpose(1, 2), value.float()
    places = torch.arange(n)
    found = []
    for start in range(0, n, _QUERIES):
        end = min(n, start + _QUERIES)
        first = 0 if window is None else max(0, start - window + 1)
        products = queries[:, :, start:end] @ keys[:, :, first:end]
        ahead = places[first:end] - places[start:end, None]
        hidden = ahead > 0 if window is None else (ahead > 0) | (ahead <= -window)
        shares = products.masked_fill_(hidden, -torch.inf).softmax(-1)
        found.append(shares @ values[:, first:end])
    return torch.cat(found, 2).permute(2, 0, 1, 3).reshape(n, -1).to(query.dtype)


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
