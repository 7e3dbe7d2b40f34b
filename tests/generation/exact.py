"""What a tiny model's logits really are, and how far float32 may be from them on any machine.

Two float32 programs that compute the same thing differ in the last bits by how their libraries
order sums, and a model passes such differences on, some more than others. So neither is the
truth here: that is transformers in float64, and the allowance is measured on the model itself, as
the effect of changing every weight by up to one unit in its last float32 place. An error within
a few times that effect is what rounding alone explains, whatever the processor or the library.
"""

import copy
from functools import cache
from typing import Any

import torch
from torch.overrides import TorchFunctionMode

from tests.generation.tiny import tiny_loaded

TIMES = 6.0
"""How many times the effect of one rounding per weight is allowed. Measured: up to 3.1, for
transformers and for the engine, with MKL, oneDNN and ATen at AVX-512, AVX2 and SSE."""
_DRAWS = 3


class _Double(TorchFunctionMode):
    """Computes in float64 also where a model's code asks for float32."""

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        if func is torch.Tensor.float:
            func = torch.Tensor.double
        args = tuple(torch.float64 if one is torch.float32 else one for one in args)
        kwargs = {
            name: torch.float64 if one is torch.float32 else one
            for name, one in (kwargs or {}).items()
        }
        result = func(*args, **kwargs)
        assert not isinstance(result, torch.Tensor) or result.dtype != torch.float32, func
        return result


class Exact:
    """A model in float64, and copies of it whose weights are off by a rounding."""

    def __init__(self, model: Any) -> None:
        self._model = copy.deepcopy(model).double()
        self._rounded = [copy.deepcopy(self._model) for _ in range(_DRAWS)]
        for seed, rounded in enumerate(self._rounded):
            generator = torch.Generator().manual_seed(seed)
            for weight in rounded.parameters():
                noise = torch.rand(weight.shape, generator=generator, dtype=torch.float64)
                weight.data.mul_(1 + torch.finfo(torch.float32).eps * (2 * noise - 1))

    @torch.inference_mode()
    def logits(self, ids: list[int]) -> tuple[torch.Tensor, float]:
        """The logits after every token (tokens, vocabulary), and the distance allowed to them."""
        with _Double():
            exact, *rounded = (
                model(torch.tensor([ids]), use_cache=False).logits[0]
                for model in (self._model, *self._rounded)
            )
        return exact, TIMES * max(distance(one, exact) for one in rounded)


@cache
def exact(family: str) -> Exact:
    """The exact form of ``tiny_loaded(family)``."""
    return Exact(tiny_loaded(family).model)


def distance(got: torch.Tensor, expected: torch.Tensor) -> float:
    """The largest difference, in units of the largest logit after the same token."""
    difference = (got.double() - expected.double()).abs().amax(-1)
    return float((difference / expected.double().abs().amax(-1)).max())
