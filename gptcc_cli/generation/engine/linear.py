"""Matrix products, fused with the operation that follows where the device can.

Four implementations of ``Linear``: tiles for the kernels of ``native`` (bfloat16 on a CPU with a
tile unit), oneDNN's packed weights (CPU; bfloat16 where the CPU has it, float32 otherwise), 8-bit
weights (CPU, on request), and torch's own ``linear`` (everything else). Weights are packed once,
when the model is opened. Does not choose the dtype.

8-bit weights are integers with a scale per output, as bitsandbytes makes them. Inputs are split
row by row into two 8-bit parts, a coarse one and the remainder, and both go through one integer
product: the second costs next to nothing where reading weights is what takes time, and brings
the loss of 8-bit inputs back to that of the weights alone (docs/concepts/engine.md).
"""

from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from gptcc_cli.generation.native.blocks import Matrix
from gptcc_cli.generation.native.kernels import Kernels, kernels_for

_ONEDNN = {
    "gelu_tanh": ("gelu", "tanh"),
    "gelu": ("gelu", "none"),
    "relu": ("relu", ""),
    "silu": ("swish", ""),
}
_FINE = 254.0
"""The second 8-bit part counts in this fraction of the first's step: a remainder of at most half
a step fills its 127 values."""


class Linear(ABC):
    """``x @ weight.T + bias`` for rows ``x``: (rows, in) -> (rows, out)."""

    def __init__(self, activation: str) -> None:
        """Choose what ``activated`` applies, by the architecture's name for it."""
        self._activate = activation_of(activation)

    @abstractmethod
    def product(self, x: Any) -> Any:
        """Return the product, perhaps in a wider dtype than that of ``x``."""

    def __call__(self, x: Any) -> Any:
        """Return the product."""
        return self.product(x).to(x.dtype)

    def activated(self, x: Any) -> Any:
        """Return the activation of the product."""
        return self._activate(self.product(x)).to(x.dtype)

    def plus(self, x: Any, other: Any) -> Any:
        """Return the product plus ``other`` (rows, out)."""
        return (self.product(x) + other).to(other.dtype)

    def times(self, x: Any, other: Any) -> Any:
        """Return the product times ``other`` (rows, out), element by element."""
        return (self.product(x) * other).to(other.dtype)


@dataclass(frozen=True, slots=True, kw_only=True)
class EightBit:
    """A matrix ``codes * scales``."""

    codes: Any
    """(out, in) int8."""
    scales: Any
    """(out,) float32."""


def pack(weight: Any, bias: Any, *, activation: str) -> Linear:
    """Return the fastest exact implementation for a weight on its device.

    Args:
        weight: (out, in), in the dtype to compute in, or in 8 bits.
        bias: (out,) or ``None``.
        activation: what ``activated`` applies.
    """
    if isinstance(weight, EightBit):
        return EightBitLinear(weight, bias, activation)
    kernels = kernels_for(weight)
    if kernels is not None and kernels.can_multiply(weight):
        return TiledLinear(weight, bias, activation, kernels)
    if _can_pack(weight):
        return PackedLinear(weight, bias, activation)
    return TorchLinear(weight, bias, activation)


def activation_of(name: str) -> Callable[[Any], Any]:
    """Return an activation by the architecture's name for it."""
    import torch.nn.functional as functional

    activations: dict[str, Callable[[Any], Any]] = {
        "gelu_tanh": lambda x: functional.gelu(x, approximate="tanh"),
        "gelu": functional.gelu,
        "relu": functional.relu,
        "silu": functional.silu,
    }
    return activations[name]


class TorchLinear(Linear):
    """torch's ``linear``, on any device."""

    def __init__(self, weight: Any, bias: Any, activation: str) -> None:
        """Keep the weight as it is."""
        import torch.nn.functional as functional

        super().__init__(activation)
        self._linear = functional.linear
        self._weight, self._bias = weight, bias

    def product(self, x: Any) -> Any:
        """Return the product."""
        return self._linear(x, self._weight, self._bias)


