"""Matrix products, with what follows them fused where the device can.

Four kinds behind one set of verbs: tiles for the kernels of ``native`` (bfloat16 on a CPU with
a tile unit), oneDNN's packed weights (CPU; bfloat16 where the CPU has it, float32 otherwise),
8-bit weights (CPU, on request: ``eight_bit``), and torch's own ``linear`` (everything else).
Weights are packed once, when the model is opened. Does not choose the dtype.
"""

from collections.abc import Callable
from typing import Any, Protocol

from gptcc_cli.generation.native import Kernels, Matrix, kernels_for

_ONEDNN = {
    "gelu_tanh": ("gelu", "tanh"),
    "gelu": ("gelu", "none"),
    "relu": ("relu", ""),
    "silu": ("swish", ""),
}


class Linear(Protocol):
    """``x @ weight.T + bias`` for rows ``x``: (rows, in) -> (rows, out)."""

    def __call__(self, x: Any) -> Any:
        """Return the product."""
        ...

    def activated(self, x: Any) -> Any:
        """Return the activation of the product."""
        ...

    def plus(self, x: Any, other: Any) -> Any:
        """Return the product plus ``other`` (rows, out)."""
        ...

    def times(self, x: Any, other: Any) -> Any:
        """Return the product times ``other`` (rows, out), element by element."""
        ...


def pack(weight: Any, bias: Any, *, activation: str) -> Linear:
    """Return the fastest exact form of a weight on its device.

    Args:
        weight: (out, in), in the dtype to compute in.
        bias: (out,) or ``None``.
        activation: what ``activated`` applies.
    """
    kernels = kernels_for(weight)
    if kernels is not None and kernels.can_multiply(weight):
        return TiledLinear(weight, bias, activation, kernels)
    if _can_pack(weight):
        return _PackedLinear(weight, bias, activation)
    return PlainLinear(weight, bias, activation)


class PlainLinear:
    """torch's ``linear``, on any device."""

    def __init__(self, weight: Any, bias: Any, activation: str) -> None:
        """Keep the weight as it is."""
        import torch.nn.functional as functional

        self._linear = functional.linear
        self._weight, self._bias = weight, bias
        self._activate = activation_of(activation)

    def __call__(self, x: Any) -> Any:
        """Return the product."""
        return self._linear(x, self._weight, self._bias)

    def activated(self, x: Any) -> Any:
        """Return the activation of the product."""
        return self._activate(self._linear(x, self._weight, self._bias))

    def plus(self, x: Any, other: Any) -> Any:
        """Return the product plus ``other``."""
        return self._linear(x, self._weight, self._bias) + other

    def times(self, x: Any, other: Any) -> Any:
        """Return the product times ``other``."""
        return self._linear(x, self._weight, self._bias) * other


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


class _PackedLinear:
    """oneDNN: the weight lies as its kernels read it, and the next operation is fused."""

    def __init__(self, weight: Any, bias: Any, activation: str) -> None:
        import torch

        ops = torch.ops.mkldnn
        self._bias = bias
        self._unary = ops._linear_pointwise.default
        self._binary = ops._linear_pointwise.binary
        self._activation = _ONEDNN[activation]
        # The hint is the number of rows the layout is chosen for; every layout takes any number.
        self._weight = ops._reorder_linear_weight(weight.contiguous(), 32)

    def __call__(self, x: Any) -> Any:
        return self._unary(x, self._weight, self._bias, "none", [], "")

    def activated(self, x: Any) -> Any:
        attribute, algorithm = self._activation
        return self._unary(x, self._weight, self._bias, attribute, [], algorithm)

    def plus(self, x: Any, other: Any) -> Any:
        return self._binary(x, other, self._weight, self._bias, "add")

    def times(self, x: Any, other: Any) -> Any:
        return self._binary(x, other, self._weight, self._bias, "mul")


class TiledLinear:
    """The weight lies in tiles on big pages, and the next operation is fused."""

    def __init__(self, weight: Any, bias: Any, activation: str, kernels: Kernels) -> None:
        """Pack the weight."""
        self.width = len(weight)
        self.matrix = Matrix(
            packed=kernels.pack(weight), bias=None if bias is None else bias.contiguous()
        )
        self.fuses = activation != "gelu"
        """Whether the activation is the kernel's; the error function, which few need, is not."""
        self._kernels = kernels
        self._fused = activation if self.fuses else "none"
        self._activate = activation_of(activation)

    def __call__(self, x: Any) -> Any:
        """Return the product."""
        return self._product(x)

    def activated(self, x: Any) -> Any:
        """Return the activation of the product."""
        y = self._product(x, then=self._fused)
        return y if self.fuses else self._activate(y)

    def plus(self, x: Any, other: Any) -> Any:
        """Return the product plus ``other``."""
        return self._product(x, then="plus", other=other)

    def times(self, x: Any, other: Any) -> Any:
        """Return the product times ``other``."""
        return self._product(x, then="times", other=other)

    def _product(self, x: Any, **following: Any) -> Any:
        matrix = self.matrix
        return self._kernels.product(x, matrix.packed, matrix.bias, self.width, **following)


def _can_pack(weight: Any) -> bool:
    import torch

    if weight.device.type != "cpu" or not torch.backends.mkldnn.is_available():
        return False
    if weight.dtype == torch.bfloat16:
        return bool(torch.ops.mkldnn._is_mkldnn_bf16_supported())
    return bool(weight.dtype == torch.float32)
