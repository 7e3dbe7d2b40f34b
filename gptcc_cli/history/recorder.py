"""Runs recorded while they go on, by one thread in the background.

The caller only puts events into a queue. The thread collects them for a moment and writes them in
one short transaction, so that two runs rarely wait for each other and a killed run loses only its
last moment. If the history can't be written, recording stops with one error for the caller to show;
it never costs an answer.
"""

import sqlite3
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Event, Thread
from typing import Final, Self

from gptcc_cli.errors import ExitCode, GptccError, HistoryError
from gptcc_cli.generation import Completion, Generator, Request, Sampling, Watcher
from gptcc_cli.history.database import open_history, translate_sqlite_errors
from gptcc_cli.history.run_writer import RunStart, RunWriter, new_run_id
from gptcc_cli.solving import Ended, Judged, Listener, Solution, SolveEvent, Wrote

_Write = Callable[[sqlite3.Connection], None]

_BATCH_S: Final = 0.1
"""Events that arrive within it are written together."""
_LOCK_TIMEOUT_S: Final = 20.0
"""How long the end of a command waits for a history that another process keeps locked."""
_LOCKED: Final = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED})
_WRITE_ERRORS: Final = (sqlite3.Error, HistoryError, OSError, OverflowError, UnicodeError)
"""What a file, or a value that SQLite can't hold, may raise."""


class RunLog:
    """The log of a run that is not recorded: its methods do nothing.

    ``RecorderLog`` overrides what recording needs, so that a caller never asks whether a run is
    recorded.
    """

    id: str | None = None
    """The run's ID; ``None``: it is not recorded."""

    def on_event(self, event: SolveEvent) -> None:
        """Record an event."""

    def tee(self, listener: Listener) -> Listener:
        """Return a listener that records each event and passes it on."""
        return listener

    def recording(self, generator: Generator) -> Generator:
        """Return a generator that records each request as it is drawn."""
        return generator

    def note_generated_tests(self, text: str) -> None:
        """Record the model's reply to a request for tests."""

    def answered(self, solution: Solution) -> Solution:
        """Keep the solution for ``end`` and ``abort``, and return it."""
        return solution

    def end(self, exit_code: ExitCode) -> None:
        """Record the solution with the command's exit code.

        If the search failed without solving the problem, its failure's exit code is recorded.
        """

    def abort(self, ended: Ended, exit_code: ExitCode, failure: str | None = None) -> None:
        """Record that the command did not reach its end; a solution found before is recorded too.

        Args:
            ended: why.
            exit_code: the command's.
            failure: the message that the user saw.
        """


