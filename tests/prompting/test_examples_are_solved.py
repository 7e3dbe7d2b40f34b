"""The examples that ship: each program solves the sample that its own problem shows."""

import ast
import contextlib
import io
import json
import tomllib
from pathlib import Path
from typing import Any

import pytest

FILE = Path(__file__).parents[2] / "prompts" / "examples.toml"
EXAMPLES = tomllib.loads(FILE.read_text(encoding="utf-8"))


def run_example(example: dict[str, Any]) -> str:
    """Run a program that we wrote ourselves, on its own sample."""
    lines = iter(example["input"].split("\n"))
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        exec(example["program"], {"input": lambda: next(lines)})  # noqa: S102 - our own text
    return out.getvalue().strip()


@pytest.mark.parametrize("example", EXAMPLES["stdin"]["examples"], ids=lambda e: e["input"])
def test_a_standard_input_example_prints_what_its_problem_shows(example: dict[str, Any]) -> None:
    output = run_example(example)
    assert output
    problem = example["problem"].strip()
    assert example["input"] in problem
    assert problem.endswith("\n" + output)
    if "output" in example:
        assert example["output"] == output


@pytest.mark.parametrize("example", EXAMPLES["call"]["examples"], ids=lambda e: e["starter"])
def test_a_call_based_example_parses_and_takes_what_its_problem_shows(
    example: dict[str, Any],
) -> None:
    tree = ast.parse(example["program"])
    assert isinstance(tree.body[0], ast.FunctionDef | ast.ClassDef)
    assert example["program"].strip().startswith(example["starter"])
    json.loads(example["input"])
