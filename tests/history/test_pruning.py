"""What is removed is gone, and nothing else is."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from gptcc_cli.errors import ExitCode
from gptcc_cli.history import (
    Recorder,
    list_runs,
    open_history,
    prunable_runs,
    remove_runs,
    vacuum,
)
from gptcc_cli.problem import GivenTest, Problem
from tests.history.runs import RIGHT, WRONG, go, record, run_start

NEEDLE = "a statement to forget"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "history.sqlite"


def counts(connection: sqlite3.Connection) -> dict[str, int]:
    tables = ("runs", "problems", "test_sets", "prompts", "completions", "programs", "requests")
    return {
        table: connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in tables
    }


def test_a_run_goes_with_all_that_only_it_needs(path: Path) -> None:
    record(path)
    with closing(open_history(path)) as connection:
        before = counts(connection)
    with Recorder(path) as recorder:
        problem = Problem(id="other", statement=NEEDLE)
        given = (GivenTest(name="t", input="1\n", expected="1\n"),)
        log = recorder.start(run_start(problem, tests=given))
        log.answered(go(log, (WRONG, f"# {NEEDLE}\n{RIGHT}"), problem))
        log.end(ExitCode.DONE)
    with closing(open_history(path)) as connection:
        connection.execute("PRAGMA secure_delete = OFF")  # some builds have it on
        assert counts(connection)["test_sets"] == 1
        assert remove_runs(connection, [log.id]) == 1
        assert counts(connection) == before
        assert vacuum(connection)
        assert connection.execute("PRAGMA freelist_count").fetchone() == (0,)
        left = b"".join(file.read_bytes() for file in path.parent.iterdir())
    assert NEEDLE.encode() not in left


def test_runs_are_chosen_by_age_and_number_and_those_under_way_stay(path: Path) -> None:
    first, second, third = record(path), record(path), record(path)
    with closing(open_history(path)) as connection:
        connection.execute("UPDATE runs SET started_s = started_s - 1000 WHERE id = ?", (first,))
        (at_s,) = connection.execute(
            "SELECT started_s FROM runs WHERE id = ?", (second,)
        ).fetchone()

        def chosen(**rules: float | int) -> list[str]:
            return [run.id for run in prunable_runs(connection, **rules)]  # type: ignore[arg-type]

        assert chosen() == [third, second, first]
        assert chosen(before_s=at_s) == [first]
        assert chosen(keep=2) == [first]
        assert chosen(keep=3) == []
        assert chosen(before_s=at_s + 1e6, keep=1) == [second, first]
        with Recorder(path) as recorder:
            log = recorder.start(run_start())
        assert log.id in [run.id for run in list_runs(connection)]
        assert log.id not in chosen()


def test_a_file_that_is_in_use_is_not_shrunk(path: Path) -> None:
    record(path)
    with closing(open_history(path)) as connection, closing(open_history(path)) as other:
        connection.execute("PRAGMA busy_timeout = 1")
        other.execute("BEGIN IMMEDIATE")
        assert not vacuum(connection)
        other.execute("ROLLBACK")
        assert vacuum(connection)
