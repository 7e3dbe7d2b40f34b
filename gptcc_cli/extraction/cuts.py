"""Where a program ends and something else begins.

Covers text after the program (headers of the next problem, end tokens, loops the model did not
leave, column-0 lines after a function's body) and a tail that the budget cut off. Never cuts
inside a string that is closed, nor in a text that parses with the marks in it.
"""

import re
from itertools import islice

from gptcc_cli.extraction.lexing import Line, lines_of

_END_TOKEN = re.compile(r"<\|(?:endoftext|im_end|im_start|eot_id|end)\|>|</s>")
"""Ends of text, as the tokenizers of common models write them."""
_MARKS = re.compile(
    r"^(?:QUESTION:|ANSWER:|-----|Use Standard Input format|Use Call-Based format)|"
    + _END_TOKEN.pattern,
    re.MULTILINE,
)
"""Headers of another problem or answer, and ends of text."""
_MOST_MARKS = 8
_LOOP = 4
"""So many equal lines in a row are a loop."""


def cuts_at_marks(text: str) -> list[str]:
    """The text up to its first end token or header, then up to the next ones; none: empty."""
    return [text[: mark.start()] for mark in islice(_MARKS.finditer(text), _MOST_MARKS)]


def cut_at_end_token(text: str) -> str:
    """The text up to its first end token; headers are left alone, an answer may use them."""
    token = _END_TOKEN.search(text)
    return text[: token.start()] if token else text


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


def _body_end(lines: list[Line], first: int, *, trust_brackets: bool) -> int:
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


def _is_balanced(lines: list[Line]) -> bool:
    """Whether no bracket or string is open at the end."""
    return not lines or (not lines[-1].ends_in_string and (lines[-1].fresh or not lines[-1].text))
