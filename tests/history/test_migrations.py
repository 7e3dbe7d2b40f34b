"""A history of every earlier schema version opens with its data."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from gptcc_cli.history import (
    RecordedResult,
    completions_of,
    find_run,
    list_runs,
    open_history,
    requests_of,
)
from gptcc_cli.history.database import APPLICATION_ID
from gptcc_cli.history.migrations import MIGRATIONS, migrate, schema_version
from gptcc_cli.options.choices import Until
from tests.history.runs import CONFIG, RIGHT, record

# One run, as the versions stored it: what the first wrote, and what each later one added.
_FIRST = (
    "INSERT INTO problems (sha256, name, statement, record) VALUES ('p', 'coins', 'Add them.', "
    '\'{"id":"coins","mode":"stdin","starter_code":"","entry_point":null,"samples":[{"name":'
    '"sample 1","input":"3 4\\n","expected":"7\\n","explanation":null,"span":[1,2],"suspect":null}]'
    ',"answer":{"tolerance":null,"order":"exact","ignore_case":false,"special_judge":false},'
    '"time_limit_s":2.0,"memory_limit_bytes":null,"difficulty":null,"url":null}\')',
    "INSERT INTO prompts (sha256, text, record) VALUES ('q', 'ANSWER:', "
    '\'{"template":"apps","template_sha256":"0","stop_strings":["</"],"chat":false,"tabs":false,'
    '"n_tokens":3,"dropped":[],"prefix":"","round":0}\')',
    "INSERT INTO runs (number, id, started_s, ended_s, process, version, problem, origin, n_tests, "
    "settings, model, provenance, ended, solved, exit_code, answer) VALUES (1, '1m83qhw5371m', "
    "1795420800.5, 1795420802.5, 'host 1 1', '0.1.0', 'p', 'coins.txt', 1, '{\"seed\":3}', "
    "'tiny', '{}', 'found', 1, 0, 'c')",
    "INSERT INTO completions (run, place, prompt, number, text, n_tokens, finish, mean_logprob, "
    f"temperature, seed, after_s, program) VALUES (1, 0, 'q', 4, '{RIGHT}', 9, 'stop', -0.5, 0.2, "
    "77, 0.25, 'c')",
    "INSERT INTO programs (run, id, source, record, verdict, n_passed, cases, rank, reason) VALUES "
    f"(1, 'c', '{RIGHT}', '{{\"n_tests\":1}}', 'AC', 1, "
    '\'[{"test":"sample 1","verdict":"AC"}]\', 1, \'passes 1 of 1\')',
)
_REQUESTS = (
    "INSERT INTO requests (run, place, round, prompt, number, temperature, seed) "
    "VALUES (1, 0, 0, 'q', 4, 0.2, 77)",
)
_TESTS_WRITTEN = ("UPDATE runs SET tests_written = 'Input: 1 2 Output: 3'",)
_CONFIG = (f"UPDATE runs SET config = '{CONFIG.to_json()}'",)
ADDED = (_FIRST, _REQUESTS, _TESTS_WRITTEN, _CONFIG)
"""What each version adds to a run."""


def history_of_version(path: Path, version: int) -> Path:
    """Make a history of an earlier schema version with one run in it."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        for number, statements in enumerate(ADDED[:version], start=1):
            migrate(connection, MIGRATIONS[:number])
            for statement in statements:
                connection.execute(statement)
        assert schema_version(connection) == version
    return path


def test_every_migration_has_its_data_here() -> None:
    assert len(ADDED) == len(MIGRATIONS)


@pytest.mark.parametrize("version", range(1, len(MIGRATIONS) + 1))
def test_a_history_of_every_version_opens(version: int, tmp_path: Path) -> None:
    path = history_of_version(tmp_path / "history.sqlite", version)
    with closing(open_history(path)) as connection:
        assert schema_version(connection) == len(MIGRATIONS)
        (summary,) = list_runs(connection)
        run = find_run(connection, "1m83")
        completions = list(completions_of(connection, run))
        rounds = requests_of(connection, run)
    assert (summary.result, summary.duration_s, summary.problem) == (
        RecordedResult.SOLVED,
        2.0,
        "coins",
    )
    assert run.problem.samples[0].expected == "7\n"
    assert run.problem.time_limit_s == 2.0
    assert run.best is not None
    assert run.best.source == RIGHT
    assert [(one.index, one.seed, one.text) for one in completions] == [(4, 77, RIGHT)]
    assert completions[0].prompt.template.stop_strings == ("</",)
    assert [[one.seed for one in round_] for round_ in rounds] == ([[77]] if version > 1 else [])
    assert (run.config.seed, run.config.until) == (3, Until.ALL if version > 3 else Until.FIRST)
    assert run.generated_tests_text == ("Input: 1 2 Output: 3" if version > 2 else None)


@pytest.mark.parametrize("version", range(1, len(MIGRATIONS) + 1))
def test_a_history_of_every_version_is_written_to(version: int, tmp_path: Path) -> None:
    path = history_of_version(tmp_path / "history.sqlite", version)
    name = record(path)
    with closing(open_history(path)) as connection:
        assert [run.id for run in list_runs(connection)] == [name, "1m83qhw5371m"]


def test_a_migration_that_fails_leaves_the_file_as_it_was(tmp_path: Path) -> None:
    path = history_of_version(tmp_path / "history.sqlite", len(MIGRATIONS))
    broken = (*MIGRATIONS, ("CREATE TABLE new (a) STRICT",))
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        with pytest.raises(sqlite3.OperationalError):
            migrate(connection, (*MIGRATIONS, ("DROP TABLE completions", *broken[-1])))
        assert schema_version(connection) == len(MIGRATIONS)
        assert connection.execute("SELECT count(*) FROM completions").fetchone() == (1,)


def test_a_migration_that_sqlite_itself_rolls_back_reports_why(tmp_path: Path) -> None:
    path = history_of_version(tmp_path / "history.sqlite", len(MIGRATIONS))
    twice = (
        "CREATE TABLE new (a INTEGER UNIQUE) STRICT",
        *["INSERT OR ROLLBACK INTO new VALUES (1)"] * 2,
    )
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        with pytest.raises(sqlite3.IntegrityError):
            migrate(connection, (*MIGRATIONS, twice))
        assert schema_version(connection) == len(MIGRATIONS)
