"""What a model is shown of a program that failed."""

import pytest

from gptcc_cli.errors import ProblemError
from gptcc_cli.problem import Mode, Problem, SampleTest
from gptcc_cli.prompting import Mistake, build_repair_prompt
from tests.prompting.test_building import SAMPLE, count_words, render

MISTAKE = Mistake(
    candidate_id="abc",
    program="print(5)\n",
    trouble="WA, line 1: 5, expected 6",
    sample=SAMPLE,
    output="5\n",
)


def ask(problem, mistake, window=4000):
    return build_repair_prompt(
        problem,
        mistake,
        round=2,
        count_tokens=count_words,
        render_chat=render,
        window=window,
        max_new_tokens=100,
    )


def test_it_shows_problem_program_and_difference():
    prompt = ask(Problem(id="p", statement="Add {trouble} up.", samples=(SAMPLE,)), MISTAKE)
    parts = ("Add {trouble} up.", "print(5)", "WA, line 1: 5, expected 6")
    places = [prompt.text.index(part) for part in (*parts, "Input:\n3", "Expected:\n6", "Got:\n5")]
    assert places == sorted(places)
    assert (prompt.round, prompt.repairs) == (2, "abc")


def test_a_call_is_shown_as_values():
    sample = SampleTest(name="sample 1", input=([1, 2], "a"), expected=[3])
    problem = Problem(
        id="p", statement="Add.", mode=Mode.CALL, starter_code="def f(x, y):", samples=(sample,)
    )
    mistake = Mistake(candidate_id="a", program="x", trouble="RE", sample=sample)
    text = ask(problem, mistake).text
    assert 'Input:\n[1, 2], "a"\n' in text
    assert "Expected:\n[3]" in text
    assert "Got:" not in text


def test_a_long_input_is_cut():
    sample = SampleTest(name="sample 1", input="7 " * 5000, expected="1")
    mistake = Mistake(candidate_id="a", program="x", trouble="TLE", sample=sample)
    assert len(ask(Problem(id="p", statement="Add."), mistake).text) < 2000


def test_a_program_that_does_not_parse_is_shown_without_a_sample():
    mistake = Mistake(candidate_id="a", program="def", trouble="SyntaxError: line 1")
    text = ask(Problem(id="p", statement="Add."), mistake).text
    assert "SyntaxError: line 1" in text
    assert "Input:" not in text


def test_a_program_too_long_for_the_window_is_refused():
    mistake = Mistake(candidate_id="a", program="x " * 500, trouble="WA")
    with pytest.raises(ProblemError, match="does not fit"):
        ask(Problem(id="p", statement="Add."), mistake, window=400)
