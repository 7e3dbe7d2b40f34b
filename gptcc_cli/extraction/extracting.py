"""Completion -> Candidate, by the kind of text the prompt asked for.

A *program* is all there is after the prompt: it ends at the next header and nowhere else, since
programs consist of column-0 lines. A *body* goes on from the prompt's unfinished function: it
ends at the first column-0 statement. An *answer* is written for people and holds blocks of code.
Whatever changes the text is named in ``Candidate.cleaning``, in order; the completion keeps its
raw text.
"""

from enum import Enum
from typing import TYPE_CHECKING

from gptcc_cli.extraction.candidate import Candidate, make_candidate
from gptcc_cli.extraction.chat import program_of_answer
from gptcc_cli.extraction.cuts import cut_after_body, cut_at_end_token, cut_loop, cuts_at_marks
from gptcc_cli.extraction.fences import blocks_of, ends_in_open_fence, has_fence, text_before_fence
from gptcc_cli.extraction.lexing import lines_of
from gptcc_cli.extraction.parsing import (
    Trouble,
    defines,
    does_something,
    parse,
    trouble_of,
    usage_examples,
)
from gptcc_cli.extraction.repair import Reading, repair
from gptcc_cli.extraction.starter import with_starter_names
from gptcc_cli.extraction.uncalled import with_main_called
from gptcc_cli.problem import Mode, Problem

if TYPE_CHECKING:
    from gptcc_cli.generation import Completion
    from gptcc_cli.prompting import Prompt

_FENCE = "```python\n"


class Style(Enum):
    """What kind of text a completion is."""

    PROGRAM = "program"
    """A program and nothing else."""
    BODY = "body"
    """The rest of a function that the prompt began."""
    ANSWER = "answer"
    """Prose with blocks of code."""


def extract(completion: "Completion", problem: Problem, *, clean: bool = True) -> Candidate:
    """Make a candidate of a completion. Pure, and linear in the length of the text.

    Args:
        completion: what the model wrote, and the prompt it wrote it for.
        problem: the problem; its samples are not looked at.
        clean: ``False`` takes prefix and text as they are.
    """
    prefix, text = completion.prompt.prefix, completion.text
    reading: Reading = (prefix + text, ())
    if clean:
        reading = with_starter_names(_cleaned(completion, problem), problem)
        reading = with_main_called(reading, problem)
    source, steps = reading
    return make_candidate(
        source,
        completions=(completion,),
        cleaning=steps,
        round=completion.prompt.round,
        parent=completion.prompt.repairs,
    )


def style_of(prompt: "Prompt") -> Style:
    """What kind of text a prompt asks for."""
    if prompt.ends_with_body:
        return Style.BODY
    if prompt.template.chat or ends_in_open_fence(prompt.text.removesuffix(prompt.prefix)):
        return Style.ANSWER
    return Style.BODY if _begins_body(prompt.prefix) else Style.PROGRAM


def _begins_body(prefix: str) -> bool:
    """Whether a program's beginning ends inside a function or another block."""
    last = next((line for line in reversed(lines_of(prefix)) if line.text.strip()), None)
    return last is not None and (last.last == ":" or last.text[0] in " \t" or last.in_string)


def _cleaned(completion: "Completion", problem: Problem) -> Reading:
    """Choose the rules by the style and apply them."""
    text = completion.text.replace("\r\n", "\n").replace("\r", "\n")
    steps: tuple[str, ...] = () if text == completion.text else ("crlf",)
    from gptcc_cli.generation import Finish

    unfinished = completion.finish is not Finish.STOP
    prompt, style = completion.prompt, style_of(completion.prompt)
    if style is Style.PROGRAM and has_fence(text) and trouble_of(prompt.prefix + text):
        before = text_before_fence(text)
        if _is_program(prompt.prefix + before):
            text, steps, unfinished = before, (*steps, "fence"), False
        else:
            style = Style.ANSWER
    if style is Style.ANSWER:
        source, more = _from_answer(prompt, text, problem, unfinished)
    else:
        source, more = _from_plain(prompt.prefix, text, problem, style, unfinished)
    return source, (*steps, *more)


def _is_program(source: str) -> bool:
    """Whether a text parses and does something."""
    module = parse(source)
    return not isinstance(module, Trouble) and does_something(module)


def _from_plain(
    prefix: str, text: str, problem: Problem, style: Style, unfinished: bool
) -> Reading:
    """Clean a program, or the rest of one."""
    steps: list[str] = []
    stopped = _stopped(prefix, text)
    if stopped != text:
        steps.append("stop")
    looped = stopped
    if unfinished or trouble_of(prefix + stopped):
        looped = cut_loop(stopped)
    if looped != stopped:
        steps.append("loop")
    text = _body(prefix, looped, problem) if style is Style.BODY else looped
    if text != looped:
        steps.append("body")
    if not text.strip():
        return "", tuple(steps)
    found = _restated(prefix, text, problem)
    if found is None:
        found = repair(prefix, text, unfinished=unfinished and not steps)
    source, more = found or (prefix + text, ())
    if found is not None and not _is_program(source):
        return "", tuple(steps)
    return source, (*steps, *more)


def _stopped(prefix: str, text: str) -> str:
    """Cut what follows the program; a mark inside one of its strings is not followed."""
    cuts = cuts_at_marks(text)
    if not cuts:
        return text
    for kept in (text, *cuts):
        if trouble_of(prefix + kept) is None:
            return kept
    return cuts[0]


def _body(prefix: str, text: str, problem: Problem) -> str:
    """Cut after the body; a completion that begins the program anew is kept whole."""
    kept = cut_after_body(prefix, text)
    name = problem.entry_point
    if not kept.strip() and name and f"def {name}(" in text:
        return text
    return kept


def _restated(prefix: str, text: str, problem: Problem) -> Reading | None:
    """A completion that repeats the beginning it was given is a program by itself."""
    name = problem.entry_point
    if not prefix or name is None or trouble_of(prefix + text) is None:
        return None
    module = parse(text)
    if isinstance(module, Trouble) or not defines(module, name):
        return None
    return text, ("restated",)


def _from_answer(prompt: "Prompt", text: str, problem: Problem, unfinished: bool) -> Reading:
    """Clean an answer; a fence that the prompt opened is part of it."""
    kept = cut_at_end_token(text)
    steps: tuple[str, ...] = () if kept == text else ("stop",)
    opened = ends_in_open_fence(prompt.text.removesuffix(prompt.prefix))
    found = None
    if opened:
        found = _restated(prompt.prefix, blocks_of(_FENCE + kept)[0].text, problem)
    if found is None:
        whole = (_FENCE if opened else "") + prompt.prefix + kept
        found = program_of_answer(whole, problem, unfinished=unfinished)
    source, more = found
    source, dropped = _without_examples(source, problem)
    return source, (*steps, *more, *dropped)


def _without_examples(source: str, problem: Problem) -> Reading:
    """Drop prints and asserts that show a function at work; a call needs none of them."""
    if problem.mode is not Mode.CALL or problem.entry_point is None:
        return source, ()
    module = parse(source)
    if isinstance(module, Trouble):
        return source, ()
    lines = source.split("\n")
    ranges = usage_examples(module, problem.entry_point)
    for start, end in ranges:
        lines[start - 1 : end] = [""] * (end - start + 1)
    return ("\n".join(lines).rstrip() + "\n", ("usage",)) if ranges else (source, ())
