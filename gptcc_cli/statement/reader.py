"""A statement's text -> a ``Reading``.

Decides whether a problem is call-based or reads standard input (never both), and asks the file
of each layout for its samples. Holds no layout itself.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from gptcc_cli.problem import Mode, Problem, SampleTest
from gptcc_cli.statement.answers import read_answer_rules
from gptcc_cli.statement.call_layouts import as_calls, find_call_samples, looks_called
from gptcc_cli.statement.call_samples import find_alias
from gptcc_cli.statement.languages import lowered
from gptcc_cli.statement.layout import TextLayout, lay_out
from gptcc_cli.statement.limits import read_memory_limit, read_time_limit
from gptcc_cli.statement.node_types import designed_class, with_trusted_nodes
from gptcc_cli.statement.reading import Mark, Reading, StatementWarning
from gptcc_cli.statement.signatures import (
    Signature,
    any_arguments,
    find_signature,
    find_starter,
    header_of,
    mentioned_function,
)
from gptcc_cli.statement.stdin_samples import find_stdin_samples


def read_statement(
    text: str,
    *,
    id: str,
    starter_code: str | None = None,
    entry_point: str | None = None,
) -> Reading:
    """Read a statement: its mode, samples, limits and answer rules.

    Never raises for what a text holds, and takes time in proportion to its length. What can't
    be understood is left out and named in the warnings.

    Args:
        text: the statement; CRLF line ends and a byte-order mark are taken off, and every span
            points into what is then left, which is ``Reading.problem.statement``.
        id: the problem's name, for messages and seeds.
        starter_code: the code that came with it; ``None``: look for some in the text.
        entry_point: the function to call, where it is known.
    """
    statement = normalise(text)
    layout = lay_out(statement)
    found = _read(layout.text, statement, starter_code, entry_point)
    samples, warnings, marks = found.samples, found.warnings, found.marks
    if layout.lines is not None:
        samples = tuple(_placed(sample, layout) for sample in samples)
        warnings = tuple(_placed(warning, layout) for warning in warnings)
        marks = tuple(_placed(mark, layout) for mark in marks)
    warnings = (*layout.warnings, *warnings)
    problem = with_trusted_nodes(
        Problem(
            id=id,
            statement=statement,
            mode=found.mode,
            starter_code=found.starter,
            entry_point=found.signature.name if found.signature else None,
            samples=samples,
            answer=read_answer_rules(layout.text),
            time_limit_s=read_time_limit(layout.text),
            memory_limit_bytes=read_memory_limit(layout.text),
        )
    )
    if problem.entry_point is not None:
        warnings = tuple(one for one in warnings if one is not _NAMELESS)
    return Reading(
        problem=problem,
        warnings=warnings,
        found_by=(*layout.names, found.how) if samples else tuple(layout.names),
        marks=marks,
        no_samples=None if samples else _why_none(found, warnings, layout),
    )


def normalise(text: str) -> str:
    """Return the text with LF line ends and without a byte-order mark."""
    return text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    """What one way of reading a statement gives."""

    mode: Mode
    starter: str = ""
    signature: Signature | None = None
    samples: tuple[SampleTest, ...] = ()
    warnings: tuple[StatementWarning, ...] = ()
    marks: tuple[Mark, ...] = ()
    how: str = ""


_Placed = TypeVar("_Placed", SampleTest, StatementWarning, Mark)


def _placed(part: _Placed, layout: TextLayout) -> _Placed:
    """Return a part with its span in the statement instead of the layout's text."""
    return replace(part, span=layout.place(part.span)) if part.span else part


def _read(text: str, statement: str, starter_code: str | None, entry_point: str | None) -> _Found:
    """Read by the code that came with the problem; without any, by what the text shows."""
    given = starter_code or ""
    if designed_class(given) is not None:
        return _without_function(text, statement, given)
    signature = find_signature(given, entry_point)
    if signature is None and entry_point is not None:
        signature = find_signature(text, entry_point) or any_arguments(entry_point)
    if signature is not None:
        return _as_call(text, given, signature)
    inside = find_signature(text) if starter_code is None else None
    if inside is not None:
        called = _as_call(text, find_starter(text, inside), inside)
        read = _without_function(text, statement, given)
        return called if called.samples or not read.samples else read
    outside = find_signature(statement) if starter_code is None and text != statement else None
    if outside is not None:
        called = _as_call(text, header_of(statement, outside), outside)
        if called.samples:
            return called
    return _without_code(text, statement, given)


