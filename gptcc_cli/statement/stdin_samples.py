"""Standard-input statements -> the samples printed in them.

Covers the layouts of judges whose programs read standard input. ``blocks`` says where each
block begins, ``trimming`` where it ends; here blocks are paired, strictly: what can't be paired
becomes a warning with its place. Covers no call-based layout.
"""

import html
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from gptcc_cli.problem import SampleTest
from gptcc_cli.statement.blocks import Block, any_text, read_blocks
from gptcc_cli.statement.headings import Role
from gptcc_cli.statement.lines import Line
from gptcc_cli.statement.literals import NotALiteral, whole_literal
from gptcc_cli.statement.reading import Mark, StatementWarning
from gptcc_cli.statement.trimming import has_format_words, is_symbolic, trim


@dataclass(frozen=True, slots=True, kw_only=True)
class StdinSamples:
    """The samples of a statement, and what looked like one but could not be used."""

    samples: tuple[SampleTest, ...]
    warnings: tuple[StatementWarning, ...]
    marks: tuple[Mark, ...]


def find_stdin_samples(statement: str) -> StdinSamples:
    """Return what a statement prints as inputs and outputs."""
    blocks = read_blocks(statement)
    for block in blocks:
        block.lines = trim(block.lines, output=block.role is Role.OUTPUT)
    pairs = list(_pairs([block for block in blocks if block.sure]))
    if not any(isinstance(pair, _Pair) for pair in pairs):
        pairs += _unsure_pairs(blocks)
    samples: list[SampleTest] = []
    warnings: list[StatementWarning] = []
    marks: list[Mark] = []
    for pair in _without_doubles(pairs):
        read = pair if isinstance(pair, StatementWarning) else _read(pair, statement)
        if isinstance(read, StatementWarning):
            warnings.append(read)
        else:
            samples.append(replace(read, name=f"sample {len(samples) + 1}"))
            assert isinstance(pair, _Pair)
            marks += pair.marks()
    if any(sample.input == "" for sample in samples) and (
        warnings or any(sample.input != "" for sample in samples)
    ):
        samples = [s if s.input else replace(s, suspect=s.suspect or "no input") for s in samples]
    return StdinSamples(samples=tuple(samples), warnings=tuple(warnings), marks=tuple(marks))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Pair:
    """An input and the output that belongs to it."""

    taken: Block
    given: Block

    @property
    def key(self) -> tuple[str, ...]:
        """The text of both, for finding doubles."""
        return tuple(line.text.strip() for line in (*self.taken.lines, *self.given.lines))

    def marks(self) -> Iterator[Mark]:
        """Yield the parts of the statement that this pair was made of."""
        for block, part in ((self.taken, "input"), (self.given, "output")):
            why = "names a sample" if block.heading.sample else "stands among samples"
            title = (block.title.start, block.title.end)
            if block.heading.value_at is not None:
                title = (title[0], block.title.start + block.heading.value_at)
            yield Mark(span=title, part="heading", why=why)
            if any_text(block.lines):
                span = (block.lines[0].start, block.lines[-1].end)
                yield Mark(
                    span=span, part=part, why=f"the lines below {block.title.text.strip()!r}"
                )


def _pairs(blocks: Sequence[Block]) -> Iterator[_Pair | StatementWarning]:
    """Pair inputs with outputs: by number if all have one, else strictly in order."""
    waiting: Block | None = None
    for block in _by_number(blocks):
        if block.role is Role.INPUT:
            if waiting is not None and any_text(waiting.lines):
                yield _warning(waiting, "A sample input has no output, so it was left out.")
            waiting = block
        elif waiting is not None:
            yield _unglued(_Pair(taken=waiting, given=block))
            waiting = None
        elif any_text(block.lines):
            yield _warning(block, "A sample output has no input, so it was left out.")
    if waiting is not None and any_text(waiting.lines):
        yield _warning(waiting, "A sample input has no output, so it was left out.")


