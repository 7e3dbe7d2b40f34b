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
import random
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
    STOP,
    ForkRequest,
    ForkResult,
    Ready,
    RequestKind,
    longest_us,
    pack_ready,
    pack_refused,
    pack_result,
    unpack_request,
)

_FIRST_FREE = 64
"""The zygote's own descriptors stand from here on. Those below are closed, so that received ones
get the numbers that a program expects: 0 input, 1 output, 2 errors, 3 task, 4 code."""
_CHECK_CODE = 5
_PAST_LAST = 256
"""More descriptors than the limit allows; not much more, as older kernels close one by one."""
_MAX_FDS = 8
_IN_PLACE = [0, 1, 2, 3, 4, 5]
_CUT = socket.MSG_TRUNC | socket.MSG_CTRUNC
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


_Ends = dict[int, tuple[int, resource.struct_rusage]]


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
        self._has_pid_namespace: bool = orders["own_pid_namespace"]
        self._main = ModuleType("__main__")
        self._main.__dict__.update(
            __builtins__=builtins, __file__=program.FILE_NAME, __cached__=None, __annotations__={}
        )
        sys.modules["__main__"] = self._main
        self._poll = select.poll()
        self._poll.register(control, select.POLLIN)

    def loop(self) -> NoReturn:
        """Serve requests; end with the host."""
        os.closerange(0, _FIRST_FREE)
        while True:
            packet, fds, flags, _ = socket.recv_fds(self._control, PACKET_BYTES, _MAX_FDS)
            if not packet:
                os._exit(0)
            if packet == STOP:
                continue
            request = unpack_request(packet)
            if fds != _IN_PLACE[: request.n_fds] or flags & _CUT:
                os._exit(3)
            self._control.sendmsg((pack_result(self._served(request)),))

    def _served(self, request: ForkRequest) -> ForkResult:
        """Run one job, whose descriptors are in place, and close them."""
        channel = assertions.Channel() if request.kind is RequestKind.ASSERT else None
        main = self._forked(request, channel, checks=False)
        pids = [main] if channel is None else [main, self._forked(request, channel, checks=True)]
        os.closerange(0, request.n_fds)
        watch = _Stopwatch(pids, request.wall_us * 1000)
        timed_out, ends = self._waited(pids, watch)
        strays = self._swept()
        if channel is not None:
            channel.close()
        status, usage = ends[main]
        starved = timed_out and watch.was_kept_waiting(usage.ru_nvcsw)
        return ForkResult(
            request.kind,
            timed_out and not starved,
            starved,
            strays,
            status,
            ends[pids[-1]][0] if channel is not None else 0,
            int(usage.ru_utime * 1e6),
            int(usage.ru_stime * 1e6),
            usage.ru_maxrss,
            watch.wall_ns // 1000,
            watch.delay_ns // 1000,
        )

    def _forked(
        self, request: ForkRequest, channel: assertions.Channel | None, *, checks: bool
    ) -> int:
        pid = confine.raw_fork()
        if pid:
            return pid
        try:
            self._become_child(request, channel, checks=checks)
            self._run(request, channel, checks=checks)
        except BaseException as error:
            os.write(2, f"{type(error).__name__}: {error}\n".encode("ascii", "replace"))
        finally:
            os._exit(1)

    def _become_child(
        self, request: ForkRequest, channel: assertions.Channel | None, *, checks: bool
    ) -> None:
        """Keep the descriptors that are this child's, and give up the rest for good."""
        memory = self.address_space_bytes + request.memory_bytes
        n_fds = request.n_fds
        if channel is not None:
            memory += assertions.CHANNEL_BYTES
            # From the fifth descriptor on they are the check's: its task, which no program may
            # see, and its code.
            n_fds = program.CODE
            if checks:
                os.dup2(self._null, 0)
                os.dup2(self._null, 1)
                os.dup2(program.CODE, program.TASK)
                if request.n_fds > _CHECK_CODE:
                    os.dup2(_CHECK_CODE, program.CODE)
                    n_fds = _CHECK_CODE
        if not self._has_pid_namespace:
            confine.die_with_parent()
        os.closerange(n_fds, _PAST_LAST)
        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
        resource.setrlimit(resource.RLIMIT_CPU, (request.cpu_s, request.cpu_s + 1))
        resource.setrlimit(resource.RLIMIT_FSIZE, (request.file_bytes, request.file_bytes))
        # Every run has random numbers of its own; a fork would repeat the zygote's.
        random.seed()
        if self._filter is not None:
            self._filter.install()

    def _run(
        self, request: ForkRequest, channel: assertions.Channel | None, *, checks: bool
    ) -> None:
        kind, keeps_code = request.kind, request.n_fds > program.CODE
        if kind is RequestKind.MAIN:
            program.run_main(self._main, keeps_code=keeps_code)
        elif kind is RequestKind.CALL:
            program.run_call(self._main, keeps_code=keeps_code)
        elif kind is RequestKind.CALLS:
            assertions.run_calls(self._main, keeps_code=keeps_code)
        elif channel is not None and checks:
            assertions.run_check(channel, keeps_code=request.n_fds > _CHECK_CODE)
        elif channel is not None:
            assertions.run_program(self._main, channel)

    def _waited(self, pids: list[int], watch: "_Stopwatch") -> tuple[bool, _Ends]:
        """Wait for one to end, the limit, or a stop from the host; then end what still runs."""
        ends: _Ends = {}
        watches: dict[int, int] = {}
        for pid in pids:
            pidfd = os.pidfd_open(pid)
            watches[pidfd] = pid
            self._poll.register(pidfd, select.POLLIN)
        timed_out = False
        while len(ends) < len(pids):
            asked_ns = watch.next_look_ns()
            events = self._poll.poll(asked_ns / 1e6)
            watch.look(asked_ns)
            timed_out = not events
            if timed_out and not watch.is_over():
                continue
            failed = stopped = False
            for fd, _ in events:
                if fd not in watches:
                    stopped = self._stop_requested()
                    continue
                pid, status, usage = os.wait4(watches[fd], 0)
                ends[pid] = status, usage
                failed = failed or status != 0
                self._poll.unregister(fd)
                os.close(fd)
                del watches[fd]
            if timed_out or stopped or ends:
                self._end(watches, ends, as_well=not (timed_out or stopped or failed))
        return timed_out, ends

    def _stop_requested(self) -> bool:
        """Read what the host says in the middle of a job; end with it if it is gone."""
        packet, _, _, _ = socket.recv_fds(self._control, PACKET_BYTES, 0)
        if packet != STOP:
            os._exit(0)
        return True

    def _end(self, watches: dict[int, int], ends: _Ends, *, as_well: bool) -> None:
        """Kill what still runs; where the other has ended well, so has this one.

        A check that is done needs its program no more; a program that is gone can't be checked.
        """
        for fd, pid in watches.items():
            os.kill(pid, signal.SIGKILL)
            _, status, usage = os.wait4(pid, 0)
            ends[pid] = 0 if as_well else status, usage
            self._poll.unregister(fd)
            os.close(fd)

    def _swept(self) -> int:
        """Count, and where it is safe kill, whatever a program has left behind."""
        strays = 0
        while True:
            try:
                pid, _ = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return strays
            if pid == 0:
                if not self._has_pid_namespace:
                    os._exit(4)
                os.kill(-1, signal.SIGKILL)
                os.waitpid(-1, 0)
            strays += 1


