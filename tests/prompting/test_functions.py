"""Call-based problems as functions with docstrings, and answers begun inside the body."""

import ast
from collections.abc import Mapping, Sequence

import pytest

from gptcc_cli.extraction import extract
from gptcc_cli.generation import Completion, Finish
from gptcc_cli.problem import IOTest, Json, Mode, Problem, SampleTest
from gptcc_cli.prompting import Prompt, build_prompts, load_template
from gptcc_cli.prompting.functions import function_of, head_of, indent_of, starter_of
from gptcc_cli.reading import understand
from gptcc_cli.sources import Source

HUMANEVAL = '''from typing import List


def double(numbers: List[int]) -> List[int]:
    """ Return every number twice as large.
    >>> double([1, 2])
    [2, 4]
    """
'''
LEETCODE = "class Solution:\n    def double(self, numbers: List[int]) -> List[int]:\n        "


def render(messages: Sequence[Mapping[str, str]], *, answer_prefix: str) -> str:
    return "".join(f"<{m['role']}>{m['content']}</>" for m in messages) + answer_prefix


def prompts_of(problem: Problem, *, chat: bool = True) -> tuple[Prompt, ...]:
    return build_prompts(
        problem,
        load_template("examples"),
        count_tokens=lambda text: len(text.split()),
        render_chat=render if chat else None,
        window=4000,
        max_new_tokens=100,
    )


def called(*arguments: Json) -> Problem:
    sample = SampleTest(name="sample 1", input=arguments, expected=1)
    return Problem(id="p", statement="Do f.", mode=Mode.CALL, entry_point="f", samples=(sample,))


def written(prompt: Prompt, text: str) -> Completion:
    return Completion(
        prompt=prompt, index=0, text=text, n_tokens=9, finish=Finish.STOP, mean_logprob=None,
        temperature=0.2, seed=0,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("statement", "starter", "indent"),
    [(HUMANEVAL, HUMANEVAL, "    "), ("Double.", LEETCODE, "        "),
     ("Double.", "def double(numbers):\n    ", "    ")],
)  # fmt: skip
def test_the_prompt_ends_inside_the_body_one_blank_before_its_first_word(
    statement: str, starter: str, indent: str
) -> None:
    source = Source(id="p", statement=statement, starter_code=starter, entry_point="double")
    problem = understand(source).problem
    for prompt in prompts_of(problem):
        assert prompt.ends_with_body
        begun = prompt.text.rpartition('"""\n')[2]
        assert begun in (indent[:-1], f"{indent}return")
        answer = f"{indent}return [2 * n for n in numbers]\n".removeprefix(begun)
        candidate = extract(written(prompt, answer), problem)
        assert candidate.syntax_error is None
        assert candidate.source.endswith(f"\n{indent}return [2 * n for n in numbers]\n")


def test_a_body_indented_by_tabs_is_gone_on_from_after_the_tab() -> None:
    problem = Problem(id="p", statement="Do f.", mode=Mode.CALL, starter_code="def f(x):\n\t")
    for prompt in prompts_of(problem):
        assert prompt.text.removesuffix("return").endswith('\t"""\n\t')


def test_an_unfinished_function_is_shown_as_it_is_and_its_samples_with_it() -> None:
    source = Source(id="p", statement=HUMANEVAL, starter_code=HUMANEVAL, entry_point="double")
    for prompt in prompts_of(understand(source).problem):
        assert HUMANEVAL.rstrip() in prompt.text
        assert prompt.text.rpartition(HUMANEVAL.rstrip())[2] in ("\n   ", "\n    return")


def test_a_statement_becomes_the_docstring_that_the_model_sees_and_the_program_does_not_have() -> (
    None
):
    statement = 'Say """hi""".\n\nf(1) == 2\n'
    problem = Problem(id="p", statement=statement, mode=Mode.CALL, starter_code="def f(n):\n    ")
    for prompt in prompts_of(problem):
        assert 'def f(n):\n    """Say `hi`.\n\n    f(1) == 2\n    """\n   ' in prompt.text
        assert prompt.prefix in ("def f(n):\n   ", "def f(n):\n    return")


