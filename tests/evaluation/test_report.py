import json
from pathlib import Path
from typing import Any

import pytest

from gptcc_cli.console.charts import charts, svg
from gptcc_cli.console.evaluation import comparison_text, report_record, report_text
from gptcc_cli.console.report_files import problems_csv, report_page
from gptcc_cli.errors import UsageError
from gptcc_cli.evaluation import grading
from gptcc_cli.evaluation.contamination import contamination
from gptcc_cli.evaluation.report import compare, make_report
from gptcc_cli.evaluation.stages import RESULTS_FILE, Shard, line_of, merge
from gptcc_cli.judging import Judge
from gptcc_cli.metrics import FilteredCounts, n_at_k
from gptcc_cli.models.training_record import TRAINING_RECORD
from gptcc_cli.options.choices import Checker
from tests.evaluation.small import JUDGING, SmallRun, grade_small


def write_results(directory: Path, rows: list[tuple[str, str]], **header: Any) -> Path:
    """Write results by hand: problem and verdict; those of a problem stand together."""
    directory.mkdir(exist_ok=True)
    made = {"benchmark": "apps", "split": "test", "n_problems": len({p for p, _ in rows})}
    made |= header.pop("completions", {})
    first = {"samples": False, "stop_at_first_failure": False, "tests_sha256": "1", **JUDGING}
    first |= {"schema": grading.SCHEMA, "clean": True, "preamble": "none", **header}
    lines = [line_of({**first, "completions": made})]
    counts: dict[str, int] = {}
    for problem, verdict in rows:
        index = counts[problem] = counts.get(problem, -1) + 1
        passed = 2 if verdict == "AC" else 1 if verdict == "WA" else 0
        lines.append(
            line_of(
                {
                    "problem": problem,
                    "index": index,
                    "kind": "stdin",
                    "difficulty": "interview" if problem < "p2" else "competition",
                    "origin": None,
                    "candidate": "0",
                    "verdict": verdict,
                    "detail": "",
                    "n_passed": passed,
                    "n_tests": 2,
                    "cases": "",
                    "apps_verdict": verdict,
                    "apps_passed": passed,
                    "passes_samples": None,
                    "expected": "",
                    "got": "",
                    "has_code": True,
                    "compiles": verdict != "CE",
                    "cleaning": [],
                }
            )
        )
    (directory / RESULTS_FILE).write_bytes(b"".join(lines))
    return directory


ROWS = [("p1", "AC"), ("p1", "WA"), ("p2", "CE"), ("p2", "CE"), ("p3", "AC"), ("p3", "AC")]


def test_figures_are_means_over_problems_not_of_rows(tmp_path: Path) -> None:
    report = make_report(write_results(tmp_path, ROWS))
    assert report.figure("pass@1").value == pytest.approx((0.5 + 0 + 1) / 3)
    assert report.figure("pass@2").value == pytest.approx(2 / 3)
    assert report.figure("test cases").value == pytest.approx((0.75 + 0 + 1) / 3)
    assert [(row.name, row.n_problems) for row in report.rows] == [
        ("all", 3), ("interview", 1), ("competition", 2)
    ]  # fmt: skip
    assert report.verdicts == (("AC", 3), ("CE", 2), ("WA", 1))


def test_k_beyond_the_samples_is_refused_when_asked_for_and_left_out_when_not(
    tmp_path: Path,
) -> None:
    write_results(tmp_path, ROWS)
    assert make_report(tmp_path).ks == (1, 2)
    with pytest.raises(UsageError, match="pass@5 is not defined: a problem has 2 samples"):
        make_report(tmp_path, ks=(1, 5))


def test_the_largest_k_there_is_is_shown(tmp_path: Path) -> None:
    assert make_report(write_results(tmp_path, [("p1", "AC")] * 7)).ks == (1, 2, 5, 7)


def test_judge_errors_count_neither_way_and_are_said(tmp_path: Path) -> None:
    rows = [("p1", "AC"), ("p1", "IE"), ("p2", "WA"), ("p2", "WA"), ("p3", "IE"), ("p3", "IE")]
    report = make_report(write_results(tmp_path, rows))
    assert report.figure("pass@1").value == 0.5
    assert (report.n_errors, report.ks) == (3, (1,))
    assert "the judge failed on 3 of 6 programs" in " ".join(report.notes)
    assert "1 problems were never judged" in " ".join(report.notes)


