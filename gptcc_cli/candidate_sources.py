"""Where candidates come from: a model on this machine, a server, or recorded completions.

A source is a generator together with the prompts it reads. Covers which template and window a
model gets; does not choose or load the model (``models``) and prints nothing.
"""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Event
from typing import Any

from gptcc_cli.errors import ModelError
from gptcc_cli.generation import (
    EndpointGenerator,
    EndpointStyle,
    Generator,
    ReplayGenerator,
    Request,
    Sampling,
    derive_seed,
    open_generator,
)
from gptcc_cli.models import FoundModel, LoadedModel, Tokenizer, count_parameters
from gptcc_cli.models.training_record import trained_template
from gptcc_cli.problem import Problem
from gptcc_cli.prompting import (
    Mistake,
    Prompt,
    PromptTemplate,
    RepairPrompts,
    build_prompts,
    build_repair_prompt,
    build_tests_prompt,
    choose_template,
    load_template,
)

PromptMaker = Callable[[Problem], tuple[Prompt, ...]]
"""Returns a problem's prompts, one for each form of the template."""

WriteTests = Callable[[Problem, int, Sampling, Event], str]
"""Asks the model for N tests of a problem, until the event is set; returns its reply."""

_ENDPOINT_WINDOW = 8192
"""Tokens assumed for the window of a server's model, if the server does not tell."""
_CHARACTERS_PER_TOKEN = 3
"""Low, so that a prompt is rather shortened than refused."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CandidateSource:
    """A generator and what it reads."""

    generator: Generator
    prompts: PromptMaker
    repair_prompts: RepairPrompts | None = None
    """Shows the model a program that failed; ``None``: the model does not chat."""
    write_tests: WriteTests | None = None
    """Asks the model for tests; ``None``: the model does not chat."""
    n_at_most: int | None = None
    """How many candidates there can be; ``None``: any number."""
    loaded: LoadedModel | None = None
    """The model; ``None``: no model runs here."""
    notes: tuple[str, ...] = ()
    """Choices that were made, each with its reason."""


def model_source(
    loaded: LoadedModel, *, template: PromptTemplate | None, max_new_tokens: int
) -> CandidateSource:
    """Return a source that generates with a model on this machine.

    Args:
        loaded: the model.
        template: ``None``: the one it was trained with, or that suits it.
        max_new_tokens: maximum tokens of a completion.

    Raises:
        UsageError: the template can't be read.
    """
    found, tokenizer = loaded.found, loaded.tokenizer
    generator = open_generator(loaded)
    notes = (*loaded.notes, *generator.notes)
    trained = trained_template(found.adapter or found.path)
    if template is None and trained is not None:
        notes = (f"template {trained}: the model was trained with it", *notes)
    window = loaded.context_length
    return _source(
        generator,
        prompt_maker(
            found, tokenizer, template=template, window=window, max_new_tokens=max_new_tokens
        ),
        chats=tokenizer.chat_template is not None,
        fit={
            "count_tokens": tokenizer.count,
            "render_chat": tokenizer.render_chat,
            "window": window,
            "max_new_tokens": max_new_tokens,
        },
        loaded=loaded,
        notes=notes,
    )


def prompt_maker(
    found: FoundModel,
    tokenizer: Tokenizer,
    *,
    template: PromptTemplate | None,
    window: int,
    max_new_tokens: int,
) -> PromptMaker:
    """Return a function that makes a model's prompts.

    Args:
        found: the model; its kind and size choose a template.
        tokenizer: counts tokens and renders chats.
        template: ``None``: the one it was trained with, or that suits it.
        window: tokens the model can attend to.
        max_new_tokens: maximum tokens of a completion.
    """
    chat = tokenizer.chat_template is not None
    n_parameters = count_parameters(found)
    trained = trained_template(found.adapter or found.path)
    if template is None and trained is not None:
        template = load_template(trained)

    def prompts(problem: Problem) -> tuple[Prompt, ...]:
        name = choose_template(
            problem, chat=chat, n_parameters=n_parameters, tabs=found.name.endswith("-apps")
        )
        return build_prompts(
            problem,
            template or load_template(name),
            count_tokens=tokenizer.count,
            render_chat=tokenizer.render_chat if chat else None,
            window=window,
            max_new_tokens=max_new_tokens,
        )

    return prompts


def endpoint_source(
    url: str, *, model: str | None, style: EndpointStyle, template: str | None, max_new_tokens: int
) -> CandidateSource:
    """Return a source that generates on an OpenAI-compatible server.

    Args:
        url: the server, such as ``http://127.0.0.1:8000``.
        model: one of its models; ``None``: the first it lists.
        style: which of its services is called.
        template: ``None``: a question for a chat, else the form of APPS.
        max_new_tokens: maximum tokens of a completion.

    Raises:
        ModelError: the server can't be reached, or has no model.
        UsageError: the URL or the template can't be read.
    """
    chosen = load_template(template or ("ask" if style is EndpointStyle.CHAT else "apps"))
    generator = EndpointGenerator(url, model=model, style=style)
    fit: dict[str, Any] = {
        "count_tokens": lambda text: len(text) // _CHARACTERS_PER_TOKEN + 1,
        "render_chat": _as_one_message,
        "window": generator.context_length or max(_ENDPOINT_WINDOW, 2 * max_new_tokens),
        "max_new_tokens": max_new_tokens,
    }
    return _source(
        generator,
        lambda problem: build_prompts(problem, chosen, **fit),
        chats=style is EndpointStyle.CHAT,
        fit=fit,
        notes=tuple(generator.notes),
    )


def file_source(path: Path) -> CandidateSource:
    """Return a source that reads completions from a file.

    Raises:
        ModelError: the file can't be read, or holds none.
    """
    with suppress(OSError, ValueError):  # there is no current directory, or the file is elsewhere
        path = path.relative_to(Path.cwd())  # as messages and the history show it
    generator = ReplayGenerator(path, any_prompt=True)
    if generator.n_completions == 0:
        raise ModelError(
            f"{str(path)!r} contains no completions",
            hint="give a JSONL file of completions, such as --save-all writes",
        )
    return recorded_source(generator, n_at_most=generator.n_completions)


def recorded_source(
    generator: Generator, *, n_at_most: int, tests_reply: str = "", repairs: bool = False
) -> CandidateSource:
    """Return a source of completions that exist already; its prompts are empty and never read.

    Args:
        generator: yields the completions.
        n_at_most: how many there are in the first round.
        tests_reply: what the model wrote when it was asked for tests.
        repairs: whether there are rounds of repair.
    """
    prompt = Prompt(text="", template=load_template("apps"), n_tokens=0)
    return CandidateSource(
        generator=generator,
        prompts=lambda _: (prompt,),
        repair_prompts=(lambda _, __, round_: replace(prompt, round=round_)) if repairs else None,
        write_tests=lambda *_: tests_reply,
        n_at_most=n_at_most,
    )


def _source(
    generator: Generator, prompts: PromptMaker, *, chats: bool, fit: Mapping[str, Any], **more: Any
) -> CandidateSource:
    def repair(problem: Problem, mistake: Mistake, round_: int) -> Prompt:
        return build_repair_prompt(problem, mistake, round=round_, **fit)

    def write_tests(problem: Problem, n_tests: int, sampling: Sampling, stop: Event) -> str:
        sample = next(iter(problem.trusted_samples), None)
        request = Request(
            prompt=build_tests_prompt(problem, sample, n_tests=n_tests, **fit),
            index=0,
            temperature=0.0,
            seed=derive_seed(sampling.seed, f"{problem.id} tests", 0),
        )
        written = generator.generate(iter((request,)), replace(sampling, n=1), cancel=stop)
        return "".join(completion.text for completion in written)

    return CandidateSource(
        generator=generator,
        prompts=prompts,
        repair_prompts=repair if chats else None,
        write_tests=write_tests if chats else None,
        **more,
    )


def _as_one_message(messages: Sequence[Mapping[str, str]], *, answer_prefix: str) -> str:
    # The server applies the chat template to a message, and begins the answer itself.
    return "\n\n".join([*(message["content"] for message in messages), answer_prefix]).rstrip()
