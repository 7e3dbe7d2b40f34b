"""Lines of Python as far as they can be told without parsing: strings, brackets, indentation.

Python's own tokenizer gives up at the first wrong indentation, which is what is to be repaired
here. This one knows strings, comments, brackets and continued lines, never fails, and reads every
character once. Not covered: replacement fields of f-strings that use the string's own quotes.
"""

import re
from dataclasses import dataclass

_EVENT = re.compile(r"""\"{3}|'{3}|["'#()\[\]{}\n]|\\\n""")
_ENDS = {
    '"""': re.compile(r'\\[\s\S]|"""'),
    "'''": re.compile(r"\\[\s\S]|'''"),
    '"': re.compile(r'\\[\s\S]|"|\n'),
    "'": re.compile(r"\\[\s\S]|'|\n"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceLine:
    """One line of a text."""

    text: str
    """Without its line feed."""
    fresh: bool
    """Whether a statement may begin here: outside strings, brackets and continued lines."""
    in_string: bool
    """Whether it begins inside a string of several lines."""
    ends_in_string: bool
    """Whether such a string goes on at its end."""
    closed: bool
    """Whether the string it begins in, if any, ends at last."""
    last: str
    """The last character of code, comments and blanks left out; empty if there is none."""

    @property
    def indent(self) -> str:
        """The blanks it begins with."""
        return self.text[: len(self.text) - len(self.text.lstrip(" \t\f"))]

    @property
    def is_code(self) -> bool:
        """Whether it begins a statement: neither blank nor a comment, nor a continuation."""
        return self.fresh and bool(self.last)


@dataclass(frozen=True, slots=True)
class _Region:
    """A string or a comment, as offsets."""

    start: int
    end: int
    is_string: bool
    closed: bool


def lines_of(source: str) -> list[SourceLine]:
    """Split a text into lines and say of each where it stands."""
    regions, depths = _scan(source)
    lines: list[SourceLine] = []
    start = place = 0
    continued = False
    for number, text in enumerate(source.split("\n")):
        end = start + len(text)
        while place < len(regions) and regions[place].end <= start:
            place += 1
        begins_in = _string_at(regions, place, start)
        last, ends_in = _last_character(source, regions, place, start, end)
        lines.append(
            SourceLine(
                text=text,
                fresh=begins_in is None and depths[number] == 0 and not continued,
                in_string=begins_in is not None,
                ends_in_string=ends_in,
                closed=begins_in is None or begins_in.closed,
                last=last,
            )
        )
        continued = last == "\\"
        start = end + 1
    return lines


def code_spans(source: str) -> list[tuple[int, int]]:
    """The parts of a text outside strings and comments, as offsets."""
    spans = []
    start = 0
    for region in _scan(source)[0]:
        spans.append((start, region.start))
        start = region.end
    return [*spans, (start, len(source))]


def _scan(source: str) -> tuple[list[_Region], list[int]]:
    """Find strings and comments, and the depth of brackets at the start of each line."""
    regions: list[_Region] = []
    depths = [0]
    depth = position = 0
    while (event := _EVENT.search(source, position)) is not None:
        mark, position = event.group(), event.end()
        if mark in "([{":
            depth += 1
        elif mark in ")]}":
            depth = max(0, depth - 1)
        elif mark in ("\n", "\\\n"):
            depths.append(depth)
        elif mark == "#":
            end = source.find("\n", position)
            position = len(source) if end < 0 else end
            regions.append(_Region(event.start(), position, False, True))
        else:
            position, closed = _string_end(source, mark, position)
            regions.append(_Region(event.start(), position, True, closed))
            depths.extend([depth] * source.count("\n", event.start(), position))
    return regions, depths


def _string_end(source: str, quote: str, position: int) -> tuple[int, bool]:
    """Where a string ends, and whether it is closed; a short one ends with its line."""
    for match in _ENDS[quote].finditer(source, position):
        if match.group() == quote:
            return match.end(), True
        if match.group() == "\n":
            return match.start(), False
    return len(source), False


def _string_at(regions: list[_Region], place: int, position: int) -> _Region | None:
    if place < len(regions) and regions[place].start < position < regions[place].end + 1:
        return regions[place] if regions[place].is_string else None
    return None


def _last_character(
    source: str, regions: list[_Region], place: int, start: int, end: int
) -> tuple[str, bool]:
    """The last character of code on a line, and whether a string goes on at its end."""
    last = ""
    while place < len(regions) and regions[place].start < end:
        region = regions[place]
        before = source[start : max(start, region.start)].strip()
        last = before[-1] if before else last
        if region.is_string:
            last = source[min(region.end, end) - 1]
            if region.end > end:
                return last, True
        start = region.end
        place += 1
    rest = source[start:end].strip()
    return (rest[-1] if rest else last), False
