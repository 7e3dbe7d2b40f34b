"""The examples that a small model is shown: each program solves the sample of its own problem."""

import contextlib
import io
import json
import re

import pytest

from gptcc_cli.problem import Mode
from gptcc_cli.prompting import load_template
from gptcc_cli.prompting.openings import opening_for

SHOWN = re.compile(r"Problem \d\n(.*?)\n\nSolution \d\n```python\n(.*?)\n```", re.S)
FORMS = load_template("examples").forms
STDIN = [shown for form in FORMS[Mode.STDIN] for shown in SHOWN.findall(form.text)]
CALL = [shown for form in FORMS[Mode.CALL] for shown in SHOWN.findall(form.text)]


def sample_of(problem: str) -> tuple[str, str]:
    """The input and output that an example's statement shows."""
    plain = re.search(r"Input\n(.*?)\n\n(?:Sample )?Output\n(.*)", problem, re.S)
    inline = re.search(r"Input: (.*)\nOutput: (.*)", problem)
    found = plain or inline
    assert found is not None
    return found[1], found[2]


def test_there_are_examples_of_each_mode() -> None:
    assert len(STDIN) >= 6 and len(CALL) >= 4


@pytest.mark.parametrize(("problem", "program"), STDIN)
def test_a_standard_input_example_prints_what_it_shows_and_reads_as_answers_begin(
    problem: str, program: str
) -> None:
    given, expected = sample_of(problem)
    lines = iter(given.split("\n"))
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        exec(program, {"input": lambda: next(lines)})  # noqa: S102 - our own fixed text
    assert out.getvalue().strip() == expected
    assert program.startswith(opening_for([(given, expected)]))


@pytest.mark.parametrize(("problem", "program"), CALL)
def test_a_call_based_example_returns_what_it_shows(problem: str, program: str) -> None:
    space: dict[str, object] = {"List": list}
    exec(program, space)  # noqa: S102 - our own fixed text
    called = re.search(r"^\w+\((.*)\) (?:should return|==) (.*?)\.?$", problem, re.M)
    named = re.search(r"Input: (.*)\nOutput: (.*)", problem)
    if called:
        function = next(v for k, v in space.items() if k in problem and callable(v))
        assert function(eval(called[1])) == eval(called[2])  # type: ignore[operator]  # noqa: S307
    else:
        assert named is not None
        solution = space["Solution"]()  # type: ignore[operator]
        method = getattr(solution, re.search(r"def (\w+)\(self", program)[1])  # type: ignore[index]
        arguments = eval(f"dict({named[1]})")  # noqa: S307 - our own fixed text
        assert json.dumps(method(**arguments)) == named[2]
