"""What ``gptcc check`` costs: warm, cold, and on two cores against one.

    python -m tests.benchmarks.bench_check [PROBLEMS]

Writes a workspace of so many problems (500) and checks it: rounds of one job and two jobs,
interleaved, without the cache; then with it. Processor time of the command is told beside the
clock, because other work on the machine moves the clock alone.
"""

import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parents[2]
ROUNDS = 3


def main() -> None:
    """Measure and print."""
    n = int(sys.argv[1]) if len(sys.argv) > 1 else 500
    with tempfile.TemporaryDirectory() as directory:
        home = Path(directory)
        for number in range(n):
            _write_problem(home / "problems" / f"p{number:03}", number)
        few = ["check", "-q", "--all", "--no-cache"]
        ratios = []
        for _ in range(ROUNDS):
            one, two = (_run(home, *few, "-j", jobs)[0] for jobs in ("1", "2"))
            ratios.append(one / two)
            print(f"cold: {one:.2f} s with one job, {two:.2f} s with two: {one / two:.2f}x")
        print(f"cold, median of {ROUNDS}: {statistics.median(ratios):.2f}x")
        _run(home, "check", "-q", "--all")
        for _ in range(ROUNDS):
            wall_s, cpu_s = _run(home, "check", "-q", "--all")
            print(f"warm, {n} problems: {wall_s:.2f} s, {cpu_s:.2f} s of processor time")
        for _ in range(ROUNDS):
            wall_s, cpu_s = _run(home, "check", "--hook", "problems/p000/solution.py")
            print(f"warm, one solution: {wall_s:.2f} s, {cpu_s:.2f} s of processor time")


def _write_problem(home: Path, number: int) -> None:
    (home / "tests").mkdir(parents=True)
    statement = f"Print a + b + {number}.\n\nExample\n\nInput:\n3 4\nOutput:\n{7 + number}\n"
    (home / "problem.md").write_text(statement)
    (home / "tests" / "more.in").write_text("10 20\n")
    (home / "tests" / "more.out").write_text(f"{30 + number}\n")
    program = f"a, b = map(int, input().split())\nprint(a + b + {number})\n"
    (home / "solution.py").write_text(program)


def _run(home: Path, *arguments: str) -> tuple[float, float]:
    env = {**os.environ, "PYTHONPATH": str(ROOT), "XDG_CACHE_HOME": str(home / "cache")}
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    begun = time.perf_counter()
    subprocess.run(
        [sys.executable, "-m", "gptcc_cli", *arguments],
        cwd=home,
        env=env,
        stdout=subprocess.DEVNULL,
        check=True,
    )
    wall_s = time.perf_counter() - begun
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return wall_s, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


if __name__ == "__main__":
    main()
