"""Rows of data sets and of the browser extension become sources; nothing hidden becomes public."""

import json
from pathlib import Path
from typing import Any

import pytest

from gptcc_cli.errors import ProblemError
from gptcc_cli.problem import Mode
from gptcc_cli.reading import understand
from gptcc_cli.sources import Source, read_sources


def _read(tmp_path: Path, row: dict[str, Any]) -> Source:
    path = tmp_path / "row.json"
    path.write_text(json.dumps(row))
    (source,) = read_sources(path)
    return source


def test_plain_row(tmp_path: Path) -> None:
    row = {"id": 7, "statement": "Double it.", "starter_code": "def double(n):\n    "}
    source = _read(tmp_path, row)
    assert (source.id, source.statement, source.tests) == ("7", "Double it.", ())
    assert understand(source).problem.entry_point == "double"


def test_apps_row_keeps_its_tests_hidden(tmp_path: Path) -> None:
    tests = json.dumps({"fn_name": "double", "inputs": [[2]], "outputs": [4]})
    row = {"problem_id": 3, "question": "Double it.", "input_output": tests, "difficulty": "easy"}
    source = _read(tmp_path, row)
    assert (source.id, source.entry_point, source.difficulty) == ("3", "double", "easy")
    assert source.samples is None
    assert source.tests[0].input == (2,)


def test_apps_row_without_tests_is_read(tmp_path: Path) -> None:
    assert _read(tmp_path, {"question": "Sum.", "input_output": ""}).tests == ()


def test_code_contests_row_has_public_samples_and_hidden_tests(tmp_path: Path) -> None:
    row = {
        "name": "1_A",
        "description": "Print the sum.",
        "public_tests": {"input": ["1 2\n"], "output": ["3\n"]},
        "private_tests": {"input": ["5 5\n"], "output": ["10\n"]},
        "generated_tests": {"input": [], "output": []},
        "time_limit": {"seconds": 2, "nanos": 500000000},
        "memory_limit_bytes": 256000000,
    }
    source = _read(tmp_path, row)
    problem = understand(source).problem
    assert [(s.input, s.expected) for s in problem.samples] == [("1 2\n", "3\n")]
    assert [(t.input, t.expected) for t in source.tests] == [("5 5\n", "10\n")]
    assert (problem.time_limit_s, problem.memory_limit_bytes) == (2.5, 256000000)


def test_live_code_bench_row_of_a_function(tmp_path: Path) -> None:
    cases = [{"input": "[1, 2]\n3", "output": "true", "testtype": "functional"}]
    row = {
        "question_content": "Say whether it is there.",
        "question_id": "q1",
        "starter_code": "class Solution:\n    def isThere(self, a: List[int], k: int) -> bool:\n",
        "public_test_cases": json.dumps(cases),
        "metadata": json.dumps({"func_name": "isThere"}),
    }
    problem = understand(_read(tmp_path, row)).problem
    assert (problem.mode, problem.entry_point) == (Mode.CALL, "isThere")
    assert [(s.input, s.expected) for s in problem.samples] == [(([1, 2], 3), True)]


def test_human_eval_row(tmp_path: Path) -> None:
    prompt = 'def half(n: int) -> int:\n    """ Halve n.\n    >>> half(4)\n    2\n    """\n'
    row = {"task_id": "X/1", "prompt": prompt, "entry_point": "half", "test": "secret"}
    problem = understand(_read(tmp_path, row)).problem
    assert (problem.entry_point, problem.starter_code) == ("half", prompt)
    assert [(s.input, s.expected) for s in problem.samples] == [((4,), 2)]


def test_mbpp_row_shows_its_asserts(tmp_path: Path) -> None:
    row = {"task_id": 2, "text": "Write a function to halve.", "test_list": ["assert half(4) == 2"]}
    problem = understand(_read(tmp_path, row)).problem
    assert (problem.entry_point, problem.samples[0].input) == ("half", (4,))


def test_json_lines_give_one_source_a_row(tmp_path: Path) -> None:
    path = tmp_path / "rows.jsonl"
    path.write_text('{"statement": "a"}\n\n{"statement": "b", "id": "z"}\n')
    assert [source.id for source in read_sources(path)] == ["rows-1", "z"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('{"statement": "a"}\n{"statement": ', "line 2, is not JSON"),
        ('{"colour": "red"}', "it has colour"),
        ("[]", "holds no problem"),
        ("[1]", "row 1 is not an object"),
        ('{"a":' + "[" * 100_000, "nested too deeply"),
    ],
)
def test_json_of_no_problem_is_refused(tmp_path: Path, text: str, words: str) -> None:
    path = tmp_path / "rows.json"
    path.write_text(text)
    with pytest.raises(ProblemError, match=words) as refused:
        read_sources(path)
    assert refused.value.hint


def test_a_companion_problem_tells_limits_and_samples(tmp_path: Path) -> None:
    row = {
        "name": "A. Two Sums",
        "group": "Round 1",
        "url": "https://judge.example/a",
        "timeLimit": 1500,
        "memoryLimit": 256,
        "tests": [{"input": "1 2\r\n", "output": "3\n"}],
    }
    problem = understand(_read(tmp_path, row)).problem
    assert (problem.id, problem.url) == ("a-two-sums", "https://judge.example/a")
    assert (problem.time_limit_s, problem.memory_limit_bytes) == (1.5, 256 << 20)
    assert [(s.input, s.expected) for s in problem.samples] == [("1 2\n", "3\n")]


@pytest.mark.parametrize("title", ["../../etc/passwd", "a/b", "..", "C:\\x", "\x00", "...", ""])
def test_no_title_leads_out_of_the_directory(tmp_path: Path, title: str) -> None:
    source = _read(tmp_path, {"name": title, "url": "https://judge.example", "tests": []})
    assert source.id
    assert not set(source.id) & set("./\\:\x00")
