"""What a transformers model computes, as data: the families the engine knows.

A family is where its weights stand and which parts its blocks have. Reading an architecture
refuses whatever is not understood to the last weight, so that the engine never writes with a
model that is almost the one asked for. Does not hold weights (``weights``) or compute
(``decoder``).
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


class Unsupported(Exception):
    """Why the engine does not run a model; transformers' ``generate`` does then."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """Where a family's weights stand in its ``state_dict``; ``{}`` is the layer's number."""

    embedding: str
    positions: str | None = None
    """Learned positions; ``None``: rotary ones."""
    final_norm: str
    first_norm: str
    second_norm: str
    attention_in: tuple[str, ...]
    """Query, key and value, or the one weight that holds all three."""
    attention_out: str
    head_norms: tuple[str, str] | None = None
    """Norms of each head's query and key."""
    gate: str | None = None
    """The gate of a gated MLP."""
    up: str
    down: str
    transposed: bool = False
    """Whether matrices are (in, out), as in GPT-2's ``Conv1D``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Architecture:
    """One model's shape and particulars."""

    names: Names
    n_layers: int
    n_heads: int
    n_kv_heads: int
    head_dim: int
    norm_eps: float
    activation: str
    """``gelu_tanh``, ``gelu``, ``relu`` or ``silu``."""
    scales: tuple[float, ...]
    """By layer: what query times key is multiplied by."""
    windows: tuple[int | None, ...]
    """By layer: how many tokens a token sees, itself included; ``None``: all before it."""

    @property
    def rms(self) -> bool:
        """Whether norms are RMS norms: they come with rotary positions in all families here."""
        return self.names.positions is None


_GPT_NEO = Names(
    embedding="transformer.wte",
    positions="transformer.wpe",
    final_norm="transformer.ln_f",
    first_norm="transformer.h.{}.ln_1",
    second_norm="transformer.h.{}.ln_2",
    attention_in=(
        "transformer.h.{}.attn.attention.q_proj",
        "transformer.h.{}.attn.attention.k_proj",
        "transformer.h.{}.attn.attention.v_proj",
    ),
    attention_out="transformer.h.{}.attn.attention.out_proj",
    up="transformer.h.{}.mlp.c_fc",
    down="transformer.h.{}.mlp.c_proj",
)
_GPT2 = Names(
    embedding="transformer.wte",
    positions="transformer.wpe",
    final_norm="transformer.ln_f",
    first_norm="transformer.h.{}.ln_1",
    second_norm="transformer.h.{}.ln_2",
    attention_in=("transformer.h.{}.attn.c_attn",),
    attention_out="transformer.h.{}.attn.c_proj",
    up="transformer.h.{}.mlp.c_fc",
    down="transformer.h.{}.mlp.c_proj",
    transposed=True,
)
_LLAMA = Names(
    embedding="model.embed_tokens",
    final_norm="model.norm",
    first_norm="model.layers.{}.input_layernorm",
    second_norm="model.layers.{}.post_attention_layernorm",
    attention_in=(
        "model.layers.{}.self_attn.q_proj",
        "model.layers.{}.self_attn.k_proj",
        "model.layers.{}.self_attn.v_proj",
    ),
    attention_out="model.layers.{}.self_attn.o_proj",
    gate="model.layers.{}.mlp.gate_proj",
    up="model.layers.{}.mlp.up_proj",
    down="model.layers.{}.mlp.down_proj",
)
_QWEN3 = Names(
    embedding=_LLAMA.embedding,
    final_norm=_LLAMA.final_norm,
    first_norm=_LLAMA.first_norm,
    second_norm=_LLAMA.second_norm,
    attention_in=_LLAMA.attention_in,
    attention_out=_LLAMA.attention_out,
    head_norms=("model.layers.{}.self_attn.q_norm", "model.layers.{}.self_attn.k_norm"),
    gate=_LLAMA.gate,
    up=_LLAMA.up,
    down=_LLAMA.down,
)
_ACTIVATIONS = {
    "gelu_new": "gelu_tanh",
    "gelu_pytorch_tanh": "gelu_tanh",
    "gelu_fast": "gelu_tanh",
    "gelu": "gelu",
    "relu": "relu",
    "silu": "silu",
    "swish": "silu",
}
_STATIC_ROPE = ("default", "linear", "llama3", "yarn")
"""Kinds of rotary scaling whose frequencies don't change with the length of the text."""


