"""Where a program ends, and how a text is made to parse that almost does.

Covers text after the program (headers of the next problem, end tokens, loops the model did not
leave, column-0 lines after a function's body), a tail that the token budget cut off, and
indentation that Python refuses: models that were trained on tabs mix them into programs that
begin with spaces. Offers readings in a fixed order and takes the first that parses; at most a few
dozen are tried. Never adds a statement, never changes a name or a string, never cuts inside a
closed string, never looks at tests.
"""

import re
from collections.abc import Callable, Iterator
from itertools import islice

from gptcc_cli.extraction.lexing import SourceLine, code_spans, lines_of
from gptcc_cli.extraction.parsing import trouble_of
from gptcc_cli.extraction.thinking import END_TOKEN

MOST_LINES_DROPPED = 2
"""Lines of an unfinished tail that may go."""

_FRAGMENT = re.compile(r"\n[ \t]*[A-Za-z_][\w.]*\Z")
"""A last line that parses, but does nothing: the beginning of a statement, or of a name."""

Reading = tuple[str, tuple[str, ...]]
"""A text, and the names of the steps that made it."""


def repair(prefix: str, text: str, *, unfinished: bool) -> Reading | None:
    """Return the first reading of ``prefix + text`` that parses; ``None``: none does.

    Args:
        prefix: the program's beginning, which the prompt gave; it is never dropped.
        text: what the model wrote, cut where the program ends.
        unfinished: whether the budget ended the text, so that its last line may be a fragment.
    """
    if unfinished and _FRAGMENT.search(text):
        shorter = prefix + drop_last_line(text)
        if trouble_of(shorter) is None:
            return shorter, ("truncated",)
    dropped: tuple[str, ...] = ()
    for _ in range(MOST_LINES_DROPPED + 1 if unfinished else 1):
        for source, steps in _readings_of(prefix + text):
            if trouble_of(source) is None:
                return source, (*steps, *dropped)
        text, dropped = drop_last_line(text), ("truncated",)
        if not text.strip():
            break
    return None


def _readings_of(source: str) -> Iterator[Reading]:
    """The text itself, then what its first trouble suggests."""
    yield source, ()
    steps: tuple[str, ...] = ()
    if "\xa0" in source:
        source, steps = regular_blanks(source), ("nbsp",)
        yield source, steps
    trouble = trouble_of(source)
    if trouble is None or not trouble.is_indentation:
        return
    shifted = dedent(source)
    if shifted is not None:
        yield shifted, (*steps, "dedent")
    for name, other in readings(source):
        yield other, (*steps, name)


_MARKS = re.compile(
    r"^(?-i:QUESTION:|ANSWER:|-----|Use Standard Input format|Use Call-Based format)|"
    + END_TOKEN.pattern,
    re.MULTILINE | re.IGNORECASE,
)
"""Headers of another problem or answer, and ends of text."""
_MOST_MARKS = 8
_LOOP = 4
"""So many equal lines in a row are a loop."""


def cuts_at_marks(text: str) -> list[str]:
    """The text up to its first end token or header, then up to the next ones; none: empty."""
    return [text[: mark.start()] for mark in islice(_MARKS.finditer(text), _MOST_MARKS)]


def cut_loop(text: str) -> str:
    """Cut a loop of equal lines that the text ends in, leaving one of them.

    A last line that is the beginning of the repeated one belongs to the loop.
    """
    lines = text.split("\n")
    end = len(lines)
    while end and not lines[end - 1].strip():
        end -= 1
    if end >= 2 and lines[end - 2].startswith(lines[end - 1]):
        end -= 1
    first = end - 1
    while first > 0 and lines[first - 1] == lines[end - 1]:
        first -= 1
    if first < 0 or end - first < _LOOP or not lines[first].strip():
        return text
    return "\n".join(lines[: first + 1]) + "\n"


