"""Runs go into a file while they go on, and come out as they were."""

import dataclasses
import os
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gptcc_cli.errors import ExitCode, HistoryError, UsageError
from gptcc_cli.history import (
    RecordedResult,
    RecordedRun,
    Recorder,
    completions_of,
    find_run,
    list_runs,
    open_for_reading,
    open_history,
)
from gptcc_cli.history.migrations import MIGRATIONS
from gptcc_cli.history.records import decode_text, encode_text, prompt_from_json, prompt_to_json
from gptcc_cli.problem import GivenTest, Mode, Problem, SampleTest
from gptcc_cli.solving import Ended
from tests.history.runs import CONFIG, PROBLEM, RIGHT, WRONG, go, record, run_start
from tests.programs import prompt

ROOT = Path(__file__).parents[2]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "state" / "history.sqlite"


def kept(path: Path, name: str = "last") -> RecordedRun:
    with open_for_reading(path) as connection:
        return find_run(connection, name)


def results(path: Path) -> list[RecordedResult]:
    with open_for_reading(path) as connection:
        assert connection is not None
        return [run.result for run in list_runs(connection)]


def process(path: Path, *arguments: Any) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-m", "tests.history.runs", path, *map(str, arguments)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )


def test_a_run_comes_out_as_it_was(path: Path) -> None:
    name = record(path)
    run = kept(path, name)
    assert run.problem == PROBLEM
    assert run.config == CONFIG
    assert run.provenance == {"commit": "1a2b3c4"}
    assert (run.summary.result, run.summary.exit_code) == (RecordedResult.SOLVED, 0)
    assert run.summary.title == "Coins in jars."
    right, wrong = run.programs
    assert (right.source, right.verdict, right.n_passed, right.rank) == (RIGHT, "AC", 2, 1)
    assert right.reason == "passes 2 of 2, written 2 times"
    assert right.indexes == (1, 2)
    assert (wrong.verdict, wrong.rank, wrong.indexes) == ("WA", 2, (0,))
    assert [case.verdict for case in wrong.cases] == ["WA"]
    assert run.answer == right.id
    assert run.best == right


def test_completions_come_out_in_the_order_of_arrival(path: Path) -> None:
    record(path, WRONG, "", RIGHT)
    with open_for_reading(path) as connection:
        assert connection is not None
        written = list(completions_of(connection, find_run(connection, "last")))
    assert [one.text for one in written] == [WRONG, "", RIGHT]
    assert [one.prompt.text for one in written] == ["first", "second", "first"]
    assert [one.index for one in written] == [0, 1, 2]
    assert len({one.seed for one in written}) == 3
    assert {one.mean_logprob for one in written} == {-0.25}


def test_a_prompt_that_begins_a_body_is_read_back_as_one() -> None:
    begun = dataclasses.replace(prompt("def f():\n   "), ends_with_body=True, max_new_tokens=64)
    assert prompt_from_json(begun.text, prompt_to_json(begun)) == begun


def test_what_is_the_same_in_many_runs_is_kept_once(path: Path) -> None:
    for _ in range(3):
        record(path)
    with closing(sqlite3.connect(path)) as connection:
        for table, count in (("runs", 3), ("problems", 1), ("prompts", 2), ("completions", 9)):
            assert connection.execute(f"SELECT count(*) FROM {table}").fetchone() == (count,)


@given(st.text(st.characters(codec=None)))
def test_every_text_is_kept(text: str) -> None:
    with closing(sqlite3.connect(":memory:")) as connection:
        row = connection.execute("SELECT ?", (encode_text(text),)).fetchone()
    assert decode_text(row[0]) == text


def test_texts_that_utf_8_cannot_hold_are_kept(path: Path) -> None:
    statement = "caf\udce9 \x00\nPrint."
    problem = Problem(
        id="odd", statement=statement, samples=(SampleTest(name="1", input="\udce9", expected=""),)
    )
    record(path, "print('\ud800')\n", problem=problem)
    run = kept(path)
    assert run.problem == problem
    assert run.programs[0].source == "print('\ud800')\n"


def test_tests_and_calls_come_out_as_they_were(path: Path) -> None:
    sample = SampleTest(
        name="1", input=([1, [2]], {"a": None}, 10**40, -1e300), expected=[1.5, True, "\udce9"]
    )
    problem = Problem(id="call", statement="f", mode=Mode.CALL, entry_point="f", samples=(sample,))
    tests = (GivenTest(name="given", input=("x",), expected="y"),)
    with Recorder(path) as recorder:
        recorder.start(run_start(problem, tests=tests))
    assert kept(path).problem == problem
    assert kept(path).tests == tests


def test_a_run_without_an_end_is_running_while_its_process_lives(path: Path) -> None:
    with Recorder(path) as recorder:
        log = recorder.start(run_start())
        go(log, (WRONG, RIGHT))
    assert results(path) == [RecordedResult.RUNNING]