def read_architecture(model: Any) -> Architecture:
    """Describe a transformers model.

    Raises:
        Unsupported: the engine does not know it, with the reason.
    """
    readers: dict[str, Callable[[Any], Architecture]] = {
        "GPTNeoForCausalLM": _read_gpt_neo,
        "GPT2LMHeadModel": _read_gpt2,
        "LlamaForCausalLM": lambda model: _read_llama(model, _LLAMA),
        "MistralForCausalLM": lambda model: _read_llama(model, _LLAMA),
        "Qwen2ForCausalLM": lambda model: _read_llama(model, _LLAMA),
        "Qwen3ForCausalLM": lambda model: _read_llama(model, _QWEN3),
    }
    kind = type(model).__name__
    if kind not in readers:
        raise Unsupported(f"{kind} is not among the architectures gptcc's engine knows")
    return readers[kind](model)


def _read_gpt_neo(model: Any) -> Architecture:
    config = model.config
    windows = [config.window_size if kind == "local" else None for kind in config.attention_layers]
    return Architecture(
        names=_GPT_NEO,
        n_layers=config.num_layers,
        n_heads=config.num_heads,
        n_kv_heads=config.num_heads,
        head_dim=config.hidden_size // config.num_heads,
        norm_eps=config.layer_norm_epsilon,
        activation=_activation(config.activation_function),
        # GPT-Neo was trained without the usual division by sqrt(head_dim).
        scales=(1.0,) * config.num_layers,
        windows=tuple(windows),
    )


def _read_gpt2(model: Any) -> Architecture:
    config = model.config
    head_dim = config.n_embd // config.n_head
    scale = head_dim**-0.5 if config.scale_attn_weights else 1.0
    by_layer = config.scale_attn_by_inverse_layer_idx
    return Architecture(
        names=_GPT2,
        n_layers=config.n_layer,
        n_heads=config.n_head,
        n_kv_heads=config.n_head,
        head_dim=head_dim,
        norm_eps=config.layer_norm_epsilon,
        activation=_activation(config.activation_function),
        scales=tuple(scale / (layer + 1 if by_layer else 1) for layer in range(config.n_layer)),
        windows=(None,) * config.n_layer,
    )


def _read_llama(model: Any, names: Names) -> Architecture:
    config = model.config
    rope = model.model.rotary_emb.rope_type
    if rope not in _STATIC_ROPE:
        raise Unsupported(f"its rotary positions are scaled by {rope!r}")
    head_dim = getattr(config, "head_dim", None) or config.hidden_size // config.num_attention_heads
    return Architecture(
        names=names,
        n_layers=config.num_hidden_layers,
        n_heads=config.num_attention_heads,
        n_kv_heads=config.num_key_value_heads,
        head_dim=head_dim,
        norm_eps=config.rms_norm_eps,
        activation=_activation(config.hidden_act),
        scales=(head_dim**-0.5,) * config.num_hidden_layers,
        windows=_sliding_windows(config),
    )


def _sliding_windows(config: Any) -> tuple[int | None, ...]:
    """Return each layer's window: by ``layer_types``, or one for all (Mistral)."""
    n_layers: int = config.num_hidden_layers
    window: int | None = getattr(config, "sliding_window", None)
    kinds = getattr(config, "layer_types", None)
    if kinds is None:
        return (window if config.model_type == "mistral" else None,) * n_layers
    if unknown := set(kinds) - {"full_attention", "sliding_attention"}:
        raise Unsupported(f"its layers attend by {sorted(unknown)}")
    return tuple(window if kind == "sliding_attention" else None for kind in kinds)


def _activation(name: str) -> str:
    if name not in _ACTIVATIONS:
        raise Unsupported(f"its activation is {name!r}")
    return _ACTIVATIONS[name]
