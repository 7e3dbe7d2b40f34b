"""Rotary positions: frequencies from a configuration, and the turns of a step.

Covers plain frequencies and the two scalings that only change them (``linear``, ``llama3``).
Scalings that depend on the length of the text are refused.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from gptcc_cli.generation.engine.unsupported import Unsupported


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