def test_problems_without_tests_are_not_counted_and_are_said(tmp_path: Path) -> None:
    rows = [("p1", "AC"), ("p2", grading.NO_TESTS), ("p3", "WA")]
    report = make_report(write_results(tmp_path, rows))
    assert (report.figure("pass@1").value, report.n_programs) == (0.5, 2)
    assert report.notes == ("1 problems have no tests and are not counted",)
    assert grading.NO_TESTS not in dict(report.verdicts)


def test_missing_problems_are_said(tmp_path: Path) -> None:
    report = make_report(write_results(tmp_path, ROWS, completions={"n_problems": 9}))
    assert "3 of 9 problems have completions" in report.notes[0]


def test_n_at_k_uses_the_statements_samples(small_run: SmallRun) -> None:
    report = make_report(small_run.directory, n_at_ks=((1, 4),))
    right_of_passing = [(2, 3), (1, 4), None, (2, 4)]
    score = report.scores[0]
    assert score.filtered == FilteredCounts(n=4, passing=3, right=2)
    assert n_at_k(score.filtered, 1, 4) == pytest.approx(2 / 3)
    assert report.figure("1@4").n_problems == len(right_of_passing)
    assert "programs pass the statements' samples" in " ".join(report.notes)


def test_n_at_k_without_samples_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="1@2 needs the statements' samples"):
        make_report(write_results(tmp_path, ROWS), n_at_ks=((1, 2),))


def test_the_published_checker_gives_its_own_figures(judge: Judge, tmp_path: Path) -> None:
    texts = (
        ("0003", "print(3, 3)\nprint(-2)\n"),
        ("0003", "a = sum(map(int, input().split()))\nprint(a, a)\n"),
    )
    run = grade_small(judge, tmp_path, texts=texts)
    ours, theirs = (make_report(run.directory, checker=checker) for checker in Checker)
    assert (ours.figure("pass@1").value, theirs.figure("pass@1").value) == (0.0, 0.5)
    assert (ours.difference.only_apps, ours.difference.problems) == (1, ("0003",))


@pytest.mark.parametrize(
    ("model", "benchmark", "split", "labelled"),
    [
        ("flax-community/gpt-neo-125M-apps-all", "apps", "test", True),
        ("flax-community/gpt-neo-125M-apps-all-2", "apps", "test", True),
        ("flax-community/gpt-neo-125M-apps", "apps", "test", False),
        ("flax-community/gpt-neo-125M-apps", "apps", "train", True),
        ("./gpt-neo-125M-apps-all/", "apps", "test", True),
        ("flax-community/gpt-neo-125M-apps-all", "humaneval", "test", False),
        ("EleutherAI/gpt-neo-125M", "apps", "test", False),
    ],
)
def test_models_that_saw_the_problems_are_known_by_name(
    model: str, benchmark: str, split: str, labelled: bool
) -> None:
    assert (contamination(model, (), benchmark, split) is not None) is labelled


@pytest.mark.parametrize(
    ("data", "split", "labelled"),
    [
        ({"places": ["apps"], "includes_test_split": True}, "test", True),
        ({"places": ["apps"], "includes_test_split": False}, "test", False),
        ({"places": ["apps"], "includes_test_split": False}, "train", True),
        ({"places": ["test"]}, "test", True),
        ({"places": ["mine.jsonl"]}, "train", False),
    ],
)
def test_a_training_record_tells_what_a_checkpoint_has_seen(
    tmp_path: Path, data: dict[str, Any], split: str, labelled: bool
) -> None:
    (tmp_path / TRAINING_RECORD).write_text(
        json.dumps({"schema": "gptcc.training/1", "data": data})
    )
    why = contamination("mine", [tmp_path], "apps", split)
    assert (why is not None) is labelled
    assert why is None or f"the {split} split of apps" in why


@pytest.mark.parametrize(
    ("record", "said"),
    [
        ({"base_model": "flax-community/gpt-neo-125M-apps-all"}, "made from flax-community"),
        ({"inherited": [{"places": ["test"]}]}, "the test split of apps"),
        ({"inherited": [{"places": ["x"], "includes_test_split": True}]}, "the test split of apps"),
        ({"base_model": "EleutherAI/gpt-neo-125M"}, None),
        ({"base_model": 7, "inherited": "?", "data": []}, None),
    ],
)
def test_what_its_base_has_seen_an_adapter_has_seen_too(
    tmp_path: Path, record: dict[str, Any], said: str | None
) -> None:
    base, adapter = tmp_path / "base", tmp_path / "adapter"
    base.mkdir()
    adapter.mkdir()
    whole = {"data": {"places": ["mine.jsonl"]}} | record
    (adapter / TRAINING_RECORD).write_text(json.dumps(whole))
    why = contamination("mine", [base, adapter], "apps", "test")
    assert (why is None) if said is None else (why is not None and said in why)


