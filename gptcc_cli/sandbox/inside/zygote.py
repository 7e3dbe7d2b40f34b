"""The zygote: a confined Python that forks a process for each job and says how it ended.

It never reads a program, an input or an output: it receives fixed records and descriptors, and
only the forked process opens them. Nothing of one program can reach the next through it, since
every program starts from the same untouched memory.

Does not decide what to confine; that comes as a plain dictionary from outside.
"""

import builtins
import gc
import io
import os
import resource
import select
import signal
import socket
import sys
import time
from types import ModuleType
from typing import Any, NoReturn

from gptcc_cli.sandbox.inside import assertions, confine, program
from gptcc_cli.sandbox.inside.records import (
    PACKET_BYTES,
    Kind,
    Ready,
    Request,
    Result,
    pack_ready,
    pack_refused,
    pack_result,
    unpack_request,
)

_FIRST_FREE = 64
"""The zygote's own descriptors stand from here on, the program's below."""
_MAX_FDS = 8
_NO_FD = -1
_USUAL_ADDRESS_SPACE_BYTES = 64 << 20


def serve(control_fd: int, orders: dict[str, Any]) -> NoReturn:
    """Prepare, confine, and fork until the host is gone."""
    control = _moved(control_fd)
    try:
        _prepare(orders)
        zygote = Zygote(control, orders)
        _confine(orders)
    except OSError as error:
        control.sendmsg([pack_refused(str(error))])
        os._exit(1)
    gc.collect()
    gc.freeze()
    control.sendmsg([pack_ready(Ready(os.getpid(), zygote.address_space_bytes))])
    zygote.loop()


class Zygote:
    """The loop, and what a child needs at hand."""

    def __init__(self, control: socket.socket, orders: dict[str, Any]) -> None:
        """Make everything before the first fork, so that children inherit and don't make."""
        self.address_space_bytes = _own_address_space_bytes()
        self._control = control
        self._null = _high(os.open(os.devnull, os.O_RDWR))
        self._filter: confine.Filter | None = None
        if orders["child_filter"]:
            self._filter = confine.Filter(orders["child_filter"], orders["child_filter_pid_at"])
        self._dies_with_parent: bool = not orders["own_pid_namespace"]
        self._kills_all: bool = orders["own_pid_namespace"]
        self._main = ModuleType("__main__")
        self._main.__dict__.update(
            __builtins__=builtins, __file__=program.FILE_NAME, __cached__=None, __annotations__={}
        )

    def loop(self) -> NoReturn:
        """Serve requests; end with the host."""
        while True:
            packet, fds, flags, _ = socket.recv_fds(self._control, PACKET_BYTES, _MAX_FDS)
            if not packet:
                os._exit(0)
            request = unpack_request(packet)
            if len(fds) != request.n_fds or flags & (socket.MSG_TRUNC | socket.MSG_CTRUNC):
                os._exit(3)
            self._control.sendmsg([pack_result(self._served(request, fds))])

    def _served(self, request: Request, fds: list[int]) -> Result:
        line = assertions.Line() if request.kind is Kind.ASSERT else None
        started = time.monotonic_ns()
        # The fifth descriptor is the code of a program, or the check's task, which no program sees.
        code = fds[4] if line is None and len(fds) > 4 else _NO_FD
        main = self._forked(request, (*fds[:4], code), line)
        pids = [main]
        if line is not None:
            channels = (self._null, self._null, fds[2], fds[4], _NO_FD)
            pids.append(self._forked(request, channels, line, checks=True))
        for fd in fds:
            os.close(fd)
        timed_out, ends = self._waited(pids, started + request.wall_us * 1000)
        wall_us = (time.monotonic_ns() - started) // 1000
        strays = self._swept()
        if line is not None:
            line.close()
        status, usage = ends[main]
        check_status = ends[pids[-1]][0] if len(pids) > 1 else 0
        user_us, system_us = int(usage.ru_utime * 1e6), int(usage.ru_stime * 1e6)
        return Result(
            request.kind,
            timed_out,
            strays,
            status,
            check_status,
            user_us,
            system_us,
            usage.ru_maxrss,
            wall_us,
        )

    def _forked(
        self,
        request: Request,
        fds: tuple[int, ...],
        line: assertions.Line | None,
        *,
        checks: bool = False,
    ) -> int:
        pid = confine.raw_fork()
        if pid:
            return pid
        try:
            self._become_child(request, fds, assertions.LINE_BYTES if line else 0)
            self._run(request.kind, line, checks=checks, keeps_code=fds[4] != _NO_FD)
        except BaseException as error:
            os.write(2, f"{type(error).__name__}: {error}\n".encode("ascii", "replace"))
        finally:
            os._exit(1)

    def _become_child(self, request: Request, fds: tuple[int, ...], shared_bytes: int) -> None:
        if self._dies_with_parent:
            confine.die_with_parent()
        for wanted, fd in enumerate(fds):
            if fd != _NO_FD:
                os.dup2(fd, wanted)
        os.closerange(len(fds) if fds[-1] != _NO_FD else len(fds) - 1, 1 << 30)
        memory = self.address_space_bytes + request.memory_bytes + shared_bytes
        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
        resource.setrlimit(resource.RLIMIT_CPU, (request.cpu_s, request.cpu_s + 1))
        resource.setrlimit(resource.RLIMIT_FSIZE, (request.file_bytes, request.file_bytes))
        if self._filter is not None:
            self._filter.install()
        sys.modules["__main__"] = self._main
        gc.enable()

    def _run(
        self, kind: Kind, line: assertions.Line | None, *, checks: bool, keeps_code: bool
    ) -> None:
        if kind is Kind.MAIN:
            program.run_main(self._main, keeps_code=keeps_code)
        elif kind is Kind.CALL:
            program.run_call(self._main, keeps_code=keeps_code)
        elif kind is Kind.ASSERT_TOGETHER:
            assertions.run_together(self._main)
        elif line is not None and checks:
            assertions.run_check(line)
        elif line is not None:
            assertions.run_program(self._main, line)

    def _waited(
        self, pids: list[int], deadline_ns: int
    ) -> tuple[bool, dict[int, tuple[int, resource.struct_rusage]]]:
        """Wait for all; kill them at the deadline, with the host, or when one of two fails."""
        ends: dict[int, tuple[int, resource.struct_rusage]] = {}
        watches = {os.pidfd_open(pid): pid for pid in pids}
        poll = select.poll()
        for watch in watches:
            poll.register(watch, select.POLLIN)
        poll.register(self._control, 0)
        timed_out = False
        while len(ends) < len(pids):
            rest_ms = max(0, deadline_ns - time.monotonic_ns()) / 1e6
            events = poll.poll(rest_ms)
            if not events:
                timed_out = True
            for fd, _ in events:
                if fd not in watches:
                    os._exit(0)
                pid, status, usage = os.wait4(watches[fd], 0)
                ends[pid] = status, usage
                poll.unregister(fd)
            failed = any(status != 0 for status, _ in ends.values())
            if timed_out or failed or pids[0] in ends:
                for pid in pids:
                    if pid not in ends:
                        os.kill(pid, signal.SIGKILL)
                        _, status, usage = os.wait4(pid, 0)
                        ends[pid] = status, usage
        for watch in watches:
            os.close(watch)
        return timed_out, ends

    def _swept(self) -> int:
        """Count, and where it is safe kill, whatever a program has left behind."""
        strays = 0
        while True:
            try:
                pid, _ = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return strays
            if pid == 0:
                if not self._kills_all:
                    os._exit(4)
                os.kill(-1, signal.SIGKILL)
                os.waitpid(-1, 0)
            strays += 1


