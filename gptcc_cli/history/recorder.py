"""Runs written into the history while they go on, by one thread in the background.

Whoever solves only puts what happened into a queue. The thread gathers for a moment and writes
what came in one short transaction, so that two runs get in each other's way as little as can be,
and a run that is killed leaves all but its last moment. A history that can't be written is given
up, once and in one sentence; it never costs an answer.
"""

import sqlite3
import time
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Event, Thread
from typing import Final, Self

from gptcc_cli.errors import HistoryError
from gptcc_cli.generation import Completion, Generator, Request, Sampling, Watcher
from gptcc_cli.history.naming import new_id
from gptcc_cli.history.opening import explained, open_history
from gptcc_cli.history.sheet import Beginning, Sheet
from gptcc_cli.solving import Judged, Solution, SolveEvent, Wrote

_Note = Callable[[sqlite3.Connection], None]

_MOMENT_S: Final = 0.1
"""What comes within it is written at once."""
_PATIENCE_S: Final = 20.0
"""How long the end of a command waits for a history that another process keeps locked."""
_LOCKED: Final = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED})
_UNWRITABLE: Final = (sqlite3.Error, HistoryError, OSError, OverflowError, UnicodeError)
"""What a file, or a value that SQLite can't hold, may raise."""


class Recorder:
    """Writes runs into one history."""

    def __init__(self, path: Path) -> None:
        """Begin to write; the file is opened in the background.

        Args:
            path: the history, which is made if there is none.
        """
        self.trouble: HistoryError | None = None
        self._path = path
        self._notes: SimpleQueue[_Note | None] = SimpleQueue()
        self._closing = Event()
        self._thread = Thread(target=self._write, name="history", daemon=True)
        self._thread.start()

    def begin(self, beginning: Beginning) -> "RunLog":
        """Begin to keep a run."""
        return RunLog(self, beginning)

    def note(self, note: _Note) -> None:
        """Leave something to be written. Never waits."""
        if self.trouble is None:
            self._notes.put(note)

    def close(self) -> None:
        """Wait until all is written, or can't be: then ``trouble`` says why."""
        self._closing.set()
        self._notes.put(None)
        self._thread.join(2 * _PATIENCE_S)
        if self._thread.is_alive() and self.trouble is None:
            self.trouble = HistoryError(f"the history {str(self._path)!r} answers too slowly")

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close."""
        self.close()

    def _write(self) -> None:
        try:
            with explained(self._path):
                connection = open_history(self._path)
                try:
                    while batch := self._gathered():
                        self._commit(connection, batch)
                finally:
                    connection.close()
        except HistoryError as error:
            self.trouble = error
        except _UNWRITABLE as error:
            self.trouble = HistoryError(f"a run can't be kept in the history: {error}")

    def _gathered(self) -> list[_Note]:
        """Wait for something to write and take all there is; nothing: it is over."""
        note = self._notes.get()
        if note is None:
            return []
        self._closing.wait(_MOMENT_S)
        batch = [note]
        try:
            while (note := self._notes.get_nowait()) is not None:
                batch.append(note)
            self._notes.put(None)
        except Empty:
            pass
        return batch

    def _commit(self, connection: sqlite3.Connection, batch: list[_Note]) -> None:
        """Write in one transaction; while another process keeps the file locked, try again."""
        self._begin(connection)
        with connection:
            for note in batch:
                note(connection)

    def _begin(self, connection: sqlite3.Connection) -> None:
        closing_s: float | None = None
        while True:
            try:
                connection.execute("BEGIN IMMEDIATE")
                return
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode not in _LOCKED:
                    raise
                if self._closing.is_set():
                    closing_s = closing_s or time.monotonic()
                    if time.monotonic() - closing_s > _PATIENCE_S:
                        raise


class RunLog:
    """One run as it goes on. Its methods only take note: they may be called from any thread."""

    def __init__(self, recorder: Recorder, beginning: Beginning) -> None:
        """Write that the run begins."""
        self._recorder = recorder
        self._started_s = time.time()
        self._clock_s = time.monotonic()
        self.id = new_id(self._started_s)
        self._sheet = Sheet(id=self.id)
        self._note(self._sheet.begin, beginning, self._started_s)

    def hear(self, event: SolveEvent) -> None:
        """Take note of what happened."""
        match event:
            case Wrote(completion=completion):
                after_s = time.monotonic() - self._clock_s
                self._note(self._sheet.add_completion, completion, after_s)
            case Judged(judgement=judgement):
                self._note(self._sheet.add_judgement, judgement)

    def overheard(self, generator: Generator) -> Generator:
        """Return the same generator, with a note of every request it draws."""
        return _Overheard(generator, lambda *drawn: self._note(self._sheet.add_request, *drawn))

    def note_tests(self, text: str) -> None:
        """Take note of what the model wrote when it was asked for tests."""
        self._note(self._sheet.add_tests, text)

    def end(self, solution: Solution, exit_code: int, *, failure: str | None = None) -> None:
        """Take note of the answer.

        Args:
            solution: the answer.
            exit_code: what the command ends with.
            failure: what went wrong after it was found, in the sentence that the user saw.
        """
        self._note(self._sheet.end, solution, int(exit_code), failure, self._now_s())

    def break_off(self, ended: str, *, exit_code: int, failure: str | None = None) -> None:
        """Take note that there will be no answer.

        Args:
            ended: why, such as ``failed``.
            exit_code: what the command ends with.
            failure: the sentence that the user saw.
        """
        self._note(self._sheet.break_off, ended, int(exit_code), failure, self._now_s())

    def _note(self, write: Callable[..., None], *arguments: object) -> None:
        self._recorder.note(partial(_write, write, arguments))

    def _now_s(self) -> float:
        return self._started_s + time.monotonic() - self._clock_s


class _Overheard:
    """A generator whose requests are noted as it draws them."""

    def __init__(self, generator: Generator, note: Callable[[Request, int], None]) -> None:
        self._generator = generator
        self._note = note
        self._n_rounds = 0

    @property
    def name(self) -> str:
        return self._generator.name

    @property
    def notes(self) -> tuple[str, ...]:
        return self._generator.notes

    def generate(
        self,
        requests: Iterable[Request],
        sampling: Sampling,
        *,
        cancel: Event | None = None,
        watch: Watcher | None = None,
    ) -> Iterator[Completion]:
        drawn = self._noted(requests, self._n_rounds)
        self._n_rounds += 1
        return self._generator.generate(drawn, sampling, cancel=cancel, watch=watch)

    def _noted(self, requests: Iterable[Request], round_: int) -> Iterator[Request]:
        for request in requests:
            self._note(request, round_)
            yield request


def _write(
    write: Callable[..., None], arguments: tuple[object, ...], connection: sqlite3.Connection
) -> None:
    write(connection, *arguments)
