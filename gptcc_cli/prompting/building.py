"""A template and a problem -> the exact prompt, fitted to the model's window.

Pure. ``shortening`` shortens statements.
"""

import ast
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Protocol

from gptcc_cli.errors import ProblemError, UsageError
from gptcc_cli.problem import Mode, Problem
from gptcc_cli.prompting.functions import function_of, head_of, indent_of, starter_of
from gptcc_cli.prompting.openings import indent_after, opening_of
from gptcc_cli.prompting.shortening import shorten
from gptcc_cli.prompting.templates import Form, Prompt, PromptTemplate

CountTokens = Callable[[str], int]
"""Counts the tokens of a text."""

SMALL_PARAMETERS = 1_500_000_000
"""Smaller instruct models do better with solved examples than with a plain question."""


class RenderChat(Protocol):
    """Renders a conversation with the model's chat template."""

    def __call__(self, messages: Sequence[Mapping[str, str]], *, answer_prefix: str) -> str:
        """Return the text, which ends with ``answer_prefix``."""
        ...


def choose_template(
    problem: Problem, *, chat: bool, n_parameters: int | None = None, tabs: bool = False
) -> str:
    """Choose the template that suits a model and a problem.

    Args:
        problem: an unfinished program is completed directly by a model without a chat template.
        chat: whether the model's tokenizer has a chat template.
        n_parameters: the model's size; ``None``: unknown.
        tabs: whether the model was trained to indent with tabs.
    """
    if chat:
        small = n_parameters is not None and n_parameters < SMALL_PARAMETERS
        return "examples" if small else "chat"
    if _is_program(problem.statement):
        return "bare-tabs" if tabs else "bare"
    return "apps"


def build_prompt(
    problem: Problem,
    template: PromptTemplate,
    *,
    count_tokens: CountTokens,
    render_chat: RenderChat | None = None,
    window: int,
    max_new_tokens: int,
    more: Mapping[str, str] | None = None,
) -> Prompt:
    """Build the prompt from the first usable form of a template.

    A statement that does not fit is shortened in its middle; samples, starter code and the
    template's own text are never cut. The completion keeps ``max_new_tokens`` of the window, or
    half the window if that is less.

    Args:
        problem: what to solve; only its samples can appear, never a hidden test.
        template: how to present it.
        count_tokens: by the model's tokenizer.
        render_chat: the model's chat template; needed for templates that are chats.
        window: tokens the model can attend to.
        max_new_tokens: tokens a completion may have.
        more: values of further placeholders.

    Raises:
        UsageError: the template is a chat and the model has no chat template, or the template has
            no form for this problem's mode.
        ProblemError: what must not be cut does not fit, or every form needs a function and the
            problem names none.
    """
    return build_prompts(
        problem,
        template,
        count_tokens=count_tokens,
        render_chat=render_chat,
        window=window,
        max_new_tokens=max_new_tokens,
        more=more,
    )[0]


