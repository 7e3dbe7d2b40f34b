"""Every golden folder: a statement as it may be pasted, and exactly what must be found in it."""

import json
from enum import Enum
from pathlib import Path
from typing import Any

import pytest

from gptcc_cli.problem import SampleTest
from gptcc_cli.statement import read_statement

FOLDERS = sorted((Path(__file__).parents[1] / "golden" / "statements").glob("*/expected.json"))


def _pair(sample: SampleTest) -> list[Any]:
    given = list(sample.input) if isinstance(sample.input, tuple) else sample.input
    return [given, sample.expected]


@pytest.mark.parametrize("path", FOLDERS, ids=lambda path: path.parent.name)
def test_a_golden_statement_is_read_exactly(path: Path) -> None:
    expected = json.loads(path.read_text(encoding="utf-8"))
    text = (path.parent / "statement.txt").read_bytes().decode("utf-8")
    starter = path.parent / "starter_code.py"
    reading = read_statement(
        text,
        id=path.parent.name,
        starter_code=starter.read_text(encoding="utf-8") if starter.exists() else None,
    )
    problem = reading.problem
    assert problem.mode.value == expected["mode"]
    assert [_pair(sample) for sample in problem.samples] == expected["samples"]
    assert [s.suspect for s in problem.samples] == expected.get(
        "suspects", [None] * len(problem.samples)
    )
    assert len(reading.warnings) == expected.get("warnings", 0), reading.warnings
    for name in ("entry_point", "time_limit_s", "memory_limit_bytes"):
        if name in expected:
            assert getattr(problem, name) == expected[name], name
    for name, value in expected.get("answer", {}).items():
        said = getattr(problem.answer, name)
        assert (said.value if isinstance(said, Enum) else said) == value, name
    _spans_point_at_their_text(problem.statement, problem.samples)


def _spans_point_at_their_text(statement: str, samples: tuple[SampleTest, ...]) -> None:
    for sample in samples:
        assert sample.span is not None
        start, end = sample.span
        assert 0 <= start < end <= len(statement)
        if isinstance(sample.input, str) and sample.input:
            first = sample.input.split("\n", 1)[0].split()
            assert first[0].replace("&", "&amp;") in statement or first[0] in statement[start:end]


def test_there_are_golden_folders() -> None:
    assert len(FOLDERS) >= 80
