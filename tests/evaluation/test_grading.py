import json
import re
from pathlib import Path

import pytest

from gptcc_cli.benchmarks import open_benchmark
from gptcc_cli.benchmarks.records import item_of
from gptcc_cli.errors import ProblemError, UsageError
from gptcc_cli.evaluation import grading
from gptcc_cli.evaluation.completions import ProblemWriter, generate, one_by_one
from gptcc_cli.evaluation.grading import (
    GradeSettings,
    steady,
    with_preamble,
    without_preamble,
)
from gptcc_cli.evaluation.importing import import_completions, import_references
from gptcc_cli.evaluation.report import make_report
from gptcc_cli.evaluation.stages import RESULTS_FILE
from gptcc_cli.extraction import candidate_of
from gptcc_cli.generation import Sampling
from gptcc_cli.judging import Judge, Verdict
from gptcc_cli.options.choices import Preamble
from gptcc_cli.problem import Problem
from gptcc_cli.prompting import Prompt
from tests.benchmark_records.records import APPS_STDIN
from tests.evaluation import killed_run
from tests.evaluation.killed_run import CountingGenerator
from tests.evaluation.small import (
    COMPLETIONS,
    SmallRun,
    grade_run,
    grade_small,
    write_benchmark,
)


def test_every_program_gets_the_verdict_it_must(small_run: SmallRun) -> None:
    wanted = [(problem, verdict) for problem, _, verdict in COMPLETIONS]
    assert [(one["problem"], one["verdict"]) for one in small_run.results] == wanted


def test_results_are_the_same_bytes_with_one_worker_or_several(
    judge: Judge, small_run: SmallRun, tmp_path: Path
) -> None:
    settings = GradeSettings(samples=True)
    other = grade_small(judge, tmp_path / "other", settings, workers=1)
    one, two = ((run.directory / RESULTS_FILE).read_bytes() for run in (small_run, other))
    assert one == two


