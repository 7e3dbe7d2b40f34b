"""Workers of every level: many at once, dying, wedged, closed, left behind."""

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from gptcc_cli.sandbox import (
    Exceeded,
    Job,
    Level,
    Limits,
    Sandbox,
    Stage,
)
from tests.sandbox.leaks import census
from tests.sandbox.levels import LEVELS, call, check, opened


def test_jobs_of_many_threads_keep_their_own_results(sandbox: Sandbox) -> None:
    results: dict[int, bytes] = {}

    def run(number: int) -> None:
        job = Job(source=f"print(int(input()) * {number})", stdin=b"%d\n" % number)
        results[number] = sandbox.run(job).stdout

    threads = [threading.Thread(target=run, args=(number,)) for number in range(40)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert results == {number: b"%d\n" % number**2 for number in range(40)}


def test_a_text_that_runs_again_gives_the_same_facts(sandbox: Sandbox) -> None:
    source = "def f(x): return x\nif __name__ == '__main__': print(f(input()))"
    runs = [sandbox.run(Job(source=source, stdin=b"%d\n" % i)) for i in range(5)]
    assert [run.stdout for run in runs] == [b"%d\n" % i for i in range(5)]
    assert {run.stage for run in runs} == {Stage.RUN}
    assert call(sandbox, source, 7).answer_json == "7"


@pytest.mark.parametrize("level", LEVELS, ids=lambda level: level.value)
def test_a_worker_that_dies_is_replaced_and_the_job_runs_again(level: Level) -> None:
    before = set(family_of(os.getpid()))
    with opened(level) as sandbox:
        worker = max(set(family_of(os.getpid())) - before)
        timer = threading.Timer(0.2, lambda: os.kill(worker, signal.SIGKILL))
        timer.start()
        execution = sandbox.run(Job(source="import time\ntime.sleep(0.5)\nprint('done')"))
        timer.join()
        assert (execution.stdout, execution.fault) == (b"done\n", None)
        assert worker not in family_of(os.getpid())


@pytest.mark.parametrize("level", LEVELS, ids=lambda level: level.value)
def test_a_job_whose_workers_die_twice_is_a_fault(level: Level) -> None:
    before = set(family_of(os.getpid()))
    with opened(level) as sandbox:
        stop = threading.Event()

        def kill_all() -> None:
            while not stop.wait(0.05):
                for pid in set(family_of(os.getpid())) - before:
                    with contextlib.suppress(ProcessLookupError):
                        os.kill(pid, signal.SIGKILL)

        killer = threading.Thread(target=kill_all)
        killer.start()
        execution = sandbox.run(Job(source="import time\ntime.sleep(3)", limits=Limits(wall_s=5)))
        stop.set()
        killer.join()
        assert execution.fault
        assert sandbox.run(Job(source="print(1)")).stdout == b"1\n"


@pytest.mark.parametrize("level", LEVELS, ids=lambda level: level.value)
def test_a_wedged_worker_is_ended_and_replaced(level: Level) -> None:
    before = set(family_of(os.getpid()))
    with opened(level) as sandbox:
        family = set(family_of(os.getpid())) - before
        for pid in family:
            os.kill(pid, signal.SIGSTOP)
        execution = sandbox.run(Job(source="print(1)", limits=Limits(wall_s=0.2)))
        assert execution.exceeded is Exceeded.WALL
        assert family.isdisjoint(family_of(os.getpid()))
        assert sandbox.run(Job(source="print(1)")).stdout == b"1\n"


@pytest.mark.parametrize("level", LEVELS, ids=lambda level: level.value)
def test_closing_ends_everything_and_leaves_nothing(level: Level) -> None:
    opened(level).close()
    before = census()
    with opened(level, workers=2) as sandbox:
        for number in range(30):
            sandbox.run(Job(source=f"print({number % 7})", stdin=b"x"))
        sandbox.run(Job(source="while 1: pass", limits=Limits(wall_s=0.1)))
        check(sandbox, "def f(): return 1", "assert candidate() == 1")
    sandbox.close()
    assert census() == before


@pytest.mark.parametrize("level", LEVELS, ids=lambda level: level.value)
def test_killing_the_host_leaves_no_process(level: Level) -> None:
    opened(level).close()
    host = subprocess.Popen(
        [sys.executable, "-c", _HOST, level.value],
        stdout=subprocess.PIPE,
        cwd=Path(__file__).parents[2],
    )
    assert host.stdout is not None
    assert host.stdout.readline() == b"running\n"
    family = []
    deadline = time.monotonic() + 10
    while len(family) < 2 + (level is Level.NAMESPACE) and time.monotonic() < deadline:
        family = family_of(host.pid)
    host.kill()
    host.wait()
    host.stdout.close()
    while any(Path(f"/proc/{pid}").exists() for pid in family) and time.monotonic() < deadline:
        time.sleep(0.01)
    assert [pid for pid in family if Path(f"/proc/{pid}").exists()] == []


_HOST = """\
import sys, threading
from gptcc_cli.sandbox import Job, Level, open_sandbox
level = Level(sys.argv[1])
unsafe = level is Level.UNSAFE
sandbox = open_sandbox(workers=1, level=None if unsafe else level, unsafe=unsafe)
threading.Thread(target=sandbox.run, args=(Job(source="import time; time.sleep(3)"),)).start()
print("running", flush=True)
"""


def children_of(pid: int) -> list[int]:
    found = []
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        try:
            found += [int(child) for child in task.read_text().split()]
        except OSError:
            continue
    return found


def family_of(pid: int) -> list[int]:
    found = children_of(pid)
    for child in list(found):
        found += family_of(child)
    return found
