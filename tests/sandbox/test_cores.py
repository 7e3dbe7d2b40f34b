"""Where there is a worker for each core, it stays on that core with all that waits for it."""

import os
import signal
from collections.abc import Callable
from typing import TypeAlias

import pytest

from gptcc_cli.crew import Crew
from gptcc_cli.errors import ExecutionRefused
from gptcc_cli.sandbox import Job, Level, Sandbox, open_sandbox
from gptcc_cli.sandbox.pool import WorkerPool

Cores: TypeAlias = set[int]
"""Numbers of the cores that a process may run on."""

CORES = sorted(os.sched_getaffinity(0))
ASKS = Job(source="import os\nprint(*os.sched_getaffinity(0))")
LEVELS = (Level.NAMESPACE, Level.LANDLOCK)

several_cores = pytest.mark.skipif(len(CORES) < 2, reason="this host has one core")


@several_cores
@pytest.mark.parametrize("level", LEVELS, ids=lambda level: level.value)
def test_each_copy_shares_a_core_with_its_worker(level: Level) -> None:
    with _opened(level) as sandbox:
        told = _told_by_copies(sandbox)
        assert [copy for copy, _ in told] == [program for _, program in told]
        assert sorted(cores.pop() for cores, _ in told) == CORES
        assert sorted(os.sched_getaffinity(0)) == CORES


@several_cores
def test_a_worker_that_is_replaced_stays_on_its_core() -> None:
    with open_sandbox(workers=len(CORES), starts_all=True) as sandbox:
        told = _told_by_copies(sandbox, ends_workers=True)
        assert sorted(cores.pop() for _, cores in told) == CORES


@several_cores
def test_fewer_workers_than_cores_are_bound_to_none() -> None:
    with open_sandbox(workers=len(CORES) - 1, starts_all=True) as sandbox:
        for told in _told_by_copies(sandbox):
            assert told == (set(CORES), set(CORES))


def _opened(level: Level) -> Sandbox:
    try:
        return open_sandbox(level=level, workers=len(CORES), starts_all=True)
    except ExecutionRefused as refused:
        pytest.skip(str(refused))


def _told_by_copies(sandbox: Sandbox, *, ends_workers: bool = False) -> list[tuple[Cores, Cores]]:
    """Return what each copy of this process may run on, and what a program in its part may."""

    def work_of(number: int) -> Callable[[None], tuple[Cores, Cores]]:
        part = sandbox.part(number)
        if ends_workers:
            part.run(ASKS)
            _end_worker(part)

        def work(_: None) -> tuple[Cores, Cores]:
            return set(os.sched_getaffinity(0)), set(map(int, part.run(ASKS).stdout.split()))

        return work

    with Crew[None, tuple[Cores, Cores]](sandbox.workers, work_of) as crew:
        tickets = [crew.submit(None) for _ in range(sandbox.workers)]
        return [ticket.answer() for ticket in tickets]


def _end_worker(part: Sandbox) -> None:
    assert isinstance(part, WorkerPool)
    (worker,) = part._idle
    assert worker._zygote is not None
    signal.pidfd_send_signal(worker._zygote, signal.SIGKILL)
