"""The prompts for repairing a program and for writing tests.

Pure. Both take ``SampleTest``: what a model sees of a failure is in the statement, and passing a
hidden test is a type error. ``solving`` decides which programs to repair; ``extraction`` reads the
tests that come back.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass, replace

from gptcc_cli.problem import Json, Mode, Problem, SampleTest
from gptcc_cli.prompting.building import CountTokens, RenderChat, build_prompt
from gptcc_cli.prompting.templates import REPAIR, WRITE_TESTS, Prompt, load_template

_MOST_SHOWN = 600
"""Characters shown of an input or output."""
_MOST_OF_EXAMPLE = 400
"""Characters of a sample that is shown as an example."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mistake:
    """How a program failed, as far as a model may see."""

    candidate_id: str
    """The program's id."""
    program: str
    trouble: str
    """One line: the first difference, the exception, the limit, or why it does not parse."""
    sample: SampleTest | None = None
    """The first sample it fails; ``None``: it does not parse."""
    output: str | None = None
    """What it printed or returned for that sample; ``None``: nothing."""


RepairPrompts = Callable[[Problem, Mistake, int], Prompt]
"""Returns the prompt for repairing a program in a round, which counts from 1."""


def build_repair_prompt(
    problem: Problem,
    mistake: Mistake,
    *,
    round: int,
    count_tokens: CountTokens,
    render_chat: RenderChat,
    window: int,
    max_new_tokens: int,
) -> Prompt:
    """Build the prompt that shows a program, the first sample it fails, and the difference.

    Args:
        problem: what to solve.
        mistake: how the program failed.
        round: of repair, from 1.
        count_tokens: by the model's tokenizer.
        render_chat: the model's chat form.
        window: tokens the model can attend to.
        max_new_tokens: tokens a completion may have.

    Raises:
        ProblemError: program and problem do not fit the window together.
    """
    prompt = build_prompt(
        problem,
        load_template(REPAIR),
        count_tokens=count_tokens,
        render_chat=render_chat,
        window=window,
        max_new_tokens=max_new_tokens,
        more={
            "program": mistake.program.rstrip(),
            "trouble": mistake.trouble,
            "failure": _failure(mistake),
        },
    )
    return replace(prompt, round=round, repairs=mistake.candidate_id)


def _failure(mistake: Mistake) -> str:
    sample = mistake.sample
    if sample is None:
        return ""
    parts = [("Input", _shown(sample.input)), ("Expected", _shown(sample.expected))]
    if mistake.output is not None:
        parts.append(("Got", _shown(mistake.output)))
    return "\n".join(f"\n{name}:\n{text}" for name, text in parts) + "\n"


def _shown(value: str | tuple[Json, ...] | Json) -> str:
    if isinstance(value, tuple):
        value = ", ".join(json.dumps(one, ensure_ascii=False) for one in value)
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text.rstrip("\n") if len(text) <= _MOST_SHOWN else text[:_MOST_SHOWN] + " ..."


TestPrompts = Callable[[Problem, int], Prompt]
"""Returns the prompt that asks for a number of tests of a problem."""


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
    """Build the prompt that asks for tests in the format of a sample.

    Args:
        problem: what to test.
        sample: shows the format; ``None``: there is none.
        n_tests: how many to ask for.
        count_tokens: by the model's tokenizer.
        render_chat: the model's chat form.
        window: tokens the model can attend to.
        max_new_tokens: tokens the reply may have.

    Raises:
        ProblemError: the parts of the problem that must not be cut do not fit the window.
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
        return text if len(text) <= _MOST_OF_EXAMPLE else "Input:\n...\nOutput:\n..."
    name = problem.entry_point or "function"
    if sample is None or not isinstance(sample.input, tuple):
        return f"assert {name}(...) == ..."
    text = f"assert {name}({', '.join(map(repr, sample.input))}) == {sample.expected!r}"
    return text if len(text) <= _MOST_OF_EXAMPLE else f"assert {name}(...) == ..."
