"""Which level of isolation this host can hold, found by trying.

A level counts only after a worker of it has run a program that attempts what must not work,
and every attempt has failed. Nothing is concluded from a kernel's version or a program's
presence. No answer is kept between runs: trying takes a few milliseconds once a worker runs.
"""

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from gptcc_cli.errors import ExecutionRefused
from gptcc_cli.sandbox.box import boxes, bubblewrap
from gptcc_cli.sandbox.execution import (
    Assertions,
    Call,
    Exceeded,
    Execution,
    Job,
    Level,
    Limits,
    Sandbox,
    Stage,
)
from gptcc_cli.sandbox.pool import WorkerPool
from gptcc_cli.sandbox.seccomp import architecture_of
from gptcc_cli.sandbox.worker import WorkerRefused

PREFERENCE = (Level.NAMESPACE, Level.LANDLOCK)
"""The strongest first."""


def open_pool(
    levels: Sequence[Level],
    *,
    workers: int,
    seccomp: bool = True,
    starts_all: bool = False,
    meanwhile: Callable[[], None] | None = None,
) -> WorkerPool:
    """Open a pool at the first of the levels that holds here, with one worker running.

    Args:
        levels: in the order to try them.
        workers: how many jobs run at once.
        seccomp: ``False`` only to show, in a test, that the filter is what holds.
        starts_all: start all workers now.
        meanwhile: what to do while the first worker starts.

    Raises:
        ExecutionRefused: none holds; the message has each one's reason.
    """
    reasons = []
    for level in levels:
        for box in boxes(level, seccomp=seccomp):
            pool = WorkerPool(box, workers=workers)
            proves = level is not Level.UNSAFE and seccomp
            reason = _tried(pool, proves=proves, all_=starts_all, meanwhile=meanwhile)
            meanwhile = None
            if reason is None:
                return pool
            pool.close()
            reasons.append(f"{level.value}: {reason}")
        if level is Level.NAMESPACE and bubblewrap() is None:
            reasons.append(f"{level.value}: there is no bwrap, nor the extra gptcc[bwrap]")
    raise ExecutionRefused(
        f"no level of isolation holds on this host ({'; '.join(reasons)})",
        hint="see docs/security.md for what a host must offer; gptcc doctor shows more",
    )


def _tried(
    pool: WorkerPool, *, proves: bool, all_: bool, meanwhile: Callable[[], None] | None
) -> str | None:
    """Start a worker, and let it prove itself; return why it can't."""
    machine = os.uname().machine
    if proves and architecture_of(machine) is None:
        return f"there are no seccomp tables for {machine}"
    try:
        pool.start(all_=all_, meanwhile=meanwhile)
    except WorkerRefused as error:
        return str(error)
    return breach(pool) if proves else None


def breach(pool: WorkerPool) -> str | None:
    """Run a program that attempts what must not work; return what worked, if anything did."""
    execution = pool.run(Job(source=ATTEMPTS, limits=Limits(wall_s=10.0)))
    if execution.stdout == b"held\n" and execution.exit_code == 0:
        return None
    told = (execution.stdout + execution.stderr).decode("utf-8", "replace").strip()
    return execution.fault or told or f"the proof ended with {execution.signal}"


ATTEMPTS = """\
import os
breaches = []
def attempt(name, action):
    try:
        result = action()
    except (OSError, ImportError):
        return
    if result is not False:
        breaches.append(name)
def connect():
    import _socket
    _socket.socket(_socket.AF_INET, _socket.SOCK_STREAM)
def fork():
    if os.fork() == 0:
        os._exit(0)
def write():
    for place in (".", "/tmp", "/var/tmp", "/dev/shm", "/"):
        try:
            os.close(os.open(place + "/gptcc-probe", os.O_CREAT | os.O_WRONLY))
        except OSError:
            continue
        return True
    return False
attempt("a file could be written", write)
attempt("a process could be started", fork)
attempt("a program could be executed", lambda: os.execv("/bin/true", ["true"]))
attempt("a socket could be made", connect)
attempt("another process could be signalled", lambda: os.kill(os.getppid(), 0))
attempt("every process could be signalled", lambda: os.kill(-1, 0))
attempt("/etc/passwd could be read", lambda: os.open("/etc/passwd", os.O_RDONLY))
attempt("the root directory could be changed", lambda: os.chmod("/", 0o777))
attempt("the host's memory could be read", lambda: os.open("/proc/1/mem", os.O_RDONLY))
def is_open(fd):
    try:
        os.fstat(fd)
    except OSError:
        return False
    return True
attempt("an open file was inherited", lambda: any([is_open(fd) for fd in range(3, 128)]))
print("held" if not breaches else "; ".join(breaches))
"""


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
