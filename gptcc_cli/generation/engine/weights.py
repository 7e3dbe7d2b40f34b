"""A checkpoint's tensors, arranged for the engine.

Query, key and value become one matrix; every matrix is packed. Query heads that share a key
head are dealt round-robin, so that the queries of many rows against one key head lie in memory
as one matrix, without a copy. Covers bias or none, tied or separate heads. Refuses a model
that holds a weight it does not use. Matrices in 8 bits stay in 8 bits.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from gptcc_cli.generation.engine.architecture import Architecture, Unsupported
from gptcc_cli.generation.engine.linear import EightBit, Linear, pack


@dataclass(frozen=True, slots=True, kw_only=True)
class Layer:
    """One block."""

    first_norm: tuple[Any, Any]
    """Weight and bias; RMS norms have no bias."""
    second_norm: tuple[Any, Any]
    attention_in: Linear
    """To queries, keys and values of all heads, in this order."""
    head_norm: Any
    """(heads + kv heads, head_dim), or ``None``."""
    attention_out: Linear
    gate: Linear | None
    up: Linear
    down: Linear


@dataclass(frozen=True, slots=True, kw_only=True)
class Weights:
    """All a model computes with."""

    embedding: Any
    """(vocabulary, hidden)."""
    positions: Any
    """(context, hidden), or ``None``."""
    layers: tuple[Layer, ...]
    final_norm: tuple[Any, Any]
    head: Linear
    """To logits over the vocabulary."""


def read_weights(tensors: Mapping[str, Any], shape: Architecture, device: str) -> Weights:
    """Arrange tensors that go by transformers' names.

    Args:
        tensors: a checkpoint; all floats of one dtype.
        shape: what they belong to.
        device: where to compute.

    Raises:
        Unsupported: a tensor is missing, or one is left over.
    """
    reader = _TensorReader(tensors, shape, device)
    names = shape.names
    embedding = reader.take(names.embedding + ".weight")
    weights = Weights(
        embedding=embedding,
        positions=reader.take(names.positions + ".weight") if names.positions else None,
        layers=tuple(reader.layer(number) for number in range(shape.n_layers)),
        final_norm=reader.norm(names.final_norm),
        head=reader.head(embedding),
    )
    if reader.tensors:
        raise Unsupported(f"it holds {min(reader.tensors)}, which gptcc's engine does not know")
    return weights


class _TensorReader:
    """Takes tensors one by one, so that what is left is what was not understood."""

    def __init__(self, tensors: Mapping[str, Any], shape: Architecture, device: str) -> None:
        self.tensors = dict(tensors)
        self._shape = shape
        self._device = device

    def take(self, name: str) -> Any:
        if name not in self.tensors:
            raise Unsupported(f"it has no {name}")
        return self.tensors.pop(name).to(self._device)

    def norm(self, name: str) -> tuple[Any, Any]:
        return self.take(name + ".weight"), self._take_if_there(name + ".bias")

    def _take_if_there(self, name: str) -> Any:
        return self.take(name) if name in self.tensors else None

    def layer(self, number: int) -> Layer:
        names = self._shape.names
        return Layer(
            first_norm=self.norm(names.first_norm.format(number)),
            second_norm=self.norm(names.second_norm.format(number)),
            attention_in=self._attention_in(number),
            head_norm=self._head_norm(number),
            attention_out=self._attention_out(number),
            gate=self._linear(names.gate.format(number)) if names.gate else None,
            up=self._linear(names.up.format(number)),
            down=self._linear(names.down.format(number)),
        )

    def head(self, embedding: Any) -> Linear:
        if self._shape.tied:
            self.tensors.pop("lm_head.weight", None)
            weight = embedding
        else:
            weight = self.take("lm_head.weight")
        bias = self._take_if_there("lm_head.bias")
        return self._pack(weight, bias)

    def _attention_in(self, number: int) -> Linear:
        names = self._shape.names.attention_in
        weight, bias = self._stack([name.format(number) for name in names])
        order = self._dealt_heads() + list(range(self._shape.n_heads, self._n_heads_in()))
        if bias is not None:
            bias = self._reorder_rows(bias, order)
        if isinstance(weight, EightBit):
            codes = self._reorder_rows(weight.codes, order)
            scales = self._reorder_rows(weight.scales, order)
            return self._pack(EightBit(codes=codes, scales=scales), bias)
        return self._pack(self._reorder_rows(weight, order), bias)

    def _attention_out(self, number: int) -> Linear:
        weight, bias = self._stack([self._shape.names.attention_out.format(number)])
        order = self._dealt_heads()
        if isinstance(weight, EightBit):
            codes = self._reorder_rows(weight.codes.t(), order).t()
            return self._pack(EightBit(codes=codes, scales=weight.scales), bias)
        return self._pack(self._reorder_rows(weight.t(), order).t(), bias)

    def _linear(self, name: str) -> Linear:
        return self._pack(*self._stack([name]))

    def _pack(self, weight: Any, bias: Any) -> Linear:
        return pack(weight, bias, activation=self._shape.activation)

    def _stack(self, names: list[str]) -> tuple[Any, Any]:
        """Return one (out, in) matrix made of several, one under the other, and its bias."""
        import torch

        biases = [self._take_if_there(name + ".bias") for name in names]
        if isinstance(self.tensors.get(names[0] + ".weight"), EightBit):
            parts = [self._take_eight_bit(name + ".weight") for name in names]
            codes = torch.cat([part.codes for part in parts])
            stacked: Any = EightBit(codes=codes, scales=torch.cat([p.scales for p in parts]))
            lengths = [len(part.codes) for part in parts]
        else:
            matrices = [self.take(name + ".weight") for name in names]
            if self._shape.names.transposed:
                matrices = [matrix.t() for matrix in matrices]
            stacked, lengths = torch.cat(matrices), [len(matrix) for matrix in matrices]
        return stacked, _joined(biases, lengths)

    def _take_eight_bit(self, name: str) -> EightBit:
        matrix = self.tensors.pop(name)
        if not isinstance(matrix, EightBit):
            raise Unsupported(f"only a part of its attention is in 8 bits: {name} is not")
        return matrix

    def _n_heads_in(self) -> int:
        return self._shape.n_heads + 2 * self._shape.n_kv_heads

    def _dealt_heads(self) -> list[int]:
        """Return the old number of each query head, dealt round-robin to the key heads."""
        share = self._shape.n_heads // self._shape.n_kv_heads
        heads = range(self._shape.n_kv_heads)
        return [head * share + turn for turn in range(share) for head in heads]

    def _reorder_rows(self, weight: Any, order: list[int]) -> Any:
        """Reorder the heads that (heads * head_dim, ...) rows belong to."""
        if order == sorted(order):
            return weight
        by_head = weight.unflatten(0, (-1, self._shape.head_dim))
        return by_head[order].flatten(0, 1)

    def _head_norm(self, number: int) -> Any:
        import torch

        shape = self._shape
        if shape.names.head_norms is None:
            return None
        query, key = (self.take(name.format(number) + ".weight") for name in shape.names.head_norms)
        return torch.cat([query.expand(shape.n_heads, -1), key.expand(shape.n_kv_heads, -1)])


def _joined(biases: list[Any], lengths: list[int]) -> Any:
    """Return biases as one, with zeros where there is none; ``None`` if there are none at all."""
    import torch

    given = [bias for bias in biases if bias is not None]
    if not given:
        return None
    parts = [
        given[0].new_zeros(length) if bias is None else bias
        for bias, length in zip(biases, lengths, strict=True)
    ]
    return torch.cat(parts)
