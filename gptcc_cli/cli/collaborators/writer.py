"""Who writes candidates, opened from options; says in a line what was chosen and why."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Event

from gptcc_cli.console import Reporter
from gptcc_cli.console.reporter import FetchView
from gptcc_cli.errors import ModelError
from gptcc_cli.generation import (
    Generator,
    ReplayGenerator,
    Request,
    Sampling,
    derive_seed,
    open_generator,
)
from gptcc_cli.models import (
    FoundModel,
    LoadedModel,
    ModelSpec,
    Tokenizer,
    count_parameters,
    find,
    load,
)
from gptcc_cli.models.training_record import trained_template
from gptcc_cli.problem import Problem
from gptcc_cli.prompting import (
    Mistake,
    Prompt,
    PromptTemplate,
    RepairPrompts,
    TestPrompts,
    build_prompts,
    build_repair_prompt,
    build_tests_prompt,
    choose_template,
    load_template,
)

PromptMaker = Callable[[Problem], tuple[Prompt, ...]]
"""Puts a problem to the model that writes, in as many forms as its template has."""

WriteTests = Callable[[Problem, int, Sampling, Event], str]
"""Asks the model that writes for so many tests of a problem, until it is told to stop; returns its
words."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Writer:
    """Who writes, and what it reads."""

    generator: Generator
    prompts: PromptMaker
    mend: RepairPrompts | None = None
    """Puts a program that failed to the model; ``None``: it can't be asked."""
    write_tests: WriteTests | None = None
    """Asks the model for tests; ``None``: it can't be asked."""
    n_at_most: int | None = None
    """How many candidates there can be; ``None``: any number."""
    loaded: LoadedModel | None = None
    """The model; ``None``: no model writes."""


def open_writer(
    spec: ModelSpec, *, template: str | None, max_new_tokens: int, reporter: Reporter
) -> Writer:
    """Find and load a model, and say which one writes.

    Raises:
        ModelError: it can't be found or loaded.
        UsageError: the template can't be read.
    """
    chosen = None if template is None else load_template(template)
    loaded = _load(spec, reporter)
    trained_with = trained_template(loaded.found.adapter or loaded.found.path)
    if chosen is None and trained_with is not None:
        reporter.debug(f"template {trained_with}: the model was trained with it")
    generator = open_generator(loaded)
    reporter.info(f"model: {generator.name}")
    for note in (*loaded.notes, *generator.notes):
        reporter.debug(note)
    prompts = prompt_maker(
        loaded.found,
        loaded.tokenizer,
        template=chosen,
        window=loaded.context_length,
        max_new_tokens=max_new_tokens,
    )
    return Writer(
        generator=generator,
        prompts=prompts,
        mend=_mender(loaded, max_new_tokens),
        write_tests=_claims_writer(generator, loaded, max_new_tokens),
        loaded=loaded,
    )


def open_replay(path: Path) -> Writer:
    """Read completions from a file instead of a model.

    Raises:
        ModelError: the file can't be read, or holds none.
    """
    generator = ReplayGenerator(path, any_prompt=True)
    if generator.n_completions == 0:
        raise ModelError(
            f"{str(path)!r} holds no completions",
            hint="name a JSONL file of completions, as --save-all writes it",
        )
    unread = Prompt(text="", template=load_template("apps"), n_tokens=0)
    return Writer(
        generator=generator,
        prompts=lambda _: (unread,),
        write_tests=lambda *_: "",
        n_at_most=generator.n_completions,
    )


def prompt_maker(
    found: FoundModel,
    tokenizer: Tokenizer,
    *,
    template: PromptTemplate | None,
    window: int,
    max_new_tokens: int,
) -> PromptMaker:
    """Return a function that puts a problem to this model.

    Args:
        found: the model; its kind and size choose a template.
        tokenizer: counts tokens and renders chats.
        template: the user's choice; ``None``: the one it was trained with, or one that suits it.
        window: tokens the model can attend to.
        max_new_tokens: tokens a completion may have.
    """
    chat = tokenizer.chat_template is not None
    n_parameters = count_parameters(found)
    trained_with = trained_template(found.adapter or found.path)
    if template is None and trained_with is not None:
        template = load_template(trained_with)

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


def _mender(loaded: LoadedModel, max_new_tokens: int) -> RepairPrompts | None:
    tokenizer = loaded.tokenizer
    if tokenizer.chat_template is None:
        return None

    def mend(problem: Problem, mistake: Mistake, round_: int) -> Prompt:
        return build_repair_prompt(
            problem,
            mistake,
            round=round_,
            count_tokens=tokenizer.count,
            render_chat=tokenizer.render_chat,
            window=loaded.context_length,
            max_new_tokens=max_new_tokens,
        )

    return mend


def _claims_writer(
    generator: Generator, loaded: LoadedModel, max_new_tokens: int
) -> WriteTests | None:
    tokenizer = loaded.tokenizer
    if tokenizer.chat_template is None:
        return None

    def ask(problem: Problem, n_tests: int) -> Prompt:
        return build_tests_prompt(
            problem,
            next(iter(problem.trusted_samples), None),
            n_tests=n_tests,
            count_tokens=tokenizer.count,
            render_chat=tokenizer.render_chat,
            window=loaded.context_length,
            max_new_tokens=max_new_tokens,
        )

    return claims_writer(generator, ask)


def claims_writer(generator: Generator, ask: TestPrompts) -> WriteTests:
    """Return a function that lets a model write tests: once, and the likeliest words."""

    def write(problem: Problem, n_tests: int, sampling: Sampling, stop: Event) -> str:
        seed = derive_seed(sampling.seed, f"{problem.id} tests", 0)
        request = Request(prompt=ask(problem, n_tests), index=0, temperature=0.0, seed=seed)
        written = generator.generate(iter((request,)), replace(sampling, n=1), cancel=stop)
        return "".join(completion.text for completion in written)

    return write


def _load(spec: ModelSpec, reporter: Reporter) -> LoadedModel:
    with FetchView(reporter) as view:
        found = find(spec, progress=view)
    if found.notice:
        reporter.info(found.notice)
    with reporter.status(f"loading {found.name}"):
        return load(found)
