"""What ``gptcc prompt`` does, behind its options."""

from dataclasses import dataclass
from pathlib import Path

from gptcc_cli.cli.collaborators.writer import prompt_maker
from gptcc_cli.cli.intake import named_or_piped, read_tasks
from gptcc_cli.console import Reporter, write_answer, write_exactly, write_json
from gptcc_cli.console.reporter import FetchView
from gptcc_cli.models import ModelSpec, Tokenizer, context_length, find, load_tokenizer
from gptcc_cli.prompting import Prompt, load_template


@dataclass(frozen=True, slots=True, kw_only=True)
class PromptWish:
    """What to show."""

    problem: str | None
    spec: ModelSpec
    template: str | None
    starter: Path | None
    max_new_tokens: int
    tokens: bool
    as_json: bool


def run(wish: PromptWish, reporter: Reporter) -> None:
    """Print the prompt of each problem.

    Raises:
        ProblemError: the problem can't be read, or does not fit the model's window.
        ModelError: the model's tokenizer can't be had.
        UsageError: the template can't be read, or does not suit the model.
    """
    names = named_or_piped([wish.problem] if wish.problem else None, "prompt")
    tasks = read_tasks(names, starter=wish.starter, tests=None, reporter=reporter)
    template = None if wish.template is None else load_template(wish.template)
    with FetchView(reporter) as view:
        found = find(wish.spec, progress=view)
    if found.notice:
        reporter.info(found.notice)
    tokenizer = load_tokenizer(found)
    window, _ = context_length(found)
    make = prompt_maker(
        found, tokenizer, template=template, window=window, max_new_tokens=wish.max_new_tokens
    )
    for task in tasks:
        commit = f"@{found.commit[:7]}" if found.commit else ""
        prompts = make(task.problem)
        for number, prompt in enumerate(prompts, start=1):
            form = f", form {number} of {len(prompts)}" if len(prompts) > 1 else ""
            _show(prompt, task.problem.id, tokenizer, wish)
            reporter.info(
                f"{task.problem.id}: template {prompt.template.name}{form}, {prompt.n_tokens} of "
                f"{window} tokens of {found.name}{commit}"
            )
            for part in prompt.dropped:
                reporter.warn(f"left out to fit the window: {_shortly(part)}")


def _show(prompt: Prompt, problem_id: str, tokenizer: Tokenizer, wish: PromptWish) -> None:
    ids = tokenizer.encode(prompt.text, add_special_tokens=not prompt.template.chat)
    if wish.as_json:
        write_json(
            "gptcc.prompt/1",
            {
                "problem": problem_id,
                "text": prompt.text,
                "tokens": ids,
                "template": prompt.template.name,
                "template_sha256": prompt.template.sha256,
                "stop": list(prompt.template.stop_strings),
                "program_begins": prompt.prefix,
                "dropped": list(prompt.dropped),
            },
        )
    elif wish.tokens:
        for number in ids:
            text = tokenizer.decode([number], skip_special_tokens=False)
            write_answer(f"{number}\t{text!r}")
    else:
        # Not a line more or less than the model reads, so that it can be compared byte for byte.
        write_exactly(prompt.text)


def _shortly(text: str) -> str:
    words = " ".join(text.split())
    return words if len(words) <= 60 else words[:57] + "..."