def test_a_killed_run_leaves_what_it_wrote(path: Path) -> None:
    hanging = process(path, 2, "hang")
    assert hanging.stdout is not None
    assert hanging.stdout.readline() == "hanging\n"
    with open_for_reading(path) as connection:
        assert connection is not None
        while (run := next(list_runs(connection))).result is not RecordedResult.RUNNING or (
            run.n_completions < 2
        ):
            time.sleep(0.01)
    hanging.send_signal(signal.SIGKILL)
    hanging.wait()
    hanging.stdout.close()
    assert results(path) == [RecordedResult.INTERRUPTED, RecordedResult.SOLVED]
    run = kept(path)
    assert run.summary.n_completions == 2
    assert run.best is not None
    assert run.best.source == RIGHT


def test_a_run_that_breaks_says_why(path: Path) -> None:
    with Recorder(path) as recorder:
        log = recorder.start(run_start())
        log.abort(Ended.FAILED, exit_code=ExitCode.REFUSED, failure="no sandbox holds here")
    run = kept(path)
    assert (run.summary.result, run.summary.exit_code) == (RecordedResult.FAILED, 6)
    assert run.failure == "no sandbox holds here"


def test_two_processes_keep_their_runs_at_once(path: Path) -> None:
    both = [process(path, 12), process(path, 12)]
    for one in both:
        assert one.communicate(timeout=60)[0] == "done\n"
        assert one.returncode == 0
    assert results(path) == [RecordedResult.SOLVED] * 24


def test_whoever_solves_never_waits_for_a_locked_history(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("gptcc_cli.history.database._LOCK_TIMEOUT_S", 0.0)
    record(path)
    with closing(open_history(path)) as other, Recorder(path) as recorder:
        other.execute("BEGIN EXCLUSIVE")
        log = recorder.start(run_start())
        # All of this happens while the file is locked: nothing is written, nothing is waited for.
        log.answered(go(log, (WRONG, RIGHT)))
        log.end(ExitCode.DONE)
        end = Thread(target=recorder.close)
        end.start()
        end.join(0.5)
        assert end.is_alive(), "the end waits, and tries again and again"
        assert len(results(path)) == 1
        other.execute("COMMIT")
        end.join()
    assert recorder.error is None
    assert results(path) == [RecordedResult.SOLVED] * 2


def test_a_history_that_stays_locked_is_given_up(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    record(path)
    monkeypatch.setattr("gptcc_cli.history.database._LOCK_TIMEOUT_S", 0.0)
    monkeypatch.setattr("gptcc_cli.history.recorder._LOCK_TIMEOUT_S", 0.05)
    with closing(open_history(path)) as other:
        other.execute("BEGIN EXCLUSIVE")
        with Recorder(path) as recorder:
            log = recorder.start(run_start())
            log.answered(go(log, (RIGHT,)))
            log.end(ExitCode.DONE)
        other.execute("COMMIT")
    assert recorder.error is not None
    assert "locked" in recorder.error.message
    assert len(results(path)) == 1


def test_only_the_owner_may_read(path: Path) -> None:
    was = os.umask(0)
    try:
        with Recorder(path) as recorder:
            recorder.start(run_start())
            with closing(open_history(path)):
                modes = {file.name: file.stat().st_mode & 0o777 for file in path.parent.iterdir()}
    finally:
        os.umask(was)
    assert set(modes.values()) == {0o600}, modes
    assert path.parent.stat().st_mode & 0o777 == 0o700


def test_a_file_that_is_no_database_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("my notes\n" * 1000)
    with Recorder(path) as recorder:
        log = recorder.start(run_start())
        log.answered(go(log, (RIGHT,)))
        log.end(ExitCode.DONE)
    assert recorder.error is not None
    assert "not a database" in recorder.error.message
    assert path.read_text() == "my notes\n" * 1000


def test_a_database_of_another_program_is_refused_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "other.db"
    with closing(sqlite3.connect(path)) as other:
        other.execute("CREATE TABLE bookmarks (address TEXT)")
    before = path.read_bytes()
    with pytest.raises(HistoryError, match="another program"):
        open_history(path)
    assert path.read_bytes() == before


def test_a_file_of_a_newer_gptcc_is_refused(path: Path) -> None:
    record(path)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(f"PRAGMA user_version = {len(MIGRATIONS) + 1}")
    with pytest.raises(HistoryError, match="newer gptcc"):
        open_history(path)


def test_a_place_that_cannot_be_made_is_said_once(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with Recorder(tmp_path / "file" / "history.sqlite") as recorder:
        log = recorder.start(run_start())
        log.answered(go(log, (RIGHT,)))
        log.end(ExitCode.DONE)
    assert recorder.error is not None
    assert "not a directory" in recorder.error.message


def test_a_name_is_found_by_its_beginning_and_a_wrong_one_names_the_nearest(path: Path) -> None:
    first, second = record(path), record(path)
    assert kept(path, second[:-1]).summary.id == second
    assert kept(path, "last").summary.id == second
    assert kept(path, first.upper()).summary.id == first
    with pytest.raises(UsageError, match="ambiguous"):
        kept(path, first[:2])
    with pytest.raises(UsageError) as said:
        kept(path, first[:-1] + "!")
    assert first in str(said.value.hint)
    with pytest.raises(UsageError, match="''"):
        kept(path, "")


def test_there_is_no_history_before_the_first_run(path: Path) -> None:
    with pytest.raises(UsageError, match="the history is empty"):
        kept(path)
    assert not path.exists()
