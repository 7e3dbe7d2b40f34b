import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from random import Random

import pytest

from tests.evaluation import killed_run

ROOT = Path(__file__).parents[2]
FILES = ("completions.jsonl", "results.jsonl")


def _start(directory: Path) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(
        [sys.executable, "-m", "tests.evaluation.killed_run", str(directory)],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        start_new_session=True,
    )


def _size(directory: Path) -> int:
    paths = [directory / name for name in FILES]
    return sum(path.stat().st_size for path in paths if path.exists())


@pytest.mark.slow
def test_a_run_killed_at_twenty_random_moments_ends_in_the_same_files(tmp_path: Path) -> None:
    whole, killed = tmp_path / "whole", tmp_path / "killed"
    whole.mkdir()
    killed.mkdir()
    killed_run.run(whole)
    total, random, kills, torn = _size(whole), Random(4), 0, 0
    for moment in sorted(random.randrange(total) for _ in range(20)):
        process = _start(killed)
        while _size(killed) <= moment and process.poll() is None:
            time.sleep(random.random() * 0.002)  # the moment is meant to be any
        kills += process.poll() is None
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        # A kill seldom tears a write of a few bytes; what it would leave is left by hand.
        for name in FILES:
            path = killed / name
            if path.exists() and random.random() < 0.5:
                os.truncate(path, max(0, path.stat().st_size - random.randrange(400)))
                torn += 1
    assert kills >= 15 and torn >= 5
    killed_run.run(killed)
    for name in FILES:
        assert (killed / name).read_bytes() == (whole / name).read_bytes()
