"""LoRA adapters: read, and merged into weights without peft where that is known to be right.

An adapter of rank r holds matrices A and B for some of a model's weights W, which become
W + alpha / r * B A (Hu and others 2021; with ``use_rslora`` alpha / sqrt(r)). Covers adapters of
linear layers as peft writes them. Every field of an adapter's configuration must be one whose
meaning is known here; anything else, a field of a later peft included, is left to peft
(``why_peft``). Adapters whose files do not hold all they changed are refused (``refuse_lossy``).
"""

import json
import math
from collections.abc import Mapping, MutableMapping
from pathlib import Path
from typing import Any

from gptcc_cli.errors import ModelError

CONFIG = "adapter_config.json"
WEIGHTS = "adapter_model.safetensors"
_PREFIX = "base_model.model."
_A, _B = ".lora_A.weight", ".lora_B.weight"
_IMPLEMENTED = frozenset({"r", "lora_alpha", "use_rslora"})
"""Fields that ``merge`` reads."""
NEUTRAL = frozenset(
    {
        "auto_mapping", "base_model_name_or_path", "exclude_modules", "inference_mode",
        "layers_pattern", "layers_to_transform", "lora_dropout", "megatron_core", "peft_version",
        "qalora_group_size", "revision", "runtime_config", "target_modules", "task_type",
    }
)  # fmt: skip
"""Fields that say where an adapter came from, which layers have matrices (their names say so
too), or how it was trained; A and B mean the same whatever they hold."""
DEFAULTS: Mapping[str, Any] = {
    "alora_invocation_tokens": None,
    "alpha_pattern": {},
    "arrow_config": None,
    "bias": "none",
    "corda_config": None,
    "ensure_weight_tying": False,
    "eva_config": None,
    "fan_in_fan_out": False,
    "init_lora_weights": True,
    "kasa_config": None,
    "layer_replication": None,
    "loftq_config": {},
    "lora_bias": False,
    "lora_ga_config": None,
    "megatron_config": None,
    "modules_to_save": None,
    "monteclora_config": None,
    "peft_type": "LORA",
    "rank_pattern": {},
    "target_parameters": None,
    "trainable_token_indices": None,
    "use_bdlora": None,
    "use_dora": False,
    "use_qalora": False,
    "velora_config": None,
}
"""Fields that change what an adapter does, with the default of peft's ``LoraConfig``, under which
they do nothing (tests compare both with the installed peft)."""
_HARMLESS_STARTS = (True, False, "gaussian", "orthogonal")
"""Values of ``init_lora_weights`` that choose the first A and B and leave the model's weights."""
_LOSSY_STARTS = ("pissa_niter_", "corda", "loftq", "lora_ga")
"""Values that changed the model's weights by random numbers or by data the adapter does not hold;
peft would load such an adapter over the wrong weights, or not at all."""


def why_peft(directory: Path) -> str | None:
    """Return why an adapter can't be merged here and needs peft; ``None``: ``merge`` is right."""
    if not (directory / WEIGHTS).is_file():
        return f"it has no {WEIGHTS}"
    config = _config(directory)
    if not _IMPLEMENTED - {"use_rslora"} <= config.keys():
        return f"its {CONFIG} lacks r or lora_alpha"
    for name, value in config.items():
        if not _is_understood(name, value):
            return f"its {CONFIG} sets {name} to {json.dumps(value)}"
    if other := [name for name in _tensor_names(directory) if not name.endswith((_A, _B))]:
        return f"it adapts more than linear layers: {other[0]}"
    return None


def refuse_lossy(directory: Path) -> None:
    """Refuse an adapter that belongs to weights which neither it nor the model holds.

    Raises:
        ModelError: it is one, with the field that says so.
    """
    start = _config(directory).get("init_lora_weights")
    if isinstance(start, str) and start.lower().startswith(_LOSSY_STARTS):
        raise ModelError(
            f"the adapter {directory} can't be used: its init_lora_weights {start!r} changed the "
            "model's own weights, and its files do not hold that change",
            hint="save it with peft's path_initial_model_for_weight_conversion",
        )


def _is_understood(name: str, value: Any) -> bool:
    if value is None or name in _IMPLEMENTED or name in NEUTRAL:
        return True
    if name == "init_lora_weights":
        return value in _HARMLESS_STARTS
    if name not in DEFAULTS:
        return False
    return bool(value == DEFAULTS[name] or not (value or DEFAULTS[name]))


def _tensor_names(directory: Path) -> list[str]:
    from safetensors import SafetensorError, safe_open

    try:
        with safe_open(directory / WEIGHTS, "pt") as file:
            return list(file.keys())
    except (SafetensorError, OSError):
        return []  # ``merge`` says what is wrong with the file


def merge(weights: MutableMapping[str, Any], directory: Path) -> None:
    """Replace the weights that an adapter changes.

    Args:
        weights: tensors by name; sums are computed in float32 and kept in the tensor's dtype.
        directory: of an adapter for which ``why_peft`` returns ``None``.

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
