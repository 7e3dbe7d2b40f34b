"""The schema of the history file, as the numbered migrations that lead to it.

Each migration is applied once, in order, and is never changed after a release: the file stores how
many it has seen (``user_version``). A change of the schema is a new migration at the end.
"""

import sqlite3
from typing import Final

Migration = tuple[str, ...]
"""SQL statements, applied in one transaction."""

_RUNS: Final[Migration] = (
    # ANY, not TEXT, where a text may hold lone surrogates: it is stored as bytes then.
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
        tests TEXT NOT NULL  -- JSON: tests in addition to the samples
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
        started_s REAL NOT NULL,  -- since 1970-01-01 UTC
        ended_s REAL,  -- null: it is running, or was killed
        process TEXT NOT NULL,  -- identifies the process that writes the run
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
        answer TEXT  -- id of the program that was printed
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
        rank INTEGER,  -- from 1; null: the run ended before it was ranked
        reason TEXT,
        PRIMARY KEY (run, id)
    ) STRICT
    """,
)

_REQUESTS: Final[Migration] = (
    """
    CREATE TABLE requests (
        run INTEGER NOT NULL REFERENCES runs ON DELETE CASCADE,
        place INTEGER NOT NULL,  -- in the order in which the model got them
        round INTEGER NOT NULL,  -- requests of a round are one call of the generator
        prompt TEXT NOT NULL REFERENCES prompts,
        number INTEGER NOT NULL,
        temperature REAL NOT NULL,
        seed INTEGER NOT NULL,
        PRIMARY KEY (run, place)
    ) STRICT, WITHOUT ROWID
    """,
    "CREATE INDEX requests_by_prompt ON requests (prompt)",
)

_TESTS_WRITTEN: Final[Migration] = (
    # The model's reply when it was asked for tests; null: it was not asked.
    "ALTER TABLE runs ADD COLUMN tests_written ANY",
)

_CONFIG: Final[Migration] = (
    # JSON: a SolveConfig with its version. Earlier rows have none: they hold the command-line
    # options of gptcc 0.1, which SolveConfig.from_settings_v0 reads.
    "ALTER TABLE runs RENAME COLUMN settings TO config",
)

MIGRATIONS: Final[tuple[Migration, ...]] = (_RUNS, _REQUESTS, _TESTS_WRITTEN, _CONFIG)


def migrate(connection: sqlite3.Connection, migrations: tuple[Migration, ...] = MIGRATIONS) -> None:
    """Bring a file to the newest schema; two processes may do so at once.

    Args:
        connection: outside a transaction.
        migrations: all of them, or the first ones to make a file of an earlier version.

    Raises:
        sqlite3.Error: a migration fails; the file is unchanged.
    """
    if schema_version(connection) >= len(migrations):
        return
    with connection:
        connection.execute("BEGIN IMMEDIATE")
        for migration in migrations[schema_version(connection) :]:
            for statement in migration:
                connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {len(migrations)}")


def schema_version(connection: sqlite3.Connection) -> int:
    """Return how many migrations a file has seen."""
    return scalar(connection, "PRAGMA user_version")


def scalar(connection: sqlite3.Connection, query: str) -> int:
    """Return the one number that a query gives."""
    (value,) = connection.execute(query).fetchone()
    return int(value)