def test_a_contaminated_score_carries_the_label(tmp_path: Path) -> None:
    made = {"model": "owner/gpt-neo-125M-apps-all", "generator": "g"}
    report = make_report(write_results(tmp_path, ROWS, completions=made))
    why = report.contamination
    assert why is not None
    assert f"CONTAMINATED: {why}" in report_text(report)
    assert report_record(report)["contamination"] == why
    assert problems_csv(report).count(why) == 3
    assert "Contaminated" in "".join(report_page(report, []))
    assert all("contaminated" in svg(one, name="n") for one in charts(report).values())
    compared = comparison_text(compare(report, report), "a", "b")
    assert compared.count(why) == 2


def test_two_runs_are_compared_problem_by_problem(tmp_path: Path) -> None:
    first = make_report(write_results(tmp_path / "a", ROWS))
    changed = [("p1", "AC"), ("p1", "AC"), ("p2", "AC"), ("p2", "CE"), ("p3", "AC"), ("p3", "AC")]
    second = make_report(write_results(tmp_path / "b", changed, time_limit_s=9.0))
    comparison = compare(first, second)
    name, difference = comparison.differences[0]
    assert (name, difference.value) == ("pass@1", pytest.approx(1 / 3))
    assert (difference.better, difference.worse) == (2, 0)
    assert {change.problem for change in comparison.changes} == {"p1", "p2"}
    assert comparison.settings == (("time_limit_s", 1.0, 9.0),)


def test_runs_graded_by_other_tests_are_not_compared(tmp_path: Path) -> None:
    first = make_report(write_results(tmp_path / "a", ROWS))
    second = make_report(write_results(tmp_path / "b", ROWS, tests_sha256="2"))
    with pytest.raises(UsageError, match="different tests"):
        compare(first, second)
    other = make_report(write_results(tmp_path / "c", [("q1", "AC"), ("q1", "AC")]))
    with pytest.raises(UsageError, match="no problem in common"):
        compare(first, other)


def _sharded(directory: Path, n: int) -> bytes:
    """Write whole completions and the shards of them; return the whole file."""
    header = {"schema": "gptcc.run-completions", "n_problems": 7, "seed": 1, "shard": None}
    units = [
        b"".join(line_of({"problem": f"p{i}", "index": j, "text": "x" * i}) for j in range(2))
        for i in range(7)
    ]
    for i in range(n):
        part = directory / f"shard-{i + 1}-of-{n}"
        part.mkdir()
        mine = line_of(header | {"shard": f"{i + 1}/{n}"})
        (part / "completions.jsonl").write_bytes(mine + b"".join(units[i::n]))
    return line_of(header) + b"".join(units)


@pytest.mark.parametrize("n", [1, 2, 3, 7])
def test_shards_merge_to_the_file_of_one_machine(tmp_path: Path, n: int) -> None:
    whole = _sharded(tmp_path, n)
    merge(tmp_path)
    assert (tmp_path / "completions.jsonl").read_bytes() == whole
    merge(tmp_path)
    assert (tmp_path / "completions.jsonl").read_bytes() == whole


def test_shards_that_do_not_fit_are_refused(tmp_path: Path) -> None:
    _sharded(tmp_path, 3)
    third = tmp_path / "shard-3-of-3" / "completions.jsonl"
    content = third.read_bytes()
    third.write_bytes(content.replace(b'"seed":1', b'"seed":2'))
    with pytest.raises(UsageError, match=r"other settings than .*: seed"):
        merge(tmp_path)
    third.write_bytes(b"".join(content.splitlines(keepends=True)[:-2]))
    with pytest.raises(UsageError, match="has 1 of its 2 problems"):
        merge(tmp_path)
    third.unlink()
    with pytest.raises(UsageError, match="lacks shard-3-of-3"):
        merge(tmp_path)


@pytest.mark.parametrize("text", ["0/3", "4/3", "a/b", "1"])
def test_a_shard_that_is_no_part_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match=f"'{text}'") as caught:
        Shard.parse(text)
    assert caught.value.hint
