"""The indentation of an answer: tabs as the card's data had it, or spaces, checked.

Pure. ``to_tabs`` is the algorithm that APPS' training code used, faults included; ``reindent``
is what we do now.
"""

import ast
import io
import tokenize
import warnings
from typing import Literal

_PARSE_ERRORS = (SyntaxError, ValueError, RecursionError, MemoryError)


def to_tabs(source: str) -> str:
    """One tab a level, the level's width taken from the first indented line.

    Spaces left over stay behind the tabs (hendrycks/apps, ``train/dataset_apps``: ``reindent``).
    """
    width = _first_width(source)
    if width == 0:
        return source
    lines = []
    for line in source.split("\n"):
        body = line.lstrip(" \t")
        columns = len(line[: len(line) - len(body)].expandtabs(8))
        lines.append("\t" * (columns // width) + " " * (columns % width) + body)
    return "\n".join(lines)


def reindent(source: str, style: Literal["tabs", "spaces"]) -> str:
    """Write every level as four spaces, or one tab, if the program stays the same.

    Levels are the tokenizer's own, so text inside strings and brackets is not taken for one.
    A program that does not parse, or would parse to something else, comes back as it was.
    """
    before = parse(source)
    if before is None:
        return source
    unit = "\t" if style == "tabs" else "    "
    try:
        changed = _rewritten(source, unit)
    except (tokenize.TokenError, IndentationError, SyntaxError):
        return source
    after = parse(changed)
    same = after is not None and ast.dump(after) == ast.dump(before)
    return changed if same else source


def parse(source: str) -> ast.Module | None:
    """The program's tree; ``None`` if it is no Python 3."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", SyntaxWarning)
            return ast.parse(source)
    except _PARSE_ERRORS:
        return None


def _first_width(source: str) -> int:
    for line in source.split("\n"):
        body = line.lstrip(" \t")
        if body and body != line:
            return len(line[: len(line) - len(body)].expandtabs(8))
    return 0


def _rewritten(source: str, unit: str) -> str:
    lines = source.split("\n")
    level = 0
    begins = True
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        if token.type == tokenize.INDENT:
            level += 1
        elif token.type == tokenize.DEDENT:
            level -= 1
        elif token.type in (tokenize.NEWLINE, tokenize.ENDMARKER):
            begins = True
        elif begins and token.type not in (tokenize.NL, tokenize.COMMENT):
            row = token.start[0] - 1
            lines[row] = unit * level + lines[row].lstrip(" \t\f")
            begins = False
    return "\n".join(_comments_follow(line, unit) for line in lines)


def _comments_follow(line: str, unit: str) -> str:
    # A comment on a line of its own belongs to no level; its tabs and spaces are only made alike.
    body = line.lstrip(" \t")
    if not body.startswith("#"):
        return line
    columns = len(line[: len(line) - len(body)].expandtabs(4))
    return unit * round(columns / 4) + body
