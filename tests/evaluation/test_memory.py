import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.benchmark_records.records import APPS_STDIN

ROOT = Path(__file__).parents[2]
_RUN = """
import resource, sys
from pathlib import Path
from gptcc_cli.benchmarks import open_benchmark
from gptcc_cli.console.report_files import write_report_files
from gptcc_cli.evaluation.report import make_report
from gptcc_cli.evaluation.grading import GradeSettings
from gptcc_cli.evaluation.importing import import_completions
from gptcc_cli.judging import Judge
from gptcc_cli.sandbox import open_sandbox
from tests.evaluation.small import grade_run

directory = Path(sys.argv[1])
benchmark = open_benchmark(str(directory / "problems.jsonl"))
import_completions(directory / "in.jsonl", benchmark, directory)
with open_sandbox(workers=2) as sandbox, Judge(sandbox) as judge:
    grade_run(judge, benchmark, directory, GradeSettings())
write_report_files(make_report(directory), benchmark, directory)
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10)
"""


def _peak_mib(directory: Path, each: int) -> int:
    """Grade ``each`` programs of a hundred problems in a process; one of each problem runs."""
    directory.mkdir()
    problems = [f"{i:04d}" for i in range(100)]
    with (directory / "problems.jsonl").open("w") as file:
        for i in range(len(problems)):
            file.write(json.dumps(APPS_STDIN | {"problem_id": i}) + "\n")
    with (directory / "in.jsonl").open("w") as file:
        for id_ in problems:
            for i in range(each):
                text = f"print({i})\n" if i == 0 else f"print({i}, '{'x' * 2000}')) # no program\n"
                file.write(json.dumps({"task_id": id_, "completion": text}) + "\n")
    done = subprocess.run(
        [sys.executable, "-c", _RUN, str(directory)],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=True,
    )
    return int(done.stdout)


@pytest.mark.slow
def test_a_hundred_times_the_programs_take_no_more_memory(tmp_path: Path) -> None:
    few, many = _peak_mib(tmp_path / "few", 1), _peak_mib(tmp_path / "many", 100)
    assert many - few < 60, (few, many)
