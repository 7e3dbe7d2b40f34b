"""Results of checks, kept by the SHA-256 of everything they depend on.

A result is kept under solution, statement, tests, settings, and the code that decides; it is
found again wherever the same content lies. Verdicts that depend on how busy the machine was (TLE)
or that say nothing of the program (IE) are not kept.
"""

import hashlib
import json
import os
import sys
import tempfile
from collections.abc import Iterable
from contextlib import suppress
from functools import cache
from pathlib import Path

import gptcc_cli
from gptcc_cli.workspace.outcomes import Outcome, outcome_from_record

_FLEETING = frozenset({"TLE", "IE"})
_DECIDING = ("statement", "sources", "checkers", "judging", "sandbox", "reading.py", "problem.py")


class ResultStore:
    """A directory of results; what can't be read there is checked again."""

    def __init__(self, directory: Path) -> None:
        """Keep the place; nothing is created before there is something to keep.

        Args:
            directory: such as ``~/.cache/gptcc/checks``.
        """
        self._directory = directory
        self.trouble: str | None = None
        """Why results can't be kept, after a ``put`` that failed."""

    def get(self, key: str, path: str) -> Outcome | None:
        """Return the kept result, for a solution that is called ``path`` now."""
        try:
            record = json.loads(self._file(key).read_bytes())
            return outcome_from_record(record, path)
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def put(self, key: str, outcome: Outcome) -> None:
        """Keep a result, whole or not at all; a place that can't be written is no error."""
        if outcome.error or any(case.verdict in _FLEETING for case in outcome.cases):
            return
        file = self._file(key)
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            handle, name = tempfile.mkstemp(dir=file.parent)
            try:
                with os.fdopen(handle, "w", encoding="utf-8") as aside:
                    json.dump(outcome.to_record(), aside)
                Path(name).replace(file)
            except BaseException:
                with suppress(OSError):
                    Path(name).unlink()
                raise
        except OSError as error:
            self.trouble = f"{file.parent}: {error.strerror}"

    def _file(self, key: str) -> Path:
        return self._directory / key[:2] / f"{key}.json"


def digest(contents: Iterable[tuple[str, bytes]], settings: str) -> str:
    """Return the key of a check.

    Args:
        contents: names and bytes of all files the check depends on, in a fixed order.
        settings: whatever else may change its result, such as limits.
    """
    key = hashlib.sha256()
    for name, data in contents:
        key.update(f"{name}\0{len(data)}\0".encode("utf-8", "surrogateescape"))
        key.update(data)
    key.update(f"{settings}\0{_program()}".encode())
    return key.hexdigest()


@cache
def _program() -> str:
    """Name the code that decides: the versions, and the files of the rooms that judge."""
    root = Path(__file__).parents[1]
    files = []
    for name in _DECIDING:
        place = root / name
        files += [place] if place.is_file() else sorted(place.rglob("*.py"))
    stamps = [(str(f.relative_to(root)), f.stat().st_size, f.stat().st_mtime_ns) for f in files]
    return f"{gptcc_cli.__version__} {sys.version} {stamps}"
