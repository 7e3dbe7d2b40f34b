"""Fenced blocks in an answer written for people (Markdown), and what their tags say.

Knows fences of backticks and tildes, indented or in a list, closed or not, and the
``[PYTHON]`` marks of some models. A fence inside a triple-quoted string of a Python block does
not close the block.
"""

import re
from dataclasses import dataclass, field

_FENCE = re.compile(
    r"^(?P<before>[ \t]*(?:(?:[-*+]|\d+[.)])[ \t]+|>[ \t]?)?)(?P<marks>`{3,}|~{3,})"
)
_TAG = re.compile(r"^[ \t]*(?:code[ \t]+)?\{?\.?([A-Za-z0-9_+#./-]*)")
_PYTHON_MARKS = re.compile(r"^[ \t]*\[(/?)PYTHON\][ \t]*$", re.IGNORECASE)
_QUOTES = re.compile(r"""\\.|#|\"{3}|'{3}|["']""")
_PYTHON_TAG = re.compile(r"(?:(?:i?python|py|pypy|sage|cpython)[\d.]*|[\w./-]*\.py)\Z")
_OPENED_IN_LINE = re.compile(r"(?P<marks>`{3,})[ \t]*(?:i?python|py)[\d.]*[ \t]*\Z", re.IGNORECASE)
_GLUED_FENCE = re.compile(r"`{3,}[ \t]*\Z")


@dataclass(slots=True)
class FencedBlock:
    """One fenced block."""

    tag: str
    """The language named after the fence, in lower case; empty if none is."""
    lines: list[str] = field(default_factory=list)
    closed: bool = False
    """Whether its closing fence is there."""

    @property
    def text(self) -> str:
        """What stands between the fences, without the fences' own indentation."""
        return "\n".join(self.lines) + "\n" if self.lines else ""

    @property
    def is_python(self) -> bool:
        """Whether the tag names Python."""
        return _PYTHON_TAG.match(self.tag) is not None

    @property
    def may_hold_python(self) -> bool:
        """Whether the tag names Python or nothing."""
        return self.is_python or not self.tag

    @property
    def may_be_python(self) -> bool:
        """Whether the tag names Python or nothing, and the text is no interpreter session."""
        first = next((line for line in self.lines if line.strip()), "")
        return self.may_hold_python and not first.lstrip().startswith(">>>")


@dataclass(slots=True)
class _Open:
    """The block being read."""

    block: FencedBlock
    marks: str
    """The fence that opened it; empty for ``[PYTHON]``."""
    before: str
    """What stood before the fence."""
    quote: str = ""
    """The triple quotes of the string we are in."""


def blocks_of(text: str) -> list[FencedBlock]:
    """All fenced blocks, in order; the last may be unclosed."""
    blocks: list[FencedBlock] = []
    current: _Open | None = None
    for line in text.removesuffix("\n").split("\n"):
        if current is None:
            current = _opened(line)
        elif _closes(line, current):
            current.block.closed = True
            current.block.lines.extend(_before_closing(line, current))
            blocks.append(current.block)
            current = None
        elif not current.quote and (following := _opened(line)) and following.block.is_python:
            blocks.append(current.block)
            current = following
        else:
            current.block.lines.append(_without(current.before, line))
            if current.block.may_hold_python:
                current.quote = _quote_after(line, current.quote)
    if current is not None:
        blocks.append(current.block)
    return blocks


def has_fence(text: str) -> bool:
    """Whether a line begins with a fence."""
    return any(_opened(line) for line in text.split("\n"))


def text_before_fence(text: str) -> str:
    """The lines before the first line that begins with a fence."""
    kept: list[str] = []
    for line in text.split("\n"):
        if _opened(line):
            break
        kept.append(line + "\n")
    return "".join(kept)


def text_after_fences(text: str) -> str:
    """Return what follows the last line that begins with a fence."""
    lines = text.split("\n")
    fences = [number for number, line in enumerate(lines) if _FENCE.match(line)]
    return "\n".join(lines[fences[-1] + 1 :]) if fences else ""


def text_outside(text: str) -> str:
    """Return the lines outside closed blocks; an unclosed one's are kept, without its fence.

    A fence that was never closed may itself be a closing one whose opening is missing.
    """
    kept: list[str] = []
    current: _Open | None = None
    start = 0
    for line in text.split("\n"):
        if current is None:
            current = _opened(line)
            start = len(kept)
            if current is None:
                kept.append(_GLUED_FENCE.sub("", line))
        elif _closes(line, current):
            current = None
            del kept[start:]
        else:
            kept.append(line)
    if current is not None and not current.block.may_hold_python:
        del kept[start:]
    return "\n".join(kept)


def ends_in_open_fence(text: str) -> bool:
    """Whether a prompt leaves a Python fence open at its end, for the answer to fill."""
    last = text.rstrip("\n").rpartition("\n")[2]
    opened = _opened(last)
    return opened is not None and (opened.block.is_python or not opened.block.tag)


def _opened(line: str) -> _Open | None:
    fence = _FENCE.match(line)
    if fence is not None:
        rest = line[fence.end() :]
        if "`" in rest and fence["marks"][0] == "`":
            return None  # inline code, not a fence
        tag = _TAG.match(rest)
        name = tag[1].lower() if tag else ""
        return _Open(FencedBlock(name), fence["marks"], re.sub(r"\S", " ", fence["before"]))
    mark = _PYTHON_MARKS.match(line)
    if mark is not None and not mark[1]:
        return _Open(FencedBlock("python"), "", "")
    # Words and the opening fence on one line; a tag after it, so that nothing closes there.
    within = _OPENED_IN_LINE.search(line)
    if within is not None and "`" not in line[: within.start()]:
        return _Open(FencedBlock("python"), within["marks"], "")
    return None


def _closes(line: str, current: _Open) -> bool:
    """Whether a line is the closing fence of the block being read."""
    if current.quote:
        return False
    if not current.marks:
        mark = _PYTHON_MARKS.match(line)
        return mark is not None and bool(mark[1])
    if _before_closing(line, current):
        return True
    fence = _FENCE.match(line)
    if fence is None or fence["marks"][0] != current.marks[0]:
        return False
    return len(fence["marks"]) >= len(current.marks) and not line[fence.end() :].strip()


def _before_closing(line: str, current: _Open) -> list[str]:
    """The code on a line that ends in the closing fence, as some models write it.

    Outside comments, backticks are no Python, so that nothing is taken for a fence wrongly.
    """
    ends = current.marks.startswith("`") and line.rstrip().endswith(current.marks)
    code = _without(current.before, line).rstrip().removesuffix(current.marks).rstrip()
    if not ends or not code or not current.block.may_hold_python or "#" in code or "`" in code:
        return []
    return [code]


def _without(before: str, line: str) -> str:
    """Take off as many blanks as the fence had before it."""
    kept = 0
    while kept < len(before) and kept < len(line) and line[kept] in " \t":
        kept += 1
    return line[kept:]


def _quote_after(line: str, quote: str) -> str:
    """The triple quotes that are open after a line of Python, given those open before it."""
    single = ""
    for match in _QUOTES.finditer(line):
        mark = match.group()
        if quote:
            quote = "" if mark == quote else quote
        elif single:
            single = "" if mark == single else single
        elif mark == "#":
            break
        elif len(mark) == 3:
            quote = mark
        elif mark in "\"'":
            single = mark
    return quote
