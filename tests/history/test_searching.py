"""Runs are found by what stands in them."""

from pathlib import Path

from gptcc_cli.history import open_for_reading, search_runs
from gptcc_cli.problem import Problem
from tests.history.runs import RIGHT, WRONG, record

STREETS = Problem(id="streets", statement="Straße and ferry.\nCount 100% of the boats_moored.")


def found(path: Path, *words: str, limit: int | None = None) -> list[str]:
    with open_for_reading(path) as connection:
        assert connection is not None
        return [run.id for run in search_runs(connection, words, limit=limit)]


def test_every_word_must_stand_in_problem_or_program(tmp_path: Path) -> None:
    path = tmp_path / "history.sqlite"
    coins = record(path, WRONG, RIGHT)
    streets = record(path, WRONG, "x = 'ÄPFEL'\n", problem=STREETS)
    assert found(path, "ferry") == [streets]
    assert found(path, "jars", "a + b") == [coins]
    assert found(path, "jars", "ferry") == []
    assert found(path, "print('no')") == [streets, coins]
    assert found(path, "print('no')", limit=1) == [streets]


def test_case_does_not_count_and_no_sign_is_special(tmp_path: Path) -> None:
    path = tmp_path / "history.sqlite"
    record(path)
    streets = record(path, "x = 'ÄPFEL'\n", problem=STREETS)
    for word in ("FERRY", "strasse", "äpfel", "100%", "boats_moored", "STREETS"):
        assert found(path, word) == [streets], word
    for word in ("boats%moored", "boats?moored", '"', "' OR 1=1 --"):
        assert found(path, word) == [], word


def test_a_text_that_utf_8_cannot_hold_is_searched(tmp_path: Path) -> None:
    path = tmp_path / "history.sqlite"
    odd = record(path, "x = '\ud800 needle'\n")
    assert found(path, "needle") == [odd]
