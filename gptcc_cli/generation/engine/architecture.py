"""What a checkpoint computes, as data: the families the engine knows.

A family is the names of its weights and the parts of its blocks. Reads the checkpoint's
``config.json``; a field it leaves out has transformers' default. Refuses what it does not
understand, so that the engine never writes with a model that is almost the one asked for. Covers
rotary positions, plain and with the two scalings that only change frequencies (``linear``,
``llama3``). Does not hold weights (``weights``) or compute (``decoder``).
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any


class Unsupported(Exception):
    """The engine does not run this model; transformers' ``generate`` does."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rotation:
    """How positions turn queries and keys."""

    theta: float
    """The base of the frequencies."""
    head_dim: int
    kind: str = "default"
    """``default``, ``linear`` or ``llama3``."""
    factor: float = 1.0
    low: float = 1.0
    """``llama3``: below how many turns in the original context a frequency is divided."""
    high: float = 4.0
    """``llama3``: above how many it is kept."""
    original_context: int = 8192
    """``llama3``: the context of the first training."""


def read_rotation(config: Mapping[str, Any], head_dim: int) -> Rotation:
    """Read ``rope_parameters`` (transformers 5) or ``rope_theta`` and ``rope_scaling``.

    Raises:
        Unsupported: positions are scaled in a way the engine does not know.
    """
    scaling = config.get("rope_parameters") or config.get("rope_scaling") or {}
    kind = scaling.get("rope_type", scaling.get("type", "default"))
    if kind not in ("default", "linear", "llama3"):
        raise Unsupported(f"its rotary positions are scaled by {kind!r}")
    if scaling.get("partial_rotary_factor", config.get("partial_rotary_factor", 1.0)) != 1.0:
        raise Unsupported("its rotary positions turn only a part of each head")
    given = {name: scaling[key] for name, key in _FIELDS.items() if key in scaling}
    theta = scaling.get("rope_theta", config.get("rope_theta", 10000.0))
    return Rotation(theta=float(theta), head_dim=head_dim, kind=kind, **given)


_FIELDS = {
    "factor": "factor",
    "low": "low_freq_factor",
    "high": "high_freq_factor",
    "original_context": "original_max_position_embeddings",
}