class PackedLinear(Linear):
    """oneDNN: the weight is reordered for its kernels, and the next operation is fused."""

    def __init__(self, weight: Any, bias: Any, activation: str) -> None:
        """Reorder the weight."""
        import torch

        super().__init__(activation)
        ops = torch.ops.mkldnn
        self._bias = bias
        self._unary = ops._linear_pointwise.default
        self._binary = ops._linear_pointwise.binary
        self._activation = _ONEDNN[activation]
        # The hint is the number of rows the layout is chosen for; every layout takes any number.
        self._weight = ops._reorder_linear_weight(weight.contiguous(), 32)

    def product(self, x: Any) -> Any:
        """Return the product."""
        return self._unary(x, self._weight, self._bias, "none", [], "")

    def activated(self, x: Any) -> Any:
        """Return the activation of the product."""
        attribute, algorithm = self._activation
        return self._unary(x, self._weight, self._bias, attribute, [], algorithm)

    def plus(self, x: Any, other: Any) -> Any:
        """Return the product plus ``other``."""
        return self._binary(x, other, self._weight, self._bias, "add")

    def times(self, x: Any, other: Any) -> Any:
        """Return the product times ``other``."""
        return self._binary(x, other, self._weight, self._bias, "mul")


class TiledLinear(Linear):
    """The weight is packed in tiles on huge pages, and the next operation is fused."""

    def __init__(self, weight: Any, bias: Any, activation: str, kernels: Kernels) -> None:
        """Pack the weight."""
        super().__init__(activation)
        bias = None if bias is None else bias.contiguous()
        self.matrix = Matrix(packed=kernels.pack(weight), bias=bias, width=len(weight))
        self.fuses = activation != "gelu"
        """Whether the kernel has the activation; the error function, which few need, it has not."""
        self._kernels = kernels
        self._epilogue = activation

    def product(self, x: Any, epilogue: str = "none", other: Any = None) -> Any:
        """Return the product after an epilogue of the kernel."""
        matrix = self.matrix
        return self._kernels.product(
            x, matrix.packed, matrix.bias, matrix.width, epilogue=epilogue, other=other
        )

    def activated(self, x: Any) -> Any:
        """Return the activation of the product."""
        return self.product(x, self._epilogue) if self.fuses else super().activated(x)

    def plus(self, x: Any, other: Any) -> Any:
        """Return the product plus ``other``."""
        return self.product(x, "plus", other)

    def times(self, x: Any, other: Any) -> Any:
        """Return the product times ``other``."""
        return self.product(x, "times", other)


class EightBitLinear(Linear):
    """``x @ weight.T + bias`` with 8-bit weights, computed in float32."""

    def __init__(self, weight: EightBit, bias: Any, activation: str) -> None:
        """Pack the weight as oneDNN's integer kernels read it."""
        import torch

        super().__init__(activation)
        self._torch = torch
        self._qlinear = torch.ops.onednn.qlinear_pointwise.default
        self._codes = torch.ops.onednn.qlinear_prepack(weight.codes.contiguous(), None)
        self._scales = weight.scales.float().contiguous()
        self._zeros = torch.zeros(len(weight.scales), dtype=torch.int32)
        self._bias = None if bias is None else bias.float()

    def product(self, x: Any) -> Any:
        """Return the product in float32."""
        torch, rows = self._torch, len(x)
        x = x.float()
        step = x.abs().amax(-1, keepdim=True).clamp_(min=1e-20).div_(127.0)
        x = x / step
        coarse = x.round()
        fine = (x - coarse).mul_(_FINE).round_()
        parts = torch.cat((coarse, fine)).to(torch.int8)
        product = self._qlinear(
            parts, 1.0, 0, self._codes, self._scales, self._zeros,
            None, 1.0, 0, torch.float32, "none", [], "",
        )  # fmt: skip
        total = product[:rows].add_(product[rows:], alpha=1.0 / _FINE).mul_(step)
        return total if self._bias is None else total.add_(self._bias)


def eight_bit_tensors(model: Any) -> dict[str, Any]:
    """Return a model's tensors by name; those that bitsandbytes holds in 8 bits as ``EightBit``.

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


def _can_pack(weight: Any) -> bool:
    import torch

    if weight.device.type != "cpu" or not torch.backends.mkldnn.is_available():
        return False
    if weight.dtype == torch.bfloat16:
        return bool(torch.ops.mkldnn._is_mkldnn_bf16_supported())
    return bool(weight.dtype == torch.float32)