class Recorder:
    """Writes runs to one history."""

    def __init__(self, path: Path) -> None:
        """Start the writing thread, which opens the file.

        Args:
            path: the history, which is created if it does not exist.
        """
        self.error: HistoryError | None = None
        self._path = path
        self._queue: SimpleQueue[_Write | None] = SimpleQueue()
        self._closing = Event()
        self._thread = Thread(target=self._run, name="history", daemon=True)
        self._thread.start()

    def start(self, start: RunStart) -> "RecorderLog":
        """Start recording a run."""
        return RecorderLog(self, start)

    def put(self, write: _Write) -> None:
        """Queue something to be written. Never waits."""
        if self.error is None:
            self._queue.put(write)

    def close(self) -> None:
        """Wait until everything is written; if it can't be, ``error`` says why."""
        self._closing.set()
        self._queue.put(None)
        self._thread.join(2 * _LOCK_TIMEOUT_S)
        if self._thread.is_alive() and self.error is None:
            self.error = HistoryError(
                f"the history {str(self._path)!r} did not respond in time",
                hint="check the disk, choose another file with --history, or use --no-log",
            )

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close."""
        self.close()

    def _run(self) -> None:
        try:
            with translate_sqlite_errors(self._path):
                connection = open_history(self._path)
                try:
                    while batch := self._next_batch():
                        self._commit(connection, batch)
                finally:
                    connection.close()
        except HistoryError as error:
            self.error = error
        except _WRITE_ERRORS as error:
            self.error = HistoryError(
                f"can't record the run in the history: {error}", hint="use --no-log"
            )

    def _next_batch(self) -> list[_Write]:
        """Wait for something to write and return all there is; empty when closing."""
        write = self._queue.get()
        if write is None:
            return []
        self._closing.wait(_BATCH_S)
        batch = [write]
        try:
            while (write := self._queue.get_nowait()) is not None:
                batch.append(write)
            self._queue.put(None)
        except Empty:
            pass
        return batch

    def _commit(self, connection: sqlite3.Connection, batch: list[_Write]) -> None:
        """Write a batch in one transaction."""
        self._begin(connection)
        with connection:
            for write in batch:
                write(connection)

    def _begin(self, connection: sqlite3.Connection) -> None:
        """Begin a transaction; retry while another process keeps the file locked."""
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
                    if time.monotonic() - closing_s > _LOCK_TIMEOUT_S:
                        raise


class RecorderLog(RunLog):
    """The log of a recorded run. Methods only queue what happened, from any thread."""

    def __init__(self, recorder: Recorder, start: RunStart) -> None:
        """Record that the run starts."""
        self._recorder = recorder
        self._started_s = time.time()
        self._clock_s = time.monotonic()
        self._solution: Solution | None = None
        self.id: str = new_run_id(self._started_s)
        self._writer = RunWriter(id=self.id)
        self._put(self._writer.start, start, self._started_s)

    def on_event(self, event: SolveEvent) -> None:
        """Record an event."""
        match event:
            case Wrote(completion=completion):
                after_s = time.monotonic() - self._clock_s
                self._put(self._writer.add_completion, completion, after_s)
            case Judged(judgement=judgement):
                self._put(self._writer.add_judgement, judgement)

    def tee(self, listener: Listener) -> Listener:
        """Return a listener that records each event and passes it on."""

        def both(event: SolveEvent) -> None:
            self.on_event(event)
            listener(event)

        return both

    def recording(self, generator: Generator) -> Generator:
        """Return a generator that records each request as it is drawn."""
        return RecordingGenerator(
            generator, lambda *drawn: self._put(self._writer.add_request, *drawn)
        )

    def note_generated_tests(self, text: str) -> None:
        """Record the model's reply to a request for tests."""
        self._put(self._writer.add_generated_tests, text)

    def answered(self, solution: Solution) -> Solution:
        """Keep the solution for ``end`` and ``abort``, and return it."""
        self._solution = solution
        return solution

    def end(self, exit_code: ExitCode) -> None:
        """Record the solution with the command's exit code."""
        solution = self._solution
        if solution is None:
            return
        if not solution.solved and solution.failure is not None:
            exit_code = solution.failure.exit_code
        self._put(self._writer.end, solution, int(exit_code), None, self._now_s())

    def abort(self, ended: Ended, exit_code: ExitCode, failure: str | None = None) -> None:
        """Record that the command did not reach its end; a solution found before is recorded."""
        if self._solution is None:
            self._put(self._writer.abort, ended.value, int(exit_code), failure, self._now_s())
        else:
            self._put(self._writer.end, self._solution, int(exit_code), failure, self._now_s())

    def _put(self, write: Callable[..., None], *arguments: object) -> None:
        self._recorder.put(partial(_call, write, arguments))

    def _now_s(self) -> float:
        return self._started_s + time.monotonic() - self._clock_s


@contextmanager
def open_run_log(recorder: Recorder | None, start: RunStart) -> Iterator[RunLog]:
    """Record the run of a block; record how an error or Ctrl-C ends it, and raise it again.

    Args:
        recorder: where to record; ``None``: the log records nothing.
        start: what is known of the run.
    """
    if recorder is None:
        yield RunLog()
        return
    log = recorder.start(start)
    try:
        yield log
    except GptccError as error:
        log.abort(Ended.FAILED, error.exit_code, error.message)
        raise
    except KeyboardInterrupt:
        log.abort(Ended.INTERRUPTED, ExitCode.INTERRUPTED)
        raise


class RecordingGenerator:
    """A generator that reports each request as the wrapped generator draws it."""

    def __init__(self, generator: Generator, record: Callable[[Request, int], None]) -> None:
        """Wrap a generator.

        Args:
            generator: what completes the requests.
            record: called with each request and the number of the ``generate`` call.
        """
        self._generator = generator
        self._record = record
        self._n_rounds = 0

    @property
    def name(self) -> str:
        """The wrapped generator's name."""
        return self._generator.name

    @property
    def notes(self) -> tuple[str, ...]:
        """The wrapped generator's notes."""
        return self._generator.notes

    def generate(
        self,
        requests: Iterable[Request],
        sampling: Sampling,
        *,
        cancel: Event | None = None,
        watch: Watcher | None = None,
    ) -> Iterator[Completion]:
        """Complete the requests."""
        drawn = self._recorded(requests, self._n_rounds)
        self._n_rounds += 1
        return self._generator.generate(drawn, sampling, cancel=cancel, watch=watch)

    def _recorded(self, requests: Iterable[Request], round_: int) -> Iterator[Request]:
        for request in requests:
            self._record(request, round_)
            yield request


def _call(
    write: Callable[..., None], arguments: tuple[object, ...], connection: sqlite3.Connection
) -> None:
    write(connection, *arguments)
