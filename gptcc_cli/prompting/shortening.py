"""Shortens a statement that is too long for the window, in its middle.

Pure. Removes whole paragraphs, those nearest the middle first, and never one with a sample, its
heading, or the starter code. A paragraph larger than an eighth of the room is removed by lines.
"""

import itertools
import re
from collections.abc import Callable
from dataclasses import dataclass

from gptcc_cli.problem import Problem, SampleTest

GAP = "[...]"
"""Replaces what was left out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Part:
    start: int
    end: int
    text: str
    kept: bool


def shorten(
    problem: Problem, count: Callable[[str], int], room: int, *, keep_all: bool = False
) -> tuple[str, tuple[str, ...]]:
    """Remove parts from the middle until the prompt fits.

    Args:
        problem: its statement and the spans of its samples.
        count: tokens of the whole prompt with that statement.
        room: tokens the prompt may have.
        keep_all: the statement is program text: cut nothing.

    Returns:
        The statement to show, and the parts left out. It may still be too long if nothing more
        can be removed.
    """
    statement = problem.statement
    total = count(statement)
    if total <= room or keep_all:
        return statement, ()
    parts = _parts(problem, room)
    base = count("")
    sizes = [max(1, count(part.text) - base) for part in parts]
    order = _order(parts, sizes)
    out: set[int] = set()
    excess = total - room
    for place in order:
        if excess <= 0 and count(_join(parts, out)) <= room:
            break
        out.add(place)
        excess -= sizes[place]
    dropped = tuple(parts[place].text.strip("\n") for place in sorted(out))
    return _join(parts, out), dropped


def _order(parts: list[_Part], sizes: list[int]) -> list[int]:
    # From the middle (by tokens) outwards; the first part, which states the task, goes last.
    middle = sum(sizes) / 2
    centres, position = [], 0.0
    for size in sizes:
        centres.append(position + size / 2)
        position += size
    free = [place for place, part in enumerate(parts) if not part.kept]
    return sorted(free, key=lambda place: (place == 0, abs(centres[place] - middle)))


def _join(parts: list[_Part], out: set[int]) -> str:
    pieces: list[str] = []
    for place, part in enumerate(parts):
        if place not in out:
            pieces.append(part.text)
        elif place - 1 not in out:
            pieces.append(GAP + "\n\n")
    return "".join(pieces)


def _parts(problem: Problem, room: int) -> list[_Part]:
    statement = problem.statement
    protected = _protected(problem)
    parts: list[_Part] = []
    for start, end in _paragraphs(statement):
        kept = any(start < stop and begin < end for begin, stop in protected)
        # About four characters a token, which is precise enough here.
        if not kept and end - start > room // 8 * 4:
            parts += [
                _Part(start=a, end=b, text=statement[a:b], kept=False)
                for a, b in _lines(statement, start, end, room)
            ]
        else:
            parts.append(_Part(start=start, end=end, text=statement[start:end], kept=kept))
    return parts


def _paragraphs(statement: str) -> list[tuple[int, int]]:
    # Each includes the blank lines after it.
    ends = [found.end() for found in re.finditer(r"\n[ \t]*\n(?:[ \t]*\n)*", statement)]
    bounds = [0, *ends, len(statement)]
    return [(a, b) for a, b in itertools.pairwise(bounds) if a < b]


def _lines(statement: str, start: int, end: int, room: int) -> list[tuple[int, int]]:
    # Lines; a very long line is split into sentences.
    pattern = re.compile(r"[^\n]*\n+|[^\n]+$")
    found: list[tuple[int, int]] = []
    for line in pattern.finditer(statement[start:end]):
        a, b = start + line.start(), start + line.end()
        if b - a <= room // 8 * 4:
            found.append((a, b))
            continue
        sentence = re.compile(r".{1,400}?(?:[.!?]\s+|$)|.{1,400}", re.S)
        found += [(a + s.start(), a + s.end()) for s in sentence.finditer(statement[a:b])]
    return found


def _protected(problem: Problem) -> list[tuple[int, int]]:
    spans: list[tuple[int, int]] = []
    for sample in problem.samples:
        if sample.span is not None:
            spans.append(_with_heading(problem.statement, *sample.span))
        else:
            spans += _mentions(problem.statement, sample)
    starter = problem.starter_code.strip()
    place = problem.statement.find(starter) if starter else -1
    if place >= 0:
        spans.append((place, place + len(starter)))
    return spans


def _with_heading(statement: str, start: int, end: int) -> tuple[int, int]:
    # "Sample Input" or "-----Examples-----" may be a paragraph of its own just before.
    before = statement[:start].rstrip()
    line = before.rfind("\n") + 1
    heading = before[line:]
    is_heading = len(heading) < 60 and re.search(r"(?i)sample|example|input|output", heading)
    return (line if is_heading else start), end


def _mentions(statement: str, sample: SampleTest) -> list[tuple[int, int]]:
    # A short output such as "6" occurs in many places: take the one after the input.
    spans: list[tuple[int, int]] = []
    start = 0
    for value in (sample.input, sample.expected):
        text = value.strip() if isinstance(value, str) else ""
        found = re.compile(rf"(?<!\w){re.escape(text)}(?!\w)").search(statement, start)
        if text and found:
            spans.append(_with_heading(statement, *found.span()))
            start = found.end()
    return spans
