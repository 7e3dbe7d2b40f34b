"""Every limit shown on this host: programs with known ends, and what the sandbox said of them.

For ``gptcc doctor``. Proves what it runs and no more: the full suites are in ``tests``.
"""

from collections.abc import Callable
from dataclasses import dataclass

from gptcc_cli.sandbox.execution import (
    Assertions,
    Call,
    Exceeded,
    Execution,
    Job,
    Limits,
    Sandbox,
    Stage,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckLine:
    """One promise, and whether it was kept."""

    name: str
    """The promise, in a few words."""
    holds: bool
    """Whether it was kept on this host."""
    proof: str
    """What was run, or what happened instead, in one line."""


def self_check(sandbox: Sandbox) -> tuple[CheckLine, ...]:
    """Run a program for each promise. Takes about two seconds."""
    return tuple(_line(sandbox, promise) for promise in _PROMISES)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Promise:
    name: str
    job: Job
    is_kept: Callable[[Execution], bool]
    proof: str


def _line(sandbox: Sandbox, promise: _Promise) -> CheckLine:
    execution = sandbox.run(promise.job)
    holds = execution.fault is None and promise.is_kept(execution)
    return CheckLine(
        name=promise.name, holds=holds, proof=promise.proof if holds else _told(execution)
    )


def _told(execution: Execution) -> str:
    """Say what happened, for a promise that was not kept."""
    if execution.fault is not None:
        return f"the sandbox failed: {execution.fault}"
    last = (execution.stderr.decode("utf-8", "replace").strip().splitlines() or [""])[-1]
    ended = f"signal {execution.signal}" if execution.signal else f"exit {execution.exit_code}"
    limit = f", {execution.exceeded.value} limit" if execution.exceeded else ""
    return f"{ended}{limit}, printed {execution.stdout[:60]!r} {last[:80]}".rstrip()


def _exceeds(limit: Exceeded) -> Callable[[Execution], bool]:
    return lambda execution: execution.exceeded is limit


def _prints(text: bytes) -> Callable[[Execution], bool]:
    return lambda execution: execution.exit_code == 0 and execution.stdout == text


_REFUSED = """\
try:
    {action}
except OSError as error:
    print("refused")
else:
    print("allowed")
"""


def _refuses(name: str, action: str, proof: str) -> _Promise:
    job = Job(source=_REFUSED.format(action=action))
    return _Promise(name=name, job=job, is_kept=_prints(b"refused\n"), proof=proof)


_ADD = "def add(a, b):\n    return a + b\n"
_CHECK = "def check(candidate):\n    assert candidate(1, 2) == {expected}\n"

_PROMISES = (
    _Promise(
        name="a right program's output is kept byte for byte",
        job=Job(source="print(int(input()) + 1)", stdin=b"41\n"),
        is_kept=_prints(b"42\n"),
        proof="41 + 1 printed 42",
    ),
    _Promise(
        name="a wrong program's output is told as it is",
        job=Job(source="print(int(input()) + 2)", stdin=b"41\n"),
        is_kept=_prints(b"43\n"),
        proof="41 + 2 printed 43, not 42",
    ),
    _Promise(
        name="a called function's answer comes back",
        job=Job(source=_ADD, call=Call(entry_point="add", arguments_json="[1, 2]")),
        is_kept=lambda execution: execution.answer_json == "3",
        proof="add(1, 2) answered 3",
    ),
    _Promise(
        name="a check passes and fails as it should",
        job=Job(
            source=_ADD,
            assertions=Assertions(entry_point="add", check_source=_CHECK.format(expected=4)),
        ),
        is_kept=lambda execution: (execution.assertion or "").startswith("AssertionError"),
        proof="the check 1 + 2 == 4 failed, in a process of its own",
    ),
    _Promise(
        name="time by the clock is limited",
        job=Job(source="while True: pass", limits=Limits(wall_s=0.2)),
        is_kept=_exceeds(Exceeded.WALL),
        proof="an endless loop was ended after 0.2 s",
    ),
    _Promise(
        name="processor time is limited",
        job=Job(source="while True: pass", limits=Limits(wall_s=60.0, cpu_s=0.5)),
        is_kept=_exceeds(Exceeded.CPU),
        proof="an endless loop was ended by its processor time",
    ),
    _Promise(
        name="memory is limited",
        job=Job(source="x = bytearray(1 << 30)", limits=Limits(memory_bytes=64 << 20)),
        is_kept=_exceeds(Exceeded.MEMORY),
        proof="1 GiB was refused under a limit of 64 MiB",
    ),
    _Promise(
        name="output is limited",
        job=Job(source="print('x' * 100_000)", limits=Limits(output_bytes=1000)),
        is_kept=lambda execution: (
            execution.exceeded is Exceeded.OUTPUT and len(execution.stdout) == 1000
        ),
        proof="100,000 bytes were cut at 1,000",
    ),
    _Promise(
        name="a failing program is told from a wrong one",
        job=Job(source="print(1 // 0)"),
        is_kept=lambda execution: execution.exit_code == 1 and execution.stage is Stage.RUN,
        proof="a division by zero gave exit status 1",
    ),
    _Promise(
        name="what is no program is found in compiling",
        job=Job(source="print(("),
        is_kept=lambda execution: execution.stage is Stage.COMPILE,
        proof="an open parenthesis was a SyntaxError",
    ),
    _refuses(
        "the network is out of reach",
        "import socket; socket.socket()",
        "a socket was refused",
    ),
    _refuses(
        "no file can be written",
        "import os; name = '/tmp/gptcc-self-check'; open(name, 'w').close(); os.remove(name)",
        "creating a file was refused",
    ),
    _refuses("foreign files can't be read", "open('/etc/passwd')", "/etc/passwd was refused"),
    _refuses(
        "no process can be started",
        "import os; pid = os.fork(); pid or os._exit(0)",
        "a fork was refused",
    ),
    _Promise(
        name="the environment is scrubbed",
        job=Job(source="import os; print(len(os.environ) < 12, 'USER' in os.environ)"),
        is_kept=_prints(b"True False\n"),
        proof="a dozen plain variables, no user, no token",
    ),
)
