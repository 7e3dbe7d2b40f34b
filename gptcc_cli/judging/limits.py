"""What one test may use: the user's word first, then the statement's, then the default.

A statement's seconds are processor time on its judge. Here the program may use as much
processor time, and twice as much time on the wall, because a model or other candidates may be
busy on the same cores. Limits under a second are raised to one: an interpreter starts slower
than a judge's compiled program, and no program hangs for want of half a second.

A statement's bytes are resident memory: a program that reserves address space (a thread with a
large stack) uses none of it. So the address space keeps its default, and the peak is compared
with the statement's bytes afterwards, where the host can tell the peak.
"""

from dataclasses import dataclass

from gptcc_cli.problem import Problem
from gptcc_cli.sandbox import Limits

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
