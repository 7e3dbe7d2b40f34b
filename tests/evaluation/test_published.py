"""The published completions of the model whose card gptcc began as, and real references."""

from pathlib import Path

import pytest

from gptcc_cli.benchmarks import open_benchmark
from gptcc_cli.evaluation.grading import GradeSettings
from gptcc_cli.evaluation.importing import import_completions, import_references
from gptcc_cli.evaluation.report import EvalReport, make_report
from gptcc_cli.judging import Judge
from gptcc_cli.sandbox import open_sandbox
from tests.evaluation.small import grade_run

pytestmark = pytest.mark.slow


def _graded(directory: Path, where: str, *, completions: Path | None, clean: bool) -> EvalReport:
    benchmark = open_benchmark(where)
    if completions is None:
        import_references(benchmark, directory)
    else:
        import_completions(completions, benchmark, directory)
    with open_sandbox(workers=2) as sandbox, Judge(sandbox) as judge:
        grade_run(judge, benchmark, directory, GradeSettings(clean=clean))
    return make_report(directory)


def test_the_published_completions_score_as_published(shared: Path, tmp_path: Path) -> None:
    samples = shared / "data/seed-model-samples/human_eval.jsonl"
    where = str(shared / "data/HumanEval.jsonl.gz")
    report = _graded(tmp_path, where, completions=samples, clean=False)
    assert dict(report.verdicts)["AC"] == 1
    assert report.n_programs == 1640
    one = report.figure("pass@1")
    assert one.value == pytest.approx(1 / 1640)
    assert (one.low, one.high) == (0.0, pytest.approx(3 / 1640))


def test_cleaned_completions_score_what_cleaning_should_give(shared: Path, tmp_path: Path) -> None:
    samples = shared / "data/seed-model-samples/human_eval.jsonl"
    where = str(shared / "data/HumanEval.jsonl.gz")
    report = _graded(tmp_path, where, completions=samples, clean=True)
    assert dict(report.verdicts)["AC"] >= 13
    assert report.figure("pass@10").value >= 4 / 164
    assert report.n_errors == 0


def test_every_humaneval_solution_passes(shared: Path, tmp_path: Path) -> None:
    where = str(shared / "data/HumanEval.jsonl.gz")
    report = _graded(tmp_path, where, completions=None, clean=False)
    assert [score.problem for score in report.scores if score.right < score.n] == []
    assert len(report.scores) == 164


def test_the_human_apps_solutions_at_hand_pass(shared: Path, tmp_path: Path) -> None:
    report = _graded(tmp_path, str(shared / "data/apps"), completions=None, clean=False)
    verdicts = dict(report.verdicts)
    # Three were written for a harness that runs programs inside a function: "return" at the top.
    assert verdicts["CE"] == 3
    assert set(verdicts) <= {"AC", "CE", "TLE"}
    assert verdicts["AC"] >= 100
