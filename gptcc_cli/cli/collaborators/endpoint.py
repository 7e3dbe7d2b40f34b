"""A writer behind a server: no weights here, no tokenizer, no torch."""

from collections.abc import Mapping, Sequence
from typing import Any

from gptcc_cli.cli.collaborators.writer import Writer, claims_writer
from gptcc_cli.console import Reporter
from gptcc_cli.generation import EndpointGenerator, EndpointStyle
from gptcc_cli.problem import Problem
from gptcc_cli.prompting import (
    Mistake,
    Prompt,
    build_prompts,
    build_repair_prompt,
    build_tests_prompt,
    load_template,
)

_WINDOW = 8192
"""Tokens taken for the window of a model that nobody here knows."""
_CHARACTERS_A_TOKEN = 3
"""Few, so that a prompt is rather shortened than refused."""


def open_endpoint(
    url: str,
    *,
    model: str | None,
    style: EndpointStyle,
    template: str | None,
    max_new_tokens: int,
    reporter: Reporter,
) -> Writer:
    """Open a writer on an OpenAI-compatible server.

    Args:
        url: the server, such as ``http://127.0.0.1:8000``.
        model: a model it has; ``None``: the first it lists.
        style: whether it is asked to chat or to go on from a text.
        template: the user's choice; ``None``: a question for a chat, else the form of APPS.
        max_new_tokens: tokens a completion may have.
        reporter: where it is said who writes.

    Raises:
        ModelError: the server can't be asked, or has no model.
        UsageError: the URL or the template can't be read.
    """
    chosen = load_template(template or ("ask" if style is EndpointStyle.CHAT else "apps"))
    generator = EndpointGenerator(url, model=model, style=style)
    reporter.info(f"model: {generator.name}")
    for note in generator.notes:
        reporter.debug(note)

    fit: dict[str, Any] = {
        "count_tokens": _count,
        "render_chat": _as_one_message,
        "window": max(_WINDOW, 2 * max_new_tokens),
        "max_new_tokens": max_new_tokens,
    }

    def prompts(problem: Problem) -> tuple[Prompt, ...]:
        return build_prompts(problem, chosen, **fit)

    def mend(problem: Problem, mistake: Mistake, round_: int) -> Prompt:
        return build_repair_prompt(problem, mistake, round=round_, **fit)

    def ask(problem: Problem, n_tests: int) -> Prompt:
        sample = next(iter(problem.trusted_samples), None)
        return build_tests_prompt(problem, sample, n_tests=n_tests, **fit)

    chats = style is EndpointStyle.CHAT
    return Writer(
        generator=generator,
        prompts=prompts,
        mend=mend if chats else None,
        write_tests=claims_writer(generator, ask) if chats else None,
    )


def _count(text: str) -> int:
    return len(text) // _CHARACTERS_A_TOKEN + 1


def _as_one_message(messages: Sequence[Mapping[str, str]], *, answer_prefix: str) -> str:
    # The server puts the chat form around a message, and begins the answer itself.
    return "\n\n".join([*(message["content"] for message in messages), answer_prefix]).rstrip()
