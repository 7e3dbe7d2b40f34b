"""Runs found by words of their problem or programs.

Every text is looked through, without an index: a table of words (FTS5) is not in every SQLite,
and finds words, not ``a + b``. Ten thousand runs take half a second of processor time
(tests/benchmarks/bench_history.py).
"""

import sqlite3
from collections.abc import Iterator, Sequence

from gptcc_cli.history.records import text_of
from gptcc_cli.history.runs import RunSummary, summaries

_HOLDS = """
    (holds(problems.name, ?1) OR holds(problems.statement, ?1) OR EXISTS (
        SELECT 1 FROM programs WHERE programs.run = runs.number AND holds(programs.source, ?1)))
"""


def search_runs(
    connection: sqlite3.Connection, words: Sequence[str], *, limit: int | None = None
) -> Iterator[RunSummary]:
    """Yield the runs that hold every word, the newest first.

    Args:
        connection: an open history.
        words: each is looked for as it stands, blanks included, in the problem's name, its
            statement and every program; small and capital letters are the same.
        limit: how many at most; ``None``: all.
    """
    connection.create_function("holds", 2, _holds, deterministic=True)
    folded = [word.casefold() for word in words if word]
    chosen = " AND ".join(_HOLDS.replace("?1", f"?{place}") for place in range(1, len(folded) + 1))
    yield from summaries(connection, f"WHERE {chosen}" if chosen else "", folded, limit=limit)


def _holds(stored: str | bytes, folded: str) -> bool:
    return folded in text_of(stored).casefold()
