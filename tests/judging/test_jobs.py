"""What of a test reaches a program, byte for byte."""

import json
from dataclasses import replace

import pytest

from gptcc_cli.errors import ProblemError
from gptcc_cli.judging.jobs import (
    arguments_of,
    assertions_job,
    has_int_keys,
    job_for,
    stdin_bytes,
)
from gptcc_cli.problem import Json
from gptcc_cli.sandbox import Limits
from tests.programs import CALL_PROBLEM, STDIN_PROBLEM

LIMITS = Limits(wall_s=1.0)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("1 2\n", b"1 2\n"),
        ("1 2", b"1 2\n"),
        ("", b""),
        ("\n", b"\n"),
        (("1 2", 3, "x"), b"1 2\n3\nx\n"),
        ((), b""),
        ("1\r\n2", b"1\r\n2\n"),
        ("é", "é\n".encode()),
        ("\ud800", b"\xed\xa0\x80\n"),
    ],
)
def test_standard_input_ends_in_a_line_feed(given: str | tuple[Json, ...], expected: bytes) -> None:
    assert stdin_bytes(given) == expected


def test_a_job_of_standard_input_has_nothing_else() -> None:
    job = job_for("print(1)", STDIN_PROBLEM, "5", LIMITS)
    assert (job.source, job.stdin, job.call, job.assertions) == ("print(1)", b"5\n", None, None)
    assert job.limits is LIMITS


def test_arguments_travel_as_json() -> None:
    given = ([1, {"2": None}], "é\ud800", 10**30, 1.5, True)
    job = job_for("def f(): 0", CALL_PROBLEM, given, LIMITS, int_keys=True)
    assert job.call is not None
    assert json.loads(job.call.arguments_json) == list(given)
    assert (job.call.entry_point, job.call.int_keys, job.stdin) == ("f", True, b"")
    assert job.call.arguments_json.isascii()


def test_a_text_of_arguments_has_one_value_a_line() -> None:
    assert arguments_of('[1, 2]\n\n "a"\nnull', CALL_PROBLEM) == [[1, 2], "a", None]
    assert arguments_of("", CALL_PROBLEM) == []
    with pytest.raises(ProblemError, match="not JSON"):
        arguments_of("x = 1", CALL_PROBLEM)


def test_a_call_needs_a_function_to_call() -> None:
    nameless = replace(CALL_PROBLEM, entry_point=None)
    with pytest.raises(ProblemError, match="names no function"):
        job_for("", nameless, (), LIMITS)
    with pytest.raises(ProblemError, match="names no function"):
        assertions_job("", nameless, "", LIMITS)


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ({"1": 2}, True),
        ({"-1": 2, "20": 3}, True),
        ({"1": 2, "a": 3}, False),
        ({}, False),
        ([[{"a": {"3": 1}}]], True),
        ({"1.5": 2}, False),
        ({"١": 2}, False),
        ("1", False),
        ([], False),
    ],
)
def test_dictionaries_with_integer_keys_are_found_at_any_depth(value: Json, found: bool) -> None:
    assert has_int_keys(value) is found
