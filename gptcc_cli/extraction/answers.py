"""The program in an answer written for people.

Thoughts, terminal colours and end tokens go first. What a mark calls the final answer is looked
through before the rest. Fenced blocks are weighed: Python before untagged before other tags, what
parses before what does not, what has the function asked for (or reads and prints) before what
lacks it, later before earlier. A complete program without a fence after all blocks is the last
word. Without any usable block, programs in tool calls, JSON and bare text are looked for.
"""

import json
import re
from collections.abc import Iterator, Sequence
from typing import Any

from gptcc_cli.extraction.fences import FencedBlock, blocks_of, text_after_fences, text_outside
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
from gptcc_cli.extraction.thinking import cut_at_end_token, finals, without_thoughts
from gptcc_cli.problem import Mode, Problem

_ANSI = re.compile(r"\x1b\[[0-9;?]*[ -/]*[@-~]")
_CODE_LINE = re.compile(
    r"(?:import|from|def|class|for|while|if|with|try|print|async)\b|[@#]"
    r"|[(*]?[A-Za-z_][\w.\[\]()*, ]*?(?: ?[-+*/%&|^]{0,2}=(?!=)|: ?\w)|[A-Za-z_][\w.]*\("
)
_USAGE = re.compile(r"(?:print|assert)\b|>>>")
_CODE_KEYS = ("code", "python", "program", "solution", "answer", "source", "source_code")
_WRAPPING_KEYS = ("arguments", "parameters", "input", "args", "function", "tool_calls", "result")
_TOOL_ARGUMENT = re.compile(
    r"<parameter(?:=| name=\")(?:code|source|python|program|script)\"?>\n?(.*?)\n?</parameter>"
    r"|<arg_key>\s*(?:code|source|python|program|script)\s*</arg_key>\s*"
    r"<arg_value>\n?(.*?)\n?</arg_value>",
    re.DOTALL,
)
_OTHER_LANGUAGES = frozenset(
    """
    bash sh shell zsh console terminal powershell bat cmd json jsonc jsonl yaml yml toml ini xml
    html css csv output stdout input stdin diff sql c cpp c++ cc cxx h hpp cs csharp java kotlin
    scala go golang rust rs js javascript ts typescript php ruby rb perl swift haskell hs ocaml
    lua r julia pascal fortran asm mermaid latex tex markdown md pycon
    """.split()  # noqa: SIM905 (a list of words reads better than one of strings)
)
"""Tags of blocks that are not Python, whatever they hold."""
_MOST_LINES = 400
_MOST_RUNS = 50
_MOST_OBJECTS = 50


def program_of_answer(text: str, problem: Problem, *, unfinished: bool) -> Reading:
    """Find the program in an answer; an empty text means there is none.

    Args:
        text: the answer, line ends normalised.
        problem: says what the program must have.
        unfinished: whether the budget ended the answer.
    """
    steps: tuple[str, ...] = ()
    uncoloured = _ANSI.sub("", text)
    if uncoloured != text:
        steps = (*steps, "ansi")
    answer = without_thoughts(uncoloured)
    if answer != uncoloured:
        steps = (*steps, "think")
    for final in finals(answer):
        source, more = _program_in(cut_at_end_token(final), problem, unfinished)
        if source and trouble_of(source) is None:
            return source, (*steps, "final", *more)
    ended = cut_at_end_token(answer)
    if ended != answer:
        steps = (*steps, "stop")
    source, more = _program_in(ended, problem, unfinished)
    return source, (*steps, *more)


def _program_in(answer: str, problem: Problem, unfinished: bool) -> Reading:
    """Find the program in what was said, whatever holds it."""
    if len(answer) > 2 and answer.strip().startswith('"'):
        answer = _json_string(answer) or answer
    blocks = blocks_of(answer)
    usable = [block for block in blocks if block.may_be_python and block.text.strip()]
    if usable:
        after = text_after_fences(answer) if blocks[-1].closed else ""
        last_word = _complete_program(after, problem)
        if last_word:
            return last_word, ("prose",)
        found = _best_block(usable, problem, unfinished)
        if found[0] and trouble_of(found[0]) is None:
            return found[0], ("fence", *found[1])
    for reading in (
        _code_in_tool_call(answer),
        _code_in_json(answer, blocks),
        _code_in_other_blocks(blocks, problem),
        # A broken block that says it is Python is the answer, and not what stands around it.
        None if any(block.is_python for block in usable) else _code_outside_blocks(answer),
    ):
        if reading is not None:
            return reading
    return (found[0], ("fence", *found[1])) if usable else ("", ())


def _complete_program(text: str, problem: Problem) -> str:
    """Return a bare program that ends a text, if it has all that the problem asks for."""
    source, _ = _code_in_prose(text)
    module = parse(source) if source.strip() else None
    if module is None or isinstance(module, Trouble) or not text.rstrip().endswith(source.rstrip()):
        return ""
    complete = fitness(module, problem) == 2 and not names_missing(module)
    return source if complete else ""


