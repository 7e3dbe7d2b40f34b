"""Which models go through all blocks in one compiled call, and how.

Those in bfloat16 on a CPU with a tile unit whose blocks hold nothing but what ``blocks.c`` knows:
norms, packed matrices, heads that are not normed, an activation of the kernels. The others are
taken from piece to piece by ``decoder``.
"""

from typing import Any

from gptcc_cli.generation.engine.architecture import Architecture
from gptcc_cli.generation.engine.linear import TiledLinear
from gptcc_cli.generation.engine.weights import Layer, Weights
from gptcc_cli.generation.native import Blocks, BlockShape, BlockWeights, Kernels, Matrix


def compile_blocks(kernels: Kernels, weights: Weights, shape: Architecture) -> Blocks | None:
    """Return the model's blocks for one call, or ``None`` if they hold something else."""
    if not kernels.can_attend_to_prompts(shape.head_dim):
        return None
    blocks = [
        _block(layer, window, scale, rms=shape.rms)
        for layer, window, scale in zip(weights.layers, shape.windows, shape.scales, strict=True)
    ]
    known = [block for block in blocks if block is not None]
    if len(known) < len(blocks):
        return None
    common = BlockShape(
        hidden=weights.embedding.shape[1],
        inner=_inner(weights.layers[0]),
        n_queries=shape.n_heads,
        n_keys=shape.n_kv_heads,
        head_dim=shape.head_dim,
        activation=shape.activation,
        eps=shape.norm_eps,
    )
    return Blocks(kernels, known, common)


def _block(layer: Layer, window: int | None, scale: float, *, rms: bool) -> BlockWeights | None:
    gate = None if layer.gate is None else _matrix(layer.gate)
    parts = [_matrix(part) for part in (layer.attention_in, layer.attention_out, layer.up)]
    down = _matrix(layer.down)
    attention_in, attention_out, up = parts
    if layer.head_norm is not None or (layer.gate is not None and gate is None):
        return None
    # A kernel takes a norm without a bias for an RMS norm.
    if rms != all(norm[1] is None for norm in (layer.first_norm, layer.second_norm)):
        return None
    if attention_in is None or attention_out is None or up is None or down is None:
        return None
    return BlockWeights(
        first_norm=layer.first_norm,
        second_norm=layer.second_norm,
        attention_in=attention_in,
        attention_out=attention_out,
        gate=gate,
        up=up,
        down=down,
        window=window,
        scale=scale,
    )


def _matrix(linear: Any) -> Matrix | None:
    return linear.matrix if isinstance(linear, TiledLinear) and linear.fuses else None


def _inner(layer: Layer) -> int:
    assert isinstance(layer.up, TiledLinear)
    return layer.up.width
