"""Where there is a worker for each core, it stays on that core with all that waits for it."""

import json
import multiprocessing
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

import pytest

from gptcc_cli.errors import ExecutionRefused
from gptcc_cli.sandbox import Job, Level, Sandbox, open_sandbox
from gptcc_cli.sandbox.pool import WorkerPool

Cores: TypeAlias = set[int]
"""Numbers of the cores that a process may run on."""

ROOT = Path(__file__).parents[2]
CORES = sorted(os.sched_getaffinity(0))
ASKS = Job(source="import os\nprint(*os.sched_getaffinity(0))")
LEVELS = (Level.NAMESPACE, Level.LANDLOCK)

several_cores = pytest.mark.skipif(len(CORES) < 2, reason="this host has one core")


@several_cores
@pytest.mark.parametrize("level", LEVELS, ids=lambda level: level.value)
def test_each_copy_shares_a_core_with_its_worker(level: Level) -> None:
    told = _told_alone(f"_told({len(CORES)}, {level.value!r})")
    assert [copy for copy, _ in told] == [program for _, program in told]
    assert sorted(core for cores, _ in told for core in cores) == CORES
    assert sorted(os.sched_getaffinity(0)) == CORES


@several_cores
def test_a_worker_that_is_replaced_stays_on_its_core() -> None:
    told = _told_alone(f"_told({len(CORES)}, ends_workers=True)")
    assert sorted(core for _, cores in told for core in cores) == CORES


@several_cores
def test_fewer_workers_than_cores_are_bound_to_none() -> None:
    for told in _told_alone(f"_told({len(CORES) - 1})"):
        assert told == [CORES, CORES]


def _told_alone(call: str) -> list[list[list[int]]]:
    """Call a function of this file in a process of its own: pytest's has threads."""
    program = f"import json; from tests.sandbox.test_cores import _told; print(json.dumps({call}))"
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=False
    )
    if ExecutionRefused.__name__ in done.stderr:
        pytest.skip(done.stderr.splitlines()[-1])
    assert done.returncode == 0, done.stderr
    told: list[list[list[int]]] = json.loads(done.stdout)
    return told


def _told(
    n: int, level: str = LEVELS[0].value, *, ends_workers: bool = False
) -> list[list[list[int]]]:
    """Return the cores that each copy of this process has, and those of a program in its part."""
    with open_sandbox(level=Level(level), workers=n, starts_all=True) as sandbox:
        told = _told_by_copies(sandbox, ends_workers=ends_workers)
        return [[sorted(copy), sorted(program)] for copy, program in told]


def _told_by_copies(sandbox: Sandbox, *, ends_workers: bool) -> list[tuple[Cores, Cores]]:
    """Return what each copy of this process may run on, and what a program in its part may."""

    def work_of(number: int) -> Callable[[None], tuple[Cores, Cores]]:
        part = sandbox.part(number)
        if ends_workers:
            part.run(ASKS)
            _end_worker(part)

        def work(_: None) -> tuple[Cores, Cores]:
            return set(os.sched_getaffinity(0)), set(map(int, part.run(ASKS).stdout.split()))

        return work

    context = multiprocessing.get_context("fork")
    answers = context.SimpleQueue()
    forked = [
        context.Process(
            target=lambda number: answers.put((number, work_of(number)(None))), args=(n,)
        )
        for n in range(sandbox.workers)
    ]
    for process in forked:
        process.start()
    told = dict(answers.get() for _ in forked)
    for process in forked:
        process.join()
    return [told[number] for number in range(sandbox.workers)]


def _end_worker(part: Sandbox) -> None:
    assert isinstance(part, WorkerPool)
    (worker,) = part._idle
    assert worker._zygote is not None
    signal.pidfd_send_signal(worker._zygote, signal.SIGKILL)