def _code_in_other_blocks(blocks: Sequence[FencedBlock], problem: Problem) -> Reading | None:
    """Return a program in a block with a tag that names no language: ``text``, ``code``, ...

    Samples in such blocks do nothing as Python, or do not parse.
    """
    for block in reversed(blocks):
        module = parse(block.text)
        if block.may_hold_python or block.tag in _OTHER_LANGUAGES:
            continue
        if isinstance(module, Trouble) or not does_something(module):
            continue
        if fitness(module, problem):
            return block.text, ("fence", "tag")
    return None


def _code_outside_blocks(answer: str) -> Reading | None:
    """Return a program in bare text; a fence that only opens or only closes is left out."""
    source, steps = _code_in_prose(text_outside(answer))
    return (source, steps) if source else None


def _best_block(blocks: Sequence[FencedBlock], problem: Problem, unfinished: bool) -> Reading:
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
            repaired = _repaired(block.text, problem, cut_off=cut_off)
            if repaired is None and not block.closed and block is blocks[-1]:
                repaired = _before_prose(block.text, problem)
            if repaired is not None:
                return repaired
    broken = [
        block for block in blocks if block.is_python and isinstance(parse(block.text), Trouble)
    ]
    return (broken[-1].text, ()) if broken else ("", ())


def _rank(block: FencedBlock, problem: Problem) -> int:
    """How good a block is: higher is better."""
    module = parse(block.text)
    if isinstance(module, Trouble):
        return 3 if block.is_python else 0
    if not does_something(module):
        return 0
    if block.is_python:
        return 4 + fitness(module, problem)
    return 1 + (fitness(module, problem) > 0)


def _repaired(text: str, problem: Problem, *, cut_off: bool) -> Reading | None:
    """A broken block made to parse; for calls, without the examples of use that break it."""
    repaired = repair("", text, unfinished=cut_off)
    if repaired is None and problem.mode is Mode.CALL:
        kept = [
            line.text for line in lines_of(text) if not (line.fresh and _USAGE.match(line.text))
        ]
        source = "\n".join(kept)
        if source != text and trouble_of(source) is None:
            repaired = source, ("usage",)
    if repaired is None:
        return None
    module = parse(repaired[0])
    return repaired if not isinstance(module, Trouble) and does_something(module) else None


def _before_prose(text: str, problem: Problem) -> Reading | None:
    """Return the program that an unclosed block begins with; words follow where the fence lacks."""
    source, steps = _code_in_prose(text)
    module = parse(source)
    fits = not isinstance(module, Trouble) and fitness(module, problem) == 2
    rest = text.removeprefix(source.rstrip()).lstrip()
    is_first = text.startswith(source.rstrip())
    return (source, steps) if fits and is_first and not _CODE_LINE.match(rest) else None


def _with_helpers(earlier: Sequence[FencedBlock], block: FencedBlock) -> Reading:
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


def _code_in_tool_call(answer: str) -> Reading | None:
    """Return the code argument of the last tool call that is written with tags."""
    for match in reversed(list(_TOOL_ARGUMENT.finditer(answer))):
        program = match[1] if match[1] is not None else match[2]
        if trouble_of(program) is None and program.strip():
            return program + "\n", ("tool",)
    return None


def _code_in_json(answer: str, blocks: Sequence[FencedBlock]) -> Reading | None:
    """Return a program that came as a string in a JSON object, however deep."""
    texts = [answer, *(block.text for block in blocks if block.tag in ("json", "jsonc"))]
    for text in texts:
        start = -1
        for _ in range(_MOST_OBJECTS):
            start = text.find("{", start + 1)
            if start < 0:
                break
            try:
                value, _ = json.JSONDecoder().raw_decode(text, start)
                program = _code_value(value)
            except (ValueError, RecursionError):
                continue
            if program is not None:
                return program, ("json",)
    return None


def _code_value(value: Any) -> str | None:
    """Return the program under a telling key of a JSON value, inside wrappers too."""
    if isinstance(value, str):
        return _code_value(json.loads(value)) if value.startswith("{") else None
    for item in value if isinstance(value, list) else ():
        if (found := _code_value(item)) is not None:
            return found
    if not isinstance(value, dict):
        return None
    for key in _CODE_KEYS:
        program = value.get(key)
        if isinstance(program, str) and program.strip() and trouble_of(program) is None:
            return program
    for key in (*_CODE_KEYS, *_WRAPPING_KEYS):
        if (found := _code_value(value.get(key))) is not None:
            return found
    return None


def _json_string(answer: str) -> str | None:
    """Return the text of an answer that is one JSON string."""
    try:
        value = json.loads(answer)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, str) else None


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
            yield "\n".join(lines[start:end]).rstrip("\n") + "\n"
        start = max(end, start + 1)


def _without_dangling(lines: list[str], start: int, end: int) -> int:
    """Leave blank lines at the end of a run out."""
    while end > start and not lines[end - 1].strip():
        end -= 1
    return end
