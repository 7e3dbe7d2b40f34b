"""Which level of isolation this host can hold, found by trying.

A level counts only after a worker of it has run a program that attempts what must not work,
and every attempt has failed. Nothing is concluded from a kernel's version or a program's
presence. No answer is kept between runs: trying takes a few milliseconds once a worker runs.
"""

import os
from collections.abc import Callable, Sequence

from gptcc_cli.errors import ExecutionRefused
from gptcc_cli.sandbox.box import boxes, bubblewrap
from gptcc_cli.sandbox.execution import Job, Level, Limits
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
            reasons.append(f"{level.value}: bubblewrap was not found")
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
