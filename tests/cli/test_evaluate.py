import json
from pathlib import Path

import pytest

from tests.cli.conftest import Command
from tests.evaluation.small import COMPLETIONS, write_benchmark, write_completions

QUICK = ("-n", "2", "--max-new-tokens", "8", "--time-limit", "1", "--temperature", "0.8")


@pytest.fixture
def benchmark(tmp_path: Path) -> Path:
    return write_benchmark(tmp_path)


def test_eval_writes_grades_and_reports(
    gptcc: Command, tmp_path: Path, benchmark: Path, tiny_model_dir: Path
) -> None:
    arguments = ("eval", benchmark, "-m", tiny_model_dir, "-o", "run", *QUICK, "--limit", "2")
    done = gptcc(*arguments)
    assert done.returncode == 0, done.stderr
    assert "pass@1" in done.stdout
    assert "generate: 2 of 2 problems" in done.stderr


def test_grade_prints_figures_and_leaves_a_report(
    gptcc: Command, tmp_path: Path, benchmark: Path
) -> None:
    file = write_completions(tmp_path)
    done = gptcc("grade", file, "-b", benchmark, "-o", "run", "-t", "1", "--n-at-k", "1@4")
    assert done.returncode == 0, done.stderr
    assert "pass@1" in done.stdout and "1@4" in done.stdout
    assert "grade: 4 of 4 problems" in done.stderr
    run = tmp_path / "run"
    record = json.loads((run / "report.json").read_text())
    right = sum(verdict == "AC" for _, _, verdict in COMPLETIONS)
    assert record["rows"][0]["figures"]["pass@1"]["value"] == pytest.approx(right / 16)
    assert (run / "problems.csv").read_text().splitlines()[1].startswith("0003,stdin,introductory")
    assert (run / "report.html").stat().st_size > 5000
    assert (run / "plots" / "pass-at-k.svg").read_text().startswith("<svg")


def test_json_is_one_line_with_a_schema(gptcc: Command, tmp_path: Path, benchmark: Path) -> None:
    file = write_completions(tmp_path)
    done = gptcc("grade", file, "-b", benchmark, "-o", "run", "-t", "1", "--json", "-q")
    assert done.stderr == ""
    (line,) = done.stdout.splitlines()
    assert json.loads(line)["schema"] == "gptcc.eval/1"


def test_references_that_fail_are_named(gptcc: Command, tmp_path: Path, benchmark: Path) -> None:
    done = gptcc("grade", "--references", "-b", benchmark, "-o", "run")
    assert (done.returncode, "1.000" in done.stdout or "100.0 %" in done.stdout) == (0, True)
    rows = [json.loads(line) for line in benchmark.read_text().splitlines()]
    rows[0]["solutions"] = '["print(1)"]'
    benchmark.write_text("".join(json.dumps(row) + "\n" for row in rows))
    done = gptcc("grade", "--references", "-b", benchmark, "-o", "other")
    assert done.returncode == 1
    assert "1 problem has a solution that does not pass: 0003" in done.stderr


@pytest.mark.slow
def test_eval_repeats_itself_and_refuses_other_settings(
    gptcc: Command, tmp_path: Path, benchmark: Path, tiny_model_dir: Path
) -> None:
    for run in ("one", "two"):
        done = gptcc("eval", benchmark, "-m", tiny_model_dir, "-o", run, *QUICK)
        assert done.returncode == 0, done.stderr
    for name in ("completions.jsonl", "results.jsonl", "report.json", "report.html"):
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()
    header = json.loads((tmp_path / "one" / "completions.jsonl").read_text().splitlines()[0])
    assert (header["n"], header["max_new_tokens"], header["n_problems"]) == (2, 8, 4)
    again = gptcc("eval", benchmark, "-m", tiny_model_dir, "-o", "one", *QUICK, "--seed", "5")
    assert again.returncode == 2
    assert "made with other settings: seed (seed was 0, now 5)" in again.stderr
    compared = gptcc("eval", "--compare", "one", "two")
    assert {"one", "two"} <= set(compared.stdout.splitlines()[0].split())


@pytest.mark.slow
def test_shards_merge_to_what_one_machine_writes(
    gptcc: Command, tmp_path: Path, benchmark: Path, tiny_model_dir: Path
) -> None:
    arguments = ("eval", benchmark, "-m", tiny_model_dir, *QUICK)
    assert gptcc(*arguments, "-o", "whole").returncode == 0
    for part in ("1/2", "2/2"):
        assert gptcc(*arguments, "-o", "parts", "--shard", part).returncode == 0
    done = gptcc(*arguments, "-o", "parts", "--merge")
    assert done.returncode == 0, done.stderr
    for name in ("completions.jsonl", "results.jsonl", "report.json"):
        whole, merged = (tmp_path / one / name for one in ("whole", "parts"))
        assert whole.read_bytes() == merged.read_bytes()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("eval",), "no benchmark was named"),
        (("eval", "nothing"), "no benchmark 'nothing'"),
        (("eval", "small.jsonl", "-n", "2", "-k", "5"), "k = 5 needs 5 programs"),
        (("eval", "small.jsonl", "-k", "x"), "'x'"),
        (("grade",), "nothing was given to grade"),
        (("grade", "nothing.jsonl"), "'nothing.jsonl'"),
        (("grade", "--references", "-b", "small.jsonl", "--n-at-k", "5@2"), "'5@2'"),
    ],
)
def test_what_cannot_be_meant_is_refused_before_any_work(
    gptcc: Command, benchmark: Path, arguments: tuple[str, ...], message: str
) -> None:
    done = gptcc(*arguments)
    assert done.returncode == 2
    assert message in done.stderr
    assert "hint:" in done.stderr
