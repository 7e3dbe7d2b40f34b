"""Matrices of 8-bit weights on a CPU: half the bytes to read, and nearly nothing lost.

Weights are whole numbers with a scale per output (as bitsandbytes makes them). Inputs are
split row by row into two 8-bit parts, a coarse one and what that leaves, and both go through
one integer product: the second costs next to nothing where reading weights is what takes time,
and brings the loss of 8-bit inputs back to that of the weights alone (measured in
docs/concepts/engine.md).
"""

from dataclasses import dataclass
from typing import Any

from gptcc_cli.generation.engine.linear import activation_of

_FINE = 254.0
"""The second part counts in this fraction of the first's step: a remainder of at most half a
step fills its 127 values."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EightBit:
    """A matrix ``codes * scales``."""

    codes: Any
    """(out, in) int8."""
    scales: Any
    """(out,) float32."""


class EightBitLinear:
    """``x @ weight.T + bias`` with 8-bit weights; see ``linear.Linear``."""

    def __init__(self, weight: EightBit, bias: Any, activation: str) -> None:
        """Pack the weight as oneDNN's integer kernels read it."""
        import torch

        self._torch = torch
        self._product = torch.ops.onednn.qlinear_pointwise.default
        self._codes = torch.ops.onednn.qlinear_prepack(weight.codes.contiguous(), None)
        self._scales = weight.scales.float().contiguous()
        self._zeros = torch.zeros(len(weight.scales), dtype=torch.int32)
        self._bias = None if bias is None else bias.float()
        self._activate = activation_of(activation)

    def __call__(self, x: Any) -> Any:
        """Return the product."""
        return self._exactly(x).to(x.dtype)

    def activated(self, x: Any) -> Any:
        """Return the activation of the product."""
        return self._activate(self._exactly(x)).to(x.dtype)

    def plus(self, x: Any, other: Any) -> Any:
        """Return the product plus ``other``."""
        return (self._exactly(x) + other).to(other.dtype)

    def times(self, x: Any, other: Any) -> Any:
        """Return the product times ``other``."""
        return (self._exactly(x) * other).to(other.dtype)

    def _exactly(self, x: Any) -> Any:
        """Return the product in float32."""
        torch, rows = self._torch, len(x)
        x = x.float()
        step = x.abs().amax(-1, keepdim=True).clamp_(min=1e-20).div_(127.0)
        x = x / step
        coarse = x.round()
        fine = (x - coarse).mul_(_FINE).round_()
        parts = torch.cat((coarse, fine)).to(torch.int8)
        product = self._product(
            parts, 1.0, 0, self._codes, self._scales, self._zeros,
            None, 1.0, 0, torch.float32, "none", [], "",
        )  # fmt: skip
        total = product[:rows].add_(product[rows:], alpha=1.0 / _FINE).mul_(step)
        return total if self._bias is None else total.add_(self._bias)


def eight_bit_tensors(model: Any) -> dict[str, Any]:
    """Return a model's tensors by name; what bitsandbytes holds in 8 bits as ``EightBit``.

    Args:
        model: a transformers model whose linear layers bitsandbytes has quantized.
    """
    tensors = dict(model.state_dict())
    for name, module in model.named_modules():
        if type(module).__name__ != "Linear8bitLt":
            continue
        codes = tensors.pop(f"{name}.weight")
        scales = tensors.pop(f"{name}.SCB", module.weight.SCB) / 127.0
        tensors.pop(f"{name}.weight_format", None)
        tensors[f"{name}.weight"] = EightBit(codes=codes, scales=scales)
    return tensors
