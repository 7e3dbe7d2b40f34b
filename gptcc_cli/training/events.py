"""What happens during a run, as small values for whoever shows it."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from gptcc_cli.training.schedule import Schedule


@dataclass(frozen=True, slots=True, kw_only=True)
class Began:
    """Training begins, or goes on."""

    schedule: Schedule
    first_update: int
    """0, or the update of the checkpoint it goes on from."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Updated:
    """The weights were changed once more."""

    update: int
    """Counted from 1."""
    loss: float
    """The mean loss of the update's answer tokens (or answers)."""
    learning_rate: float
    n_tokens: int
    """Tokens read for it, padding left out, all processes together."""
    wall_s: float
    """Seconds it took."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Validated:
    """The model was looked at with problems it is not trained on."""

    update: int
    loss: float | None
    """Mean loss of an answer token; ``None``: there is nothing to validate on."""
    n_solved: int | None = None
    """Problems of which a program passed every test; ``None``: it was not asked for."""
    n_problems: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Saved:
    """A checkpoint is on the disk, whole."""

    path: Path


Event: TypeAlias = Began | Updated | Validated | Saved
Listener: TypeAlias = Callable[[Event], None]
"""Called in the main process, in the thread that trains; must be quick."""
