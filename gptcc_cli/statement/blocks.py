"""Lines -> blocks of input and output, as their headings announce them.

Covers where a block begins and which heading ends it, headings glued to data included. What a
block's own lines say about where it ends is the work of ``trimming``; pairs are made in
``stdin_samples``.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from gptcc_cli.statement.headings import Heading, Role, read_heading
from gptcc_cli.statement.lines import Line, is_prose, split_lines


@dataclass(slots=True, kw_only=True)
class Block:
    """One input or output as it stands in the statement."""

    heading: Heading
    title: Line
    """The heading's own line."""
    lines: list[Line] = field(default_factory=list)
    sure: bool = True
    """Whether the headings leave no doubt that it is a sample."""

    described: bool = False
    """Whether samples are announced below it, so that it can only describe a format."""

    @property
    def role(self) -> Role:
        """Input or output."""
        return self.heading.role

    @property
    def end(self) -> int:
        """The offset after its last line."""
        return max((line.end for line in self.lines), default=self.title.end)


def read_blocks(statement: str) -> list[Block]:
    """Cut a statement into blocks of input and output; other text is left out.

    Blocks that may as well be the sections that describe the formats are marked unsure.
    """
    return _Automaton(list(_parts(statement))).blocks


class _Automaton:
    """Goes over the lines once, knowing whether it is among samples and inside which block."""

    def __init__(self, lines: Sequence[Line]) -> None:
        self._lines = lines
        self._section = False
        self._samples_at = -1
        self._inside: Block | None = None
        self.blocks: list[Block] = []
        for index, line in enumerate(lines):
            heading = read_heading(line.text) if line.text else None
            if heading is None and self._section and "." in line.text[:40]:
                heading = _file_heading(line.text)
            if heading is not None and self._counts(index, heading, line):
                self._step(heading, line)
            else:
                self._keep(line)
        for block in self.blocks:
            block.described = not block.sure and block.end < self._samples_at

    def _keep(self, line: Line) -> None:
        """Add a line to the block it stands in, if any."""
        if self._inside is not None and not _underlines(self._inside, line):
            self._inside.lines.append(line)

    def _step(self, heading: Heading, line: Line) -> None:
        """Go past a heading: end the block it stands below, and open the one it announces."""
        before, self._inside = self._inside, None
        match heading.role:
            case Role.INPUT | Role.OUTPUT:
                self._open(heading, line, before)
            case Role.SAMPLES:
                self._section = True
                self._samples_at = line.start
            case Role.BOTH:
                self._section = self._section or heading.sample or heading.decorated
            case Role.OTHER:
                self._section = False

    def _open(self, heading: Heading, title: Line, before: Block | None) -> None:
        """Open a block where a heading of input or output stands."""
        if before is not None and before.heading.sample and not any_text(before.lines):
            self._section = self._section or heading.role is before.role
        answers = heading.role is Role.OUTPUT and before is not None and before.role is Role.INPUT
        sure = heading.sample or self._section
        if answers and before is not None:
            sure = sure or before.sure
            before.sure = before.sure or heading.sample
        block = Block(heading=heading, title=title, sure=sure)
        if heading.value_at is not None:
            block.lines.append(title.cut(heading.value_at))
        self.blocks.append(block)
        self._inside = block

    def _counts(self, index: int, heading: Heading, line: Line) -> bool:
        """Whether a heading is one here, rather than a line of the data it stands in."""
        if heading.role is Role.SAMPLES:
            return heading.sample or self._announces(index)
        if self._inside is None:
            return True
        if heading.role in (Role.INPUT, Role.OUTPUT, Role.BOTH):
            return not self._repeats(heading)
        if heading.limit:
            return True
        after_blank = index == 0 or self._lines[index - 1].blank
        if heading.decorated and (heading.role is Role.ASIDE or after_blank):
            return True
        if heading.role is Role.OTHER and heading.value_at is not None and not after_blank:
            return False
        return heading.value_at is not None or not line.text.strip()[:1].islower()

    def _repeats(self, heading: Heading) -> bool:
        """Whether ``Output: 3`` is a line of the output that it stands in."""
        assert self._inside is not None
        return (
            heading.role is self._inside.role is Role.OUTPUT
            and heading.value_at is not None
            and not (heading.sample or heading.decorated)
            and any_text(self._inside.lines)
        )

    def _announces(self, index: int) -> bool:
        """Whether ``Test 1`` stands above a sample; ``Case 1`` may be a line of output."""
        for line in self._lines[index + 1 : index + 4]:
            if not line.blank:
                heading = read_heading(line.text)
                return heading is not None and heading.role in (Role.INPUT, Role.BOTH)
        return False


