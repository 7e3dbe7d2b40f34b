"""Workers of every level: many at once, dying, wedged, closed, left behind."""

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
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
                # The worker before its program, whose death alone would be a fact about it.
                for pid in sorted(set(family_of(os.getpid())) - before):
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
def test_a_worker_that_stays_stopped_is_replaced_and_the_job_runs_again(level: Level) -> None:
    before = set(family_of(os.getpid()))
    with opened(level) as sandbox:
        family = set(family_of(os.getpid())) - before
        for pid in family:
            os.kill(pid, signal.SIGSTOP)
        execution = sandbox.run(Job(source="print(1)", limits=Limits(wall_s=0.2)))
        assert (execution.stdout, execution.exceeded, execution.fault) == (b"1\n", None, None)
        assert family.isdisjoint(family_of(os.getpid()))


@pytest.mark.parametrize(
    ("stopped_s", "wall_s"), [(1.5, 0.5), pytest.param(10.0, 2.0, marks=pytest.mark.slow)]
)
@pytest.mark.parametrize("level", [Level.LANDLOCK, Level.NAMESPACE], ids=lambda one: one.value)
def test_a_pause_of_the_worker_is_not_the_programs(
    level: Level, stopped_s: float, wall_s: float
) -> None:
    """Everything of the worker is stopped in the middle of a run, as by a frozen container."""
    before = set(family_of(os.getpid()))
    source = "import time\nend = time.process_time() + 0.3\nwhile time.process_time() < end: pass"
    for sleeps in ("", "\ntime.sleep(0.1)"):
        with opened(level) as sandbox:
            stopper = threading.Thread(target=pause, args=(before, 0.15, stopped_s))
            stopper.start()
            execution = sandbox.run(
                Job(source=f"{source}{sleeps}\nprint(1)", limits=Limits(wall_s=wall_s))
            )
            stopper.join()
        assert (execution.stdout, execution.exceeded, execution.fault) == (b"1\n", None, None)


def pause(before: set[int], after_s: float, for_s: float) -> None:
    time.sleep(after_s)
    stopped = set(family_of(os.getpid())) - before
    for pid in stopped:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGSTOP)
    time.sleep(for_s)
    for pid in stopped:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGCONT)


@pytest.mark.timing
@pytest.mark.parametrize("n_programs", [10, pytest.param(200, marks=pytest.mark.slow)])
def test_programs_at_half_their_limit_pass_on_a_busy_machine(n_programs: int) -> None:
    source = "import time\nend = time.process_time() + 0.25\nwhile time.process_time() < end: pass"
    busy = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in range(2)]
    try:
        with opened(Level.LANDLOCK, workers=2) as sandbox, ThreadPoolExecutor(2) as threads:
            job = Job(source=source, limits=Limits(wall_s=0.5, cpu_s=0.5))
            runs = list(threads.map(lambda _: sandbox.run(job), range(n_programs)))
    finally:
        for process in busy:
            process.kill()
            process.wait()
    assert [(run.exceeded, run.fault) for run in runs] == [(None, None)] * n_programs


@pytest.mark.timing
def test_programs_that_use_or_wait_out_their_time_are_stopped(sandbox: Sandbox) -> None:
    for source in (
        "while True: pass",
        "import time\ntime.sleep(60)",
        "import time\nwhile True: time.sleep(0.01)",
        "import time\nwhile True:\n    time.sleep(0.02)\n    sum(range(90_000))",
        "import threading, time\n"
        "for _ in range(3): threading.Thread(target=lambda: time.sleep(60)).start()",
    ):
        started = time.monotonic()
        execution = sandbox.run(Job(source=source, limits=Limits(wall_s=0.3)))
        assert execution.exceeded in (Exceeded.WALL, Exceeded.CPU), source
        assert time.monotonic() - started < 5 * (8 * 0.3 + 1 + 2)


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
