"""The result of a check, and the cache of results by the SHA-256 of everything they depend on.

The key covers solution, statement, tests, settings, and the code that decides, so a result is found
for the same content at any path. Verdicts that depend on the machine's load (TLE) or that say
nothing about the program (IE) are not cached, and entries are dropped after three months.
"""

import hashlib
import json
import sqlite3
import sys
import time
from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import gptcc_cli

_FLEETING = frozenset({"TLE", "IE"})
_DECIDING = (
    "statement",
    "sources",
    "checkers",
    "judging",
    "input_generation",
    "sandbox",
    "commands/check_worker.py",
    "reading.py",
    "problem.py",
    "places.py",
    "tasks.py",
)
"""The code that decides a result, below the package."""
_TABLE = """create table if not exists result (key text primary key, day integer, record text)
without rowid"""
_DAYS_KEPT = 90
_DAY_S = 24 * 60 * 60


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseOutcome:
    """One test of one solution."""

    test: str
    """Its name, such as ``sample 1``."""
    verdict: str
    """The letters of the verdict: ``AC``, ``WA``, ..."""
    detail: str
    """One line for people."""
    line: int
    """The line of the solution that it is about, from 1."""
    advisory: bool
    """Whether it is not held against the solution, because the sample is suspect."""
    shown: tuple[str, ...]
    """Input, expected and actual output, cut short, a line each."""
    wall_s: float | None
    peak_memory_bytes: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckOutcome:
    """What a check says of one solution, or of one file that can't be checked."""

    path: str
    """The solution, as it was named."""
    verdict: str | None = None
    """``None``: nothing was verified."""
    n_passed: int = 0
    n_tests: int = 0
    slowest_s: float = 0.0
    """Wall seconds of the slowest test, measured when it ran."""
    cases: tuple[CaseOutcome, ...] = ()
    warnings: tuple[str, ...] = ()
    """What could not be understood of the problem, a sentence each."""
    error: str | None = None
    """Why it can't be checked, in one sentence."""
    hint: str | None = None
    """What mends the error."""
    skipped: bool = False
    """Whether the file asks not to be checked."""
    cached: bool = False
    """Whether it was known from an earlier check of the same content."""

    @property
    def failures(self) -> tuple[CaseOutcome, ...]:
        """The cases that are held against the solution."""
        return tuple(c for c in self.cases if c.verdict != "AC" and not c.advisory)

    def to_record(self) -> dict[str, Any]:
        """Return what the store keeps: everything but the place and how it was come by."""
        record = {name: getattr(self, name) for name in _KEPT}
        record["cases"] = [
            {name: getattr(case, name) for name in CaseOutcome.__slots__} for case in self.cases
        ]
        return record


_KEPT = tuple(
    name
    for name in CheckOutcome.__slots__
    if name not in ("path", "error", "hint", "skipped", "cached", "cases")
)


def outcome_from_record(record: dict[str, Any], path: str) -> CheckOutcome:
    """Return a kept outcome, for the file that is named now.

    Raises:
        KeyError, TypeError: it is not what ``to_record`` returns.
    """
    cases = tuple(
        CaseOutcome(**{**case, "shown": tuple(case["shown"])}) for case in record["cases"]
    )
    plain = {**record, "cases": cases, "warnings": tuple(record["warnings"])}
    return replace(CheckOutcome(path=path, **plain), cached=True)


class ResultStore:
    """A file of results; what can't be read there is checked again."""

    def __init__(self, file: Path) -> None:
        """Keep the place; nothing is created before there is something to keep.

        Args:
            file: such as ``~/.cache/gptcc/checks.sqlite3``.
        """
        self._file = file
        self._new: dict[str, CheckOutcome] = {}
        self._reading = _opened_to_read(file)
        self.error: str | None = None
        """Why results can't be cached, after a ``save`` that failed."""

    def get(self, key: str, path: str) -> CheckOutcome | None:
        """Return the kept result, for a solution that is called ``path`` now."""
        if self._reading is None:
            return None
        try:
            found = self._reading.execute("select record from result where key = ?", (key,))
            row = found.fetchone()
            return outcome_from_record(json.loads(row[0]), path) if row else None
        except (sqlite3.Error, ValueError, KeyError, TypeError):
            return None

    def put(self, key: str, outcome: CheckOutcome) -> None:
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
            self.error = f"{self._file}: {error}"

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
    """Name the code that decides: the versions, and the files of the packages that judge."""
    root = Path(__file__).parents[1]
    files = []
    for name in _DECIDING:
        place = root / name
        files += sorted(place.rglob("*.py")) if place.is_dir() else [place]
    stamps = [(str(f.relative_to(root)), f.stat().st_size, f.stat().st_mtime_ns) for f in files]
    return f"{gptcc_cli.__version__} {sys.version} {stamps}"


def _opened_to_read(file: Path) -> sqlite3.Connection | None:
    if not file.is_file():
        return None
    try:
        return sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro", uri=True)
    except sqlite3.Error:
        return None
