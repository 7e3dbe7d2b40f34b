"""Patterns that are compiled late are patterns all the same."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from gptcc_cli.statement import answers, call_samples, loose_samples
from gptcc_cli.statement.late import late

LATE = [
    pytest.param(value, id=f"{module.__name__.rpartition('.')[2]}-{name}")
    for module in (answers, call_samples, loose_samples)
    for name, value in vars(module).items()
    if type(value) is type(late(""))
]

READS = """
import sys
from gptcc_cli.statement import answers, call_samples, loose_samples, read_statement
from gptcc_cli.statement.late import late
assert len(read_statement(sys.argv[1], id="a").problem.samples) == 1
for module in (answers, call_samples, loose_samples):
    for name, value in vars(module).items():
        if type(value) is type(late("")) and len(vars(value)) > 1:
            print(name)
"""


def test_it_answers_as_the_pattern_does() -> None:
    found = late(r"(?P<a>x+)|Y", re.IGNORECASE)
    assert [match.group() for match in found.finditer("xxX-y")] == ["xxX", "y"]
    assert found.pattern == r"(?P<a>x+)|Y"
    assert found.match("-") is None
    assert found.search("-y", 1) is not None


@pytest.mark.parametrize("pattern", LATE)
def test_every_late_pattern_is_one(pattern: re.Pattern[str]) -> None:
    assert re.compile(pattern.pattern, pattern.flags).flags == pattern.flags


def test_there_are_late_patterns() -> None:
    assert len(LATE) > 30


def test_a_plain_statement_compiles_nothing_about_calls() -> None:
    statement = "Print a + b.\n\nExample\n\nInput:\n3 4\nOutput:\n7\n"
    done = subprocess.run(
        [sys.executable, "-c", READS, statement],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == ""
