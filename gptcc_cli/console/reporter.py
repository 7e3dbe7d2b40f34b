"""A command's two streams: answers on standard output, progress and messages on standard error.

Covers messages, warnings, errors, JSON lines and the progress of downloads.
"""

import json
import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from functools import cached_property
from time import monotonic
from typing import IO, TYPE_CHECKING, Any, Self, TextIO, cast

from gptcc_cli.errors import OutputError

if TYPE_CHECKING:
    from _typeshed import DataclassInstance
    from rich.console import Console
    from rich.progress import Progress, TaskID

    from gptcc_cli.models import Fetching

_LINE_INTERVAL_S = 5.0


def write_answer(text: str) -> None:
    """Write text to standard output as UTF-8, ending in a newline, and flush it.

    Raises:
        OutputError: standard output is closed or full.
        BrokenPipeError: its reader is gone.
    """
    write_exactly(text if text.endswith("\n") or not text else text + "\n")


def write_exactly(text: str) -> None:
    """Write text to standard output as UTF-8, unchanged, and flush it.

    Raises:
        OutputError: as for ``write_answer``.
    """
    if sys.stdout is None:
        raise OutputError(
            "standard output is closed", hint="redirect it to a file, or use --output"
        )
    try:
        sys.stdout.buffer.write(_encode(text))
        sys.stdout.buffer.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        raise OutputError(
            f"can't write to standard output: {error.strerror}",
            hint="free some space, or redirect the output to another place",
        ) from error


def write_json(schema: str, record: "Mapping[str, Any] | DataclassInstance") -> None:
    """Write one object on a line of standard output.

    Args:
        schema: its name and version, such as ``gptcc.check/1``.
        record: a dataclass or mapping of JSON values.

    Raises:
        OutputError: as for ``write_answer``.
    """
    values = record if isinstance(record, Mapping) else asdict(record)
    line = {"schema": schema, **values}
    text = json.dumps(line, ensure_ascii=False)
    write_answer(text if _is_utf8(text) else json.dumps(line))


def _is_utf8(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _encode(text: str) -> bytes:
    """Encode text as UTF-8; bytes that were read with ``surrogateescape`` come out unchanged.

    Other lone surrogates, which a model may write, become backslash escapes.
    """
    try:
        return text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        return text.encode("utf-8", "backslashreplace")


@dataclass(frozen=True, kw_only=True)
class Reporter:
    """Prints a command's messages to standard error."""

    quiet: bool = False
    """Only print errors."""
    verbose: bool = False
    """Print more detail."""

    def info(self, sentence: str) -> None:
        """Print a message, unless quiet."""
        if not self.quiet:
            print_error(sentence)

    def debug(self, sentence: str) -> None:
        """Print a message if verbose."""
        if self.verbose and not self.quiet:
            print_error(sentence)

    def warn(self, sentence: str, *, hint: str | None = None) -> None:
        """Print a warning, unless quiet."""
        if not self.quiet:
            print_error(f"warning: {sentence}")
            if hint:
                print_error(f"hint: {hint}")

    @contextmanager
    def status(self, what: str) -> Iterator[None]:
        """Show a spinner on a terminal during the block."""
        if self.quiet or not self.console.is_interactive:
            yield
            return
        with self.console.status(what):
            yield

    @cached_property
    def console(self) -> "Console":
        """The rich console for tables and progress; prints nothing when quiet."""
        from rich.console import Console

        return Console(file=cast(IO[str], _StderrProxy()), quiet=self.quiet, highlight=False)


def print_error(line: str) -> None:
    """Write a line to standard error; characters its encoding lacks are replaced."""
    if sys.stderr is None:
        return
    encoding = sys.stderr.encoding or "utf-8"
    with _ignore_write_errors():
        sys.stderr.write(line.encode(encoding, "replace").decode(encoding) + "\n")
        sys.stderr.flush()


class FetchView:
    """Shows the progress of downloads: a bar on a terminal, otherwise a line every few seconds."""

    def __init__(self, reporter: Reporter) -> None:
        """Prepare to show progress."""
        self._reporter = reporter
        self._progress: Progress | None = None
        self._tasks: dict[str, TaskID] = {}
        self._printed_s = monotonic()

    def __enter__(self) -> Self:
        """Return itself; nothing is shown before the first progress."""
        return self

    def __exit__(self, *_: object) -> None:
        """Clear the display."""
        if self._progress is not None:
            self._progress.stop()

    def __call__(self, fetching: "Fetching") -> None:
        """Show how much of a file has arrived."""
        if self._reporter.quiet:
            return
        if self._reporter.console.is_interactive:
            self._draw(fetching)
        elif monotonic() - self._printed_s >= _LINE_INTERVAL_S:
            self._printed_s = monotonic()
            self._reporter.info(_fetch_line(fetching))

    def _draw(self, fetching: "Fetching") -> None:
        if self._progress is None:
            self._progress = _bar(self._reporter)
            self._progress.start()
        if fetching.what not in self._tasks:
            self._tasks[fetching.what] = self._progress.add_task(fetching.what, total=None)
        self._progress.update(
            self._tasks[fetching.what], completed=fetching.done_bytes, total=fetching.total_bytes
        )


def _bar(reporter: Reporter) -> "Progress":
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TransferSpeedColumn

    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        DownloadColumn(),
        TransferSpeedColumn(),
        console=reporter.console,
        transient=True,
    )


def _fetch_line(fetching: "Fetching") -> str:
    done = f"{fetching.done_bytes / 1e6:.0f}"
    of = f" of {fetching.total_bytes / 1e6:.0f}" if fetching.total_bytes else ""
    return f"{fetching.what}: {done}{of} MB"


class _StderrProxy:
    """Standard error for rich, which replaces ``sys.stderr`` while it draws."""

    def write(self, text: str) -> int:
        if self._stream is not None:
            with _ignore_write_errors():
                self._stream.write(text)
        return len(text)

    def flush(self) -> None:
        if self._stream is not None:
            with _ignore_write_errors():
                self._stream.flush()

    def isatty(self) -> bool:
        return self._stream is not None and self._stream.isatty()

    @property
    def encoding(self) -> str:
        return (self._stream.encoding if self._stream is not None else None) or "utf-8"

    @property
    def _stream(self) -> TextIO | None:
        return getattr(sys.stderr, "rich_proxied_file", sys.stderr)


@contextmanager
def _ignore_write_errors() -> Iterator[None]:
    """Close standard error if it can't be written, so that the answer is not lost."""
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 2)


def duration(seconds: float) -> str:
    """Format a time in at most two units: ``2 h 05 min``, ``3 min 20 s``, ``8 s``."""
    whole = round(seconds)
    if whole >= 3600:
        return f"{whole // 3600} h {whole % 3600 // 60:02} min"
    return f"{whole // 60} min {whole % 60:02} s" if whole >= 60 else f"{whole} s"
