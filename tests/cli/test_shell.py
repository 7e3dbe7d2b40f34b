"""gptcc in a shell: completion, and pipes whose reader leaves."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import Command

ROOT = Path(__file__).parents[2]


def offered(gptcc: Command, words: str) -> list[str]:
    env = {
        "_GPTCC_COMPLETE": "complete_bash",
        "COMP_WORDS": f"gptcc {words}",
        "COMP_CWORD": str(len(words.split(" "))),
    }
    return gptcc(env=env).stdout.split()


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_each_shell_has_a_script(gptcc: Command, shell: str) -> None:
    done = gptcc(env={"_GPTCC_COMPLETE": f"source_{shell}"})
    assert done.returncode == 0, done.stderr
    assert "gptcc" in done.stdout


def test_tab_offers_commands_models_problems_and_runs(gptcc: Command, tmp_path: Path) -> None:
    (tmp_path / "problems" / "two sum").mkdir(parents=True)
    (tmp_path / "problems" / "coins").mkdir()
    (tmp_path / "problems" / "coins" / "problem.md").write_text("Add.\n")
    (tmp_path / "gptcc-runs" / "bench-small").mkdir(parents=True)
    (tmp_path / "gptcc-runs" / "bench-small" / "completions.jsonl").write_text("")
    assert "check" in offered(gptcc, "che")
    assert "embedded" in offered(gptcc, "solve --model emb")
    assert offered(gptcc, "solve --until a") == ["agreed", "all"]
    assert offered(gptcc, "check --format g") == ["github"]
    assert "problems/coins" in offered(gptcc, "solve prob")
    assert "problems/coins" in offered(gptcc, "check prob")
    assert "gptcc-runs/bench-small" in offered(gptcc, "grade gptcc-runs/b")


@pytest.mark.parametrize("command", ["--help", "config show", "samples docs/examples/maze.txt"])
def test_a_reader_that_leaves_is_no_error(command: str) -> None:
    script = f'"{sys.executable}" -m gptcc_cli {command} | true; exit "${{PIPESTATUS[0]}}"'
    done = subprocess.run(
        ["bash", "-c", script], capture_output=True, text=True, cwd=ROOT, check=False
    )
    assert done.stderr == ""
    assert done.returncode in (0, 141)


@pytest.mark.parametrize(
    ("line", "code", "words"),
    [
        ("samples docs/examples/maze.txt >&-", 1, "error: standard output is closed"),
        ("config show >&-", 1, "error: standard output is closed"),
        ("samples docs/examples/maze.txt >/dev/full", 1, "error: can't write to standard output: "),
        ("solve - <&-", 4, "error: standard input is closed."),
        ("samples - <&-", 4, "error: standard input is closed."),
    ],
)
def test_a_stream_that_is_closed_or_full_is_one_sentence(line: str, code: int, words: str) -> None:
    done = subprocess.run(
        ["bash", "-c", f'exec "{sys.executable}" -m gptcc_cli {line}'],
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=False,
    )
    assert done.returncode == code
    assert done.stderr.startswith(words)
    assert len(done.stderr.splitlines()) == 2


@pytest.mark.parametrize("stderr", ["2>&-", "2>/dev/full"])
def test_an_answer_is_not_lost_where_nobody_hears_the_talk(tmp_path: Path, stderr: str) -> None:
    program = "a, b = map(int, input().split())\nprint(a + b)\n"
    (tmp_path / "told.jsonl").write_text(json.dumps({"text": program}) + "\n")
    line = f"solve docs/examples/coins.txt --replay {tmp_path}/told.jsonl {stderr}"
    done = subprocess.run(
        ["bash", "-c", f'exec "{sys.executable}" -m gptcc_cli {line}'],
        stdout=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        check=False,
    )
    assert (done.returncode, done.stdout) == (0, program)
