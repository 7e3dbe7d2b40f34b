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


ASKED = "Pack the pencils.\n\nSample Input\n\n7 2\n\nSample Output\n\n4\n"
CASES = [{"input": "9 3\n", "output": "3\n", "testtype": "stdin"}]
STDIN_ROWS = {
    "open-r1": {
        "id": "9/Z", "title": "Pencils", "description": "Pack them.", "input_format": "n and k.",
        "output_format": "Boxes.", "time_limit": 1.5, "memory_limit": 64.0, "note": None,
        "examples": [{"input": "7 2", "output": "4"}],
        "official_tests": [{"input": "9 3", "output": "3"}],
    },
    "xCodeEval": {
        "description": "Pack them.", "input_spec": "n and k.", "output_spec": "Boxes.",
        "time_limit": "1.5 seconds", "memory_limit": "64 megabytes", "src_uid": "u",
        "sample_inputs": "[\"7 2\"]", "sample_outputs": "[\"4\"]",
    },
    "Polygon": {
        "name": "Pencils", "legend": "Pack them.", "input": "n and k.", "output": "Boxes.",
        "timeLimit": 1500, "memoryLimit": 64 << 20,
        "sampleTests": [{"input": "7 2\n", "output": "4\n"}],
    },
    "Luogu": {
        "pid": "P0", "contenu": {"name": "Pencils", "description": "Pack.", "formatI": "n"},
        "samples": [["7 2", "4"]], "limits": {"time": [1500], "memory": [65536]},
    },
    "DeepCoder": {"problem": ASKED, "tests": json.dumps(CASES)},
    "OpenCodeReasoning": {"input": ASKED, "output": "x", "solution": "x", "dataset": "taco"},
    "SYNTHETIC-1": {
        "prompt": f"Solve the following coding problem using the programming language python:\n\n"
        f"{ASKED}\nNow solve the problem and return the code.",
        "verification_info": json.dumps({"language": "python", "test_cases": CASES}),
    },
    "Eurus": {
        "ability": "code", "prompt": [{"role": "user", "content": ASKED}],
        "reward_model": {"ground_truth": json.dumps({"inputs": ["9 3\n"], "outputs": ["3\n"]})},
    },
    "notebook": {
        "nbformat": 4,
        "cells": [
            {"cell_type": "markdown", "source": ASKED.splitlines(keepends=True)},
            {"cell_type": "code", "source": ["def f(n, k):\n", "    pass\n"]},
        ],
    },
}  # fmt: skip


@pytest.mark.parametrize("row", STDIN_ROWS.values(), ids=STDIN_ROWS)
def test_rows_of_programs_keep_samples_limits_and_hidden_tests(
    tmp_path: Path, row: dict[str, Any]
) -> None:
    source = _read(tmp_path, row)
    problem = understand(source).problem
    assert [(s.input, s.expected) for s in problem.samples] == [("7 2\n", "4\n")]
    assert problem.mode is Mode.STDIN
    assert "9 3" not in problem.statement
    if "timeLimit" in row or "time_limit" in row or "limits" in row:
        assert (problem.time_limit_s, problem.memory_limit_bytes) == (1.5, 64 << 20)
    if any(key in row for key in ("official_tests", "tests", "verification_info", "reward_model")):
        assert [(t.input, t.expected) for t in source.tests] == [("9 3\n", "3\n")]


HEADER = "def boxes(n: int, k: int) -> int:\n"
CALL_ROWS = {
    "LeetCode": {
        "titleSlug": "pencils", "exampleTestcases": "7\n2",
        "content": "<p>Pack.</p><p><strong>Example 1:</strong></p><pre><strong>Input:</strong> "
        "n = 7, k = 2\n<strong>Output:</strong> 4\n</pre>",
        "codeSnippets": [
            {"langSlug": "python3", "code": f"class Solution:\n    {HEADER}        "}
        ],
    },
    "LeetCodeDataset": {
        "problem_description": "Example 1:\n\nInput: n = 7, k = 2\nOutput: 4\n",
        "starter_code": f"class Solution:\n    {HEADER}        ", "prompt": "import math",
        "entry_point": "Solution().boxes",
        "input_output": [{"input": "n = 9, k = 3", "output": "3"}],
    },
    "KodCode": {
        "question": "Write boxes.\n\n>>> boxes(7, 2)\n4\n", "style": "instruct",
        "test": "def test_it():\n    assert boxes(9, 3) == 3\n",
        "test_info": [{"function_name": "boxes", "function_declaration": HEADER}],
    },
    "AceCode": {
        "question": "Write boxes.\n\n>>> boxes(7, 2)\n4\n",
        "test_cases": ["assert boxes(9, 3) == 3"],
    },
    "BigCodeBench": {
        "complete_prompt": f'{HEADER}    """Pack.\n\n    >>> boxes(7, 2)\n    4\n    """\n',
        "instruct_prompt": "x", "entry_point": "boxes", "test": "x",
    },
    "MultiPL-E": {
        "name": "HumanEval_1_boxes", "language": "py", "stop_tokens": ["\ndef"], "tests": "x",
        "prompt": f'{HEADER}    """Pack.\n    >>> boxes(7, 2)\n    4\n    """\n',
    },
}  # fmt: skip


@pytest.mark.parametrize("row", CALL_ROWS.values(), ids=CALL_ROWS)
def test_rows_of_functions_are_calls(tmp_path: Path, row: dict[str, Any]) -> None:
    source = _read(tmp_path, row)
    problem = understand(source).problem
    assert (problem.mode, problem.entry_point) == (Mode.CALL, "boxes")
    assert [(s.input, s.expected) for s in problem.samples] == [((7, 2), 4)]
    assert "<" not in problem.statement
    if "test_cases" in row or "input_output" in row or "test_info" in row:
        assert [(t.input, t.expected) for t in source.tests] == [((9, 3), 3)]


@pytest.mark.parametrize(
    ("row", "form"),
    [
        ({"code": "def f(x): ...", "input": "1", "output": "2"}, "CRUXEval"),
        ({"skeleton": "class A: ...", "class_name": "A"}, "ClassEval"),
        ({"prompt": "x", "entry_point": "f", "task_id": "CPP/0"}, "cpp"),
        ({"name": "x", "language": "lua", "prompt": "x", "stop_tokens": []}, "lua"),
        ({"input": "-", "solution": "", "dataset": "taco"}, "OpenCodeReasoning"),
    ],
)
def test_a_form_that_cannot_be_read_is_refused_by_its_name(
    tmp_path: Path, row: dict[str, Any], form: str
) -> None:
    with pytest.raises(ProblemError, match=form) as refused:
        _read(tmp_path, row)
    assert refused.value.hint


def test_what_a_row_holds_and_is_not_used_is_said(tmp_path: Path) -> None:
    row = {"question": "Write f.", "test_cases": ["assert f(1) == g(2)"]}
    assert "1 of the row's asserts" in understand(_read(tmp_path, row)).warnings[0].message