def _by_number(blocks: Sequence[Block]) -> Sequence[Block]:
    """Bring inputs and outputs with equal numbers together, where numbers say it."""
    inputs = [block for block in blocks if block.role is Role.INPUT]
    outputs = [block for block in blocks if block.role is Role.OUTPUT]
    if len(inputs) != len(outputs):
        return blocks
    by_number = {block.heading.number: block for block in outputs}
    numbers = [block.heading.number for block in inputs]
    if None not in numbers and len(set(numbers)) == len(inputs) and set(numbers) == set(by_number):
        return [x for block in inputs for x in (block, by_number[block.heading.number])]
    half = len(inputs)
    if all(block.role is Role.INPUT for block in blocks[:half]):
        return [x for pair in zip(inputs, outputs, strict=True) for x in pair]
    return blocks


def _unglued(pair: _Pair) -> _Pair:
    """Give back a number that is glued to a heading where it is data, not the sample's number.

    ``SAMPLE INPUT2`` above ``SAMPLE OUTPUT2`` is the second sample; above ``SAMPLE OUTPUT`` or
    ``SAMPLE OUTPUT9`` it is an input that begins with 2.
    """
    sides = (pair.taken, pair.given)
    numbers = [side.heading.number for side in sides]
    if not any(side.heading.glued for side in sides) or numbers[0] == numbers[1]:
        return pair
    for side in sides:
        if side.heading.glued:
            digits = _LAST_DIGITS.search(side.title.text)
            if digits:
                side.lines.insert(0, side.title.cut(digits.start(1), digits.end(1)))
    return pair


def _unsure_pairs(blocks: Sequence[Block]) -> Iterator[_Pair]:
    """Yield plain ``Input:``/``Output:`` pairs that hold data, where nothing else was found."""
    for taken, given in pairwise(blocks):
        if taken.role is not Role.INPUT or given.role is not Role.OUTPUT or taken.described:
            continue
        lines = (*taken.lines, *given.lines)
        if not any_text(taken.lines) or not any_text(given.lines) or has_format_words(lines):
            continue
        words = [line.text.split() for line in taken.lines]
        if any(_DIGIT.search(line.text) for line in taken.lines) or max(map(len, words)) == 1:
            yield _Pair(taken=taken, given=given)


def _without_doubles(
    pairs: Sequence[_Pair | StatementWarning],
) -> Iterator[_Pair | StatementWarning]:
    """Leave out a sample that the statement prints twice, under two kinds of heading."""
    seen: dict[tuple[str, ...], bool] = {}
    for pair in pairs:
        if isinstance(pair, _Pair):
            sample = pair.taken.heading.sample
            if seen.setdefault(pair.key, sample) is not sample:
                continue
        yield pair


# From lines to text ----------------------------------------------------------------------------


def _read(pair: _Pair, statement: str) -> SampleTest | StatementWarning:
    """Make the sample of a pair, or say why it is none."""
    taken, given = pair.taken, pair.given
    quoted = _unquote(taken) and _unquote(given)
    if not any_text(given.lines):
        return _warning(given, "A sample has no output, so it was left out.")
    if not any_text(taken.lines) and not _may_be_empty(pair, statement):
        return _warning(
            taken, "A sample has no input, though the statement speaks of one; it was left out."
        )
    if is_symbolic(taken.lines):
        return _warning(taken, "An input shows a format rather than data, so it was left out.")
    lines = (*taken.lines, *given.lines)
    input_, expected = _text(taken.lines, statement), _text(given.lines, statement)
    if len(_every_other(input_)) >= _LEAST_DOUBLED:
        # Some pages put a blank line after each line; no program reads those.
        input_ = "".join(_every_other(input_))
        expected = "".join(_every_other(expected)) or expected
    sample = SampleTest(
        name="sample",
        input=input_,
        expected=expected,
        span=(min(line.start for line in lines), max(line.end for line in lines)),
    )
    suspect = _suspicion(str(sample.input), str(sample.expected))
    if (
        suspect is None
        and quoted
        and all(_is_value(str(side)) for side in (sample.input, sample.expected))
    ):
        suspect = "arguments"
    if all(_DRAWN_TABLE.search(str(side)) for side in (sample.input, sample.expected)):
        suspect = "database tables"
    return replace(sample, suspect=suspect)


def _unquote(block: Block) -> bool:
    """Take the backticks off a block that is one line of inline code; say whether it was."""
    if len(block.lines) == 1:
        match = _QUOTED.fullmatch(block.lines[0].text)
        if match:
            block.lines[0] = block.lines[0].cut(match.start(1), match.end(1))
            return True
    return False