def test_a_broken_off_grading_goes_on_to_the_same_bytes(
    judge: Judge, small_run: SmallRun, tmp_path: Path
) -> None:
    whole = (small_run.directory / RESULTS_FILE).read_bytes()
    run = tmp_path / "run"
    run.mkdir()
    for size in (0, len(whole) // 3, len(whole) - 5):
        (run / RESULTS_FILE).write_bytes(whole[:size])
        grade_small(judge, run, GradeSettings(samples=True))
        assert (run / RESULTS_FILE).read_bytes() == whole


def test_results_with_other_settings_are_refused(judge: Judge, tmp_path: Path) -> None:
    grade_small(judge, tmp_path)
    with pytest.raises(UsageError, match="other settings: clean"):
        grade_small(judge, tmp_path, GradeSettings(clean=False))


def test_the_samples_of_the_statement_are_judged_apart(small_run: SmallRun) -> None:
    stdin = [one["passes_samples"] for one in small_run.results if one["problem"] == "0003"]
    assert stdin == [True, True, False, True], "print(3) passes the sample alone"
    call = [one["passes_samples"] for one in small_run.results if one["problem"] == "0012"]
    assert call == [None] * 4, "its statement has no sample"


def test_a_wrong_answer_is_shown_with_the_right_one(small_run: SmallRun) -> None:
    wrong = small_run.results[1]
    assert (wrong["expected"], wrong["got"]) == ("-2\n", "3\n")
    assert wrong["detail"].startswith("test 2:")
    assert (wrong["n_passed"], wrong["n_tests"], wrong["cases"]) == (1, 2, "AC WA")


def test_cleaning_can_be_left_out(judge: Judge, small_run: SmallRun, tmp_path: Path) -> None:
    raw = grade_small(judge, tmp_path, GradeSettings(clean=False))
    assert small_run.results[9]["cleaning"] == ["body"]
    assert raw.results[9]["cleaning"] == []


def test_a_prompt_that_is_repeated_is_dropped_unless_programs_are_wanted_raw(
    judge: Judge, tmp_path: Path
) -> None:
    prompt = open_benchmark(str(write_benchmark(tmp_path))).entries[2].load().completes
    texts = (("HumanEval/900", prompt + "    return x / 4\n"),)
    cleaned = grade_small(judge, tmp_path / "cleaned", texts=texts)
    raw = grade_small(judge, tmp_path / "raw", GradeSettings(clean=False), texts=texts)
    assert cleaned.results[0]["cleaning"][0] == "prompt"
    assert (cleaned.results[0]["verdict"], raw.results[0]["verdict"]) == ("AC", "AC")
    assert cleaned.results[0]["candidate"] != raw.results[0]["candidate"]


def test_the_published_comparison_is_recorded_beside_ours(judge: Judge, tmp_path: Path) -> None:
    texts = (("0003", "a, b = map(int, input().split())\nprint(a + b)\nprint(a + b)\n"),)
    run = grade_small(judge, tmp_path, texts=texts)
    assert (run.results[0]["verdict"], run.results[0]["apps_verdict"]) == ("WA", "AC")


def test_the_apps_preamble_is_there_only_when_asked(judge: Judge, tmp_path: Path) -> None:
    texts = (
        ("0003", "print(reduce_me)\n"),
        ("0003", "heappush([], 1)\nprint(sum(map(int, input().split())))\n"),
    )
    without = grade_small(judge, tmp_path / "none", texts=texts)
    settings = GradeSettings(preamble=Preamble.APPS)
    with_it = grade_small(judge, tmp_path / "apps", settings, texts=texts)
    assert [one["verdict"] for one in without.results] == ["RE", "RE"]
    assert [one["verdict"] for one in with_it.results] == ["RE", "AC"]
    assert "line 1:" in without.results[0]["detail"] == with_it.results[0]["detail"]


def test_the_preamble_is_one_line_and_messages_keep_their_numbers() -> None:
    assert with_preamble("x\n", Preamble.APPS).count("\n") == 2
    assert without_preamble("line 3: boom", Preamble.APPS) == "line 2: boom"
    assert without_preamble("line 3: boom", Preamble.NONE) == "line 3: boom"


def test_messages_hold_nothing_that_differs_from_run_to_run() -> None:
    assert steady(Verdict.RE, "<f at 0x7f0012ab>") == "<f at 0x...>"
    assert steady(Verdict.MLE, "used 300 MiB of 256 MiB") == "over 256 MiB"


def test_completions_of_another_benchmark_are_refused(judge: Judge, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="'x/1'"):
        grade_small(judge, tmp_path, texts=(("x/1", "pass"),))


def test_a_problem_without_tests_gets_no_verdict(judge: Judge) -> None:
    item = item_of(APPS_STDIN | {"input_output": ""}, "0003")
    graded = grading.Grader(judge, GradeSettings()).grade(item, candidate_of("print(1)\n"))
    assert graded.verdict == grading.NO_TESTS


def test_a_problem_that_the_model_cannot_read_counts_as_not_solved(
    judge: Judge, tmp_path: Path
) -> None:
    def too_long(problem: Problem) -> tuple[Prompt, ...]:
        raise ProblemError(f"{problem.id} does not fit")

    writer = ProblemWriter(CountingGenerator(), too_long, Sampling(n=2, temperatures=(0.5,)))
    benchmark = open_benchmark(str(write_benchmark(tmp_path)))
    made = {**killed_run.header(benchmark), "n": 2, "split": ""}
    generate(benchmark, tmp_path, header=made, n=2, write_all=one_by_one(writer))
    grade_run(judge, benchmark, tmp_path, GradeSettings())
    report = make_report(tmp_path)
    assert (report.figure("pass@1").value, report.n_without_code) == (0.0, 8)
    assert "4 problems did not fit" in report.notes[0]


def test_references_are_graded_as_they_are(judge: Judge, tmp_path: Path) -> None:
    benchmark = open_benchmark(str(write_benchmark(tmp_path)))
    assert import_references(benchmark, tmp_path) == 4
    grade_run(judge, benchmark, tmp_path, GradeSettings(clean=False))
    assert make_report(tmp_path).figure("pass@1").value == 1.0


@pytest.mark.parametrize("layout", ["bigcode", "apps by id", "apps by position"])
def test_layouts_of_other_harnesses_give_the_same_programs(tmp_path: Path, layout: str) -> None:
    benchmark = open_benchmark(str(write_benchmark(tmp_path)))
    programs = [[f"print({i})\n", "x\n"] for i in range(4)]
    content: object = programs
    if layout != "bigcode":
        keys = [e.id for e in benchmark.entries] if "id" in layout else ["0", "1", "2", "3"]
        content = dict(zip(keys, programs, strict=True))
    (tmp_path / "outside.json").write_text(json.dumps(content))
    assert import_completions(tmp_path / "outside.json", benchmark, tmp_path) == 4
    lines = [json.loads(x) for x in (tmp_path / "completions.jsonl").read_text().splitlines()[1:]]
    assert [(one["problem"], one["index"], one["text"]) for one in lines] == [
        (entry.id, j, programs[i][j]) for i, entry in enumerate(benchmark.entries) for j in (0, 1)
    ]
    assert all(one["prefix"] == "" for one in lines), "these are whole programs"


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.jsonl", '{"task_id": "0003"}\n', "line 1"),
        ("a.jsonl", "oops\n", "line 1"),
        ("a.json", '[["x"]]', "1 problems"),
        ("a.json", '{"9": ["x"]}', "'9'"),
        ("a.json", '{"0003": [1]}', "'0003'"),
        ("a.jsonl", "", "a.jsonl"),
    ],
)
def test_a_file_that_is_no_completions_is_refused(
    tmp_path: Path, name: str, content: str, message: str
) -> None:
    benchmark = open_benchmark(str(write_benchmark(tmp_path)))
    (tmp_path / name).write_text(content)
    with pytest.raises(UsageError, match=message):
        import_completions(tmp_path / name, benchmark, tmp_path)


def test_other_completions_are_not_overwritten(tmp_path: Path) -> None:
    benchmark = open_benchmark(str(write_benchmark(tmp_path)))
    for text, refused in (("x", False), ("x", False), ("y", True)):
        (tmp_path / "a.json").write_text(json.dumps({"0003": [text]}))
        if refused:
            with pytest.raises(UsageError, match=re.escape(repr(str(tmp_path)))):
                import_completions(tmp_path / "a.json", benchmark, tmp_path)
        else:
            assert import_completions(tmp_path / "a.json", benchmark, tmp_path) == 1
