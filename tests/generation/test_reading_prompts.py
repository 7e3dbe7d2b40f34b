"""Attention from each token of a prompt to those before it, against the same in float64."""

import pytest
import torch

from gptcc_cli.generation.engine.attention import attend_causally

_ROUNDING = 2**-8


def _random(*shape, seed):
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed)).bfloat16()


def _expected(query, key, value, window, scale):
    n, heads, _ = query.shape
    found = torch.zeros(query.shape, dtype=torch.float64)
    for head in range(heads):
        keys, values = key[head % len(key)].double(), value[head % len(key)].double()
        for token in range(n):
            first = 0 if window is None else max(0, token - window + 1)
            products = keys[first : token + 1] @ query[token, head].double() * scale
            found[token, head] = products.softmax(0) @ values[first : token + 1]
    return found.reshape(n, -1)


@pytest.mark.parametrize("n_tokens", [1, 7, 128, 129, 300])
@pytest.mark.parametrize("window", [None, 1, 5, 200])
@pytest.mark.parametrize(("heads", "kv_heads"), [(4, 4), (6, 2)])
@torch.inference_mode()
def test_attention_to_a_prompt_is_that_of_float64(n_tokens, window, heads, kv_heads):
    query = _random(n_tokens, heads, 16, seed=0)
    key, value = (_random(kv_heads, n_tokens, 16, seed=seed) for seed in (1, 2))

    got = attend_causally(query, key, value, window, 0.25)

    assert got.dtype == torch.bfloat16
    expected = _expected(query, key, value, window, 0.25)
    assert ((got.double() - expected).abs() <= _ROUNDING * expected.abs().clamp(min=1)).all()
