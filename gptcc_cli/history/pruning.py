"""Runs taken out of the history for good.

What is removed is gone from the file as well: it is written anew without it. Runs under way stay.
"""

import sqlite3
from collections.abc import Sequence

from gptcc_cli.history.runs import Result, RunSummary, list_runs

_ORPHANS = (
    "DELETE FROM problems WHERE sha256 NOT IN (SELECT problem FROM runs)",
    "DELETE FROM test_sets WHERE sha256 NOT IN "
    "(SELECT test_set FROM runs WHERE test_set IS NOT NULL)",
    "DELETE FROM prompts WHERE sha256 NOT IN "
    "(SELECT prompt FROM completions UNION SELECT prompt FROM requests)",
)
"""What no run needs any more."""


def prunable(
    connection: sqlite3.Connection, *, before_s: float | None = None, keep: int = 0
) -> tuple[RunSummary, ...]:
    """Return the runs that may go, the newest first.

    Args:
        connection: an open history.
        before_s: only runs that began before this time (seconds since 1970); ``None``: all.
        keep: so many of the newest stay in any case.
    """
    return tuple(
        run
        for place, run in enumerate(list_runs(connection))
        if place >= keep
        and run.result is not Result.RUNNING
        and (before_s is None or run.started_s < before_s)
    )


def remove_runs(connection: sqlite3.Connection, ids: Sequence[str]) -> int:
    """Remove runs with everything that only they need; return how many there were.

    Raises:
        sqlite3.Error: it can't be done, and nothing is removed.
    """
    with connection:
        connection.execute("BEGIN IMMEDIATE")
        count = connection.executemany(
            "DELETE FROM runs WHERE id = ?", [(id_,) for id_ in ids]
        ).rowcount
        for orphans in _ORPHANS:
            connection.execute(orphans)
    return count


def shrink(connection: sqlite3.Connection) -> bool:
    """Write the file anew without what was removed; false if another process is using it."""
    try:
        connection.execute("VACUUM")
        (busy, *_) = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
            return False
        raise
    return not busy