def cut_after_body(prefix: str, text: str) -> str:
    """Cut a function's continuation at the first statement in column 0 after its body began.

    Lines inside brackets, and inside strings that are closed, are no statements. A bracket or
    string that is never closed hides nothing: then the text itself decides.
    """
    lines = lines_of(prefix + text)
    first = prefix.count("\n") + (0 if prefix.endswith("\n") or not prefix else 1)
    kept = _body_end(lines, first, trust_brackets=True)
    if kept == len(lines) and not _is_balanced(lines):
        kept = _body_end(lines, first, trust_brackets=False)
    if kept == len(lines):
        return text
    whole = "\n".join(line.text for line in lines[:kept]) + "\n"
    return whole[len(prefix) :]


def drop_last_line(text: str) -> str:
    """Drop the last line that is not blank."""
    head, _, _ = text.rstrip().rpartition("\n")
    return head + "\n" if head else ""


def _body_end(lines: list[SourceLine], first: int, *, trust_brackets: bool) -> int:
    """The number of lines before the first column-0 statement from ``first`` on."""
    for number in range(first, len(lines)):
        line = lines[number]
        hidden = line.in_string and line.closed
        if trust_brackets:
            hidden = hidden or not line.fresh
        text = line.text
        if hidden or not text.strip() or text[0] in " \t\f)]}#":
            continue
        return number
    return len(lines)


def _is_balanced(lines: list[SourceLine]) -> bool:
    """Whether no bracket or string is open at the end."""
    return not lines or (not lines[-1].ends_in_string and (lines[-1].fresh or not lines[-1].text))


STEP = "    "


def reindent_by_stack(source: str) -> str:
    """Read indentation as a stack of blanks and write four spaces for each level.

    Blanks are pushed after a line that opens a block, and levels are popped when their blanks
    come again. Blanks never seen before close the levels whose blanks go on from them, and then
    are another way to write the level that is left.
    """
    stack: list[set[str]] = [{""}]
    opens = False
    result: list[str] = []
    for line in lines_of(source):
        if not line.fresh:
            opens = line.last == ":" if line.last else opens
            result.append(line.text)
            continue
        body = line.text[len(line.indent) :]
        if line.is_code:
            _settle(stack, line.indent, opens)
            opens = line.last == ":"
        result.append(STEP * (len(stack) - 1) + body if body else "")
    return "\n".join(result)


def expand_tabs(source: str, width: int) -> str:
    """Write every tab in the blanks that begin a statement as spaces up to the next column."""
    return _map_indents(source, lambda indent: indent.expandtabs(width))


def tabs_to_spaces(source: str) -> str:
    """Write every tab in the blanks that begin a statement as four spaces."""
    return _map_indents(source, lambda indent: indent.replace("\t", STEP))


def dedent(source: str) -> str | None:
    """Take off the blanks that all statements begin with; ``None`` if they share none."""
    lines = lines_of(source)
    indents = [line.indent for line in lines if line.is_code]
    if not indents:
        return None
    shared = min(indents, key=len)
    if not shared or not all(indent.startswith(shared) for indent in indents):
        return None
    return "\n".join(
        line.text.removeprefix(shared) if not line.in_string else line.text for line in lines
    )


def regular_blanks(source: str) -> str:
    """Write no-break spaces outside strings and comments as spaces."""
    parts: list[str] = []
    end = 0
    for start, stop in code_spans(source):
        parts += [source[end:start], source[start:stop].replace("\xa0", " ")]
        end = stop
    return "".join([*parts, source[end:]])


def readings(source: str) -> Iterator[tuple[str, str]]:
    """Other readings of a text's indentation, the likeliest first, each with its name."""
    yield "reindent", reindent_by_stack(source)
    yield "tabs-to-4", tabs_to_spaces(source)
    yield "expandtabs-8", expand_tabs(source, 8)


def _settle(stack: list[set[str]], indent: str, opens: bool) -> None:
    """Bring the stack to the level of a statement with these blanks."""
    if opens:
        stack.append({indent})
        return
    for level in range(len(stack) - 1, -1, -1):
        if indent in stack[level]:
            del stack[level + 1 :]
            return
    while len(stack) > 1 and all(known.startswith(indent) for known in stack[-1]):
        stack.pop()
    if len(stack) == 1 and indent:
        return
    stack[-1].add(indent)


def _map_indents(source: str, change: Callable[[str], str]) -> str:
    return "\n".join(
        change(line.indent) + line.text[len(line.indent) :] if line.fresh else line.text
        for line in lines_of(source)
    )
