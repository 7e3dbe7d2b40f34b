"""``gptcc check`` on what it has seen before: known answers, and everything that makes them new."""

import json
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest

from tests.cli.conftest import Command

STATEMENT = "Print the sum.\n\nExample\n\nInput:\n3 4\nOutput:\n7\n"
RIGHT = "a, b = map(int, input().split())\nprint(a + b)\n"
WRONG = "a, b = map(int, input().split())\nprint(a - b)\n"


@pytest.fixture
def sums(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A problem with a right solution, and a cache of its own."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.delenv("GPTCC_CACHE", raising=False)
    home = tmp_path / "sums"
    home.mkdir()
    (home / "problem.md").write_text(STATEMENT)
    (home / "solution.py").write_text(RIGHT)
    return home


def cached(gptcc: Command, *arguments: str) -> list[bool]:
    done = gptcc("check", "--json", *arguments)
    return [json.loads(line)["cached"] for line in done.stdout.splitlines()]


def test_an_unchanged_solution_is_not_run_again(gptcc: Command, sums: Path) -> None:
    assert cached(gptcc, "sums/solution.py") == [False]
    assert cached(gptcc, "sums/solution.py") == [True]
    assert cached(gptcc, "--no-cache", "sums/solution.py") == [False]


@pytest.mark.parametrize("name", ["solution.py", "problem.md", "tests/more.in"])
def test_whatever_it_depends_on_makes_it_run_again(gptcc: Command, sums: Path, name: str) -> None:
    (sums / "tests").mkdir()
    (sums / "tests" / "more.in").write_text("1 2\n")
    (sums / "tests" / "more.out").write_text("3\n")
    assert cached(gptcc, "sums/solution.py") == [False]
    with (sums / name).open("a") as file:
        file.write("\n")
    assert cached(gptcc, "sums/solution.py") == [False]


def test_tests_that_are_not_there_are_missed_each_time(
    gptcc: Command, sums: Path, tmp_path: Path
) -> None:
    (tmp_path / "none").mkdir()
    assert gptcc("check", "sums/solution.py").returncode == 0
    for place, why in (("nowhere", "does not exist."), ("none", "holds no tests.")):
        done = gptcc("check", "sums/solution.py", "--tests", place)
        assert (done.returncode, done.stdout) == (4, "")
        assert f"error: {place} {why}\nhint: give an input_output.json" in done.stderr


def test_another_limit_makes_it_run_again(gptcc: Command, sums: Path) -> None:
    assert cached(gptcc, "sums/solution.py") == [False]
    assert cached(gptcc, "-t", "9", "sums/solution.py") == [False]


def test_a_wrong_answer_is_told_again_word_by_word(gptcc: Command, sums: Path) -> None:
    (sums / "solution.py").write_text(WRONG)
    first = gptcc("check", "sums/solution.py")
    again = gptcc("check", "sums/solution.py")
    assert first.returncode == again.returncode == 1
    assert "sums/solution.py:1: WA sample 1: line 1: expected '7', got '-1'" in first.stdout
    assert again.stdout == first.stdout.replace(" s\n", " s (cached)\n")


def test_a_program_that_was_too_slow_gets_another_chance(gptcc: Command, sums: Path) -> None:
    (sums / "solution.py").write_text("while True: pass\n")
    assert cached(gptcc, "-t", "200ms", "sums/solution.py") == [False]
    assert cached(gptcc, "-t", "200ms", "sums/solution.py") == [False]


def test_a_damaged_result_is_found_anew(gptcc: Command, sums: Path, tmp_path: Path) -> None:
    cached(gptcc, "sums/solution.py")
    (kept,) = (tmp_path / "cache").rglob("checks.sqlite3")
    with closing(sqlite3.connect(kept)) as database, database:
        database.execute("update result set record = '{'")
    assert cached(gptcc, "sums/solution.py") == [False]
    assert cached(gptcc, "sums/solution.py") == [True]


@pytest.mark.parametrize("damage", [b"", b"no database at all", b"SQLite format 3\0" * 300])
def test_a_damaged_file_of_results_is_replaced(
    gptcc: Command, sums: Path, tmp_path: Path, damage: bytes
) -> None:
    cached(gptcc, "sums/solution.py")
    (kept,) = (tmp_path / "cache").rglob("checks.sqlite3")
    kept.write_bytes(damage)
    assert cached(gptcc, "sums/solution.py") == [False]
    assert cached(gptcc, "sums/solution.py") == [True]


def test_results_are_dropped_after_three_months(gptcc: Command, sums: Path, tmp_path: Path) -> None:
    cached(gptcc, "sums/solution.py")
    (kept,) = (tmp_path / "cache").rglob("checks.sqlite3")
    with closing(sqlite3.connect(kept)) as database, database:
        database.execute("update result set day = day - 91")
    (sums / "other.py").write_text(WRONG)
    cached(gptcc, "sums/other.py")
    with closing(sqlite3.connect(kept)) as database:
        assert database.execute("select count(*) from result").fetchone() == (1,)


def test_two_checks_at_once_keep_both_results(gptcc: Command, sums: Path, tmp_path: Path) -> None:
    for number in range(6):
        (sums / f"s{number}.py").write_text(f"{RIGHT}# {number}\n")
    with ThreadPoolExecutor(6) as pool:
        assert all(pool.map(lambda n: cached(gptcc, f"sums/s{n}.py") == [False], range(6)))
    assert cached(gptcc, "sums") == [True] * 6 + [False]


def test_a_cache_that_can_not_be_written_is_no_obstacle(
    gptcc: Command, sums: Path, tmp_path: Path
) -> None:
    (tmp_path / "cache").write_text("a file where a directory should be")
    done = gptcc("check", "-v", "sums/solution.py")
    assert done.returncode == 0
    assert "could not be cached" in done.stderr


def test_a_known_answer_imports_neither_judge_nor_reader(gptcc: Command, sums: Path) -> None:
    gptcc("check", "sums/solution.py")
    done = gptcc("check", "sums/solution.py", env={"PYTHONPROFILEIMPORTTIME": "1"})
    imported = {line.rpartition("|")[2].strip() for line in done.stderr.splitlines()}
    assert "gptcc_cli.workspace" in imported
    assert not imported & {
        "gptcc_cli.judging",
        "gptcc_cli.sandbox",
        "gptcc_cli.statement",
        "rich",
        "torch",
    }