def _prepare(orders: dict[str, Any]) -> None:
    """Import what programs import, and make the names and streams they expect."""
    for name in orders["preload"]:
        __import__(name)
    if orders["numpy"]:
        sys.meta_path.append(_Beside("numpy", orders["numpy"]))
    import _sitebuiltins

    eof = "Ctrl-D (i.e. EOF)"
    builtins.exit = _sitebuiltins.Quitter("exit", eof)
    builtins.quit = _sitebuiltins.Quitter("quit", eof)
    sys.stdin = sys.__stdin__ = _text(0, "<stdin>", "r", "strict")  # type: ignore[misc]
    sys.stdout = sys.__stdout__ = _text(1, "<stdout>", "w", "strict")  # type: ignore[misc]
    sys.stderr = sys.__stderr__ = _text(2, "<stderr>", "w", "backslashreplace")  # type: ignore[misc]
    sys.argv[:] = [program.FILE_NAME]
    # The first call of compile() builds the types of every syntax node: 1 ms, once, here.
    compile("pass", program.FILE_NAME, "exec", dont_inherit=True)
    for name in list(sys.modules):
        if name.startswith("gptcc_cli"):
            del sys.modules[name]


def _confine(orders: dict[str, Any]) -> None:
    """Give up every right but those a zygote needs."""
    if orders["user"]:
        confine.become_user(orders["user"], keep_reading=orders["keep_reading"])
    confine.die_with_parent()
    if not orders["own_pid_namespace"]:
        confine.adopt_orphans()
    for name, value in orders["limits"].items():
        confine.limit(getattr(resource, name), value)
    confine.hide_memory()
    if orders["readable"] or orders["writable"]:
        confine.forbid_new_privileges()
        confine.restrict_paths(orders["readable"], orders["writable"])
    if orders["zygote_filter"]:
        confine.forbid_new_privileges()
        confine.Filter(orders["zygote_filter"]).install()


class _Beside:
    """Finds one package that lies outside the box's own library."""

    def __init__(self, name: str, directory: str) -> None:
        self._name = name
        self._directory = directory

    def find_spec(self, name: str, *_: object) -> Any:
        """Find the package itself; its modules are found through its path."""
        if name != self._name:
            return None
        from importlib.util import spec_from_file_location

        return spec_from_file_location(
            name,
            f"{self._directory}/__init__.py",
            submodule_search_locations=[self._directory],
        )


def _text(fd: int, name: str, mode: str, errors: str) -> io.TextIOWrapper:
    raw = io.FileIO(fd, mode, closefd=False)
    raw.name = name
    buffered = io.BufferedReader(raw) if mode == "r" else io.BufferedWriter(raw)
    stream = io.TextIOWrapper(
        buffered, encoding="utf-8", errors=errors, line_buffering=errors != "strict"
    )
    stream.mode = mode  # type: ignore[misc]
    return stream


def _moved(fd: int) -> socket.socket:
    """Take the control socket to a number that no program's descriptor needs."""
    return socket.socket(fileno=_high(fd))


def _high(fd: int) -> int:
    import fcntl

    high = fcntl.fcntl(fd, fcntl.F_DUPFD_CLOEXEC, _FIRST_FREE)
    os.close(fd)
    return high


def _own_address_space_bytes() -> int:
    try:
        fd = os.open("/proc/self/statm", os.O_RDONLY)
    except OSError:
        return _USUAL_ADDRESS_SPACE_BYTES
    pages = int(os.read(fd, 100).split()[0])
    os.close(fd)
    return pages * resource.getpagesize()
