"""What a run reports while it trains, and how it is asked to stop."""

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import TypeAlias

from gptcc_cli.training.schedule import Schedule


@dataclass(frozen=True, slots=True, kw_only=True)
class Began:
    """Training started or resumed."""

    schedule: Schedule
    first_update: int
    """0, or the update of the checkpoint that was resumed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Updated:
    """The weights were updated."""

    update: int
    """Counted from 1."""
    loss: float
    """Mean loss of the update's answer tokens (or answers)."""
    learning_rate: float
    n_tokens: int
    """Tokens computed, without padding, over all processes."""
    wall_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Validated:
    """The model was measured on the validation problems."""

    update: int
    loss: float | None
    """Mean loss of an answer token; ``None`` if there are no validation problems."""
    n_solved: int | None = None
    """Problems for which the model wrote a passing program; ``None`` if not measured."""
    n_problems: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Saved:
    """A complete checkpoint is on the disk."""

    path: Path


Event: TypeAlias = Began | Updated | Validated | Saved
Listener: TypeAlias = Callable[[Event], None]
"""Called in the main process, in the thread that trains; must return quickly."""


class StopRequest:
    """A request to stop the run after the current update."""

    def __init__(self) -> None:
        """Create a request that has not been made."""
        self._asked = threading.Event()

    def ask(self) -> None:
        """Stop after the current update."""
        self._asked.set()

    @property
    def asked(self) -> bool:
        """Whether the run should stop."""
        return self._asked.is_set()


@contextmanager
def stopping_on_signals(request: StopRequest) -> Iterator[None]:
    """Make SIGINT and SIGTERM request a stop; a second signal interrupts immediately.

    Does nothing outside the main thread, where signals can't be received.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return

    def receive(_number: int, _frame: FrameType | None) -> None:
        if request.asked:
            raise KeyboardInterrupt
        request.ask()

    before = {one: signal.signal(one, receive) for one in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for one, handler in before.items():
            signal.signal(one, handler)
