"""A program that failed a sample -> the prompt that asks to mend it.

Pure. Takes the failing test as ``SampleTest``: what a model is shown of a failure stands in the
statement, and a hidden test here is a type error. Which programs are worth mending is decided by
``solving``.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass, replace

from gptcc_cli.problem import Json, Problem, SampleTest
from gptcc_cli.prompting.building import CountTokens, RenderChat, build_prompt
from gptcc_cli.prompting.prompt import Prompt
from gptcc_cli.prompting.templates import REPAIR, load_template

_MOST_CHARACTERS = 600
"""Of an input or output that is shown; a model needs the beginning, not a megabyte."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Mistake:
    """How a program failed, as far as a model may know."""

    candidate_id: str
    """The program's id."""
    program: str
    trouble: str
    """One line: the first difference, the exception, the limit, or why it does not parse."""
    sample: SampleTest | None = None
    """The first sample it fails; ``None``: it does not even parse."""
    output: str | None = None
    """What it printed or returned on that sample; ``None``: nothing came of it."""


RepairPrompts = Callable[[Problem, Mistake, int], Prompt]
"""Asks the model that writes to mend a program of a problem, in a round from 1."""


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
        mistake: what is wrong with the program.
        round: of repair, from 1.
        count_tokens: by the model's tokenizer.
        render_chat: the model's chat form.
        window: tokens the model can attend to.
        max_new_tokens: tokens a completion may have.

    Raises:
        ProblemError: program and problem don't fit the window together.
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
    return text.rstrip("\n") if len(text) <= _MOST_CHARACTERS else text[:_MOST_CHARACTERS] + " ..."
