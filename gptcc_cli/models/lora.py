"""Plain LoRA adapters: read, and merged into weights, without peft.

An adapter of rank r holds matrices A and B for some of a model's weights W, which become
W + alpha / r * B A (Hu and others 2021; with ``use_rslora`` alpha / sqrt(r)). Covers adapters of
linear layers as peft writes them. Adapters that do more (DoRA, biases, whole modules, patterns of
ranks) are left to peft: see ``is_plain``.
"""

import json
import math
from collections.abc import Mapping, MutableMapping
from pathlib import Path
from typing import Any

CONFIG = "adapter_config.json"
WEIGHTS = "adapter_model.safetensors"
_PREFIX = "base_model.model."
_A, _B = ".lora_A.weight", ".lora_B.weight"
_PLAIN = {"peft_type": "LORA", "bias": "none", "fan_in_fan_out": False}
_ABSENT = (
    "alpha_pattern", "layer_replication", "modules_to_save", "rank_pattern", "target_parameters",
    "trainable_token_indices", "use_bdlora", "use_dora", "use_qalora", "lora_bias", "arrow_config",
    "alora_invocation_tokens", "kasa_config", "velora_config", "monteclora_config",
)  # fmt: skip


def is_plain(directory: Path) -> bool:
    """Whether an adapter is one of matrices A and B alone, and so can be merged here."""
    config = _config(directory)
    return (
        (directory / WEIGHTS).is_file()
        and all(config.get(name) == value for name, value in _PLAIN.items())
        and not any(config.get(name) for name in _ABSENT)
    )


def merge(weights: MutableMapping[str, Any], directory: Path) -> None:
    """Replace the weights that an adapter changes.

    Args:
        weights: tensors by name; sums are computed in float32 and kept in the tensor's dtype.
        directory: of a plain adapter.

    Raises:
        ValueError: the adapter belongs to a model with other weights, or is damaged.
    """
    import torch
    from safetensors.torch import load_file

    scale = _scale(_config(directory))
    tensors = load_file(directory / WEIGHTS)
    pairs = _pairs(tensors)
    for name, (first, second) in pairs.items():
        base = weights.get(name)
        if base is None:
            raise ValueError(f"the model has no {name}")
        if tuple(base.shape) != (second.shape[0], first.shape[1]):
            raise ValueError(f"{name} has shape {tuple(base.shape)} in the model")
        with torch.no_grad():
            # In place: what costs time here is memory that was never touched before.
            whole = base.to(torch.float32, copy=True)
            whole.addmm_(*(part.float().to(base.device) for part in (second, first)), alpha=scale)
            weights[name] = whole.to(base.dtype)


def _pairs(tensors: Mapping[str, Any]) -> dict[str, tuple[Any, Any]]:
    """Matrices A and B by the name of the weight they change."""
    found = {}
    for name, first in tensors.items():
        if name.endswith(_A):
            second = tensors.get(name.removesuffix(_A) + _B)
            if second is None or second.ndim != 2 or first.ndim != 2:
                raise ValueError(f"{name} has no matching {_B}")
            if second.shape[1] != first.shape[0]:
                raise ValueError(f"{name} and its {_B} have different ranks")
            found[name.removeprefix(_PREFIX).removesuffix(_A) + ".weight"] = (first, second)
    if len(tensors) != 2 * len(found) or not found:
        raise ValueError("it holds other tensors than pairs of A and B")
    return found


def _scale(config: Mapping[str, Any]) -> float:
    rank = float(config["r"])
    return float(config["lora_alpha"]) / (math.sqrt(rank) if config.get("use_rslora") else rank)


def _config(directory: Path) -> dict[str, Any]:
    try:
        config = json.loads((directory / CONFIG).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return config if isinstance(config, dict) else {}
