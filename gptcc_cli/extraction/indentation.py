"""Indentation that Python refuses, made regular, without touching what is in strings.

Models that were taught tabs mix them into programs that begin with spaces. What a line's blanks
meant is read from the lines before it; whether a reading is right only parsing can tell, so
these functions offer readings and decide nothing.
"""

from collections.abc import Callable, Iterator

from gptcc_cli.extraction.lexing import code_spans, lines_of

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


def plain_blanks(source: str) -> str:
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
