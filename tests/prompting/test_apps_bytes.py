"""The APPS forms, byte for byte, as the data set's training and evaluation code wrote them."""

import pytest

from gptcc_cli.problem import Mode, Problem
from gptcc_cli.prompting import Prompt, build_prompt, load_template

QUESTION = "Add two numbers.\n\n-----Input-----\nTwo integers.\n\n-----Output-----\nTheir sum.\t "
STARTERS = (
    "def add(a, b):\n\t",
    "class Solution:\n    def add(self, a: int, b: int) -> int:\n        ",
)


def prompt_for(problem: Problem, template: str) -> Prompt:
    return build_prompt(
        problem, load_template(template), count_tokens=len, window=10_000, max_new_tokens=100
    )


def test_training_form_of_a_standard_input_problem() -> None:
    prompt = prompt_for(Problem(id="p", statement=QUESTION), "apps")
    expected = "\nQUESTION:\n" + QUESTION + "\n\n\nUse Standard Input format\n\nANSWER:\n"
    assert prompt.text == expected
    assert prompt.prefix == ""


def test_evaluation_form_of_a_standard_input_problem() -> None:
    prompt = prompt_for(Problem(id="p", statement=QUESTION), "apps-eval")
    assert prompt.text == "\nQUESTION:\n" + QUESTION + "\nUse Standard Input format\nANSWER:\n"


@pytest.mark.parametrize("starter", STARTERS)
@pytest.mark.parametrize("extra", ["", "\n"])
def test_training_form_of_a_call_based_problem(starter: str, extra: str) -> None:
    # The copy of APPS on the hub has one newline more before the starter code.
    problem = Problem(id="p", statement=QUESTION, mode=Mode.CALL, starter_code=extra + starter)
    expected = "\nQUESTION:\n" + QUESTION + "\n" + starter
    assert prompt_for(problem, "apps").text == (expected + "\n\nUse Call-Based format\n\nANSWER:\n")


@pytest.mark.parametrize("starter", STARTERS)
def test_evaluation_form_of_a_call_based_problem(starter: str) -> None:
    problem = Problem(id="p", statement=QUESTION, mode=Mode.CALL, starter_code=starter)
    expected = "\nQUESTION:\n" + QUESTION + "\n" + starter + "\nUse Call-Based format\nANSWER:\n"
    assert prompt_for(problem, "apps-eval").text == expected


def test_a_question_that_ends_in_a_newline_keeps_it() -> None:
    # Some questions of APPS do, and training read them so.
    prompt = prompt_for(Problem(id="p", statement=QUESTION + "\n"), "apps")
    assert prompt.text.startswith("\nQUESTION:\n" + QUESTION + "\n\n\n\nUse Standard")


@pytest.mark.parametrize("template", ["apps", "apps-eval"])
def test_stop_strings_travel_with_the_template(template: str) -> None:
    assert load_template(template).stop_strings == (
        "\nQUESTION:",
        "\nANSWER:",
        "\n-----",
        "\nUse Standard Input format",
        "\nUse Call-Based format",
    )


def test_a_placeholder_inside_a_statement_is_text() -> None:
    statement = "Print {starter_code} and {statement} and {unknown}."
    problem = Problem(id="p", statement=statement, mode=Mode.CALL, starter_code="def f():\n\t")
    assert statement in prompt_for(problem, "apps").text


def test_real_questions_keep_every_byte(shared: object) -> None:
    from pathlib import Path

    root = Path(str(shared)) / "data" / "apps" / "train"
    questions = sorted(root.glob("*/question.txt"))
    assert questions
    for path in questions:
        question = path.read_text(encoding="utf-8")
        starter_path = path.with_name("starter_code.py")
        starter = starter_path.read_text(encoding="utf-8") if starter_path.exists() else ""
        mode = Mode.CALL if starter else Mode.STDIN
        problem = Problem(id=path.parent.name, statement=question, mode=mode, starter_code=starter)
        line = "Use Call-Based format" if starter else "Use Standard Input format"
        body = question + "\n" + starter if starter else question + "\n"
        assert prompt_for(problem, "apps").text == (f"\nQUESTION:\n{body}\n\n{line}\n\nANSWER:\n")
