"""Prompts: what is chosen, what is never cut, what can never be there."""

import dataclasses
import textwrap
from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gptcc_cli.errors import ProblemError, UsageError
from gptcc_cli.problem import Mode, Problem, SampleTest
from gptcc_cli.prompting import (
    Prompt,
    build_prompt,
    build_prompts,
    choose_template,
    load_template,
    template_names,
)

SAMPLE = SampleTest(name="sample 1", input="3\n1 2 3\n", expected="6\n")


def count_words(text: str) -> int:
    """A tokenizer with known maths: a token is a blank-separated word."""
    return len(text.split())


def render(messages: Sequence[Mapping[str, str]], *, answer_prefix: str) -> str:
    turns = "".join(f"<{m['role']}>{m['content']}</>" for m in messages)
    return f"{turns}<assistant>{answer_prefix}"


def build(problem: Problem, name: str, *, window: int = 4000, max_new_tokens: int = 100) -> Prompt:
    return build_prompt(
        problem,
        load_template(name),
        count_tokens=count_words,
        render_chat=render,
        window=window,
        max_new_tokens=max_new_tokens,
    )


def long_statement(n_paragraphs: int, words: int = 20) -> str:
    filler = [f"Filler{i} " + "word " * (words - 2) + f"end{i}." for i in range(n_paragraphs)]
    half = n_paragraphs // 2
    return "\n\n".join(
        [
            "Add the numbers of a list.",
            *filler[:half],
            "-----Example-----\nInput\n3\n1 2 3\n\nOutput\n6",
            *filler[half:],
            "The very last words.",
        ]
    )


def with_span(statement: str) -> Problem:
    start, end = statement.index("Input\n3"), statement.index("Output\n6") + len("Output\n6")
    sample = dataclasses.replace(SAMPLE, span=(start, end))
    return Problem(id="long", statement=statement, samples=(sample,))


@pytest.mark.parametrize(
    ("chat", "n_parameters", "tabs", "statement", "expected"),
    [
        (True, 135_000_000, False, "Add.", "examples"),
        (True, 7_000_000_000, False, "Add.", "chat"),
        (True, None, False, "Add.", "chat"),
        (False, 125_000_000, True, "Add.", "apps"),
        (False, 125_000_000, True, 'def f(x):\n    """Add one."""\n', "bare-tabs"),
        (False, 125_000_000, False, 'def f(x):\n    """Add one."""\n', "bare"),
        (False, None, False, "Write def f(x): that adds one.\ndef f(x):", "apps"),
    ],
)
def test_the_template_is_chosen_from_model_and_problem(
    chat: bool, n_parameters: int | None, tabs: bool, statement: str, expected: str
) -> None:
    problem = Problem(id="p", statement=statement)
    assert choose_template(problem, chat=chat, n_parameters=n_parameters, tabs=tabs) == expected


@pytest.mark.parametrize("name", template_names())
@pytest.mark.parametrize("mode", list(Mode))
def test_every_template_shows_the_statement_whole(name: str, mode: Mode) -> None:
    statement = "Add the numbers.\n\n  indented\ttext {x}\n\nlast line"
    starter = "def add(numbers):\n    " if mode is Mode.CALL else ""
    prompt = build(Problem(id="p", statement=statement, mode=mode, starter_code=starter), name)
    as_docstring = textwrap.indent(statement, "    ").removeprefix("    ")
    assert statement in prompt.text or as_docstring in prompt.text
    assert prompt.dropped == ()
    assert prompt.n_tokens == count_words(prompt.text)
    assert prompt.text.endswith(prompt.prefix.rpartition("\n")[2])


@pytest.mark.parametrize(
    ("starter", "head"),
    [
        ("def f(a):\n\t", "def f(a):"),
        ("class Solution:\n    def f(self, a: int) -> int:\n        ",
         "class Solution:\n    def f(self, a: int) -> int:"),
        ("def f(a):\n    # your code here\n    pass\n", "def f(a):"),
        ("import math\n\ndef f(a):\n    ...", "import math\n\ndef f(a):"),
        ("", ""),
    ],
)  # fmt: skip
def test_a_chat_answer_goes_on_from_the_starter_code(starter: str, head: str) -> None:
    problem = Problem(id="p", statement="Do f.", mode=Mode.CALL, starter_code=starter)
    prompt = build(problem, "chat")
    assert prompt.text.endswith("```python\n" + head)
    assert prompt.prefix == head


def test_an_unfinished_program_is_completed_from_its_last_byte() -> None:
    statement = 'def f(x):\n    """Add one.\n    >>> f(1)\n    2\n    """\n'
    problem = Problem(id="p", statement=statement, mode=Mode.CALL, entry_point="f")
    prompt = build(problem, "bare")
    assert prompt.text == prompt.prefix == statement