def _without_code(text: str, statement: str, starter: str) -> _Found:
    """Read a statement that comes with no function: it may still speak of one."""
    if looks_called(text):
        return _as_call(text, starter, mentioned_function(text))
    read = _without_function(text, statement, starter)
    if read.samples or read.mode is Mode.CALL:
        return read
    if _SECTION.search(text):
        return read
    for function in (mentioned_function(text), find_alias(text, any_arguments(""))):
        called = None if function is None else _as_call(text, starter, function)
        if called and (len(called.samples) > 1 or (called.samples and _CODE.search(text))):
            return called
    return read


def _as_call(text: str, starter: str, signature: Signature | None) -> _Found:
    samples, warnings, how = find_call_samples(text, signature)
    if signature is None:
        warnings += (_NAMELESS,)
    return _Found(
        mode=Mode.CALL,
        starter=starter,
        signature=signature,
        samples=samples,
        warnings=warnings,
        marks=_call_marks(samples),
        how=how,
    )


def _without_function(text: str, statement: str, starter: str) -> _Found:
    """Read inputs and outputs: as calls where they are written as arguments, else as text."""
    read = find_stdin_samples(text)
    function = None
    calls = as_calls(read.samples, None, text)
    if calls is None and all(str(s.input)[:1] in tuple("[\"'{") for s in read.samples):
        function = mentioned_function(text)
        calls = None if function is None else as_calls(read.samples, function, text)
    if calls is None and read.samples and _asks_for_function(statement):
        calls = (), (_NO_VALUES,)
    if calls is None:
        return _Found(
            mode=Mode.STDIN,
            starter=starter,
            samples=read.samples,
            warnings=read.warnings,
            marks=read.marks,
            how="headings of input and output",
        )
    samples, warnings = calls
    function = function or mentioned_function(text)
    return _Found(
        mode=Mode.CALL,
        starter=starter,
        signature=function,
        samples=samples,
        warnings=(*warnings, *([] if function else [_NAMELESS])),
        marks=_call_marks(samples),
        how="named arguments below headings",
    )


def _asks_for_function(statement: str) -> bool:
    lower = lowered(statement)
    return any(word in lower for word in _FUNCTION_WORDS)


def _call_marks(samples: Sequence[SampleTest]) -> tuple[Mark, ...]:
    return tuple(
        Mark(span=sample.span, part="call", why="arguments and a value that can be read")
        for sample in samples
        if sample.span
    )


def _why_none(found: _Found, warnings: Sequence[StatementWarning], layout: TextLayout) -> str:
    """Say why there are no samples, by what was seen."""
    if warnings:
        return warnings[0].message
    if found.mode is Mode.CALL:
        name = found.signature.name if found.signature else "the function"
        return f"No call of {name} was found together with the value it returns."
    if _SECTION.search(layout.text):
        return "There are headings of input and output, but none of a sample with data below it."
    if not layout.text.strip():
        return "No statement is left when markup and code are taken off."
    return "There is no heading of a sample, an input or an output in any language that is known."


_FUNCTION_WORDS = (
    "class solution", "geeksforgeeks.org/", "leetcode.com/", "leetcode.cn/", "leetcode-cn.com/",
    "lintcode.com/", "interviewbit.com/", "codewars.com/",
    " kata ", " kata,", " kata.", "this kata",
    "complete the function", "complete the given function", "complete the method",
    "expected auxiliary space", "expected time complexity", "need to read input",
    "need to read any input", "need to take any input", "need to take input", "to print anything",
)  # fmt: skip
"""What only a statement says that asks for a function: its judge, its code, or its task."""
_NO_VALUES = StatementWarning(
    message="A function is asked for, but the examples show no arguments that can be read."
)
_NAMELESS = StatementWarning(
    message="The examples call a function, but the statement does not name it."
)
_CODE = re.compile(r"(?m)^[ \t>]{0,8}(?:>>> ?|assert )[A-Za-z_]\w{0,60}\(|```|^`")
"""Examples that are code, whatever the prose around them says."""
_SECTION = re.compile(
    r"(?im)^[^\w\n]{0,12}(?:input|output)(?: format| specification)?[^\w\n]{0,9}$"
)
"""A section that describes what a program reads or prints."""
