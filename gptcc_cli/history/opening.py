"""The history file, opened: found to be ours, brought to the newest form, ready for several.

Write-ahead logging lets one process write while others read; whoever finds it locked waits a
few seconds. The file is known by its application id, so that no other database is touched.
"""

import contextlib
import os
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path
from typing import Final

from gptcc_cli.errors import HistoryError
from gptcc_cli.history.migrations import STEPS, migrate, version_of
from gptcc_cli.history.place import make_private

APPLICATION_ID: Final = 0x67707463
"""``gptc`` in ASCII; four bytes of the file's header (https://sqlite.org/fileformat.html)."""

_LEAST_SQLITE: Final = (3, 37, 0)
"""The first with STRICT tables."""
_PATIENCE_S: Final = 5.0
_TRIES: Final = 20


def open_history(path: Path) -> sqlite3.Connection:
    """Open a history for reading and writing, and make it if there is none.

    Statements outside ``BEGIN`` are transactions of their own; ``with connection`` ends a ``BEGIN``
    within it by ``COMMIT``, or by ``ROLLBACK`` where the block fails.

    Raises:
        HistoryError: it can't be opened, is none, or comes from a newer gptcc.
    """
    if sqlite3.sqlite_version_info < _LEAST_SQLITE:
        raise HistoryError(
            f"a history needs SQLite 3.37, and this Python has {sqlite3.sqlite_version}",
            hint="use a newer Python, or do without: --no-log",
        )
    make_private(path)
    with explained(path), ExitStack() as unless_it_opens:
        connection = sqlite3.connect(path, timeout=_PATIENCE_S, isolation_level=None)
        unless_it_opens.enter_context(closing(connection))
        _prepare(connection, path)
        unless_it_opens.pop_all()
    return connection


@contextmanager
def reading(path: Path) -> Iterator[sqlite3.Connection | None]:
    """Open a history that may not exist: then there is ``None``, and none is made.

    One that can't be written, on a medium or of somebody else, is read from a copy: SQLite writes
    beside a file that it reads, and an old form has to be brought to the newest.

    Raises:
        HistoryError: as ``open_history``, or it breaks while it is read.
    """
    if not path.exists():
        yield None
        return
    with ExitStack() as stack:
        if not (os.access(path, os.W_OK) and os.access(path.parent, os.W_OK)):
            path = stack.enter_context(_copied(path))
        connection = stack.enter_context(closing(open_history(path)))
        with explained(path):
            yield connection


@contextmanager
def _copied(path: Path) -> Iterator[Path]:
    """Copy a history, with what is not yet in its main file, to a private directory."""
    with tempfile.TemporaryDirectory(prefix="gptcc-") as directory:
        copy = Path(directory) / path.name
        try:
            for source in (path, path.with_name(f"{path.name}-wal")):
                if source.exists():
                    shutil.copyfile(source, copy.with_name(source.name))
        except OSError as error:
            raise HistoryError(
                f"the history {str(path)!r} can't be read: {(error.strerror or 'error').lower()}",
                hint="name another file with --history",
            ) from error
        yield copy


@contextmanager
def explained(path: Path) -> Iterator[None]:
    """Turn what SQLite says into a sentence.

    Raises:
        HistoryError: whatever it said.
    """
    try:
        yield
    except sqlite3.Error as error:
        raise HistoryError(
            f"the history {str(path)!r} can't be used: {error}",
            hint="move it away or name another with --history; --no-log does without",
        ) from error


def _prepare(connection: sqlite3.Connection, path: Path) -> None:
    """Refuse what is no history of ours, and bring ours to its newest form."""
    connection.execute("PRAGMA foreign_keys = ON")
    version, mark = version_of(connection), _mark_of(connection)
    if version > len(STEPS) and mark == APPLICATION_ID:
        raise HistoryError(
            f"the history {str(path)!r} was written by a newer gptcc (form {version}, this one "
            f"knows {len(STEPS)})",
            hint="use that gptcc, or name another file with --history",
        )
    if mark != APPLICATION_ID and (version or mark or _n_tables(connection)):
        raise HistoryError(
            f"{str(path)!r} is a database, but no history of gptcc",
            hint="name another file with --history",
        )
    _write_ahead(connection)
    connection.execute("PRAGMA synchronous = NORMAL")
    if mark != APPLICATION_ID:
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    migrate(connection)


def _write_ahead(connection: sqlite3.Connection) -> None:
    """Ask for write-ahead logging; SQLite does not wait there when two ask at once."""
    for _ in range(_TRIES):
        with contextlib.suppress(sqlite3.OperationalError):
            (mode,) = connection.execute("PRAGMA journal_mode = WAL").fetchone()
            if mode == "wal":
                return
        with contextlib.suppress(sqlite3.OperationalError):
            # Waits for whoever is at it, as long as the connection has patience.
            connection.execute("BEGIN IMMEDIATE")
            connection.execute("COMMIT")
    connection.execute("PRAGMA journal_mode = WAL")


def _mark_of(connection: sqlite3.Connection) -> int:
    (mark,) = connection.execute("PRAGMA application_id").fetchone()
    return int(mark)


def _n_tables(connection: sqlite3.Connection) -> int:
    (count,) = connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()
    return int(count)
