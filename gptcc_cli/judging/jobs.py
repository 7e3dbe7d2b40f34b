"""A test's input -> what a program receives.

The only place that makes a ``Job``, and it never looks at what a test expects.
"""

import json
import re
from dataclasses import dataclass
from typing import Any

from gptcc_cli.errors import ProblemError
from gptcc_cli.problem import Json, Mode, Problem
from gptcc_cli.sandbox import Assertions, Call, Calls, Job, Limits

_INTEGER_KEY = re.compile(r"-?[0-9]+")


def job_for(
    source: str,
    problem: Problem,
    test_input: str | tuple[Json, ...],
    limits: Limits,
    *,
    int_keys: bool = False,
) -> Job:
    """Make the run of one program on one input.

    Args:
        source: the program.
        problem: decides between standard input and a call.
        test_input: standard input, or the arguments: never a test, so that nothing expected
            can come along.
        limits: what the run may use.
        int_keys: pass dictionaries whose keys are all integers with integer keys.

    Raises:
        ProblemError: the problem names no function to call, or a text of arguments is not JSON.
    """
    if problem.mode is Mode.STDIN:
        return Job(source=source, stdin=stdin_bytes(test_input), limits=limits)
    call = Call(
        entry_point=entry_point_of(problem),
        arguments_json=json.dumps(arguments_of(test_input, problem)),
        int_keys=int_keys,
    )
    return Job(source=source, call=call, limits=limits)


def calls_job(
    source: str,
    problem: Problem,
    arguments: tuple[tuple[tuple[Any, ...], dict[str, Any]], ...],
    limits: Limits,
) -> Job:
    """Make the calls of one program that a check compares.

    Raises:
        ProblemError: the problem names no function to check.
    """
    calls = Calls(entry_point=entry_point_of(problem), arguments=arguments)
    return Job(source=source, calls=calls, limits=limits)


def assertions_job(source: str, problem: Problem, check_source: str, limits: Limits) -> Job:
    """Make the run of one program against a check program.

    Raises:
        ProblemError: the problem names no function to check.
    """
    assertions = Assertions(entry_point=entry_point_of(problem), check_source=check_source)
    return Job(source=source, assertions=assertions, limits=limits)


def entry_point_of(problem: Problem) -> str:
    """The function to call.

    Raises:
        ProblemError: the problem names none.
    """
    if problem.entry_point is None:
        raise ProblemError(
            f"problem {problem.id!r} is call-based, but names no function to call",
            hint="give its starter code with --starter FILE",
        )
    return problem.entry_point


def stdin_bytes(test_input: str | tuple[Json, ...]) -> bytes:
    """Standard input as bytes: lines are joined, and the last one, if any, ends in a line feed."""
    text = test_input if isinstance(test_input, str) else "\n".join(map(str, test_input))
    if text and not text.endswith("\n"):
        text += "\n"
    return text.encode("utf-8", errors="surrogatepass")


def arguments_of(test_input: str | tuple[Json, ...], problem: Problem) -> list[Json]:
    """The positional arguments; a text has one JSON value on every line that is not blank.

    Raises:
        ProblemError: a line is not JSON.
    """
    if not isinstance(test_input, str):
        return list(test_input)
    try:
        return [json.loads(line) for line in test_input.splitlines() if line.strip()]
    except ValueError as error:
        raise ProblemError(
            f"problem {problem.id!r} has arguments that are not JSON: {error}",
            hint="write one JSON value a line, or a list of arguments",
        ) from error


def has_int_keys(value: Json) -> bool:
    """Whether some dictionary in a value has integer keys alone, written as JSON must."""
    pending = [value]
    while pending:
        item = pending.pop()
        if isinstance(item, dict):
            if item and all(map(_INTEGER_KEY.fullmatch, item)):
                return True
            pending.extend(item.values())
        elif isinstance(item, list):
            pending.extend(item)
    return False


LEAST_TIME_S = 1.0
MOST_TIME_S = 60.0
"""A statement's time limit is taken within these."""

LEAST_MEMORY_BYTES = 64 << 20
"""A statement's memory limit is at least this much: less does not hold an interpreter."""

WALL_FACTOR = 2.0
"""Seconds by the clock for each second of processor time that a statement allows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedLimits:
    """What the user asked for; ``None``: nothing, so the statement or the default decides."""

    wall_s: float | None = None
    """Seconds by the clock; processor time is then limited to one second more."""
    cpu_s: float | None = None
    memory_bytes: int | None = None
    """Bytes of address space beyond what an empty program has."""
    output_bytes: int | None = None


def limits_for(problem: Problem, asked: AskedLimits | None = None) -> Limits:
    """What one test of a problem may use in the sandbox."""
    asked = asked or AskedLimits()
    default = Limits()
    wall_s, cpu_s = asked.wall_s, asked.cpu_s
    if wall_s is None and problem.time_limit_s is not None:
        time_s = min(max(problem.time_limit_s, LEAST_TIME_S), MOST_TIME_S)
        wall_s = WALL_FACTOR * time_s
        cpu_s = time_s if cpu_s is None else cpu_s
    return Limits(
        wall_s=default.wall_s if wall_s is None else wall_s,
        cpu_s=cpu_s,
        memory_bytes=asked.memory_bytes
        or max(default.memory_bytes, problem.memory_limit_bytes or 0),
        output_bytes=asked.output_bytes or default.output_bytes,
    )


def peak_limit_for(problem: Problem, asked: AskedLimits | None = None) -> int | None:
    """The resident bytes a program may reach; ``None``: only the sandbox's limit holds."""
    if problem.memory_limit_bytes is None or (asked and asked.memory_bytes):
        return None
    return max(problem.memory_limit_bytes, LEAST_MEMORY_BYTES)
