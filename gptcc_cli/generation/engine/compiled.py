"""Which models go through all blocks in one compiled call, and how.

Those in bfloat16 on a CPU with a tile unit whose blocks hold nothing but what ``blocks.c`` knows:
norms, packed matrices, heads that are not normed, an activation of the kernels. The others are
taken from piece to piece by ``decoder``.
"""

from gptcc_cli.generation.engine.architecture import Architecture
from gptcc_cli.generation.engine.linear import TiledLinear
from gptcc_cli.generation.engine.weights import Layer, Weights
from gptcc_cli.generation.native.blocks import Blocks, BlockShape, BlockWeights
from gptcc_cli.generation.native.kernels import Kernels


def compile_blocks(kernels: Kernels, weights: Weights, shape: Architecture) -> Blocks | None:
    """Return the model's blocks for one call, or ``None`` if they hold something else."""
    if not kernels.can_attend_to_prompts(shape.head_dim):
        return None
    known = []
    for layer, window, scale in zip(weights.layers, shape.windows, shape.scales, strict=True):
        block = _block(layer, window, scale, rms=shape.rms)
        if block is None:
            return None
        known.append(block)
    common = BlockShape(
        hidden=weights.embedding.shape[1],
        inner=known[0].up.width,
        n_queries=shape.n_heads,
        n_keys=shape.n_kv_heads,
        head_dim=shape.head_dim,
        activation=shape.activation,
        eps=shape.norm_eps,
    )
    return Blocks(kernels, known, common)


def _block(layer: Layer, window: int | None, scale: float, *, rms: bool) -> BlockWeights | None:
    # A kernel takes a norm without a bias for an RMS norm.
    same_norms = rms == all(norm[1] is None for norm in (layer.first_norm, layer.second_norm))
    linears = (layer.attention_in, layer.attention_out, layer.up, layer.down, layer.gate)
    tiled = [one for one in linears if isinstance(one, TiledLinear) and one.fuses]
    if layer.head_norm is not None or not same_norms:
        return None
    if len(tiled) < len(linears) - (layer.gate is None):
        return None
    attention_in, attention_out, up, down, *gates = (one.matrix for one in tiled)
    return BlockWeights(
        first_norm=layer.first_norm,
        second_norm=layer.second_norm,
        attention_in=attention_in,
        attention_out=attention_out,
        gate=gates[0] if gates else None,
        up=up,
        down=down,
        window=window,
        scale=scale,
    )
