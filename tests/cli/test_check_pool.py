"""The processes of ``gptcc check``: none outlives the command, and one that dies is told."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.cli.conftest import Command

pytestmark = pytest.mark.timing

STATEMENT = "Print the sum.\n\nExample\n\nInput:\n3 4\nOutput:\n7\n"
SLEEPS = "import time\ntime.sleep(60)\n"


def write_problems(root: Path, programs: list[str]) -> None:
    for number, program in enumerate(programs):
        home = root / f"p{number:02}"
        home.mkdir()
        (home / "problem.md").write_text(STATEMENT)
        (home / "solution.py").write_text(program)


def children_of(pid: int) -> list[int]:
    """Return the living descendants of a process."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            parent = int((entry / "stat").read_text().rpartition(")")[2].split()[1])
        except OSError:
            continue
        if parent == pid:
            found += [int(entry.name), *children_of(int(entry.name))]
    return found


def is_running(pid: int) -> bool:
    try:
        return (Path("/proc") / str(pid) / "stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def start_check(root: Path) -> subprocess.Popen[str]:
    """Start a check of programs that sleep, and wait until they run."""
    started = subprocess.Popen(
        [sys.executable, "-m", "gptcc_cli", "check", "--all", "-j", "2", "-t", "60", "--no-cache"],
        cwd=root,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    deadline = time.monotonic() + 30
    while len(children_of(started.pid)) < 5 and time.monotonic() < deadline:
        time.sleep(0.05)
    return started


def assert_all_end(pids: list[int]) -> None:
    deadline = time.monotonic() + 10
    while any(map(is_running, pids)) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not [pid for pid in pids if is_running(pid)]


def test_answers_come_in_the_order_of_the_files(gptcc: Command, tmp_path: Path) -> None:
    quick, slow = "print(7)\n", "import time\ntime.sleep(0.5)\nprint(7)\n"
    write_problems(tmp_path, [slow, *[quick] * 40])
    done = gptcc("check", "--all", "-j", "3", "--format", "json")
    paths = [json.loads(line)["solution"] for line in done.stdout.splitlines()]
    assert paths == [f"p{number:02}/solution.py" for number in range(41)], done.stderr


def test_ctrl_c_ends_every_process_at_once(tmp_path: Path) -> None:
    write_problems(tmp_path, [SLEEPS] * 3)
    started = start_check(tmp_path)
    children = children_of(started.pid)
    assert children
    began_s = time.monotonic()
    os.kill(started.pid, signal.SIGINT)
    started.communicate(timeout=20)
    assert started.returncode == 130
    assert time.monotonic() - began_s < 10
    assert_all_end(children)


def test_the_processes_end_with_a_command_that_is_killed(tmp_path: Path) -> None:
    write_problems(tmp_path, [SLEEPS] * 3)
    started = start_check(tmp_path)
    children = children_of(started.pid)
    started.kill()
    started.communicate(timeout=20)
    assert_all_end(children)


def test_a_worker_that_dies_is_a_bug_that_is_shown(tmp_path: Path) -> None:
    write_problems(tmp_path, ["print(7)\n"])
    program = (
        "import os, signal, sys\n"
        "from gptcc_cli.commands import check_worker\n"
        "check_worker.check_solution = lambda *_: os.kill(os.getpid(), signal.SIGKILL)\n"
        "from gptcc_cli.cli import run\n"
        "sys.exit(run(['check', '--all', '--no-cache']))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 70
    assert "BrokenProcessPool" in done.stderr
