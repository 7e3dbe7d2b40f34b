"""What ``gptcc check`` costs: warm, cold, and on two cores against one.

    python -m tests.benchmarks.bench_check [PROBLEMS]

Writes a workspace of so many problems (500) and checks it, without the cache: on one core, on
two with one job, on two with two jobs, in interleaved rounds; then with the cache. Processor time
of the command is told beside the clock, because other work on the machine moves the clock alone.
Python may keep compiled modules, as it does wherever gptcc is installed.
"""

import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).parents[2]
ROUNDS = 5


def main() -> None:
    """Measure and print."""
    n = int(sys.argv[1]) if len(sys.argv) > 1 else 500
    with tempfile.TemporaryDirectory() as directory:
        home = Path(directory)
        for number in range(n):
            _write_problem(home / "problems" / f"p{number:03}", number)
        _print_cold(home)
        _run(home, "check", "-q", "--all")
        for _ in range(ROUNDS):
            wall_s, cpu_s = _run(home, "check", "-q", "--all")
            print(f"warm, {n} problems: {wall_s:.2f} s, {cpu_s:.2f} s of processor time")
        for _ in range(ROUNDS):
            wall_s, cpu_s = _run(home, "check", "--hook", "problems/p000/solution.py")
            print(f"warm, one solution: {wall_s:.2f} s, {cpu_s:.2f} s of processor time")


def _print_cold(home: Path) -> None:
    all_ = ["check", "-q", "--all", "--no-cache"]
    cores = sorted(os.sched_getaffinity(0))[:2]
    by_cores, by_jobs = [], []
    for number in range(ROUNDS + 1):
        core, job, both = (
            _run(home, *all_, "-j", jobs, cores=used)[0]
            for jobs, used in (("1", cores[:1]), ("1", cores), ("2", cores))
        )
        if number == 0:
            continue
        by_cores.append(core / both)
        by_jobs.append(job / both)
        print(f"cold: {core:.2f} s on one core, {job:.2f} s on two by one job, {both:.2f} s by two")
    print(
        f"cold, median of {ROUNDS}: two cores {statistics.median(by_cores):.2f}x one, "
        f"two jobs {statistics.median(by_jobs):.2f}x one"
    )


def _write_problem(home: Path, number: int) -> None:
    (home / "tests").mkdir(parents=True)
    statement = f"Print a + b + {number}.\n\nExample\n\nInput:\n3 4\nOutput:\n{7 + number}\n"
    (home / "problem.md").write_text(statement)
    (home / "tests" / "more.in").write_text("10 20\n")
    (home / "tests" / "more.out").write_text(f"{30 + number}\n")
    program = f"a, b = map(int, input().split())\nprint(a + b + {number})\n"
    (home / "solution.py").write_text(program)


def _run(home: Path, *arguments: str, cores: Sequence[int] = ()) -> tuple[float, float]:
    env = {**os.environ, "PYTHONPATH": str(ROOT), "XDG_CACHE_HOME": str(home / "cache")}
    env.pop("GPTCC_CACHE", None)
    env.pop("PYTHONDONTWRITEBYTECODE", None)
    allowed = os.sched_getaffinity(0)
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    begun = time.perf_counter()
    os.sched_setaffinity(0, cores or allowed)
    try:
        subprocess.run(
            [sys.executable, "-m", "gptcc_cli", *arguments],
            cwd=home,
            env=env,
            stdout=subprocess.DEVNULL,
            check=True,
        )
    finally:
        os.sched_setaffinity(0, allowed)
    wall_s = time.perf_counter() - begun
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return wall_s, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


if __name__ == "__main__":
    main()
