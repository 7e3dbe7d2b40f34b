"""Results of checks, kept by the SHA-256 of everything they depend on.

A result is kept under solution, statement, tests, settings, and the code that decides; it is
found again wherever the same content lies. Verdicts that depend on how busy the machine was (TLE)
or that say nothing of the program (IE) are not kept, and nothing is kept longer than three months.
"""

import hashlib
import json
import sqlite3
import sys
import time
from collections.abc import Iterable
from contextlib import closing
from functools import cache
from pathlib import Path

import gptcc_cli
from gptcc_cli.workspace.outcomes import Outcome, outcome_from_record

_FLEETING = frozenset({"TLE", "IE"})
_DECIDING = (
    "statement",
    "sources",
    "checkers",
    "judging",
    "mutation",
    "sandbox",
    "reading.py",
    "problem.py",
)
_TABLE = """create table if not exists result (key text primary key, day integer, record text)
without rowid"""
_DAYS_KEPT = 90
_DAY_S = 24 * 60 * 60


class ResultStore:
    """A file of results; what can't be read there is checked again."""

    def __init__(self, file: Path) -> None:
        """Keep the place; nothing is created before there is something to keep.

        Args:
            file: such as ``~/.cache/gptcc/checks.sqlite3``.
        """
        self._file = file
        self._new: dict[str, Outcome] = {}
        self._reading = _opened_to_read(file)
        self.trouble: str | None = None
        """Why results can't be kept, after a ``save`` that failed."""

    def get(self, key: str, path: str) -> Outcome | None:
        """Return the kept result, for a solution that is called ``path`` now."""
        if self._reading is None:
            return None
        try:
            found = self._reading.execute("select record from result where key = ?", (key,))
            row = found.fetchone()
            return outcome_from_record(json.loads(row[0]), path) if row else None
        except (sqlite3.Error, ValueError, KeyError, TypeError):
            return None

    def put(self, key: str, outcome: Outcome) -> None:
        """Keep a result in memory, until ``save``."""
        if not outcome.error and not any(case.verdict in _FLEETING for case in outcome.cases):
            self._new[key] = outcome

    def save(self) -> None:
        """Write all new results, or none; a place that can't be written is no error."""
        if self._reading is not None:
            self._reading.close()
            self._reading = None
        if not self._new:
            return
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            try:
                self._write()
            except sqlite3.OperationalError:
                raise
            except sqlite3.DatabaseError:
                # Damaged, or no database at all: what it held is found anew.
                self._file.unlink()
                self._write()
        except (OSError, sqlite3.Error) as error:
            self.trouble = f"{self._file}: {error}"

    def _write(self) -> None:
        today = int(time.time() // _DAY_S)
        rows = [(key, today, json.dumps(outcome.to_record())) for key, outcome in self._new.items()]
        with closing(sqlite3.connect(self._file)) as database, database:
            # Who loses power loses results that are found anew; nobody waits for the disk.
            database.execute("pragma synchronous = off")
            database.execute(_TABLE)
            database.execute("delete from result where day < ?", (today - _DAYS_KEPT,))
            database.executemany("insert or replace into result values (?, ?, ?)", rows)


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


def _opened_to_read(file: Path) -> sqlite3.Connection | None:
    if not file.is_file():
        return None
    try:
        return sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True)
    except sqlite3.Error:
        return None
