import json
from typing import Any

import pytest

from gptcc_cli.benchmarks import BenchmarkKind
from gptcc_cli.benchmarks.records import id_of, item_of
from gptcc_cli.errors import ProblemError
from tests.benchmark_records.records import APPS_CALL, APPS_STDIN, HUMANEVAL, MBPP


def test_apps_programs_meet_their_tests_on_standard_input() -> None:
    item = item_of(APPS_STDIN, "0003")
    assert item.kind is BenchmarkKind.STDIN
    assert [(test.input, test.expected) for test in item.tests] == [
        ("1 2\n", "3\n"),
        ("5 -7\n", "-2\n"),
    ]
    assert [sample.expected for sample in item.problem.samples] == ["3\n"]
    assert item.problem.difficulty == "introductory"
    assert item.references[0].startswith("a, b")


def test_apps_functions_are_called_and_the_hubs_extra_newline_is_taken_off() -> None:
    item = item_of(APPS_CALL, "0012")
    assert (item.kind, item.problem.entry_point) == (BenchmarkKind.CALL, "double")
    assert item.problem.starter_code == "def double(x):\n\t"
    assert [(test.input, test.expected) for test in item.tests] == [((1,), 2), ((4,), 8)]


def test_hidden_tests_never_ride_on_the_problem() -> None:
    problem = item_of(APPS_STDIN, "0003").problem
    assert "-7" not in repr(problem)
    assert "half(4)" not in repr(item_of(HUMANEVAL, "HumanEval/900").problem)


def test_a_humaneval_check_knows_what_the_prompt_defines_beside_the_function() -> None:
    item = item_of(HUMANEVAL, "HumanEval/900")
    names: dict[str, Any] = {}
    exec(item.check_source or "", names)  # noqa: S102
    exec(item.references[0], reference := {})  # noqa: S102
    names["check"](reference["quarter"])
    with pytest.raises(AssertionError):
        names["check"](lambda x: x)
    assert item.completes == HUMANEVAL["prompt"]


def test_mbpp_assertions_check_whatever_function_they_are_given() -> None:
    item = item_of(MBPP, "MBPP/77")
    assert item.problem.entry_point == "add_one"
    names: dict[str, Any] = {}
    exec(item.check_source or "", names)  # noqa: S102
    names["check"](lambda x: x + 1)
    with pytest.raises(AssertionError):
        names["check"](lambda x: x)


def test_the_mbpp_statement_shows_its_assertions_as_the_paper_does() -> None:
    assert "assert add_one(1) == 2" in item_of(MBPP, "MBPP/77").problem.statement


@pytest.mark.parametrize(
    ("record", "id_"),
    [(APPS_STDIN, "0003"), (HUMANEVAL, "HumanEval/900"), (MBPP, "MBPP/77"), ({"id": "x"}, "x")],
)
def test_ids_are_the_benchmarks_own(record: dict[str, Any], id_: str) -> None:
    assert id_of(record, 0) == id_


@pytest.mark.parametrize(
    ("record", "message"),
    [
        ({"text": "?"}, "fields of no known benchmark: text"),
        (APPS_STDIN | {"input_output": "{"}, "input_output that is not JSON"),
        (MBPP | {"test_list": ["assert ("]}, "does not parse"),
        (APPS_STDIN | {"input_output": json.dumps({"inputs": ["1"], "outputs": []})}, "1 inputs"),
    ],
)
def test_a_record_that_cannot_be_meant_is_refused(record: dict[str, Any], message: str) -> None:
    with pytest.raises(ProblemError, match=message):
        item_of(record, "p")


def test_an_apps_problem_without_tests_is_not_gradable() -> None:
    assert not item_of(APPS_STDIN | {"input_output": ""}, "0003").gradable
