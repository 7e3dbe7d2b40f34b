"""The lines with which a program reads its input, from the layout of the samples.

Pure. Small models fail at reading input more often than at anything else. Uses the samples' input,
and their output only to tell a list from test cases. Empty if the samples disagree or the layout is
not a simple one.
"""

import re
from collections.abc import Sequence

from gptcc_cli.problem import Problem

_INT = re.compile(r"[+-]?\d+")
_NAMES = ("a", "b", "c", "d")
_LISTS = ("numbers", "others", "values")
_INTS = "list(map(int, input().split()))"


def opening_of(problem: Problem) -> str:
    """Return the lines that read a problem's input; empty if the samples do not show how.

    There is no newline at the end: the model writes the next line's indentation.
    """
    pairs = [
        (sample.input, sample.expected if isinstance(sample.expected, str) else "")
        for sample in problem.trusted_samples
        if isinstance(sample.input, str)
    ]
    return opening_for(pairs)


def opening_for(pairs: Sequence[tuple[str, str]]) -> str:
    """Return the lines that read all these inputs, given as pairs of input and output."""
    inputs = [_lines(text) for text, _ in pairs]
    outputs = [len(_lines(text)) for _, text in pairs]
    if not inputs or not all(inputs):
        return ""
    return (
        _single_line(inputs)
        or _counted(inputs, outputs)
        or _after_two_numbers(inputs)
        or _few_lines(inputs)
    )


def indent_after(opening: str) -> str:
    """Return the indentation of the line after an opening."""
    last = opening.rpartition("\n")[2]
    return last[: len(last) - len(last.lstrip())]


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.strip().split("\n")] if text.strip() else []


def _single_line(inputs: list[list[str]]) -> str:
    if any(len(lines) != 1 for lines in inputs):
        return ""
    rows = [lines[0] for lines in inputs]
    names = ("n",) if _all_ints(rows, 1) else _NAMES
    return _read_row(rows, names=names)


def _counted(inputs: list[list[str]], outputs: list[int]) -> str:
    # The first line is the number of numbers or lines that follow.
    if not all(len(lines) > 1 and _INT.fullmatch(lines[0]) for lines in inputs):
        return ""
    counts = [int(lines[0]) for lines in inputs]
    rest = [lines[1:] for lines in inputs]
    rows = [row for lines in rest for row in lines]
    together = list(zip(counts, rest, outputs, strict=True))
    if all(len(lines) == 1 for lines in rest):
        if all(len(row.split()) == n for n, row in zip(counts, rows, strict=True)):
            if _all_ints(rows):
                return f"n = int(input())\nnumbers = {_INTS}"
            return "n = int(input())\nwords = input().split()"
        if not any(_INT.match(row) for row in rows):
            return "n = int(input())\ns = input()"
    if all(len(lines) == n for n, lines, _ in together):
        if all(n == n_out for n, _, n_out in together):
            body = _read_row(rows, names=("n",) if _all_ints(rows, 1) else _NAMES)
            return _loop(body) if body else ""
        if _all_ints(rows, 1):
            return "n = int(input())\nnumbers = [int(input()) for _ in range(n)]"
        if _all_ints(rows):
            return f"n = int(input())\nrows = [{_INTS} for _ in range(n)]"
        return "n = int(input())\nwords = [input() for _ in range(n)]"
    if all(len(lines) == 2 * n for n, lines, _ in together) and _alternate(rows):
        return _loop(f"n = int(input())\nnumbers = {_INTS}")
    return ""


def _after_two_numbers(inputs: list[list[str]]) -> str:
    # "n k" and n numbers, or "n m" and a table.
    if not all(len(lines) > 1 and _all_ints(lines[:1], 2) for lines in inputs):
        return ""
    firsts = [int(lines[0].split()[0]) for lines in inputs]
    rest = [lines[1:] for lines in inputs]
    rows = [row for lines in rest for row in lines]
    if all(len(lines) == 1 and len(lines[0].split()) == n
           for n, lines in zip(firsts, rest, strict=True)) and _all_ints(rows):  # fmt: skip
        return f"n, k = map(int, input().split())\nnumbers = {_INTS}"
    if all(len(lines) == n for n, lines in zip(firsts, rest, strict=True)):
        row = _INTS if _all_ints(rows) else "input()"
        return f"n, m = map(int, input().split())\nrows = [{row} for _ in range(n)]"
    return ""


def _few_lines(inputs: list[list[str]]) -> str:
    n_lines = {len(lines) for lines in inputs}
    if len(n_lines) != 1 or not 2 <= n_lines.copy().pop() <= 4:
        return ""
    first, *others = zip(*inputs, strict=True)
    lists = [_have_lengths(column, first) for column in others]
    several = len(first[0].split()) > 1
    scalars = (*(("n", "k", "m", "q") if several or any(lists) else _NAMES), "x", "y", "z")
    numbers, texts, arrays = iter(scalars), iter(("s", "t", "u", "v")), iter(_LISTS)
    read = []
    for column, is_list in zip((first, *others), (False, *lists), strict=True):
        width = len(column[0].split())
        if is_list:
            read.append(f"{next(arrays)} = {_INTS}")
        elif _all_ints(column, 1):
            read.append(f"{next(numbers)} = int(input())")
        elif not _all_ints(column):
            read.append(f"{next(texts)} = input()")
        elif column is first and _all_ints(column, width) and width <= len(_NAMES):
            names = ", ".join(next(numbers) for _ in range(width))
            read.append(f"{names} = map(int, input().split())")
        else:
            return ""
    return "\n".join(read)


def _have_lengths(rows: Sequence[str], firsts: Sequence[str]) -> bool:
    """Return whether each row is a list whose length is in its input's first line."""
    return (
        _all_ints(rows)
        and _all_ints(firsts)
        and not _all_ints(rows, 1)
        and all(
            len(row.split()) in map(int, first.split())
            for row, first in zip(rows, firsts, strict=True)
        )
    )


def _read_row(rows: Sequence[str], *, names: tuple[str, ...]) -> str:
    """Return code that reads one line like any of these."""
    if not _all_ints(rows):
        return "s = input()"
    widths = {len(row.split()) for row in rows}
    width = min(widths)
    if len(widths) > 1 or width > len(_NAMES):
        return f"numbers = {_INTS}"
    if width == 1:
        return f"{names[0]} = int(input())"
    return f"{', '.join(names[:width])} = map(int, input().split())"


def _loop(body: str) -> str:
    return "t = int(input())\nfor _ in range(t):\n    " + body.replace("\n", "\n    ")


def _alternate(rows: list[str]) -> bool:
    pairs = list(zip(rows[::2], rows[1::2], strict=True))
    return all(
        _all_ints([count], 1) and _all_ints([row]) and len(row.split()) == int(count)
        for count, row in pairs
    )


def _all_ints(rows: Sequence[str], width: int | None = None) -> bool:
    return all(
        row.split()
        and all(_INT.fullmatch(word) for word in row.split())
        and width in (None, len(row.split()))
        for row in rows
    )
