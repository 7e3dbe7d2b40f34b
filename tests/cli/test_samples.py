"""``gptcc samples``: what was found, where, in every format."""

import json
from pathlib import Path

import pytest

from gptcc_cli.sources import read_tests
from tests.cli.conftest import Command

STATEMENT = "Add them.\n\nSample Input\n1 2\n\nSample Output\n3\n"
CALLED = "Double it.\n\n```python\ndouble(2) == 4\n```\n"


def test_text_names_the_lines(gptcc: Command) -> None:
    done = gptcc("samples", "-", stdin=STATEMENT)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("sample 1, lines 4-7\ninput:\n1 2\noutput:\n3\n")


def test_json_has_a_schema(gptcc: Command) -> None:
    row = json.loads(gptcc("samples", "--format", "json", stdin=STATEMENT).stdout)
    assert row["schema"] == "gptcc.samples/1"
    assert (row["id"], row["mode"], row["entry_point"]) == ("stdin", "stdin", None)
    start, end = row["samples"][0]["span"]
    assert STATEMENT[start:end] == "1 2\n\nSample Output\n3"


def test_rows_come_out_one_for_one(gptcc: Command, tmp_path: Path) -> None:
    rows = [
        {"id": "a", "statement": STATEMENT, "starter_code": ""},
        {"id": "b", "statement": CALLED, "starter_code": "def double(n):\n    "},
        {"id": "c", "statement": "Nothing here.", "starter_code": ""},
    ]
    path = tmp_path / "rows.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    done = gptcc("samples", "--jsonl", path)
    assert done.returncode == 0, done.stderr
    found = [json.loads(line) for line in done.stdout.splitlines()]
    assert [set(row) for row in found] == [
        {*("id", "mode", "entry_point", "samples", "warnings"), "found_by", "no_samples"}
        for _ in rows
    ]
    assert found[0]["samples"] == [
        {"input": "1 2\n", "output": "3\n", "span": [24, 44], "suspect": None}
    ]
    assert (found[1]["mode"], found[1]["entry_point"]) == ("call", "double")
    assert [(s["input"], s["output"]) for s in found[1]["samples"]] == [([2], 4)]
    assert found[2]["samples"] == []
    assert gptcc("samples", "--jsonl", stdin=path.read_bytes()).stdout == done.stdout


def test_apps_format_is_an_input_output_json(gptcc: Command, tmp_path: Path) -> None:
    starter = tmp_path / "starter.py"
    starter.write_text("def double(n):\n    ")
    done = gptcc("samples", "--format", "apps", "--starter", starter, stdin=CALLED)
    assert json.loads(done.stdout) == {"fn_name": "double", "inputs": [[2]], "outputs": [4]}


def test_oj_format_writes_files(gptcc: Command, tmp_path: Path) -> None:
    done = gptcc("samples", "--format", "oj", "--output", "tests", stdin=STATEMENT)
    assert done.returncode == 0, done.stderr
    (test,) = read_tests(tmp_path / "tests")
    assert (test.name, test.input, test.expected) == ("sample-1", "1 2\n", "3\n")


def test_no_samples_is_exit_code_3(gptcc: Command) -> None:
    done = gptcc("samples", stdin="Nothing here.\n")
    assert (done.returncode, done.stdout) == (3, "")
    assert "no samples found" in done.stderr


def test_what_was_left_out_is_said_with_its_line(gptcc: Command) -> None:
    done = gptcc("samples", stdin="Sample Input\n1\n")
    assert "stdin:1: A sample input has no output" in done.stderr


@pytest.mark.parametrize("arguments", [("--format", "oj"), ("--output", "x")])
def test_oj_and_output_go_together(gptcc: Command, arguments: tuple[str, str]) -> None:
    done = gptcc("samples", *arguments, stdin=STATEMENT)
    assert done.returncode == 2
    assert "--format oj" in done.stderr


def test_samples_need_no_torch(gptcc: Command, tmp_path: Path) -> None:
    (tmp_path / "torch.py").write_text("raise SystemExit('torch was imported')")
    env = {"PYTHONPATH": f"{tmp_path}:{Path(__file__).parents[2]}"}
    assert gptcc("samples", stdin=STATEMENT, env=env).returncode == 0
