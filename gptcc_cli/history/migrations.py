"""The form of the history file, as the steps that lead to it.

Each step is applied once, in its order, and is never changed after it was published: a file
knows how many it has seen (``user_version``). A new form is a new step at the end.
"""

import sqlite3
from typing import Final

Step = tuple[str, ...]
"""Statements, applied in one transaction."""

_RUNS: Final[Step] = (
    # ANY, not TEXT, where a text may hold what UTF-8 can't: it is kept as bytes then.
    """
    CREATE TABLE problems (
        sha256 TEXT PRIMARY KEY,
        name TEXT NOT NULL,
        statement ANY NOT NULL,
        record TEXT NOT NULL  -- JSON: everything but the statement
    ) STRICT
    """,
    """
    CREATE TABLE test_sets (
        sha256 TEXT PRIMARY KEY,
        tests TEXT NOT NULL  -- JSON: what a program was run on beside the samples
    ) STRICT
    """,
    """
    CREATE TABLE prompts (
        sha256 TEXT PRIMARY KEY,
        text ANY NOT NULL,
        record TEXT NOT NULL  -- JSON: everything but the text
    ) STRICT
    """,
    """
    CREATE TABLE runs (
        number INTEGER PRIMARY KEY,
        id TEXT NOT NULL UNIQUE,
        started_s REAL NOT NULL,  -- since 1970-01-01 UTC, as all that ends in _at or started_s
        ended_s REAL,  -- null: it is under way, or was killed
        process TEXT NOT NULL,  -- tells whether it is still under way
        version TEXT NOT NULL,  -- of gptcc
        problem TEXT NOT NULL REFERENCES problems,
        origin TEXT NOT NULL,
        test_set TEXT REFERENCES test_sets,
        n_tests INTEGER NOT NULL,
        settings TEXT NOT NULL,  -- JSON
        model TEXT NOT NULL,
        provenance TEXT NOT NULL,  -- JSON
        ended TEXT,
        solved INTEGER,
        exit_code INTEGER,
        failure TEXT,
        answer TEXT  -- id of the program
    ) STRICT
    """,
    "CREATE INDEX runs_by_problem ON runs (problem)",
    """
    CREATE TABLE completions (
        run INTEGER NOT NULL REFERENCES runs ON DELETE CASCADE,
        place INTEGER NOT NULL,  -- in order of arrival
        prompt TEXT NOT NULL REFERENCES prompts,
        number INTEGER NOT NULL,  -- the candidate's
        text ANY NOT NULL,
        n_tokens INTEGER NOT NULL,
        finish TEXT NOT NULL,
        mean_logprob REAL,
        temperature REAL NOT NULL,
        seed INTEGER NOT NULL,
        after_s REAL NOT NULL,  -- since the run began
        program TEXT,
        PRIMARY KEY (run, place)
    ) STRICT, WITHOUT ROWID
    """,
    "CREATE INDEX completions_by_prompt ON completions (prompt)",
    """
    CREATE TABLE programs (
        run INTEGER NOT NULL REFERENCES runs ON DELETE CASCADE,
        id TEXT NOT NULL,
        source ANY NOT NULL,
        record TEXT NOT NULL,  -- JSON: where it came from
        verdict TEXT,
        n_passed INTEGER NOT NULL,
        cases TEXT NOT NULL,  -- JSON: a list, in the order of the tests
        rank INTEGER,  -- from 1; null: the run did not come to rank it
        reason TEXT,
        PRIMARY KEY (run, id)
    ) STRICT
    """,
)

_REQUESTS: Final[Step] = (
    """
    CREATE TABLE requests (
        run INTEGER NOT NULL REFERENCES runs ON DELETE CASCADE,
        place INTEGER NOT NULL,  -- in the order in which the model was given them
        round INTEGER NOT NULL,  -- requests of one are given together
        prompt TEXT NOT NULL REFERENCES prompts,
        number INTEGER NOT NULL,
        temperature REAL NOT NULL,
        seed INTEGER NOT NULL,
        PRIMARY KEY (run, place)
    ) STRICT, WITHOUT ROWID
    """,
    "CREATE INDEX requests_by_prompt ON requests (prompt)",
)

_TESTS_WRITTEN: Final[Step] = (
    # What a model wrote when it was asked for tests; null: it was not asked.
    "ALTER TABLE runs ADD COLUMN tests_written ANY",
)

STEPS: Final[tuple[Step, ...]] = (_RUNS, _REQUESTS, _TESTS_WRITTEN)


def migrate(connection: sqlite3.Connection, steps: tuple[Step, ...] = STEPS) -> None:
    """Bring a file to the newest form; two processes may try at once.

    Args:
        connection: outside a transaction.
        steps: all of them, or the first ones for a file as it once was.

    Raises:
        sqlite3.Error: it can't be done; the file is as it was.
    """
    if version_of(connection) >= len(steps):
        return
    with connection:
        connection.execute("BEGIN IMMEDIATE")
        for step in steps[version_of(connection) :]:
            for statement in step:
                connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {len(steps)}")


def version_of(connection: sqlite3.Connection) -> int:
    """How many steps a file has seen."""
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    return int(version)
