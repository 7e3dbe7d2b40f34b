"""What a zygote and the files of a job say -> Execution.

Pure: the same facts give the same record. Reads nothing and runs nothing.
"""

import json
import os
import re
from dataclasses import dataclass

from gptcc_cli.sandbox.execution import Exceeded, Execution, Job, Stage
from gptcc_cli.sandbox.inside.records import ForkResult, unpack_answers

NEAR = 0.9
"""A program that fails at this part of its memory limit is taken to have run into it."""
_MEMORY_ERROR = re.compile(rb"[\w.]*MemoryError(:|\Z)|.*std::bad_alloc")
_SIGXCPU = 24
_MOST_LINES = 16
_STAGES_BYTES = len(b"C\nE\n")
_MOST_ANSWER_BYTES = 8 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Raw:
    """Everything a job left."""

    result: ForkResult
    stdout: bytes
    """Up to one byte more than the limit allows."""
    stderr: bytes
    """The tail of standard error."""
    report: bytes
    """What was written into the task file after the task."""
    check_report: bytes = b""
    """The same of a check's task file."""
    nonce: bytes = b""
    """With several calls: what marks an answer to one of them."""
    settled: bool = False
    """Whether the host stopped the program because it knew enough."""


def execution_of(job: Job, raw: Raw) -> Execution:
    """Turn what is left of a job into its record."""
    limits, result = job.limits, raw.result
    status = result.status
    signal = os.WTERMSIG(status) if os.WIFSIGNALED(status) else None
    # After how far the program came, a report of several calls is no text.
    said = _said(raw.report if job.calls is None else raw.report[:_STAGES_BYTES])
    answer, problem = _answer(said) if job.calls is None else (None, None)
    return Execution(
        stage=Stage.ENTRY if "E" in said else Stage.RUN if "C" in said else Stage.COMPILE,
        exit_code=None if signal is not None else os.waitstatus_to_exitcode(status),
        signal=signal,
        stdout=raw.stdout[: limits.output_bytes],
        stderr=raw.stderr,
        wall_s=result.wall_us / 1e6,
        delay_s=result.delay_us / 1e6,
        cpu_s=_cpu_s(result),
        peak_memory_bytes=result.peak_kib * 1024,
        exceeded=_exceeded(job, raw, status),
        answer_json=answer,
        answer_problem=problem,
        arguments_after_json=_checked(said.get("I")) if job.calls is None else None,
        answers=unpack_answers(raw.report, raw.nonce) if job.calls is not None else (),
        assertion=_assertion(job, raw, said),
        fault=_fault(raw),
    )


def _fault(raw: Raw) -> str | None:
    """Say why nothing was learnt about the program, if nothing was."""
    if raw.result.starved:
        return "the machine was too busy to run the program"
    unsupported = _said(raw.check_report).get("U")
    return None if unsupported is None else f"the check passes {unsupported}"


def cpu_limit_s(job: Job) -> float:
    """Return the limit of processor time: by default a second more than by the wall."""
    limits = job.limits
    return limits.cpu_s if limits.cpu_s is not None else limits.wall_s + 1


def _exceeded(job: Job, raw: Raw, status: int) -> Exceeded | None:
    limits, result = job.limits, raw.result
    if len(raw.stdout) > limits.output_bytes:
        return Exceeded.OUTPUT
    if raw.settled:
        return None
    if result.timed_out:
        return Exceeded.WALL
    signal = os.WTERMSIG(status) if os.WIFSIGNALED(status) else None
    if signal == _SIGXCPU or _cpu_s(result) > cpu_limit_s(job):
        return Exceeded.CPU
    if status == 0:
        return None
    near = result.peak_kib * 1024 >= NEAR * limits.memory_bytes
    last_line = raw.stderr.rstrip().rpartition(b"\n")[2]
    if near or _MEMORY_ERROR.match(last_line):
        return Exceeded.MEMORY
    return None


def _cpu_s(result: ForkResult) -> float:
    return (result.user_us + result.system_us) / 1e6


def _said(report: bytes) -> dict[str, str]:
    """Read the lines of a report: letter -> text. Later lines win over earlier ones."""
    lines = report.decode("ascii", "replace").split("\n", _MOST_LINES)[:_MOST_LINES]
    return {line[0]: line[1:] for line in lines if line}


def _answer(said: dict[str, str]) -> tuple[str | None, str | None]:
    if "A" not in said:
        return None, said.get("P")
    if len(said["A"]) > _MOST_ANSWER_BYTES:
        return None, f"an answer of more than {_MOST_ANSWER_BYTES} bytes"
    answer = _checked(said["A"])
    return answer, None if answer is not None else "an answer that is no readable JSON"


def _checked(text: str | None) -> str | None:
    """Return the text if it is JSON that any reader of ours can read."""
    if text is None or len(text) > _MOST_ANSWER_BYTES:
        return None
    try:
        # Long integers take quadratic time to convert, and nobody needs them here.
        json.loads(text, parse_int=len)
    except (ValueError, RecursionError):
        return None
    return text


def _assertion(job: Job, raw: Raw, said: dict[str, str]) -> str | None:
    if job.assertions is None:
        return None
    judged = _said(raw.check_report)
    if "F" in judged:
        return judged["F"]
    if "K" in judged:
        return None
    if "E" in said:
        return f"the function {job.assertions.entry_point} is not defined"
    return "the program ended before the check was done"
