"""Completion -> Candidate, by the kind of text the prompt asked for.

A *program* is all there is after the prompt: it ends at the next header and nowhere else, since
programs consist of column-0 lines. A *body* goes on from the prompt's unfinished function: it
ends at the first column-0 statement. An *answer* is written for people and holds blocks of code.
Whatever changes the text is named in ``Candidate.cleaning``, in order; the completion keeps its
raw text.
"""

import ast
import re
from enum import Enum
from typing import TYPE_CHECKING

from gptcc_cli.extraction.additions import with_main_called, with_site_imports
from gptcc_cli.extraction.answers import program_of_answer
from gptcc_cli.extraction.candidate import Candidate, make_candidate
from gptcc_cli.extraction.fences import blocks_of, ends_in_open_fence, has_fence, text_before_fence
from gptcc_cli.extraction.lexing import lines_of
from gptcc_cli.extraction.parsing import (
    Trouble,
    defines,
    does_something,
    names_defined,
    names_missing,
    parse,
    trouble_of,
    usage_examples,
    uses_input_or_output,
)
from gptcc_cli.extraction.repair import (
    STEP,
    Reading,
    cut_after_body,
    cut_loop,
    cuts_at_marks,
    repair,
)
from gptcc_cli.extraction.thinking import without_thoughts
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
        reading = with_site_imports(_cleaned(completion, problem), problem)
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
    if style is not Style.ANSWER and has_fence(text) and trouble_of(prompt.prefix + text):
        before = text_before_fence(text)
        if _is_complete(prompt.prefix, before):
            text, steps, unfinished = before, (*steps, "fence"), False
        elif style is Style.PROGRAM:
            style = Style.ANSWER
        elif (found := _fenced_body(prompt.prefix, text, problem, unfinished)) is not None:
            return found[0], (*steps, *found[1])
    if style is Style.ANSWER:
        source, more = _from_answer(prompt, text, problem, unfinished)
    else:
        source, more = _from_plain(prompt.prefix, text, problem, style, unfinished)
    return source, (*steps, *more)


def _is_program(source: str) -> bool:
    """Whether a text parses and does something."""
    module = parse(source)
    return not isinstance(module, Trouble) and does_something(module)


def _is_complete(prefix: str, text: str) -> bool:
    """Whether a prompt's beginning and a text make a program whose last function has a body."""
    module = parse(prefix + text)
    if not text.strip() or isinstance(module, Trouble) or not does_something(module):
        return False
    last = module.body[-1]
    return not isinstance(last, ast.FunctionDef) or not all(map(_is_filler, last.body))


def _is_filler(node: ast.stmt) -> bool:
    """Whether a statement only keeps a place: a docstring, an ellipsis or ``pass``."""
    return isinstance(node, ast.Pass) or (
        isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    )


def _fenced_body(prefix: str, text: str, problem: Problem, unfinished: bool) -> Reading | None:
    """Read a function's body, or the whole function, that was written inside a fence."""
    name = problem.entry_point
    source, steps = program_of_answer(text, problem, unfinished=unfinished)
    module = parse(source)
    if name and not isinstance(module, Trouble) and defines(module, name):
        return source, steps
    for block in blocks_of(without_thoughts(text)):
        if block.may_hold_python and _is_complete(prefix, block.text):
            return prefix + block.text, ("fence",)
    return None


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
    """Cut after the body, and keep the helpers below it that it needs.

    A completion that begins the program anew is kept whole. One whose first line has lost its
    indentation, as some servers strip it, gets it back.
    """
    kept = cut_after_body(prefix, text)
    if kept.strip() and trouble_of(prefix + kept) and not kept.startswith((STEP, "\t", "\n")):
        return _indented_anew(prefix, text) or kept
    if kept.strip():
        return kept + _needed_below(prefix + kept, text[len(kept) :])
    name = problem.entry_point
    if name and f"def {name}(" in text:
        return text
    return _indented_anew(prefix, text) or kept


def _needed_below(program: str, rest: str) -> str:
    """Return the definitions below a body that the program needs and lacks."""
    module, below = parse(program), parse(rest)
    if isinstance(module, Trouble) or isinstance(below, Trouble):
        return ""
    lines = rest.split("\n")
    parts: list[str] = []
    missing = set(names_missing(module))
    for _ in below.body:
        for node in below.body:
            bound = names_defined(ast.Module(body=[node], type_ignores=[]))
            if missing & bound and not uses_input_or_output(node):
                parts.append("\n".join(lines[node.lineno - 1 : node.end_lineno]) + "\n")
                alone = names_missing(ast.Module(body=[node], type_ignores=[]))
                missing = (missing | alone) - bound
                break
        else:
            break
    return "\n" + "\n".join(parts) if parts else ""


_NEW_DEFINITION = re.compile(r"(?:def|class|import|from|async|@|if __name__|assert|print)\b|@")


def _indented_anew(prefix: str, text: str) -> str | None:
    """Return a body whose first line, or whose every line, was shifted to column 0."""
    first, _, rest = text.lstrip("\n").partition("\n")
    if not prefix or not first.strip() or _NEW_DEFINITION.match(first):
        return None
    everywhere = "\n".join(STEP + line if line.strip() else line for line in text.split("\n"))
    for body in (everywhere, f"{STEP}{first.lstrip()}\n{rest}"):
        kept = cut_after_body(prefix, body)
        if kept.strip() and trouble_of(prefix + kept) is None:
            return kept
    return None


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
    opened = ends_in_open_fence(prompt.text.removesuffix(prompt.prefix))
    found = None
    if opened:
        found = _restated(prompt.prefix, blocks_of(_FENCE + text)[0].text, problem)
    if found is None:
        whole = (_FENCE if opened else "") + prompt.prefix + text
        found = program_of_answer(whole, problem, unfinished=unfinished)
    source, more = found
    source, dropped = _without_examples(source, problem)
    return source, (*more, *dropped)


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
