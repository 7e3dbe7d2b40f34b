"""The examples that a small model is shown: each program solves the sample of its own problem."""

import contextlib
import doctest
import io
import itertools
import re
import types

import pytest

from gptcc_cli.problem import Mode
from gptcc_cli.prompting import load_template
from gptcc_cli.prompting.openings import opening_for

FORMS = load_template("examples").forms
PROGRAM = re.compile(r"```python\n(.*?)\n```", re.S)
STDIN = [
    (asked.text.partition("\n\n")[2], program)
    for form in FORMS[Mode.STDIN]
    for asked, answered in itertools.pairwise(form.turns)
    for program in PROGRAM.findall(answered.text)
    if answered.role == "assistant"
]
FENCED = re.compile(r"```python\n(def .*?)\n```", re.S)
CALL = [
    text
    for form in FORMS[Mode.CALL]
    for text in (
        form.text.partition("{")[0],
        *(
            shown
            for turn in form.turns
            if turn.role == "assistant"
            for shown in FENCED.findall(turn.text)
        ),
    )
    if "def " in text
]


def sample_of(problem: str) -> tuple[str, str]:
    """The input and output that an example's statement shows."""
    found = re.search(r"Input\n(.*?)\n\n(?:Sample )?Output\n(.*)", problem, re.S)
    assert found is not None
    return found[1], found[2]


def test_there_are_examples_of_each_mode() -> None:
    assert len(STDIN) >= 4 and len(CALL) >= 2


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


@pytest.mark.parametrize("text", CALL)
def test_a_function_that_is_shown_returns_what_its_docstring_says(text: str) -> None:
    namespace: dict[str, object] = {"List": list}
    exec(text, namespace)  # noqa: S102 - our own fixed text
    tests = [
        test
        for function in namespace.values()
        if isinstance(function, types.FunctionType)
        for test in doctest.DocTestFinder().find(function, globs=namespace)
    ]
    assert len(tests) == text.count("def ")
    for test in tests:
        assert test.examples
        assert doctest.DocTestRunner().run(test).failed == 0
