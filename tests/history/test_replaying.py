"""What differs is found, and nothing else; the model is a file, or tiny, everything else real."""

import json
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Command, gptcc  # noqa: F401

ROOT = Path(__file__).parents[2]
COINS = ROOT / "docs" / "examples" / "coins.txt"

RIGHT = "a, b = map(int, input().split())\nprint(a + b)\n"
ALSO_RIGHT = "print(sum(map(int, input().split())))\n"
HALF = "print(7)\n"
WRONG = "print('no')\n"
BROKEN = "def (:\n"
SLOW = "while True:\n    pass\n"


@pytest.fixture(autouse=True)
def history(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    path = tmp_path / "state" / "history.sqlite"
    monkeypatch.setenv("GPTCC_HISTORY", str(path))
    return path


def solve(run: Command, tmp_path: Path, *arguments: Any) -> subprocess.CompletedProcess[str]:
    texts = (WRONG, BROKEN, HALF, "", RIGHT, WRONG, RIGHT + "\n\n", ALSO_RIGHT)
    path = tmp_path / "c.jsonl"
    path.write_text("".join(json.dumps({"text": text}) + "\n" for text in texts))
    return run("solve", COINS, "--replay", path, *arguments)


def change(history: Path, statement: str) -> None:
    with closing(sqlite3.connect(history)) as connection:
        assert connection.execute(statement).rowcount > 0, statement
        connection.commit()


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("--until", "all"),
        ("--no-check",),
        ("-t", "2s", "--until", "all"),
        ("--budget", "20s"),
        ("-n", "3", "--require-pass"),
    ],
    ids=" ".join,
)
def test_a_run_is_identical_when_done_again(
    gptcc: Command,  # noqa: F811
    tmp_path: Path,
    arguments: tuple[str, ...],
) -> None:
    solve(gptcc, tmp_path, *arguments)
    done = gptcc("history", "replay", "last")
    assert (done.returncode, done.stderr) == (0, ""), done
    assert done.stdout.startswith("identical (")


def test_a_program_that_is_stopped_is_stopped_again(
    gptcc: Command,  # noqa: F811
    tmp_path: Path,
) -> None:
    (tmp_path / "slow.jsonl").write_text(json.dumps({"text": SLOW}) + "\n")
    gptcc("solve", COINS, "--replay", "slow.jsonl", "-t", "300ms")
    assert gptcc("history", "replay", "last").returncode == 0


@pytest.mark.parametrize(
    ("statement", "what"),
    [
        ("UPDATE programs SET verdict = 'RE' WHERE verdict = 'CE'", "was RE"),
        ("UPDATE programs SET cases = '[]' WHERE verdict = 'AC'", "now AC (sample 1=AC"),
        ("UPDATE programs SET source = source || '#' WHERE rank = 2", "program of candidate"),
        ("UPDATE completions SET text = 'print(1)' WHERE number IN (4, 6)", "answer: was"),
        ("UPDATE programs SET rank = 5 - rank", "order of programs: was"),
        ("UPDATE runs SET config = replace(config, ':64,', ':9,')", "identical"),
    ],
    ids=lambda text: text,
)
def test_whatever_differs_is_said(
    gptcc: Command,  # noqa: F811
    tmp_path: Path,
    history: Path,
    statement: str,
    what: str,
) -> None:
    solve(gptcc, tmp_path)
    change(history, statement)
    done = gptcc("history", "replay", "last")
    assert done.returncode == (0 if what == "identical" else 1)
    assert what in done.stdout
    record = json.loads(gptcc("history", "replay", "last", "--json").stdout)
    assert record["identical"] is (what == "identical")
    assert bool(record["differences"]) is (what != "identical")


def test_a_run_that_no_model_wrote_is_not_written_again(
    gptcc: Command,  # noqa: F811
    tmp_path: Path,
) -> None:
    solve(gptcc, tmp_path)
    done = gptcc("history", "replay", "last", "--generate")
    assert done.returncode == 2
    assert "no model wrote run" in done.stderr


def test_programs_without_a_sandbox_are_held_in_a_replay(
    gptcc: Command,  # noqa: F811
    tmp_path: Path,
) -> None:
    solve(gptcc, tmp_path, "--unsafe")
    done = gptcc("history", "replay", "last", "-v")
    assert (done.returncode, "sandbox: unsafe" in done.stderr) == (0, False)
    assert "WITHOUT a sandbox" in gptcc("history", "replay", "last", "-v", "--unsafe").stderr


def test_a_killed_run_is_judged_again_as_far_as_it_came(
    gptcc: Command,  # noqa: F811
    tmp_path: Path,
    history: Path,
) -> None:
    solve(gptcc, tmp_path)
    change(
        history,
        "UPDATE runs SET ended = NULL, ended_s = NULL, answer = NULL, solved = NULL, "
        "exit_code = NULL, process = 'elsewhere 1 1'",
    )
    change(history, "UPDATE programs SET rank = NULL, reason = NULL")
    assert gptcc("history", "replay", "last").returncode == 0


@pytest.mark.slow
def test_a_tiny_model_writes_the_same_again(
    gptcc: Command,  # noqa: F811
    tiny_model_dir: Path,
    history: Path,
) -> None:
    options = ("-m", tiny_model_dir, "-n", "6", "--max-new-tokens", "24", "--until", "all")
    assert gptcc("solve", COINS, *options, "--batch-size", "3").returncode == 1
    done = gptcc("history", "replay", "last", "--generate", "-q")
    assert (done.returncode, done.stderr) == (0, ""), done
    assert "6 candidates, generated again" in done.stdout
    change(history, "UPDATE requests SET seed = seed + 1 WHERE number = 4")
    done = gptcc("history", "replay", "last", "--generate", "-q")
    assert done.returncode == 1
    assert "candidate 4, character" in done.stdout


@pytest.mark.slow
def test_second_tries_are_written_and_judged_again(
    gptcc: Command,  # noqa: F811
    tiny_chat_model_dir: Path,
) -> None:
    options = ("-m", tiny_chat_model_dir, "-n", "3", "--max-new-tokens", "16", "--repair", "1")
    gptcc("solve", COINS, *options)
    record = json.loads(gptcc("history", "show", "last", "--json").stdout)
    assert record["n_completions"] > 3
    done = gptcc("history", "replay", "last", "--generate", "-q")
    assert (done.returncode, done.stderr) == (0, ""), done


@pytest.mark.model
@pytest.mark.slow
def test_the_embedded_model_writes_the_same_again(gptcc: Command) -> None:  # noqa: F811
    options = ("-m", "embedded", "-n", "6", "--max-new-tokens", "48")
    gptcc("solve", COINS, *options, timeout_s=600)
    done = gptcc("history", "replay", "last", "--generate", timeout_s=600)
    assert done.returncode == 0, done.stdout


def test_a_process_that_is_gone_is_told_from_one_that_lives() -> None:
    from gptcc_cli.history.run_writer import current_process, is_running

    assert is_running(current_process())
    name = "from gptcc_cli.history.run_writer import current_process; print(current_process())"
    done = subprocess.run(
        [sys.executable, "-c", name], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert not is_running(done.stdout.strip())
    host, number, started = current_process().rsplit(" ", 2)
    assert not is_running(f"{host} {number} {int(started) - 1}")
    assert not is_running(f"another {number} {started}")
    assert not is_running("")