def _may_be_empty(pair: _Pair, statement: str) -> bool:
    """Whether an empty input is meant: the statement says so, or its heading stands alone.

    Two headings side by side with everything below them are the columns of a table.
    """
    if _NO_INPUT.search(statement):
        return True
    paragraphs = sum(line.blank and not after.blank for line, after in pairwise(pair.given.lines))
    return pair.taken.heading.sample and paragraphs == 0


def _text(lines: Sequence[Line], statement: str) -> str:
    """Join lines as a program reads or prints them: one line end after the last."""
    if not any_text(lines):
        return ""
    text = "\n".join(line.text for line in lines).replace("\xa0", " ").rstrip() + "\n"
    return html.unescape(text) if "&" in text and _is_escaped(statement) else text


_LEAST_DOUBLED = 3


def _every_other(text: str) -> list[str]:
    """Return the lines of a text whose every second line is blank; of any other text none."""
    lines = text.splitlines(keepends=True)
    whole = all(line.strip() for line in lines[::2]) and not any(map(str.strip, lines[1::2]))
    return lines[::2] if whole else []


def _is_escaped(statement: str) -> bool:
    """Whether the whole statement is HTML-escaped, not merely about entities."""
    return bool(_ENTITY.search(statement)) and not _BARE.search(statement)


def _suspicion(taken: str, given: str) -> str | None:
    """Say why a sample must not reject a program, or ``None``."""
    if len(taken) + len(given) > _TOO_LONG:
        return "too_long"
    for text in (taken, given):
        if _DOTTED.search(text) or (len(_DOTTED_LINE.findall(text)) == 1 and "#" not in text):
            return "ellipsis"
        if _TYPESET.search(text):
            return "unicode"
        if _CODE.search(text):
            return "code"
    if _ASSIGNED.match(taken) or (_LISTED.match(taken) and _is_value(given)):
        return "arguments"
    return None


def _is_value(text: str) -> bool:
    try:
        whole_literal(text)
    except NotALiteral:
        return False
    return True


def _warning(block: Block, message: str) -> StatementWarning:
    return StatementWarning(message=message, span=(block.title.start, block.end))


_QUOTED = re.compile(r"[ \t]*`([^`]+)`[ \t]*\.?[ \t]*")
_TOO_LONG = 64 << 10
_LAST_DIGITS = re.compile(r"(\d+)\D*$")
_DIGIT = re.compile(r"\d")
_NO_INPUT = re.compile(
    r"(?i)\b(?:no input|not (?:take|have|read|contain|need) any input|"
    r"input (?:is|will be) empty|without (?:any )?input|input file is empty|empty input|"
    r"нет входных данных)\b"
)
_ENTITY = re.compile(r"&(?:lt|gt|amp|quot|nbsp|le|ge|#\d{2,5}|#x[0-9a-fA-F]{2,5});")
_BARE = re.compile(r"&(?!#?\w{2,8};)|<(?!/?\w{1,10}/?>)")
_DOTTED_LINE = re.compile(r"(?m)^[ \t]*(?:\.\.\.|…|⋮|\. \. \.|\.\.\. \.\.\.)[ \t]*$")
_DOTTED = re.compile(r"\d ?,? ?(?:\.\.\.|…) ?,? ?\d|[⋮…]")
_TYPESET = re.compile(r"[−–—“”‘’×≤≥\u00ad\u200b-\u200f\u2060\ufeff]")
_CODE = re.compile(
    r"(?m)^[ \t]{0,20}(?:#include\b|def \w+\(|class Solution\b|public (?:static|class|int)\b|using "
    r"namespace\b|import java\b)|^[ \t]{0,3}(?:```|~~~)|^[ \t]{0,3}(?:#{2,4}|\*\*)[ \t]?[^\W\d_]{3}"
    r"|</(?:p|pre|strong|div|li|td|code|span)>"
)
"""Code, fences and headings of Markdown: no data, unless a problem is about them."""
_DRAWN_TABLE = re.compile(r"(?m)^\+(?:-{2,}\+){1,30}$")
_ASSIGNED = re.compile(r"[A-Za-z_]\w{0,40}(?:\[\s?\]){0,3}\s?=\s?[\[\"'({\d\w-]")
_LISTED = re.compile(r"\s*\[[^\n]*\]\s*$")