_LOOK_NS = 50_000_000
_BUSY_PART, _IDLE_PART = 0.9, 0.05


class _Stopwatch:
    """Counts the time that a program had, without that in which the machine kept it waiting.

    A program that runs uses processor time. Of a stretch in which it used some, but less than the
    clock went on, the rest is the machine's: another process ran. A stretch in which it used next
    to none is its own: it slept or waited for something. So is no more of a stretch than this
    process meant to wait, since it was stopped itself for the rest.
    """

    def __init__(self, pids: list[int], limit_ns: int) -> None:
        """Start."""
        # The kernel's numbers for the processor time of other processes.
        self._clocks = [(~pid << 3) | 2 for pid in pids]
        self._limit_ns = limit_ns
        self._longest_ns = longest_us(limit_ns // 1000) * 1000
        self._started_ns = self._looked_ns = time.monotonic_ns()
        self._paused_ns = 0
        self._cpu_ns = 0
        self._had_ns = 0

    def next_look_ns(self) -> int:
        """Return how long to wait before looking again."""
        return max(0, min(_LOOK_NS, self._limit_ns - self._had_ns))

    def look(self, asked_ns: int) -> None:
        """Count what has passed, of which ``asked_ns`` was meant to."""
        now_ns, cpu_ns = time.monotonic_ns(), self._cpu_of_all_ns()
        passed_ns, used_ns = now_ns - self._looked_ns, cpu_ns - self._cpu_ns
        self._looked_ns, self._cpu_ns = now_ns, cpu_ns
        pause_ns = passed_ns - asked_ns - _LOOK_NS
        if pause_ns > 0:
            self._paused_ns += pause_ns
        if used_ns >= _BUSY_PART * passed_ns:
            self._had_ns += passed_ns
        elif used_ns > _IDLE_PART * passed_ns:
            self._had_ns += used_ns
        else:
            self._had_ns += max(used_ns, min(passed_ns, asked_ns))

    def is_over(self) -> bool:
        """Whether the program has had its time, or has been waited for too long."""
        return self._had_ns >= self._limit_ns or self._is_given_up()

    def was_kept_waiting(self, n_waits: int) -> bool:
        """Whether it was given up though it wanted to run.

        Args:
            n_waits: how often it gave the processor back by itself. Who only ever sleeps for a
                moment is slow by itself, however little time it uses.
        """
        seconds = (self._looked_ns - self._started_ns) / 1e9
        return self._had_ns < self._limit_ns and self._is_given_up() and n_waits < 20 * seconds

    @property
    def wall_ns(self) -> int:
        """By the clock; past the limit, without what the machine took."""
        passed_ns = self._looked_ns - self._started_ns
        return passed_ns if passed_ns <= self._limit_ns else min(passed_ns, self._had_ns)

    @property
    def delay_ns(self) -> int:
        """What the machine took."""
        return max(0, self._looked_ns - self._started_ns - self._had_ns)

    def _is_given_up(self) -> bool:
        return self._looked_ns - self._started_ns - self._paused_ns >= self._longest_ns

    def _cpu_of_all_ns(self) -> int:
        try:
            return max(self._cpu_ns, sum(map(time.clock_gettime_ns, self._clocks)))
        except OSError:
            return self._cpu_ns


def _prepare(orders: dict[str, Any]) -> None:
    """Import what programs import, and make the names and streams they expect."""
    # As long as before Python 3.11, and as on judges; the limits of time hold for it, too.
    sys.set_int_max_str_digits(0)
    for name in orders["preload"]:
        __import__(name)
    place = _by_descriptor if orders["by_descriptor"] else str
    if orders["by_descriptor"]:
        _reach_library()
    if orders["numpy"]:
        sys.meta_path.append(_Beside("numpy", place(orders["numpy"])))
    _, most = resource.getrlimit(resource.RLIMIT_STACK)
    usual = _STACK_BYTES if most == resource.RLIM_INFINITY else min(_STACK_BYTES, most)
    resource.setrlimit(resource.RLIMIT_STACK, (usual, most))
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
    opened = confine.opened_paths(orders["readable"], orders["writable"])
    if orders["user"]:
        confine.become_user(orders["user"])
    elif orders["drops_capabilities"]:
        confine.drop_capabilities()
    confine.die_with_parent()
    if not orders["own_pid_namespace"]:
        confine.adopt_orphans()
    for name, value in orders["limits"].items():
        confine.limit(getattr(resource, name), value)
    confine.hide_memory()
    if opened:
        confine.forbid_new_privileges()
        confine.restrict_paths(opened)
    if orders["zygote_filter"]:
        confine.forbid_new_privileges()
        confine.Filter(orders["zygote_filter"]).install()


_STACK_BYTES = 120 << 20
"""For recursion in C, as deep as on judges. The kernel keeps 128 MiB free below a stack."""


def _reach_library() -> None:
    """Reach the library by descriptors, where a directory above it is closed to other users."""
    names = {path: _by_descriptor(path) for path in sorted(sys.path, key=len)}

    def name_of(path: str) -> str:
        above = next((above for above in reversed(names) if f"{path}/".startswith(f"{above}/")), "")
        return names[above] + path.removeprefix(above) if above else path

    sys.path[:] = [names[path] for path in sys.path]
    for module in list(sys.modules.values()):
        places = getattr(module, "__path__", None)
        if isinstance(places, list):
            places[:] = [name_of(path) for path in places if isinstance(path, str)]
    sys.path_importer_cache.clear()


def _by_descriptor(path: str) -> str:
    """Open a directory, and return a name of it that needs no right on those above."""
    import fcntl

    try:
        fd = os.open(path, os.O_PATH | os.O_DIRECTORY)
    except OSError:
        return path
    high = fcntl.fcntl(fd, fcntl.F_DUPFD, _PAST_LAST)
    os.close(fd)
    return f"/proc/self/fd/{high}"


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