def test_hidden_tests_of_a_source_reach_no_form() -> None:
    hidden = (IOTest(name="hidden", input=(123456789,), expected=987654321),)
    source = Source(
        id="p", statement=HUMANEVAL, starter_code=HUMANEVAL, entry_point="double",
        tests=hidden,
    )  # fmt: skip
    for prompt in prompts_of(understand(source).problem):
        assert "123456789" not in prompt.text and "987654321" not in prompt.text


@pytest.mark.parametrize(
    ("arguments", "head"),
    [
        ((3,), "def f(n):"),
        (("ab", 2, 5), "def f(s, n, m):"),
        (([1, 2], ["a"]), "def f(numbers, words):"),
        (([], None, True), "def f(a, b, c):"),
        ((1, 2, 3, 4, 5), "def f(n, m, k, x, a4):"),
        ((), "def f():"),
    ],
)
def test_samples_give_a_function_its_parameters_where_nothing_else_does(
    arguments: tuple[Json, ...], head: str
) -> None:
    problem = called(*arguments)
    assert head_of(starter_of(problem)) == head
    assert all(prompt.prefix.startswith(f"{head}\n   ") for prompt in prompts_of(problem))


def test_samples_that_disagree_and_starter_code_that_is_there_leave_it_alone() -> None:
    other = SampleTest(name="sample 2", input=(1, 2), expected=1)
    one = called(1)
    problem = Problem(
        id="p", statement="", mode=Mode.CALL, entry_point="f", samples=(*one.samples, other)
    )
    assert starter_of(problem) == ""
    assert starter_of(Problem(id="p", statement="Print.")) == ""
    given = Problem(id="p", statement="", mode=Mode.CALL, starter_code="\ndef g(a):\n\t")
    assert starter_of(given) == "def g(a):\n\t"


def test_where_nothing_says_how_the_function_is_called_a_form_without_it_is_left() -> None:
    problem = Problem(id="p", statement="Double it.", mode=Mode.CALL, entry_point="f")
    (prompt,) = prompts_of(problem)
    assert not prompt.ends_with_body and "Double it." in prompt.text


def test_a_model_without_chat_form_reads_the_plain_forms() -> None:
    problem = called(1)
    plain = prompts_of(problem, chat=False)
    assert plain and not any(prompt.template.chat for prompt in plain)
    assert len(plain) < len(prompts_of(problem))
    assert {prompt.template.chat for prompt in prompts_of(problem)} == {True, False}


@pytest.mark.parametrize(
    ("starter", "indent"),
    [
        ("def f(x):\n\t", "\t"),
        ("def f(x):\n    ", "    "),
        (LEETCODE, "        "),
        ("class Solution:\n\tdef f(self):\n\t\t", "\t\t"),
        ('def f(x):\n    """Twice."""\n', "    "),
        ("def f(\n    x,\n):\n    pass", "    "),
    ],
)
def test_the_body_is_indented_as_the_starter_code_is(starter: str, indent: str) -> None:
    assert indent_of(starter) == indent
    function = function_of(starter, "Twice x.")
    ast.parse(f"{function}\n{indent}return 2 * x")


@pytest.mark.parametrize("fence", [False, True])
def test_starter_code_inside_the_statement_is_not_said_again_before_the_quotes_close(
    fence: bool,
) -> None:
    shown = f"```python\n{LEETCODE.rstrip()}\n```" if fence else LEETCODE.rstrip()
    statement = f"Double them.\n\nExample 1:\nInput: numbers = [1]\nOutput: [2]\n\n{shown}\n"
    problem = understand(Source(id="p", statement=statement)).problem
    assert problem.starter_code
    for prompt in prompts_of(problem):
        asked = prompt.text.rpartition("class Solution:")[2]
        assert asked.count("def double") == 1
        assert 'Output: [2]\n        """\n       ' in asked
        assert prompt.text.count("Output: [2]") == prompt.text.count("class Solution:")
