"""What a model is shown when it is asked for tests: the statement, and the form of a sample."""

import pytest

from gptcc_cli.errors import ProblemError
from gptcc_cli.problem import Mode, Problem, SampleTest
from gptcc_cli.prompting import build_tests_prompt
from tests.prompting.test_building import SAMPLE, count_words, render


def ask(problem, sample, window=4000):
    return build_tests_prompt(
        problem,
        sample,
        n_tests=7,
        count_tokens=count_words,
        render_chat=render,
        window=window,
        max_new_tokens=100,
    )


def test_it_shows_the_statement_the_number_and_the_form():
    prompt = ask(Problem(id="p", statement="Add {example} up.", samples=(SAMPLE,)), SAMPLE)
    parts = ("write 7 further tests", "Add {example} up.", "Input:\n3\n1 2 3\nOutput:\n6")
    places = [prompt.text.index(part) for part in parts]
    assert places == sorted(places)
    assert (prompt.round, prompt.repairs) == (0, None)


def test_a_call_is_an_assertion():
    sample = SampleTest(name="sample 1", input=([1, None], "a"), expected=True)
    problem = Problem(
        id="p", statement="Add.", mode=Mode.CALL, starter_code="def f(x, y):", entry_point="f"
    )
    text = ask(problem, sample).text
    assert "assert f([1, None], 'a') == True" in text
    assert "def f(x, y):" in text
    assert "assert f(...) == ..." in ask(problem, None).text


def test_a_sample_too_long_to_be_an_example_is_not_one():
    long = SampleTest(name="sample 1", input="7 " * 5000, expected="1")
    assert "Input:\n...\nOutput:\n..." in ask(Problem(id="p", statement="Add."), long).text
    call = Problem(id="p", statement="Add.", mode=Mode.CALL, entry_point="f")
    shown = ask(call, SampleTest(name="s", input=([7] * 5000,), expected=1)).text
    assert "assert f(...) == ..." in shown


def test_what_does_not_fit_the_window_is_refused():
    problem = Problem(id="p", statement="Add.", mode=Mode.CALL, starter_code="x " * 900)
    with pytest.raises(ProblemError, match="does not fit"):
        ask(problem, None, window=400)
