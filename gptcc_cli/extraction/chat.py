"""The program in an answer written for people.

Reasoning and terminal colours go; then fenced blocks are weighed: tagged Python before untagged,
what parses before what does not, what has the function asked for (or reads and prints) before
what has not, later before earlier. Without any fence the text itself is looked through.
"""

import json
import re
from collections.abc import Iterator, Sequence

from gptcc_cli.extraction.fences import Block, blocks_of
from gptcc_cli.extraction.lexing import lines_of
from gptcc_cli.extraction.parsing import (
    Trouble,
    does_something,
    fitness,
    names_defined,
    names_missing,
    only_defines,
    parse,
    trouble_of,
)
from gptcc_cli.extraction.repair import Reading, repair
from gptcc_cli.problem import Mode, Problem

_ANSI = re.compile(r"\x1b\[[0-9;?]*[ -/]*[@-~]")
_CODE_LINE = re.compile(
    r"(?:import|from|def|class|for|while|if|with|try|print)\b|[@#]|[A-Za-z_]\w* ?=|n\b"
)
_USAGE = re.compile(r"(?:print|assert)\b|>>>")
_CODE_KEYS = ("code", "python", "program", "solution", "answer")
_MOST_LINES = 400
_MOST_RUNS = 50


def program_of_answer(text: str, problem: Problem, *, unfinished: bool) -> Reading:
    """Find the program in an answer; an empty text means there is none.

    Args:
        text: the answer, line ends normalised.
        problem: says what the program must have.
        unfinished: whether the budget ended the answer.
    """
    steps: tuple[str, ...] = ()
    plain = _ANSI.sub("", text)
    if plain != text:
        steps = (*steps, "ansi")
    answer = _after_reasoning(plain)
    if answer != plain:
        steps = (*steps, "think")
    blocks = blocks_of(answer)
    usable = [block for block in blocks if block.may_be_python and block.text.strip()]
    if usable:
        source, more = _best_block(usable, problem, unfinished)
        return source, (*steps, "fence", *more)
    prose = ("", ()) if blocks else _code_in_prose(answer)
    source, more = _code_in_json(answer, blocks) or prose
    return source, (*steps, *more)


def _after_reasoning(text: str) -> str:
    """What comes after the model's thoughts; thoughts that never end leave nothing."""
    head, mark, tail = text.rpartition("</think>")
    if mark:
        return tail
    return "" if text.lstrip().startswith("<think>") else head + tail


def _best_block(blocks: Sequence[Block], problem: Problem, unfinished: bool) -> Reading:
    """Choose one block, with earlier ones that define what it needs."""
    ranked = sorted(
        enumerate(blocks), key=lambda pair: (_rank(pair[1], problem), pair[0]), reverse=True
    )
    for index, block in ranked:
        module = parse(block.text)
        if not isinstance(module, Trouble) and does_something(module):
            return _with_helpers(blocks[:index], block)
        if isinstance(module, Trouble):
            # Only the last block can have lost its tail, and only if its fence is missing.
            cut_off = unfinished and not block.closed and block is blocks[-1]
            mended = _mended(block.text, problem, cut_off=cut_off)
            if mended is not None:
                return mended
    broken = [
        block for block in blocks if block.is_python and isinstance(parse(block.text), Trouble)
    ]
    return (broken[-1].text, ()) if broken else ("", ())


def _rank(block: Block, problem: Problem) -> int:
    """How good a block is: higher is better."""
    module = parse(block.text)
    if isinstance(module, Trouble):
        return 3 if block.is_python else 0
    if not does_something(module):
        return 0
    if block.is_python:
        return 4 + fitness(module, problem)
    return 1 + (fitness(module, problem) > 0)


def _mended(text: str, problem: Problem, *, cut_off: bool) -> Reading | None:
    """A broken block made to parse; for calls, without the examples of use that break it."""
    mended = repair("", text, unfinished=cut_off)
    if mended is None and problem.mode is Mode.CALL:
        kept = [
            line.text for line in lines_of(text) if not (line.fresh and _USAGE.match(line.text))
        ]
        source = "\n".join(kept)
        if source != text and trouble_of(source) is None:
            mended = source, ("usage",)
    if mended is None:
        return None
    module = parse(mended[0])
    return mended if not isinstance(module, Trouble) and does_something(module) else None


def _with_helpers(earlier: Sequence[Block], block: Block) -> Reading:
    """Put earlier blocks in front that define names which the block uses and nowhere binds."""
    module = parse(block.text)
    assert not isinstance(module, Trouble)
    missing = set(names_missing(module))
    parts = [block.text]
    for other in reversed(earlier):
        helper = parse(other.text)
        if isinstance(helper, Trouble) or not only_defines(helper):
            continue
        if missing & names_defined(helper):
            parts.insert(0, other.text)
            missing = (missing - names_defined(helper)) | names_missing(helper)
    return "\n".join(parts), ("join",) if len(parts) > 1 else ()


def _code_in_json(answer: str, blocks: Sequence[Block]) -> Reading | None:
    """A program that came as a string in a JSON object."""
    texts = [answer, *(block.text for block in blocks if block.tag in ("json", "jsonc"))]
    for text in texts:
        start = text.find('{"')
        try:
            value, _ = json.JSONDecoder().raw_decode(text, max(0, start))
        except (ValueError, RecursionError):
            continue
        if not isinstance(value, dict):
            continue
        for key in _CODE_KEYS:
            program = value.get(key)
            if isinstance(program, str) and not isinstance(parse(program), Trouble):
                return program, ("json",)
    return None


def _code_in_prose(answer: str) -> Reading:
    """The whole text if it is a program, else the longest run of lines that is one."""
    module = parse(answer)
    if not isinstance(module, Trouble):
        return (answer, ()) if does_something(module) else ("", ())
    lines = answer.split("\n")[:_MOST_LINES]
    best = max(_runs(lines), key=len, default="")
    if not best:  # Markdown knows code by four blanks, too
        shifted = [line[4:] if line.startswith("    ") else line for line in lines]
        best = max(_runs(shifted), key=len, default="")
    return (best, ("prose",)) if best else ("", ())


def _runs(lines: list[str]) -> Iterator[str]:
    """Runs of lines that parse, each from a line that looks like code to the first trouble."""
    start = tried = 0
    while start < len(lines) and tried < _MOST_RUNS:
        if not _CODE_LINE.match(lines[start]):
            start += 1
            continue
        tried += 1
        end = len(lines)
        found = parse("\n".join(lines[start:end]))
        while isinstance(found, Trouble) and end > start:
            shorter = min(end - 1, start + (found.line or 1) - 1)
            end = _without_dangling(lines, start, shorter)
            found = parse("\n".join(lines[start:end]))
        if not isinstance(found, Trouble) and does_something(found):
            yield "\n".join(lines[start:end]) + "\n"
        start = max(end, start + 1)


def _without_dangling(lines: list[str], start: int, end: int) -> int:
    """Leave blank lines at the end of a run out."""
    while end > start and not lines[end - 1].strip():
        end -= 1
    return end
