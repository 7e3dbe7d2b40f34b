"""The two streams of a command: answers on standard output, talk on standard error.

Covers plain sentences, warnings, errors and JSON lines; pictures stand in the other files.
"""

import json
import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import IO, TYPE_CHECKING, Any, TextIO, cast

from gptcc_cli.errors import OutputError

if TYPE_CHECKING:
    from rich.console import Console


def write_answer(text: str) -> None:
    """Write text to standard output as UTF-8, ending in a newline, and flush it.

    Raises:
        OutputError: standard output is closed or full; a reader that has gone is no error.
    """
    write_exactly(text if text.endswith("\n") or not text else text + "\n")


def write_exactly(text: str) -> None:
    """Write text to standard output as UTF-8, not a line more or less, and flush it.

    Raises:
        OutputError: as ``write_answer``.
    """
    if sys.stdout is None:
        raise OutputError("standard output is closed", hint="open it, or send it to a file")
    try:
        sys.stdout.buffer.write(_encode(text))
        sys.stdout.buffer.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        raise OutputError(
            f"standard output can't be written: {error.strerror}",
            hint="make room, or write elsewhere",
        ) from error


def write_json(schema: str, record: Mapping[str, Any]) -> None:
    """Write one object on a line of standard output.

    Args:
        schema: its name and version, such as ``gptcc.solution/1``.
        record: what JSON can carry.
    """
    line = {"schema": schema, **record}
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
    """What a command says beside its answer, on standard error."""

    quiet: bool = False
    """Say nothing but errors."""
    verbose: bool = False
    """Say more."""

    def info(self, sentence: str) -> None:
        """Say a plain sentence, unless quiet."""
        if not self.quiet:
            print_error(sentence)

    def debug(self, sentence: str) -> None:
        """Say a sentence that only the curious want."""
        if self.verbose and not self.quiet:
            print_error(sentence)

    def warn(self, sentence: str, *, hint: str | None = None) -> None:
        """Say what the user should know though the work goes on."""
        if not self.quiet:
            print_error(f"warning: {sentence}")
            if hint:
                print_error(f"hint: {hint}")

    @contextmanager
    def status(self, what: str) -> Iterator[None]:
        """Show on a terminal that something takes a while."""
        if self.quiet or not self.console.is_interactive:
            yield
            return
        with self.console.status(what):
            yield

    @cached_property
    def console(self) -> "Console":
        """The rich console for tables and progress; draws nothing when quiet."""
        from rich.console import Console

        return Console(file=cast(IO[str], _StderrProxy()), quiet=self.quiet, highlight=False)


def print_error(line: str) -> None:
    """Write a line to standard error, whatever its encoding can't show replaced."""
    if sys.stderr is None:
        return
    encoding = sys.stderr.encoding or "utf-8"
    with _ignore_write_errors():
        sys.stderr.write(line.encode(encoding, "replace").decode(encoding) + "\n")
        sys.stderr.flush()


class _StderrProxy:
    """Standard error as rich writes to it; while rich draws, it stands before the real one."""

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
    """Say no more where standard error can't be written: an answer must not be lost with it."""
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
