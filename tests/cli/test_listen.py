"""``gptcc listen``: a real process, a real request, and what it saved read by ``check``."""

import json
import os
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.cli.conftest import Command

PROBLEM = {
    "name": "Sum of Two",
    "group": "Round 1",
    "url": "https://judge.example/sum",
    "timeLimit": 1000,
    "memoryLimit": 256,
    "tests": [{"input": "1 2\n", "output": "3\n"}, {"input": "5 5\n", "output": "10\n"}],
}


@pytest.fixture
def listening(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    process = _begun(tmp_path, "--count", "2")
    yield process
    process.kill()
    process.communicate()


def _begun(cwd: Path, *options: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "gptcc_cli", "listen", "--port", "0", *options],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=cwd,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
    )


def _port(process: subprocess.Popen[str]) -> int:
    assert process.stderr is not None
    line = process.stderr.readline()
    assert line.startswith("listening on 127.0.0.1:"), line
    return int(line.removeprefix("listening on 127.0.0.1:").split(";")[0])


def _post(port: int, problem: object) -> None:
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}/", json.dumps(problem).encode(), {"Origin": "moz-extension://x"}
    )
    with urllib.request.urlopen(request, timeout=30) as response:
        assert response.status == 200


def test_what_listen_saved_check_reads(
    listening: subprocess.Popen[str], gptcc: Command, tmp_path: Path
) -> None:
    port = _port(listening)
    _post(port, PROBLEM)
    _post(port, {**PROBLEM, "name": "Sum Again"})
    out, _ = listening.communicate(timeout=60)
    assert listening.returncode == 0
    assert out.splitlines() == ["problems/sum-of-two", "problems/sum-again"]
    saved = tmp_path / "problems" / "sum-of-two"
    (saved / "solution.py").write_text("print(sum(map(int, input().split())))\n")
    done = gptcc("check", saved / "solution.py")
    assert done.returncode == 0, done.stderr
    assert "2 of 2 tests" in done.stdout


def test_a_problem_already_there_is_left_alone(
    listening: subprocess.Popen[str], tmp_path: Path
) -> None:
    mine = tmp_path / "problems" / "sum-of-two"
    mine.mkdir(parents=True)
    (mine / "problem.md").write_text("mine")
    port = _port(listening)
    _post(port, PROBLEM)
    _post(port, {**PROBLEM, "name": "Sum Again"})
    _, err = listening.communicate(timeout=60)
    assert (mine / "problem.md").read_text() == "mine"
    assert "exists already" in err


def test_an_interrupt_ends_it(listening: subprocess.Popen[str]) -> None:
    _port(listening)
    listening.send_signal(signal.SIGINT)
    listening.communicate(timeout=30)
    assert listening.returncode == 130


@pytest.mark.model
def test_a_problem_that_arrives_is_solved_beside_its_statement(
    gptcc: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The embedded model, a real post, and `check` on what `--solve` wrote."""
    monkeypatch.setenv("GPTCC_MODEL", "embedded")
    process = _begun(tmp_path, "--count", "1", "--solve")
    try:
        _post(_port(process), PROBLEM)
        out, err = process.communicate(timeout=300)
    finally:
        process.kill()
    assert process.returncode == 0, err
    assert out.splitlines()[0] == "problems/sum-of-two"
    done = gptcc("check", "problems/sum-of-two")
    assert "problems/sum-of-two/solution.py: AC 2 of 2 tests" in done.stdout, done.stderr


def test_solving_ends_listen_with_its_own_exit_code(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GPTCC_MODEL", str(tmp_path / "no-model"))
    process = _begun(tmp_path, "--count", "1", "--solve")
    try:
        _post(_port(process), PROBLEM)
        out, err = process.communicate(timeout=120)
    finally:
        process.kill()
    assert process.returncode == 5, err
    assert out.splitlines()[0] == "problems/sum-of-two"
    assert not (tmp_path / "problems" / "sum-of-two" / "solution.py").exists()
