"""A problem -> the prompt that asks for further tests of it.

Pure. The model sees the statement, and one sample as an example of the form; that is a
``SampleTest``, so that a hidden test here is a type error. What comes back is read by
``extraction``, which makes claims of it and never tests.
"""

from collections.abc import Callable

from gptcc_cli.problem import Mode, Problem, SampleTest
from gptcc_cli.prompting.building import CountTokens, RenderChat, build_prompt
from gptcc_cli.prompting.prompt import Prompt
from gptcc_cli.prompting.templates import WRITE_TESTS, load_template

_MOST_CHARACTERS = 400
"""Of a sample that is shown as an example of the form."""

TestPrompts = Callable[[Problem, int], Prompt]
"""Asks the model that writes for so many further tests of a problem."""


def build_tests_prompt(
    problem: Problem,
    sample: SampleTest | None,
    *,
    n_tests: int,
    count_tokens: CountTokens,
    render_chat: RenderChat,
    window: int,
    max_new_tokens: int,
) -> Prompt:
    """Build the prompt that asks for further tests, in the form of a sample.

    Args:
        problem: whose tests.
        sample: shows the form; ``None``: there is none to show.
        n_tests: how many are wanted.
        count_tokens: by the model's tokenizer.
        render_chat: the model's chat form.
        window: tokens the model can attend to.
        max_new_tokens: tokens the reply may have.

    Raises:
        ProblemError: what must not be cut of the problem does not fit the window.
    """
    return build_prompt(
        problem,
        load_template(WRITE_TESTS),
        count_tokens=count_tokens,
        render_chat=render_chat,
        window=window,
        max_new_tokens=max_new_tokens,
        more={"n_tests": str(n_tests), "example": _example(problem, sample)},
    )


def _example(problem: Problem, sample: SampleTest | None) -> str:
    if problem.mode is Mode.STDIN:
        given, answer = ("...", "...") if sample is None else (sample.input, sample.expected)
        text = f"Input:\n{str(given).rstrip()}\nOutput:\n{str(answer).rstrip()}"
        return text if len(text) <= _MOST_CHARACTERS else "Input:\n...\nOutput:\n..."
    name = problem.entry_point or "function"
    if sample is None or not isinstance(sample.input, tuple):
        return f"assert {name}(...) == ..."
    text = f"assert {name}({', '.join(map(repr, sample.input))}) == {sample.expected!r}"
    return text if len(text) <= _MOST_CHARACTERS else f"assert {name}(...) == ..."
