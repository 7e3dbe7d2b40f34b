"""Standard-input statements -> the samples printed in them.

Covers the layouts of judges whose programs read standard input: a line automaton over headings
(``headings``), which says where each block of input or output begins, and rules that say where
it ends. Blocks are paired strictly; what can't be paired becomes a warning with its place.
Covers no call-based layout.
"""

import html
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

from gptcc_cli.problem import SampleTest
from gptcc_cli.statement.headings import Heading, Role, read_heading
from gptcc_cli.statement.lines import Line, is_fence, is_prose, split_lines
from gptcc_cli.statement.reading import StatementWarning


@dataclass(slots=True, kw_only=True)
class Block:
    """One input or output as it stands in the statement."""

    heading: Heading
    at: int
    """Where the heading stands."""
    lines: list[Line] = field(default_factory=list)

    @property
    def role(self) -> Role:
        """Input or output."""
        return self.heading.role


def find_stdin_samples(
    statement: str,
) -> tuple[tuple[SampleTest, ...], tuple[StatementWarning, ...]]:
    """Return the samples of a statement and what looked like one but could not be used."""
    blocks = _trim_all(_blocks(list(_pieces(statement))))
    samples: list[SampleTest] = []
    warnings: list[StatementWarning] = []
    for pair in _pairs(blocks):
        if isinstance(pair, StatementWarning):
            warnings.append(pair)
        else:
            samples.append(_sample(pair, len(samples) + 1, statement))
    return tuple(samples), tuple(warnings)


# Lines and headings --------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class _Piece:
    """A line with the heading it is, if any."""

    line: Line
    heading: Heading | None


def _pieces(statement: str) -> Iterator[_Piece]:
    """Yield the lines, those that hold a heading and something else cut in two."""
    for line in split_lines(statement):
        for part in _unglue(line):
            heading = read_heading(part.text)
            yield _Piece(line=part, heading=heading)


def _unglue(line: Line) -> Iterator[Line]:
    """Cut ``98SAMPLE OUTPUT`` and ``-----Example:-----Input:`` where the heading begins."""
    text = line.text
    marks = {0, len(text)}
    if "---" in text and len(text) <= _GLUED_LINE:
        for match in _RULED.finditer(text):
            if read_heading(match.group()):
                marks |= {match.start(), match.end()}
    tail = _GLUED.search(text, max(0, len(text) - _GLUED_TAIL))
    if tail and text[: tail.start()].strip() and not is_prose(text[: tail.start()]):
        marks.add(tail.start())
    points = sorted(marks)
    for start, end in pairwise(points):
        yield line.cut(start, end)
    if len(points) == 1:
        yield line


# Blocks --------------------------------------------------------------------------------------


def _blocks(pieces: Sequence[_Piece]) -> list[Block]:
    """Cut the statement into blocks of input and output; other text is left out."""
    blocks: list[Block] = []
    inside: Block | None = None
    section = False
    for index, piece in enumerate(pieces):
        heading = piece.heading
        if heading is not None and inside is not None and not _ends(heading, piece):
            heading = None
        if heading is None:
            if inside is not None:
                inside.lines.append(piece.line)
            continue
        if heading.role is Role.SAMPLES and not _opens_section(pieces, index):
            if inside is not None:
                inside.lines.append(piece.line)
            continue
        after_input = inside is not None and inside.role is Role.INPUT
        inside = None
        match heading.role:
            case Role.SAMPLES | Role.BOTH:
                section = True
            case Role.OTHER:
                section = False
            case Role.INPUT | Role.OUTPUT:
                bare = not heading.sample
                opens = section or (bare and after_input and heading.role is Role.OUTPUT)
                if heading.sample or opens:
                    inside = Block(heading=heading, at=piece.line.start)
                    blocks.append(inside)
                    if heading.value_at is not None:
                        inside.lines.append(piece.line.cut(heading.value_at))
    return blocks


def _ends(heading: Heading, piece: _Piece) -> bool:
    """Whether a heading inside a block ends it, rather than being a line of its data."""
    if heading.role in (Role.INPUT, Role.OUTPUT, Role.BOTH, Role.SAMPLES):
        return True
    first = piece.line.text.strip()[:1]
    return heading.decorated or heading.value_at is not None or not first.islower()


def _opens_section(pieces: Sequence[_Piece], index: int) -> bool:
    """Whether ``Test 1`` announces a sample; ``Case 1`` may as well be a line of output."""
    heading = pieces[index].heading
    assert heading is not None
    if heading.sample:
        return True
    for piece in pieces[index + 1 : index + 4]:
        if piece.heading and piece.heading.role in (Role.INPUT, Role.BOTH):
            return True
        if not piece.line.blank:
            return False
    return False


# Where a block ends --------------------------------------------------------------------------


def _trim_all(blocks: list[Block]) -> list[Block]:
    for block in blocks:
        block.lines = _trim(block.lines)
    return blocks


