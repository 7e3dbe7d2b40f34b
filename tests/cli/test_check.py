"""``gptcc check``: real programs, a real sandbox, real files."""

import json
from pathlib import Path

import pytest

from tests.cli.conftest import Command

EXAMPLES = Path(__file__).parents[2] / "docs" / "examples"

RIGHT = "a, b = map(int, input().split())\nprint(a + b)\n"
WRONG = "a, b = map(int, input().split())\nprint(a - b)\n"


@pytest.fixture
def coins(tmp_path: Path) -> Path:
    """A directory with a statement; solutions are written beside it."""
    (tmp_path / "coins.txt").write_bytes((EXAMPLES / "coins.txt").read_bytes())
    return tmp_path


def test_a_right_solution_exits_0(gptcc: Command, coins: Path) -> None:
    (coins / "coins.py").write_text(RIGHT)
    done = gptcc("check", "coins.py")
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("coins.py: AC 2 of 2 tests")


def test_a_wrong_solution_exits_1_and_shows_the_difference(gptcc: Command, coins: Path) -> None:
    (coins / "coins.py").write_text(WRONG)
    done = gptcc("check", "coins.py")
    assert done.returncode == 1
    assert "WA sample 1: line 1: expected '7', got '-1'" in done.stdout
    assert "Traceback" not in done.stderr


def test_a_statement_can_be_named(gptcc: Command, tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_text(RIGHT)
    assert gptcc("check", "mine.py", "--problem", EXAMPLES / "coins.txt").returncode == 0


@pytest.mark.parametrize(
    ("name", "program"),
    [
        ("vowels", "def count_vowels(word):\n    return sum(c in 'aeiou' for c in word)\n"),
        (
            "is_even",
            "class Solution:\n    def isEven(self, number):\n        return number % 2 == 0\n",
        ),
    ],
)
def test_call_based_solutions_are_called(
    gptcc: Command, tmp_path: Path, name: str, program: str
) -> None:
    (tmp_path / "s.py").write_text(program)
    done = gptcc("check", "s.py", "--problem", EXAMPLES / f"{name}.txt")
    assert done.returncode == 0, done.stdout


def test_tests_of_an_apps_file_are_run_without_a_statement(gptcc: Command, tmp_path: Path) -> None:
    (tmp_path / "s.py").write_text("def double(x):\n    return 2 * x\n")
    tests = {"fn_name": "double", "inputs": [[1], [2]], "outputs": [2, 4]}
    (tmp_path / "input_output.json").write_text(json.dumps(tests))
    done = gptcc("check", "s.py", "--tests", "input_output.json")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "2 of 2" in done.stdout


def test_tests_of_a_directory_are_run(gptcc: Command, tmp_path: Path) -> None:
    (tmp_path / "s.py").write_text(RIGHT)
    (tmp_path / "t").mkdir()
    (tmp_path / "t" / "1.in").write_text("1 2\n")
    (tmp_path / "t" / "1.out").write_text("4\n")
    done = gptcc("check", "s.py", "--tests", "t")
    assert done.returncode == 1
    assert "expected '4', got '3'" in done.stdout


def test_nothing_to_verify_with_exits_3(gptcc: Command, tmp_path: Path) -> None:
    (tmp_path / "p.txt").write_text("Print the sum of two numbers.\n")
    (tmp_path / "p.py").write_text(RIGHT)
    done = gptcc("check", "p.py")
    assert done.returncode == 3
    assert "not verified" in done.stderr


def test_no_statement_exits_4_with_a_hint(gptcc: Command, tmp_path: Path) -> None:
    (tmp_path / "p.py").write_text(RIGHT)
    done = gptcc("check", "p.py")
    assert done.returncode == 4
    assert "--problem" in done.stderr


def test_forbidden_execution_exits_6(gptcc: Command, coins: Path) -> None:
    (coins / "coins.py").write_text(RIGHT)
    done = gptcc("check", "coins.py", env={"GPTCC_EXEC": "0"})
    assert done.returncode == 6
    assert "GPTCC_EXEC" in done.stderr


def test_an_endless_program_is_stopped_at_its_limit(gptcc: Command, coins: Path) -> None:
    (coins / "coins.py").write_text("while True: pass\n")
    done = gptcc("check", "coins.py", "-t", "300ms")
    assert done.returncode == 1
    assert "TLE" in done.stdout


def test_json_is_one_object_for_each_solution(gptcc: Command, coins: Path) -> None:
    (coins / "coins.py").write_text(RIGHT)
    (coins / "bad.py").write_text(WRONG)
    done = gptcc("check", "coins.py", "bad.py", "-p", "coins.txt", "--json")
    records = [json.loads(line) for line in done.stdout.splitlines()]
    assert [record["verdict"] for record in records] == ["AC", "WA"]
    assert {record["schema"] for record in records} == {"gptcc.check/1"}
    assert done.returncode == 1


@pytest.mark.parametrize("limit", ["0", "-1", "soon", "1y"])
def test_a_limit_that_is_no_time_is_refused(gptcc: Command, coins: Path, limit: str) -> None:
    (coins / "coins.py").write_text(RIGHT)
    done = gptcc("check", "coins.py", f"--time-limit={limit}")
    assert done.returncode == 2
    assert limit in done.stderr


def test_tests_of_the_other_kind_are_refused(gptcc: Command, coins: Path) -> None:
    (coins / "vowels.py").write_text(RIGHT)
    (coins / "1.in").write_text("1\n")
    (coins / "1.out").write_text("1\n")
    done = gptcc("check", "vowels.py", "-p", EXAMPLES / "vowels.txt", "--tests", ".")
    assert done.returncode == 4
    assert "call-based" in done.stderr


def test_check_never_imports_torch(gptcc: Command, coins: Path) -> None:
    (coins / "coins.py").write_text(RIGHT)
    done = gptcc("check", "--no-cache", "coins.py", env={"PYTHONPROFILEIMPORTTIME": "1"})
    imported = {line.rpartition("|")[2].strip() for line in done.stderr.splitlines()}
    assert "gptcc_cli.judging" in imported
    assert not imported & {"torch", "transformers", "numpy", "huggingface_hub"}


def test_a_crash_on_an_input_like_the_samples_is_advice(gptcc: Command, tmp_path: Path) -> None:
    (tmp_path / "problem.md").write_text(
        "Given n, then n integers (0 <= a <= 9), print their sum.\n\n"
        "Example\n\nInput:\n3\n1 2 3\nOutput:\n6\n\nInput:\n2\n5 6\nOutput:\n11\n"
    )
    known = "n = int(input())\na = input().split()\n"
    (tmp_path / "solution.py").write_text(
        f"{known}assert a in (['1', '2', '3'], ['5', '6'])\nprint(sum(map(int, a)))\n"
    )
    done = gptcc("check", "--mutated", "8", "solution.py")
    assert done.returncode == 0, done.stderr
    assert "solution.py: AC 2 of 2 tests" in done.stdout
    assert "solution.py:3: advice: RE on an input like sample" in done.stderr
    assert "AssertionError" in done.stderr
    again = gptcc("check", "--mutated", "8", "solution.py")
    assert "cached" in again.stdout
    assert "advice: RE" in again.stderr
    (tmp_path / "solution.py").write_text(f"{known}print(sum(map(int, a)))\n")
    assert "advice" not in gptcc("check", "--mutated", "8", "solution.py").stderr
    assert "advice" not in gptcc("check", "solution.py").stderr
