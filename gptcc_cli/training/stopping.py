"""Asking a run to stop: Ctrl-C and termination end it after the update, with a checkpoint."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


class StopRequest:
    """Whether someone asked the run to stop."""

    def __init__(self) -> None:
        """Nobody has."""
        self._asked = threading.Event()

    def ask(self) -> None:
        """Stop after the update that is being made."""
        self._asked.set()

    @property
    def asked(self) -> bool:
        """Whether to stop."""
        return self._asked.is_set()


@contextmanager
def stopping_on_signals(request: StopRequest) -> Iterator[None]:
    """Let SIGINT and SIGTERM ask; the second one interrupts at once.

    Outside the main thread signals can't be received, and none are.
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
