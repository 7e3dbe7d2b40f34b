"""Data are read in every form people have them in, and a test split is not trained on."""

import gzip
import json

import pytest

from gptcc_cli.errors import ProblemError, UsageError
from gptcc_cli.training.gathering import exclusions, gather, split_by_problem, without_excluded
from gptcc_cli.training.problems import TrainingProblem


def write_apps(root, split, number, question="Print n.", solutions=("print(input())\n",), **more):
    directory = root / split / f"{number:04d}"
    directory.mkdir(parents=True)
    (directory / "question.txt").write_text(question, encoding="utf-8")
    (directory / "solutions.json").write_text(json.dumps(solutions), encoding="utf-8")
    for name, text in more.items():
        (directory / name.replace("__", ".")).write_text(text, encoding="utf-8")
    return directory


def test_apps_directory_gives_problems_with_solutions_and_tests(tmp_path):
    write_apps(
        tmp_path,
        "train",
        1,
        starter_code__py="def f(x):\n\t",
        input_output__json=json.dumps({"fn_name": "f", "inputs": [[1]], "outputs": [2]}),
    )
    (one,) = gather([str(tmp_path)], with_tests=True).problems
    assert (one.id, one.split, one.starter_code) == ("0001", "train", "def f(x):\n\t")
    assert one.problem.mode.value == "call"
    assert one.problem.entry_point == "f"
    assert one.tests[0].input == (1,)
    assert one.problem.samples == ()


def test_root_with_both_splits_gives_the_train_split_alone(tmp_path):
    write_apps(tmp_path, "train", 1)
    write_apps(tmp_path, "test", 2, question="Print m.")
    gathered = gather([str(tmp_path)])
    assert [one.split for one in gathered.problems] == ["train"]
    assert (gathered.n_test, gathered.includes_test) == (1, False)


def test_test_split_is_refused_unless_asked_for_and_then_marked(tmp_path):
    write_apps(tmp_path, "test", 2)
    with pytest.raises(UsageError, match="must not be trained on") as caught:
        gather([str(tmp_path / "test")])
    assert "--include-test" in (caught.value.hint or "")
    gathered = gather([str(tmp_path / "test")], include_test=True)
    assert gathered.includes_test
    assert len(gathered.problems) == 1


ROWS = [
    {"problem_id": 3, "question": "Q3", "solutions": '["print(3)"]', "starter_code": ""},
    {"problem_id": 4, "question": "Q4", "solutions": "", "starter_code": ""},
]


def test_json_lines_of_the_hub_copy_are_read(tmp_path):
    path = tmp_path / "train.jsonl"
    path.write_text("\n".join(map(json.dumps, ROWS)), encoding="utf-8")
    first, second = gather([str(path)]).problems
    assert (first.id, first.solutions, first.split) == ("3", ("print(3)",), "train")
    assert second.solutions == ()


def test_compressed_lines_and_parquet_give_the_same_problems(tmp_path):
    pyarrow = pytest.importorskip("pyarrow")
    parquet = pytest.importorskip("pyarrow.parquet")
    packed = tmp_path / "rows.jsonl.gz"
    packed.write_bytes(gzip.compress("\n".join(map(json.dumps, ROWS)).encode()))
    table = tmp_path / "rows.parquet"
    parquet.write_table(pyarrow.Table.from_pylist(ROWS), table)
    one, two = gather([str(packed)]).problems, gather([str(table)]).problems
    assert [(p.id, p.statement, p.solutions) for p in one] == [
        (p.id, p.statement, p.solutions) for p in two
    ]


def test_mbpp_like_columns_are_read(tmp_path):
    path = tmp_path / "mbpp.jsonl"
    row = {"task_id": 602, "text": "Find it.", "code": "def f():\n  return 1", "split": "test"}
    path.write_text(json.dumps(row) + "\n" + json.dumps(row | {"task_id": 1, "split": "train"}))
    (one,) = gather([str(path)]).problems
    assert (one.id, one.statement) == ("1", "Find it.")


def test_wrong_columns_are_named_with_those_that_would_do(tmp_path):
    path = tmp_path / "rows.jsonl"
    path.write_text('{"quest": "Q", "solutions": ["x"]}\n')
    with pytest.raises(ProblemError, match=r"rows.jsonl:1 .*quest, solutions") as e:
        gather([str(path)])
    assert "question" in (e.value.hint or "")
    path.write_text('{"question": "Q", "sol": ["x"]}\n')
    with pytest.raises(ProblemError, match=r"solutions.*question, sol"):
        gather([str(path)])


@pytest.mark.parametrize(
    ("content", "message"), [("{", "not JSON"), ("[1]", "not a JSON object"), ("", "no problems")]
)
def test_broken_files_are_explained(tmp_path, content, message):
    path = tmp_path / "rows.jsonl"
    path.write_text(content)
    with pytest.raises(ProblemError, match=message):
        gather([str(path)])


def test_missing_data_are_explained(tmp_path):
    with pytest.raises(ProblemError, match="nothing"):
        gather([str(tmp_path / "nothing")])
    with pytest.raises(UsageError, match="no data to train on"):
        gather([])


def problems(n):
    return [
        TrainingProblem(id=str(i), statement=f"Statement number {i}", solutions=("x", "y"))
        for i in range(n)
    ]


def test_split_is_by_problem_and_does_not_depend_on_order():
    several = problems(100)
    split = split_by_problem(several, share=0.05, seed=42)
    assert (len(split.train), len(split.validation)) == (95, 5)
    assert not {p.statement for p in split.train} & {p.statement for p in split.validation}
    again = split_by_problem(several[::-1], share=0.05, seed=42)
    assert {p.id for p in again.validation} == {p.id for p in split.validation}
    other = split_by_problem(several, share=0.05, seed=43)
    assert {p.id for p in other.validation} != {p.id for p in split.validation}


def test_equal_statements_stand_on_the_same_side():
    several = problems(40) + [
        TrainingProblem(id=f"copy {i}", statement=f"STATEMENT  number {i}!", solutions=("z",))
        for i in range(40)
    ]
    split = split_by_problem(several, share=0.25, seed=1)
    ids = {p.id for p in split.validation}
    assert len(ids) == 20
    assert all((f"copy {i}" in ids) == (str(i) in ids) for i in range(40))


def test_problems_that_share_a_long_phrase_with_an_excluded_one_are_left_out():
    phrase = "count how many green apples fall from the tall tree when wind comes at night"
    several = [
        TrainingProblem(id="near", statement=f"Please {phrase}. Print it.", solutions=()),
        TrainingProblem(id="far", statement="Count apples that fall from the tree.", solutions=()),
        TrainingProblem(id="same", statement="Add  a and B", solutions=()),
    ]
    kept, dropped = without_excluded(several, [f"Now {phrase} again", "add a AND b."])
    assert [one.id for one in kept] == ["far"]
    assert dropped == ("near", "same")


def test_statements_to_exclude_are_read_from_lines_and_directories(tmp_path):
    write_apps(tmp_path, "train", 1, question="Keep out")
    path = tmp_path / "held.jsonl"
    path.write_text('{"prompt": "def f(): pass"}\n{"statement": "S"}\n')
    assert list(exclusions([str(tmp_path / "train"), str(path)])) == [
        "Keep out",
        "def f(): pass",
        "S",
    ]