def _trim(lines: list[Line]) -> list[Line]:
    """Leave out what is not data: fences, blank edges, the words after an output."""
    lines = _unfence(lines)
    while lines and (lines[0].blank or lines[0].text.strip() == "Copy"):
        lines = lines[1:]
    kept: list[Line] = []
    blank = 0
    for line in lines:
        if line.blank:
            blank += 1
            kept.append(line)
            continue
        if blank and is_prose(line.text) and not any(is_prose(other.text) for other in kept):
            break
        blank = 0
        kept.append(line)
    while kept and kept[-1].blank:
        kept.pop()
    return kept


def _unfence(lines: list[Line]) -> list[Line]:
    """Return the inside of a block's fence; without one, the lines as they are."""
    first = next((i for i, line in enumerate(lines) if not line.blank), None)
    if first is None or not is_fence(lines[first].text):
        return [line for line in lines if not is_fence(line.text)]
    body = lines[first + 1 :]
    last = next((i for i, line in enumerate(body) if is_fence(line.text)), len(body))
    return body[:last]


# Pairs ---------------------------------------------------------------------------------------


def _pairs(blocks: list[Block]) -> Iterator[tuple[Block, Block] | StatementWarning]:
    """Pair inputs with outputs: by number if all have one, else strictly in order."""
    blocks = _by_number(blocks)
    waiting: Block | None = None
    for block in blocks:
        if block.role is Role.INPUT:
            if waiting is not None:
                yield _unpaired(waiting)
            waiting = block
        elif waiting is None:
            yield _unpaired(block)
        else:
            if waiting.lines or block.lines:
                yield (waiting, block)
            waiting = None
    if waiting is not None:
        yield _unpaired(waiting)


def _by_number(blocks: list[Block]) -> list[Block]:
    """Bring inputs and outputs with equal numbers together, where numbers say it."""
    inputs = [b for b in blocks if b.role is Role.INPUT]
    outputs = [b for b in blocks if b.role is Role.OUTPUT]
    if len(inputs) != len(outputs):
        return blocks
    roles = [b.role for b in blocks]
    half = len(blocks) // 2
    grouped = roles == [Role.INPUT] * half + [Role.OUTPUT] * half
    numbers_in = [b.heading.number for b in inputs]
    numbers_out = [b.heading.number for b in outputs]
    numbered = None not in numbers_in and len(set(numbers_in)) == len(numbers_in)
    if numbered and set(numbers_in) == set(numbers_out):
        by_number = {b.heading.number: b for b in outputs}
        return [x for b in inputs for x in (b, by_number[b.heading.number])]
    if grouped:
        return [x for pair in zip(inputs, outputs, strict=True) for x in pair]
    return blocks


def _unpaired(block: Block) -> StatementWarning:
    other = "output" if block.role is Role.INPUT else "input"
    end = block.lines[-1].end if block.lines else block.at
    return StatementWarning(
        message=f"A sample {block.role.value} has no {other}, so it was left out.",
        span=(block.at, end),
    )


def _sample(pair: tuple[Block, Block], number: int, statement: str) -> SampleTest:
    taken, given = pair
    lines = taken.lines + given.lines
    sample = SampleTest(
        name=f"sample {number}",
        input=_text(taken.lines, statement),
        expected=_text(given.lines, statement),
        span=(lines[0].start, max(line.end for line in lines)),
    )
    return replace(sample, suspect=suspicion(sample))


def _text(lines: list[Line], statement: str) -> str:
    if not lines:
        return ""
    text = "\n".join(line.text for line in lines).replace("\xa0", " ").rstrip() + "\n"
    return html.unescape(text) if "&" in text and _is_escaped(statement) else text


def _is_escaped(statement: str) -> bool:
    """Whether the whole statement is HTML-escaped, not merely about entities."""
    return bool(_ENTITY.search(statement)) and not _BARE.search(statement)


def suspicion(sample: SampleTest) -> str | None:
    """Say why a sample must not reject a program, or ``None``."""
    assert isinstance(sample.input, str)
    assert isinstance(sample.expected, str)
    if len(sample.input) + len(sample.expected) > _TOO_LONG:
        return "too_long"
    if _ELLIPSIS.search(sample.input) or _ELLIPSIS.search(sample.expected):
        return "ellipsis"
    return None


_TOO_LONG = 64 << 10
_GLUED_LINE = 4000
_GLUED_TAIL = 60
_RULED = re.compile(r"(?<!-)-{3,}+[^-\n]{3,40}-{3,}")
_GLUED = re.compile(
    r"(?:SAMPLE|EXAMPLE|Sample|Example) ?(?:OUTPUT|Output|INPUT|Input)[ #]{0,2}\d{0,2}\s*:?\s*$"
)
_ENTITY = re.compile(r"&(?:lt|gt|amp|quot|nbsp|le|ge|#\d{2,5}|#x[0-9a-fA-F]{2,5});")
_BARE = re.compile(r"&(?!#?\w{2,8};)|<(?!/?\w{1,10}/?>)")
_ELLIPSIS = re.compile(r"(?m)^[ \t]*(?:\.{3,}|…|⋮|(?:\. ?){3,})[ \t]*$|\d ?\.\.\. ?\d|…")