def test_the_tab_form_turns_every_four_leading_blanks_into_a_tab() -> None:
    statement = 'def f(x):\n    """Add   one.\n        deep    text\n      odd\n    """\n'
    prompt = build(Problem(id="p", statement=statement, mode=Mode.CALL), "bare-tabs")
    assert prompt.text == 'def f(x):\n\t"""Add   one.\n\t\tdeep    text\n\t  odd\n\t"""\n'


def test_every_form_of_a_template_gives_a_prompt(tmp_path: Path) -> None:
    path = tmp_path / "two.toml"
    path.write_text('[[stdin]]\ntext = "A {statement}"\n[[stdin]]\ntext = "B {statement}"\n')
    prompts = build_prompts(
        Problem(id="p", statement="Add."),
        load_template(str(path)),
        count_tokens=count_words,
        window=100,
        max_new_tokens=10,
    )
    assert [prompt.text for prompt in prompts] == ["A Add.", "B Add."]


def test_a_form_that_does_not_fit_leaves_the_work_to_those_that_do(tmp_path: Path) -> None:
    path = tmp_path / "two.toml"
    long = "example " * 100
    path.write_text(
        f'[[stdin]]\ntext = "{long} {{statement}}"\n[[stdin]]\ntext = "B {{statement}}"\n'
    )
    template = load_template(str(path))
    for window, texts in ((100, ["B Add."]), (2, None)):
        settings = {"count_tokens": count_words, "window": window, "max_new_tokens": 10}
        if texts is None:
            with pytest.raises(ProblemError, match="does not fit"):
                build_prompts(Problem(id="p", statement="def f"), template, **settings)  # type: ignore[arg-type]
        else:
            prompts = build_prompts(Problem(id="p", statement="Add."), template, **settings)  # type: ignore[arg-type]
            assert [prompt.text for prompt in prompts] == texts


def test_a_small_models_program_begins_as_its_samples_are_read() -> None:
    problem = Problem(id="p", statement="Add the numbers.", samples=(SAMPLE,))
    for prompt in build_prompts(
        problem,
        load_template("examples"),
        count_tokens=count_words,
        render_chat=render,
        window=4000,
        max_new_tokens=9,
    ):
        opening = "n = int(input())\nnumbers = list(map(int, input().split()))"
        assert prompt.prefix in (opening, f"{opening}\nprint(")
        assert prompt.text.endswith(prompt.prefix)


def test_where_samples_show_no_reading_no_form_goes_on_from_it() -> None:
    settings = {"count_tokens": count_words, "window": 4000, "max_new_tokens": 9}
    read, unread = (
        build_prompts(
            Problem(id="p", statement="Add the numbers.", samples=samples),
            load_template("examples"),
            render_chat=render,
            **settings,  # type: ignore[arg-type]
        )
        for samples in ((SAMPLE,), ())
    )
    assert len(unread) == len(read) - 1
    assert {prompt.prefix for prompt in unread} == {""}


def test_a_chat_template_needs_a_chat_model() -> None:
    with pytest.raises(UsageError, match="no chat template"):
        build_prompt(
            Problem(id="p", statement="Add."),
            load_template("chat"),
            count_tokens=count_words,
            window=100,
            max_new_tokens=10,
        )


def test_a_mode_the_template_does_not_know_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "stdin-only.toml"
    path.write_text("[stdin]\ntext = '{statement}'\n")
    problem = Problem(id="p", statement="Add.", mode=Mode.CALL, starter_code="def f():\n\t")
    with pytest.raises(UsageError, match="call-based"):
        build(problem, str(path))


@pytest.mark.parametrize("window", [120, 200, 300])
def test_a_long_statement_loses_its_middle_and_says_what(window: int) -> None:
    problem = with_span(long_statement(20))
    prompt = build(problem, "apps", window=window, max_new_tokens=40)
    assert prompt.n_tokens <= window - 40
    assert "Add the numbers of a list." in prompt.text
    assert "-----Example-----\nInput\n3\n1 2 3\n\nOutput\n6" in prompt.text
    assert prompt.text.endswith("\n\n\nUse Standard Input format\n\nANSWER:\n")
    assert "[...]" in prompt.text
    assert prompt.dropped
    for paragraph in problem.statement.split("\n\n"):
        assert (paragraph in prompt.text) != (paragraph in prompt.dropped)