def build_prompts(
    problem: Problem,
    template: PromptTemplate,
    *,
    count_tokens: CountTokens,
    render_chat: RenderChat | None = None,
    window: int,
    max_new_tokens: int,
    more: Mapping[str, str] | None = None,
) -> tuple[Prompt, ...]:
    """Build a prompt from every usable form of a template; see ``build_prompt``.

    Raises:
        UsageError: as ``build_prompt`` does.
        ProblemError: no form fits; single forms that do not fit are left out.
    """
    forms = template.forms.get(problem.mode)
    if not forms:
        raise UsageError(
            f"the prompt template {template.name} has no form for "
            f"{_MODE_WORDS[problem.mode]} problems",
            hint=f"add [{problem.mode.value}] to it, or use another --template",
        )
    if render_chat is None and all(form.turns for form in forms):
        raise UsageError(
            f"the prompt template {template.name} is a chat, but this model has no chat template",
            hint="use --template apps",
        )
    forms = _usable(problem, forms, chat=render_chat is not None)
    room = max(window - max_new_tokens, window // 2)
    prompts: list[Prompt] = []
    for form in forms:
        try:
            prompts.append(
                _build(problem, template, form, count_tokens, render_chat, room, more or {})
            )
        except ProblemError:
            if form is forms[-1] and not prompts:
                raise
    return tuple(prompts)


def _usable(problem: Problem, forms: tuple[Form, ...], *, chat: bool) -> tuple[Form, ...]:
    """Return the forms that this model and this problem can use."""
    forms = tuple(form for form in forms if chat or not form.turns)
    has_function, has_opening = bool(starter_of(problem)), bool(_opening_of(problem))
    found = tuple(
        form
        for form in forms
        if (has_function or not form.needs_function) and (has_opening or not form.needs_opening)
    )
    if not found:
        lacks = "which function it asks for" if not has_function else "how its input is read"
        raise ProblemError(f"{problem.id} does not say {lacks}", hint="use --template chat or apps")
    return tuple(form for form in found if not form.otherwise) or found


def _opening_of(problem: Problem) -> str:
    return opening_of(problem) if problem.mode is Mode.STDIN else ""


def _build(
    problem: Problem,
    template: PromptTemplate,
    form: Form,
    count_tokens: CountTokens,
    render_chat: RenderChat | None,
    room: int,
    more: Mapping[str, str],
) -> Prompt:
    def write(statement: str) -> str:
        values = {**_values(problem, template, statement), **more}
        return _write(form, values, render_chat)

    statement, dropped = shorten(
        problem, lambda text: count_tokens(write(text)), room, keep_all=_is_exact(form)
    )
    text = write(statement)
    n_tokens = count_tokens(text)
    if n_tokens > room:
        raise ProblemError(
            f"{problem.id} does not fit the model's window: the parts that must not be cut have "
            f"{n_tokens} tokens, and there is room for {room}",
            hint="use a model with a larger window, or a smaller --max-new-tokens",
        )
    return Prompt(
        text=text,
        template=replace(template, chat=bool(form.turns)),
        n_tokens=n_tokens,
        dropped=dropped,
        prefix=_ended(form.program, _values(problem, template, statement)),
        ends_with_body=form.body,
        max_new_tokens=form.max_new_tokens,
    )


_MODE_WORDS = {Mode.STDIN: "standard-input", Mode.CALL: "call-based"}


def _write(
    form: Form,
    values: Mapping[str, str],
    render_chat: RenderChat | None,
) -> str:
    if not form.turns or render_chat is None:
        return _ended(form.text, values)
    messages = [{"role": turn.role, "content": _fill(turn.text, values)} for turn in form.turns]
    return render_chat(messages, answer_prefix=_ended(form.answer, values))


def _values(problem: Problem, template: PromptTemplate, statement: str) -> dict[str, str]:
    starter = starter_of(problem)
    opening = _opening_of(problem)
    values = {
        "statement": statement.rstrip("\n"),
        "statement_exact": statement,
        # The hub's copy of APPS has an extra newline before it.
        "starter_code": problem.starter_code.removeprefix("\n"),
        "starter_head": head_of(starter),
        "function": function_of(starter, statement),
        "indent": indent_of(starter) if problem.mode is Mode.CALL else indent_after(opening),
        "opening": opening,
    }
    return {name: _with_tabs(value) for name, value in values.items()} if template.tabs else values


def _fill(text: str, values: Mapping[str, str]) -> str:
    # A single pass: placeholders inside a statement are text.
    return re.sub(r"\{(\w+)\}", lambda found: values.get(found[1], found[0]), text)


def _ended(text: str, values: Mapping[str, str]) -> str:
    # Tokenizers join the last space of an indentation with the next word: models have rarely
    # seen a word start after that space.
    filled = _fill(text, values)
    return filled.removesuffix(" ") if text.endswith("\n{indent}") else filled


def _is_exact(form: Form) -> bool:
    return "{statement_exact}" in form.program


def _with_tabs(text: str) -> str:
    return re.sub(r"^(?: {4})+", lambda found: "\t" * (len(found[0]) // 4), text, flags=re.M)


def _is_program(statement: str) -> bool:
    if not re.search(r"^\s*def \w+", statement, flags=re.M):
        return False
    try:
        ast.parse(statement)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True
