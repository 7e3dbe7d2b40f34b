"""All blocks of a model in one call: the structures that ``blocks.c`` reads.

Everything stays where it is; the structures hold addresses. Whoever makes a ``Blocks`` keeps
the weights alive, and for the time of a call everything else.
"""

import ctypes
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from gptcc_cli.generation.native.kernels import (
    EPILOGUES,
    NO_WINDOW,
    Kernels,
    SharedPrompt,
    address_of,
)

_POINTER, _WHOLE, _REAL = ctypes.c_void_p, ctypes.c_int64, ctypes.c_double


@dataclass(frozen=True, slots=True, kw_only=True)
class Matrix:
    """A packed matrix and its bias."""

    packed: Any
    """By ``Kernels.pack``."""
    bias: Any
    """(out,), or ``None``."""
    width: int
    """How many outputs it has."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockWeights:
    """One block."""

    first_norm: tuple[Any, Any]
    """Weight, and bias or ``None``: then the norm is an RMS norm."""
    second_norm: tuple[Any, Any]
    attention_in: Matrix
    attention_out: Matrix
    gate: Matrix | None
    up: Matrix
    down: Matrix
    window: int | None
    scale: float


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockShape:
    """What all blocks share."""

    hidden: int
    inner: int
    n_queries: int
    n_keys: int
    head_dim: int
    activation: str
    eps: float


class _Block(ctypes.Structure):
    _fields_ = [
        *((f"{which}_{part}", _POINTER) for which in ("first", "second") for part in "wb"),
        *((f"{name}_{part}", _POINTER) for name in ("in", "out", "gate", "up", "down")
          for part in ("packed", "bias")),
        ("window", _WHOLE),
        ("scale", _REAL),
    ]  # fmt: skip


class _Shape(ctypes.Structure):
    _fields_ = [
        *((name, _WHOLE) for name in ("n_blocks", "hidden", "inner", "n_queries", "n_keys")),
        ("width", _WHOLE),
        ("activation", _WHOLE),
        ("eps", _REAL),
    ]


class _Group(ctypes.Structure):
    _fields_ = [
        *((name, _POINTER) for name in ("slots", "keys", "values")),
        *((name, _WHOLE) for name in ("n_slots", "length", "room")),
    ]


class _Rows(ctypes.Structure):
    _fields_ = [
        *((name, _POINTER) for name in ("lengths", "cosines", "sines", "keys", "values")),
        *((name, _WHOLE) for name in ("n", "slot", "head", "n_groups")),
    ]


_BUFFERS = ("normed", "heads", "attended", "gate", "inner")


class _Space(ctypes.Structure):
    _fields_ = [(name, _POINTER) for name in ("x", *_BUFFERS, "found", "log_sums")]


class Blocks:
    """A model's blocks, for one token of every row at a time."""

    def __init__(self, kernels: Kernels, blocks: Sequence[BlockWeights], shape: BlockShape) -> None:
        """Write down where the weights are."""
        self._kept = tuple(blocks)
        self._blocks = (_Block * len(blocks))(*map(_block, blocks))
        self._shape = _Shape(
            len(blocks), shape.hidden, shape.inner, shape.n_queries, shape.n_keys,
            shape.head_dim, EPILOGUES[shape.activation], shape.eps,
        )  # fmt: skip
        attended = shape.n_queries * shape.head_dim
        heads = attended + 2 * shape.n_keys * shape.head_dim
        self._widths = (shape.hidden, heads, attended, shape.inner, shape.inner)
        self._n_queries, self._attended = shape.n_queries, attended
        self._write = kernels.function("write_token", 5)
        self._buffers: tuple[Any, ...] = ()

    def write(
        self,
        x: Any,
        lengths: Any,
        rotation: tuple[Any, Any] | None,
        keys: Sequence[Any],
        values: Sequence[Any],
        prompts: Sequence[SharedPrompt],
    ) -> None:
        """Take rows through all blocks, in place.

        Args:
            x: (rows, hidden), contiguous.
            lengths: (rows,) int64: tokens in each row's slot.
            rotation: cosines and signed sines (rows, 1, head_dim), or ``None``.
            keys: by block: (slots, kv heads, tokens, head_dim).
            values: the same.
            prompts: each row has one; or none at all.
        """
        addresses = _addresses(keys), _addresses(values)
        cosines, sines = rotation or (None, None)
        rows = _Rows(
            lengths.data_ptr(), address_of(cosines), address_of(sines), *map(_start, addresses),
            len(x), keys[0].stride(0), keys[0].stride(1), len(prompts),
        )  # fmt: skip
        groups, kept = self._groups(prompts)
        space = _Space(x.data_ptr(), *(buffer.data_ptr() for buffer in self._space(x)))
        self._write(*map(ctypes.addressof, (self._blocks, self._shape, rows, groups, space)))
        del kept

    def _groups(self, prompts: Sequence[SharedPrompt]) -> tuple[Any, list[Any]]:
        groups = (_Group * max(1, len(prompts)))()
        kept: list[Any] = []
        for place, prompt in enumerate(prompts):
            both = [_addresses(tensors) for tensors in zip(*prompt.packed, strict=True)]
            kept += both
            groups[place] = _Group(
                prompt.slots.data_ptr(), *map(_start, both), len(prompt.slots), prompt.length,
                prompt.packed[0][0].shape[1],
            )  # fmt: skip
        return groups, kept

    def _space(self, x: Any) -> tuple[Any, ...]:
        import torch

        rows = len(x)
        if not self._buffers or len(self._buffers[0]) < rows:
            real = torch.float32
            self._buffers = (
                *(x.new_empty(rows, width) for width in self._widths),
                x.new_empty((rows, self._attended), dtype=real),
                x.new_empty((rows, self._n_queries), dtype=real),
            )
        return self._buffers


def _block(block: BlockWeights) -> _Block:
    matrices = (block.attention_in, block.attention_out, block.gate, block.up, block.down)
    return _Block(
        *map(address_of, (*block.first_norm, *block.second_norm)),
        *(
            address
            for matrix in matrices
            for address in (
                (address_of(matrix.packed), address_of(matrix.bias)) if matrix else (None, None)
            )
        ),
        block.window or NO_WINDOW,
        block.scale,
    )


def _addresses(tensors: Sequence[Any]) -> Any:
    return (_POINTER * len(tensors))(*(tensor.data_ptr() for tensor in tensors))


def _start(array: Any) -> int:
    return ctypes.addressof(array)
