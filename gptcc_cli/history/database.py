"""The history file: where it is, who may read it, and how it is opened.

Covers the file's location and permissions, telling it from any other database, bringing it to the
newest schema (``migrations``), and reading one that can't be written. Write-ahead logging lets one
process write while others read; a process that finds the file locked waits a few seconds.
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
from gptcc_cli.history.migrations import MIGRATIONS, migrate, scalar, schema_version

APPLICATION_ID: Final = 0x67707463
"""``gptc`` in ASCII; four bytes of the file's header (https://sqlite.org/fileformat.html)."""

_MIN_SQLITE: Final = (3, 37, 0)
"""The first version with STRICT tables."""
_LOCK_TIMEOUT_S: Final = 5.0
_WAL_ATTEMPTS: Final = 20


def default_history_path() -> Path:
    """Return the file that holds the user's history by default; it may not exist yet.

    ``history.sqlite`` in the platform's directory for user state: ``~/.local/state/gptcc`` on
    Linux, or below ``XDG_STATE_HOME``.
    """
    import platformdirs

    return Path(platformdirs.user_state_dir("gptcc", appauthor=False)) / "history.sqlite"


def history_path(path: Path | None) -> Path:
    """Return the given file with ``~`` expanded, or the default one."""
    return default_history_path() if path is None else path.expanduser().absolute()


def open_history(path: Path) -> sqlite3.Connection:
    """Open a history for reading and writing; create it if it does not exist.

    Statements outside ``BEGIN`` are transactions of their own. ``with connection`` ends an explicit
    ``BEGIN`` by ``COMMIT``, or by ``ROLLBACK`` if the block raises.

    Raises:
        HistoryError: the file can't be opened, is not a history, or comes from a newer gptcc.
    """
    if sqlite3.sqlite_version_info < _MIN_SQLITE:
        raise HistoryError(
            f"the history needs SQLite 3.37 or newer; this Python has {sqlite3.sqlite_version}",
            hint="use a newer Python, or run without a history: --no-log",
        )
    _create_private(path)
    with translate_sqlite_errors(path), ExitStack() as on_failure:
        connection = sqlite3.connect(path, timeout=_LOCK_TIMEOUT_S, isolation_level=None)
        on_failure.enter_context(closing(connection))
        _prepare(connection, path)
        on_failure.pop_all()
    return connection


@contextmanager
def open_for_reading(path: Path) -> Iterator[sqlite3.Connection | None]:
    """Open a history that may not exist; yield ``None`` then, without creating it.

    A file that can't be written is read from a temporary copy, because SQLite writes files beside
    the database even to read it, and an old schema has to be migrated.

    Raises:
        HistoryError: as for ``open_history``, or reading fails within the block.
    """
    if not path.exists():
        yield None
        return
    with ExitStack() as stack:
        if not (os.access(path, os.W_OK) and os.access(path.parent, os.W_OK)):
            path = stack.enter_context(_temporary_copy(path))
        connection = stack.enter_context(closing(open_history(path)))
        with translate_sqlite_errors(path):
            yield connection


@contextmanager
def translate_sqlite_errors(path: Path) -> Iterator[None]:
    """Turn SQLite's errors within the block into ``HistoryError``.

    Raises:
        HistoryError: the block raised ``sqlite3.Error``.
    """
    try:
        yield
    except sqlite3.Error as error:
        raise HistoryError(
            f"can't use the history {str(path)!r}: {error}",
            hint="move the file away, choose another with --history, or use --no-log",
        ) from error


@contextmanager
def _temporary_copy(path: Path) -> Iterator[Path]:
    """Copy a history and its write-ahead log to a private directory."""
    with tempfile.TemporaryDirectory(prefix="gptcc-") as directory:
        copy = Path(directory) / path.name
        try:
            for source in (path, path.with_name(f"{path.name}-wal")):
                if source.exists():
                    shutil.copyfile(source, copy.with_name(source.name))
        except OSError as error:
            raise HistoryError(
                f"can't read the history {str(path)!r}: {(error.strerror or 'error').lower()}",
                hint="choose another file with --history",
            ) from error
        yield copy


def _create_private(path: Path) -> None:
    """Create an empty file that only its owner can read, unless there is one already.

    Missing directories are created for the owner alone. SQLite gives the files that it puts beside
    this one the same mode.

    Raises:
        HistoryError: the file can't be created.
    """
    try:
        for directory in reversed([one for one in path.parents if not one.exists()]):
            with contextlib.suppress(FileExistsError):
                directory.mkdir(mode=0o700)
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
    except OSError as error:
        raise HistoryError(
            f"can't write the history {str(path)!r}: {(error.strerror or 'error').lower()}",
            hint="choose another file with --history, or use --no-log",
        ) from error


def _prepare(connection: sqlite3.Connection, path: Path) -> None:
    """Refuse a file that is not a history; migrate one that is."""
    connection.execute("PRAGMA foreign_keys = ON")
    version = schema_version(connection)
    application_id = scalar(connection, "PRAGMA application_id")
    n_tables = scalar(connection, "SELECT count(*) FROM sqlite_schema")
    if version > len(MIGRATIONS) and application_id == APPLICATION_ID:
        raise HistoryError(
            f"the history {str(path)!r} was written by a newer gptcc: it has schema version "
            f"{version}, and this gptcc reads up to {len(MIGRATIONS)}",
            hint="update gptcc, or choose another file with --history",
        )
    if application_id != APPLICATION_ID and (version or application_id or n_tables):
        raise HistoryError(
            f"{str(path)!r} is a database of another program, not a history of gptcc",
            hint="choose another file with --history",
        )
    _enable_wal(connection)
    connection.execute("PRAGMA synchronous = NORMAL")
    if application_id != APPLICATION_ID:
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    migrate(connection)


def _enable_wal(connection: sqlite3.Connection) -> None:
    """Switch to write-ahead logging; SQLite does not wait when two processes do so at once."""
    for _ in range(_WAL_ATTEMPTS):
        with contextlib.suppress(sqlite3.OperationalError):
            (mode,) = connection.execute("PRAGMA journal_mode = WAL").fetchone()
            if mode == "wal":
                return
        with contextlib.suppress(sqlite3.OperationalError):
            # Unlike the pragma, this waits for the other process, up to the connection's timeout.
            connection.execute("BEGIN IMMEDIATE")
            connection.execute("COMMIT")
    connection.execute("PRAGMA journal_mode = WAL")