def _file_heading(text: str) -> Heading | None:
    """Return the heading that a file's name is, where a sample's files are printed."""
    match = _FILE_NAME.fullmatch(text)
    if match is None:
        return None
    role = Role.INPUT if match.group(1).lower().startswith("i") else Role.OUTPUT
    return Heading(role=role, sample=True, decorated=False)


def _underlines(block: Block, line: Line) -> bool:
    """Whether a line is the rule that some layouts draw below a heading."""
    if block.lines or line.text[:1] not in "-=~":
        return False
    title, rule = block.title.text.strip(), line.text.strip()
    return _RULE.fullmatch(rule) is not None and abs(len(rule) - len(title)) <= 2


def any_text(lines: Sequence[Line]) -> bool:
    """Whether there is anything but blank lines."""
    return any(not line.blank for line in lines)


# Headings that share their line with data ------------------------------------------------------


def _parts(statement: str) -> Iterator[Line]:
    """Yield the lines, those that hold a heading and something else cut where it begins."""
    for line in split_lines(statement):
        text = line.text
        near = text if len(text) <= _LONGEST else text[:_TAIL_LENGTH] + text[-_TAIL_LENGTH:]
        if len(text) > _SHORTEST and _GLUABLE.search(near):
            yield from _unglue(line)
        else:
            yield line


def _unglue(line: Line) -> Iterator[Line]:
    """Cut ``98SAMPLE OUTPUT``, ``-----Example:-----Input:`` and ``Input: 3 Output: 4``."""
    text = line.text
    marks = {0, len(text)}
    if "---" in text and len(text) <= _LONGEST:
        for ruled in _RULED.finditer(text):
            if read_heading(ruled.group()):
                marks |= {ruled.start(), ruled.end()}
    tail = _TAIL.search(text, max(0, len(text) - _TAIL_LENGTH))
    if tail and _DECORATION.fullmatch(text[: tail.start()]):
        tail = None
    if tail and (tail.group("touching") is not None or not is_prose(text[: tail.start()])):
        marks.add(tail.start())
    head = _HEAD.match(text)
    if head:
        marks.add(head.end())
    row = _ROW.match(text) if len(text) <= _LONGEST else None
    if row:
        marks.add(row.start("second"))
    points = sorted(marks)
    if len(points) == 1:
        yield line
    for start, end in pairwise(points):
        yield line.cut(start, end)


_LONGEST = 4000
"""Characters of a line that may hold a heading in its middle."""
_SHORTEST = 6
"""Characters that a heading glued to something has at least."""
_TAIL_LENGTH = 60
_GLUABLE = re.compile(r"put|PUT|---|xplanation|XPLANATION")
_FILE_NAME = re.compile(r"(?i)[#*`\s]{0,8}[a-z]\w{0,20}\.(inp?|out|ans)[`*:\s]{0,6}")
_RULE = re.compile(r"-{3,}|={3,}|~{3,}")
_RULED = re.compile(r"(?<!-)(-{3,}+)[^-\n]{3,40}\1(?:-+(?!\d))?")
"""A heading between rules; a minus sign that touches the second rule is left to the data."""
_TAIL = re.compile(
    r"(?<=\S)(?:(?P<touching>)|[ \t]+)(?:SAMPLE|EXAMPLE|Sample|Example|Expected|EXPECTED) ?"
    r"(?:OUTPUT|Output|INPUT|Input)[ #]{0,2}\d{0,2}\s*:?\s*$"
    r"|(?<=[\dA-Z\])}#*])Output\s*:?\s*$|(?<=[\d\])}#*])OUTPUT\s*:?\s*$"
    r"|(?<=[^\s_`#>\[-])Output:\s*$"
    r"|(?<=[^\s_`#>\[(-])(?:EXPLANATION|Explanation)\s*\d{0,2}\s*:?\s*$"
)
_HEAD = re.compile(
    r"\s{0,9}(?:SAMPLE|EXAMPLE|Sample|Example) (?:INPUT|OUTPUT|Input|Output)"
    r"(?=[\[({\"'.#*a-z-]|\d{1,9}[ \d.,-]|\d{3,})(?!s\b)(?!-{2,}|\*{2})"
)
_DECORATION = re.compile(r"[\s\-=*#_~`>\[【•·|+]*(?:\(?\d{1,2}[.)][ \t]*)?")
"""What may stand before a heading on its line, and is no data."""
_ROW = re.compile(
    r"\s{0,9}[*_`]{0,3}(?:Sample |Example )?Input ?\d{0,2}[*_`]{0,3}:[^\n]*?\S(?P<second>[ \t,;]+"
    r"[*_`]{0,3}(?:Sample |Example |Expected )?Output ?\d{0,2}[*_`]{0,3}:)",
    re.IGNORECASE,
)
