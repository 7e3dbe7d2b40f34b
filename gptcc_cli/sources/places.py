"""Where a problem may be -> its sources: a path, ``-``, or bytes that came over a pipe.

Decides by what is there and what it holds; each wrapping has its own file.
"""

import sys
from pathlib import Path
from typing import BinaryIO

from gptcc_cli.sources.directories import read_directory
from gptcc_cli.sources.source import Source
from gptcc_cli.sources.texts import decode, read_bytes, read_text


def read_sources(where: str | Path, *, stdin: BinaryIO | None = None) -> tuple[Source, ...]:
    """Read the problems at a place.

    Args:
        where: a file (text, Markdown, saved HTML, JSON, JSON lines), a directory (APPS, oj,
            cf-tool, a workspace, or one that holds several of them), or ``-``.
        stdin: what ``-`` reads; ``None``: the process's standard input.

    Returns:
        At least one source, in the order they stand there.

    Raises:
        ProblemError: there is no problem, or it can't be read; the hint says what would do.
    """
    if str(where) == "-":
        stream = stdin if stdin is not None else sys.stdin.buffer
        return sources_from_bytes(read_bytes(stream, "standard input"), name="stdin")
    path = Path(where)
    if path.is_dir():
        return read_directory(path)
    return sources_from_text(read_text(path), name=path.stem or path.name, origin=str(path))


def sources_from_bytes(data: bytes, *, name: str) -> tuple[Source, ...]:
    """Read the problems that bytes hold, such as a request's body or standard input.

    Raises:
        ProblemError: they hold none.
    """
    origin = "standard input" if name == "stdin" else name
    return sources_from_text(decode(data, origin), name=name, origin=origin)


def sources_from_text(text: str, *, name: str, origin: str) -> tuple[Source, ...]:
    """Read the problems that a text holds.

    Raises:
        ProblemError: it looks like JSON of a problem, but is not.
    """
    return (Source(id=name, statement=text, origin=origin),)