class Rotary:
    """Turns for positions, on a device."""

    def __init__(self, rotation: Rotation, device: Any) -> None:
        """Compute the frequencies (Su et al. 2021; Llama 3's scaling by Meta, 2024)."""
        import torch

        self._torch = torch
        halves = torch.arange(0, rotation.head_dim, 2, dtype=torch.int64, device=device).float()
        frequencies = 1.0 / (rotation.theta ** (halves / rotation.head_dim))
        if rotation.kind == "linear":
            frequencies = frequencies / rotation.factor
        elif rotation.kind == "llama3":
            frequencies = self._smooth(frequencies, rotation)
        self._frequencies = frequencies

    def at(self, positions: Any, dtype: Any) -> tuple[Any, Any]:
        """Return cosines and signed sines (positions, 1, head_dim)."""
        angles = positions[:, None].float() * self._frequencies
        cosines = angles.cos().to(dtype)
        sines = angles.sin().to(dtype)
        return (
            self._torch.cat((cosines, cosines), -1)[:, None],
            self._torch.cat((-sines, sines), -1)[:, None],
        )

    def _smooth(self, frequencies: Any, rotation: Rotation) -> Any:
        """Divide slow frequencies by the factor, keep fast ones, and blend between."""
        turns = rotation.original_context * frequencies / (2 * math.pi)
        keep = ((turns - rotation.low) / (rotation.high - rotation.low)).clamp(0, 1)
        return (1 - keep) * frequencies / rotation.factor + keep * frequencies


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

    rotation: Rotation | None
    """Rotary positions; ``None``: learned ones."""
    tied: bool
    """Whether the head is the embedding."""

    @property
    def rms(self) -> bool:
        """Whether norms are RMS norms: they come with rotary positions in all families here."""
        return self.rotation is not None


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
_GPT2 = replace(
    _GPT_NEO,
    attention_in=("transformer.h.{}.attn.c_attn",),
    attention_out="transformer.h.{}.attn.c_proj",
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
_QWEN3 = replace(
    _LLAMA,
    head_norms=("model.layers.{}.self_attn.q_norm", "model.layers.{}.self_attn.k_norm"),
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

_KV_HEADS = {"mistral": 8, "qwen2": 32, "qwen3": 32}


def read_architecture(config: Mapping[str, Any]) -> Architecture:
    """Describe a checkpoint by its configuration.

    Raises:
        Unsupported: the engine does not know it, with the reason.
    """
    readers: dict[str, Callable[[Mapping[str, Any]], Architecture]] = {
        "gpt_neo": _read_gpt_neo,
        "gpt2": _read_gpt2,
        "llama": _read_llama,
        "mistral": _read_llama,
        "qwen2": _read_llama,
        "qwen3": _read_llama,
    }
    kind = str(config.get("model_type"))
    if kind not in readers:
        raise Unsupported(f"{kind} is not among the architectures gptcc's engine knows")
    return readers[kind](config)


def _read_gpt_neo(config: Mapping[str, Any]) -> Architecture:
    n_layers = int(config.get("num_layers", 24))
    n_heads = int(config.get("num_heads", 16))
    kinds = [
        kind
        for block, times in config.get("attention_types", [[["global", "local"], 12]])
        for _ in range(times)
        for kind in block
    ]
    if len(kinds) != n_layers or set(kinds) - {"global", "local"}:
        raise Unsupported(f"its attention_types don't describe {n_layers} layers")
    window = int(config.get("window_size", 256))
    return Architecture(
        names=_GPT_NEO,
        n_layers=n_layers,
        n_heads=n_heads,
        n_kv_heads=n_heads,
        head_dim=int(config.get("hidden_size", 2048)) // n_heads,
        norm_eps=float(config.get("layer_norm_epsilon", 1e-5)),
        activation=_activation(config.get("activation_function", "gelu_new")),
        # GPT-Neo was trained without the usual division by sqrt(head_dim).
        scales=(1.0,) * n_layers,
        windows=tuple(window if kind == "local" else None for kind in kinds),
        rotation=None,
        tied=bool(config.get("tie_word_embeddings", True)),
    )


def _read_gpt2(config: Mapping[str, Any]) -> Architecture:
    n_layers = int(config.get("n_layer", 12))
    n_heads = int(config.get("n_head", 12))
    head_dim = int(config.get("n_embd", 768)) // n_heads
    scale = head_dim**-0.5 if config.get("scale_attn_weights", True) else 1.0
    by_layer = config.get("scale_attn_by_inverse_layer_idx", False)
    return Architecture(
        names=_GPT2,
        n_layers=n_layers,
        n_heads=n_heads,
        n_kv_heads=n_heads,
        head_dim=head_dim,
        norm_eps=float(config.get("layer_norm_epsilon", 1e-5)),
        activation=_activation(config.get("activation_function", "gelu_new")),
        scales=tuple(scale / (layer + 1 if by_layer else 1) for layer in range(n_layers)),
        windows=(None,) * n_layers,
        rotation=None,
        tied=bool(config.get("tie_word_embeddings", True)),
    )


def _read_llama(config: Mapping[str, Any]) -> Architecture:
    """Read Llama and the families that differ from it by a norm, a bias or a window."""
    kind = config["model_type"]
    n_layers = int(config["num_hidden_layers"])
    n_heads = int(config["num_attention_heads"])
    head_dim = config.get("head_dim") or (
        128 if kind == "qwen3" else int(config["hidden_size"]) // n_heads
    )
    return Architecture(
        names=_QWEN3 if kind == "qwen3" else _LLAMA,
        n_layers=n_layers,
        n_heads=n_heads,
        n_kv_heads=int(config.get("num_key_value_heads") or _KV_HEADS.get(kind, n_heads)),
        head_dim=int(head_dim),
        norm_eps=float(config.get("rms_norm_eps", 1e-6)),
        activation=_activation(config.get("hidden_act", "silu")),
        scales=(head_dim**-0.5,) * n_layers,
        windows=_sliding_windows(config, n_layers),
        rotation=read_rotation(config, int(head_dim)),
        tied=bool(config.get("tie_word_embeddings", False)),
    )


def _sliding_windows(config: Mapping[str, Any], n_layers: int) -> tuple[int | None, ...]:
    """Return each layer's window: one for all (Mistral), or from a layer on (Qwen)."""
    kind = config["model_type"]
    if kind == "llama":
        return (None,) * n_layers
    window: int | None = config.get("sliding_window", 4096)
    if kind == "mistral":
        return (window,) * n_layers
    if not config.get("use_sliding_window", False):
        return (None,) * n_layers
    kinds = config.get("layer_types") or [
        "sliding_attention" if layer >= config.get("max_window_layers", 28) else "full_attention"
        for layer in range(n_layers)
    ]
    if unknown := set(kinds) - {"full_attention", "sliding_attention"}:
        raise Unsupported(f"its layers attend by {sorted(unknown)}")
    return tuple(window if kind == "sliding_attention" else None for kind in kinds)


def _activation(name: str) -> str:
    if name not in _ACTIVATIONS:
        raise Unsupported(f"its activation is {name!r}")
    return _ACTIVATIONS[name]
