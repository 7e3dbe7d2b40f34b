"""Where a problem may be -> its sources: a path, ``-``, or bytes that came over a pipe.

Decides by what is there and what it holds; each wrapping has its own file.
"""

import json
import re
import sys
from pathlib import Path
from typing import BinaryIO

from gptcc_cli.errors import ProblemError
from gptcc_cli.sources.directories import read_archive, read_directory
from gptcc_cli.sources.pages import looks_like_html, read_page
from gptcc_cli.sources.pairing import is_archive
from gptcc_cli.sources.rows import read_row
from gptcc_cli.sources.source import Source
from gptcc_cli.sources.tests import load_json
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
        if stdin is None and sys.stdin is None:
            raise ProblemError("standard input is closed.", hint="name a file, or pipe a statement")
        stream = stdin if stdin is not None else sys.stdin.buffer
        return sources_from_bytes(read_bytes(stream, "standard input"), name="stdin")
    path = Path(where)
    if path.is_dir():
        return read_directory(path)
    if is_archive(path):
        return (read_archive(path),)
    return sources_from_text(read_text(path), name=path.stem or path.name, origin=str(path))


def sources_from_bytes(data: bytes, *, name: str) -> tuple[Source, ...]:
    """Read the problems that bytes hold, such as a request's body or standard input.

    Raises:
        ProblemError: they hold none.
    """
    origin = "standard input" if name == "stdin" else name
    return sources_from_text(decode(data, origin), name=name, origin=origin)


def sources_from_text(text: str, *, name: str, origin: str) -> tuple[Source, ...]:
    """Read the problems that a text holds: a statement, a page, JSON, or JSON lines.

    Raises:
        ProblemError: it looks like JSON of a problem, but is not.
    """
    if looks_like_html(text):
        return (read_page(text, name=name, origin=origin),)
    if _looks_like_json(text, origin):
        return _from_json(text, name, origin)
    return (Source(id=name, statement=text, origin=origin),)


def _looks_like_json(text: str, origin: str) -> bool:
    """Whether a text is meant as JSON: by its file's name, or by how it begins."""
    if origin.endswith((".json", ".jsonl", ".ndjson")):
        return True
    return _JSON.match(text) is not None


def _from_json(text: str, name: str, origin: str) -> tuple[Source, ...]:
    """Read one object, a list of them, or one a line."""
    try:
        rows = json.loads(text)
    except (ValueError, RecursionError):
        rows = _lines(text, origin)
    if isinstance(rows, dict):
        return (read_row(rows, name=name, origin=origin),)
    if not isinstance(rows, list) or not rows:
        raise ProblemError(
            f"{origin} is JSON, but holds no problem.", hint="give an object, or a list of them"
        )
    return tuple(
        _row(row, f"{name}-{number}", f"{origin}, row {number}")
        for number, row in enumerate(rows, 1)
    )


def _row(row: object, name: str, origin: str) -> Source:
    if not isinstance(row, dict):
        raise ProblemError(f"{origin} is not an object.", hint="give one JSON object a row")
    return read_row(row, name=name, origin=origin)


def _lines(text: str, origin: str) -> list[object]:
    rows = []
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip():
            rows.append(load_json(line, f"{origin}, line {number},"))
    return rows


_JSON = re.compile(r'\s*(?:\[\s*)?\{\s*"[^"\n]{1,40}"\s*:')