def test_what_is_nearest_the_middle_goes_first() -> None:
    problem = with_span(long_statement(20))
    whole = count_words(problem.statement)
    prompt = build(problem, "apps", window=whole + 60, max_new_tokens=100)
    assert {text.split()[0] for text in prompt.dropped} <= {f"Filler{i}" for i in range(6, 14)}


def test_samples_without_a_span_are_not_cut_either() -> None:
    problem = Problem(id="long", statement=long_statement(20), samples=(SAMPLE,))
    prompt = build(problem, "apps", window=140, max_new_tokens=40)
    assert "Input\n3\n1 2 3" in prompt.text and "Output\n6" in prompt.text


def test_a_wall_of_text_is_cut_inside() -> None:
    statement = "First sentence here. " + "Some more words follow here. " * 300 + "The end."
    prompt = build(Problem(id="wall", statement=statement), "apps", window=300, max_new_tokens=100)
    assert prompt.n_tokens <= 200
    assert "First sentence here." in prompt.text and "The end." in prompt.text


def test_the_starter_code_is_never_cut() -> None:
    starter = "def add(numbers):\n\t"
    statement = long_statement(20) + "\n\n" + starter
    problem = dataclasses.replace(with_span(statement), mode=Mode.CALL, starter_code=starter)
    prompt = build(problem, "apps", window=160, max_new_tokens=40)
    assert prompt.text.endswith("\n" + starter + "\n\nUse Call-Based format\n\nANSWER:\n")
    assert prompt.text.count("def add(numbers):") == 2


def test_samples_larger_than_the_window_are_an_error_not_a_cut() -> None:
    statement = "Add.\n\nInput\n" + "7 " * 500 + "\n\nOutput\n3500"
    span = (statement.index("Input"), len(statement))
    sample = SampleTest(name="sample 1", input="7 " * 500, expected="3500", span=span)
    with pytest.raises(ProblemError, match="does not fit"):
        build(Problem(id="big", statement=statement, samples=(sample,)), "apps", window=300)


def test_an_unfinished_program_is_never_shortened() -> None:
    statement = "def f(x):\n" + "    x = x + 1\n\n" * 200
    with pytest.raises(ProblemError, match="does not fit"):
        build(Problem(id="program", statement=statement), "bare", window=300)


def test_a_completion_keeps_its_room_or_half_the_window() -> None:
    problem = with_span(long_statement(20))
    assert build(problem, "apps", window=400, max_new_tokens=300).n_tokens <= 200
    assert build(problem, "apps", window=400, max_new_tokens=90).n_tokens <= 310


@given(
    paragraphs=st.lists(st.text("ab \n.!é", max_size=200), max_size=30),
    window=st.integers(60, 400),
)
def test_shortening_keeps_samples_fits_and_loses_nothing_silently(
    paragraphs: list[str], window: int
) -> None:
    head = "Task.\n\n" + "\n\n".join(paragraphs[: len(paragraphs) // 2]) + "\n\n"
    block = "Input\n1 2\n\nOutput\n3"
    statement = head + block + "\n\n" + "\n\n".join(paragraphs[len(paragraphs) // 2 :])
    sample = SampleTest(
        name="sample 1", input="1 2", expected="3", span=(len(head), len(head) + len(block))
    )
    prompt = build(
        Problem(id="any", statement=statement, samples=(sample,)),
        "apps",
        window=window,
        max_new_tokens=20,
    )
    assert prompt.n_tokens <= window - 20
    assert block in prompt.text
    kept = count_words(prompt.text.replace("[...]", "")) - count_words(
        build(Problem(id="empty", statement=""), "apps").text
    )
    assert kept + sum(map(count_words, prompt.dropped)) >= count_words(statement)


def test_whatever_builds_a_prompt_takes_no_hidden_test() -> None:
    # mypy refuses an IOTest where Problem wants a SampleTest; this holds the annotation itself.
    fields = {field.name: field.type for field in dataclasses.fields(Problem)}
    assert fields["samples"] in (tuple[SampleTest, ...], "tuple[SampleTest, ...]")
    assert not any("IOTest" in str(kind) for kind in fields.values())


def test_mypy_refuses_a_hidden_test_in_a_problem(tmp_path: Path) -> None:
    from mypy import api

    program = tmp_path / "leak.py"
    program.write_text(
        "from gptcc_cli.problem import IOTest, Problem\n"
        "hidden = IOTest(name='hidden', input='1', expected='2')\n"
        "Problem(id='p', statement='s', samples=(hidden,))\n"
    )
    root = Path(__file__).parents[2]
    out, _, status = api.run(
        ["--strict", "--config-file", str(root / "pyproject.toml"), str(program)]
    )
    assert status == 1
    assert "leak.py:3" in out and "arg-type" in out
