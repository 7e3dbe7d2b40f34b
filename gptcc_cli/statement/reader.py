"""The way through the room: a statement's text in, a ``Reading`` out.

Decides whether a problem is call-based or reads standard input (never both), and asks the file
of each layout for its samples. Holds no layout itself.
"""

import re
from dataclasses import dataclass

from gptcc_cli.problem import Mode, Problem, SampleTest
from gptcc_cli.statement.answers import read_answer_rules
from gptcc_cli.statement.call_layouts import find_call_samples, looks_called
from gptcc_cli.statement.call_samples import find_alias
from gptcc_cli.statement.limits import read_memory_limit, read_time_limit
from gptcc_cli.statement.reading import Reading, StatementWarning
from gptcc_cli.statement.signatures import (
    Signature,
    any_arguments,
    find_signature,
    find_starter,
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
        starter_code: the code that came beside it; ``None``: look for some in the text.
        entry_point: the function to call, where it is known.
    """
    statement = normalise(text)
    found = _read(statement, starter_code, entry_point)
    problem = Problem(
        id=id,
        statement=statement,
        mode=found.mode,
        starter_code=found.starter,
        entry_point=found.signature.name if found.signature else None,
        samples=found.samples,
        answer=read_answer_rules(statement),
        time_limit_s=read_time_limit(statement),
        memory_limit_bytes=read_memory_limit(statement),
    )
    return Reading(problem=problem, warnings=found.warnings)


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


def _read(statement: str, starter_code: str | None, entry_point: str | None) -> _Found:
    """Read by the code that came with the problem; without any, by what the text shows."""
    given = starter_code or ""
    signature = find_signature(given, entry_point)
    if signature is None and entry_point is not None:
        signature = find_signature(statement, entry_point) or any_arguments(entry_point)
    if signature is not None:
        return _as_call(statement, given, signature)
    inside = find_signature(statement) if starter_code is None else None
    if inside is not None:
        called = _as_call(statement, find_starter(statement, inside), inside)
        read = _as_stdin(statement, given)
        return called if called.samples or not read.samples else read
    return _without_code(statement, given)


def _without_code(statement: str, starter: str) -> _Found:
    """Read a statement that comes with no function: it may still speak of one."""
    if looks_called(statement):
        return _as_call(statement, starter, mentioned_function(statement))
    read = _as_stdin(statement, starter)
    if read.samples:
        return read
    if _SECTION.search(statement):
        return read
    for function in (mentioned_function(statement), find_alias(statement, any_arguments(""))):
        called = None if function is None else _as_call(statement, starter, function)
        if called and (len(called.samples) > 1 or (called.samples and _CODE.search(statement))):
            return called
    return read


def _as_call(statement: str, starter: str, signature: Signature | None) -> _Found:
    samples, warnings = find_call_samples(statement, signature)
    if signature is None:
        warnings += (
            StatementWarning(
                message="The examples call a function, but the statement does not name it."
            ),
        )
    return _Found(
        mode=Mode.CALL, starter=starter, signature=signature, samples=samples, warnings=warnings
    )


def _as_stdin(statement: str, starter: str) -> _Found:
    samples, warnings = find_stdin_samples(statement)
    return _Found(mode=Mode.STDIN, starter=starter, samples=samples, warnings=warnings)


_CODE = re.compile(r"(?m)^[ \t>]{0,8}(?:>>> ?|assert )[A-Za-z_]\w{0,60}\(|```|^`")
"""Examples that are code, whatever the prose around them says."""
_SECTION = re.compile(
    r"(?im)^[^\w\n]{0,12}(?:input|output)(?: format| specification)?[^\w\n]{0,9}$"
)
"""A section that describes what a program reads or prints."""
