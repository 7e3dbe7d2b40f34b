"""One zygote, seen from the host: start it, hand it a request, end it.

Raises ``WorkerDied`` when it is no more; what to do then is decided by those who hold several.
"""

import contextlib
import functools
import importlib.util
import marshal
import os
import select
import signal
import socket
import struct
import subprocess
import time
from collections.abc import Callable, Iterator

from gptcc_cli.sandbox.box import ENVIRONMENT, Box
from gptcc_cli.sandbox.inside.records import (
    PACKET_BYTES,
    STOP,
    ForkRequest,
    ForkResult,
    RecordError,
    longest_us,
    pack_request,
    unpack_ready,
    unpack_result,
)

_INSIDE = (
    "gptcc_cli",
    "gptcc_cli.sandbox",
    "gptcc_cli.sandbox.inside",
    "gptcc_cli.sandbox.inside.confine",
    "gptcc_cli.sandbox.inside.values",
    "gptcc_cli.sandbox.inside.records",
    "gptcc_cli.sandbox.inside.program",
    "gptcc_cli.sandbox.inside.assertions",
    "gptcc_cli.sandbox.inside.zygote",
)
_GRACE_S = 2.0
"""A zygote that is this late with its answer is stopped or wedged."""
_FIRST_LOOK_S = 0.005
"""A program that runs longer is looked at for the first time; then after twice as long each."""
_LONGEST_LOOK_S = 1.0
_START_S = 20.0
_STDERR_BYTES = 64 << 10


class WorkerDied(Exception):
    """The zygote ended, or said something that is no record; the message says how."""


class WorkerRefused(Exception):
    """The zygote could not be started and confined; the message is the host's reason."""


class Worker:
    """A running zygote. Serves one request at a time."""

    def __init__(self, box: Box, *, core: int | None = None) -> None:
        """Start it; ``wait_until_ready`` before the first request.

        Must be called from a thread that runs as long as the worker: the kernel ends the
        worker with that thread, which is how nothing outlives a host that was killed.

        Args:
            box: how to start it.
            core: the only core that it and its programs run on; ``None``: any.

        Raises:
            WorkerRefused: the command could not be started.
        """
        self._control, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._control.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)
        self._zygote: int | None = None
        self._is_ready = False
        self._core = core
        self._said = memory_file(b"")
        boot = memory_file(marshal.dumps((_codes(), box.orders_for_a_worker())))
        nothing = memory_file(b"")
        inherited = (boot, theirs.fileno())
        try:
            with _on_core(core):
                self._process = subprocess.Popen(
                    [*box.words, *map(str, inherited)],
                    stdin=nothing,
                    stdout=nothing,
                    stderr=self._said,
                    pass_fds=inherited,
                    env=ENVIRONMENT,
                    cwd="/",
                    start_new_session=True,
                )
        except OSError as error:
            self._control.close()
            os.close(self._said)
            raise WorkerRefused(str(error)) from None
        finally:
            theirs.close()
            os.close(boot)
            os.close(nothing)

    def share_core(self) -> None:
        """Bind the calling thread, and what it starts, to the worker's core, if it has one."""
        if self._core is not None:
            _bind({self._core})

    def wait_until_ready(self) -> None:
        """Wait until it is confined, unless it is known to be.

        Raises:
            WorkerRefused: the host does not allow what the box is made of.
        """
        if self._is_ready:
            return
        self._control.settimeout(_START_S)
        try:
            packet, notes, _, _ = self._control.recvmsg(PACKET_BYTES, _CREDENTIALS_SPACE)
            greeting = unpack_ready(packet)
            self._zygote = _descriptor_of_sender(notes)
        except (OSError, RecordError) as error:
            reason = os.pread(self._said, _STDERR_BYTES, 0).decode("utf-8", "replace").strip()
            greeting = reason.splitlines()[-1] if reason else str(error)
        finally:
            os.close(self._said)
        if isinstance(greeting, str):
            self.end()
            raise WorkerRefused(greeting)
        self._control.settimeout(None)
        self._control.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 0)
        self._is_ready = True

    def serve(
        self,
        request: ForkRequest,
        fds: list[int],
        stderr: int,
        is_settled: Callable[[], bool] | None = None,
    ) -> tuple[ForkResult, bytes]:
        """Run one request, draining the program's standard error meanwhile.

        Args:
            request: what to do; its wall limit counts from here.
            fds: the descriptors that go with it.
            stderr: the reading end of the program's standard error.
            is_settled: is asked now and then whether to stop the program.

        Returns:
            The result and the last 64 KiB of standard error.

        Raises:
            WorkerDied: it ended before its time was over, or did not answer in time.
        """
        looked = time.monotonic()
        deadline = looked + longest_us(request.wall_us) / 1e6 + _GRACE_S
        try:
            socket.send_fds(self._control, [pack_request(request)], fds)
        except OSError as error:
            raise WorkerDied(f"the zygote is gone: {error}") from None
        poll = select.poll()
        poll.register(self._control, select.POLLIN)
        poll.register(stderr, select.POLLIN)
        tail = b""
        control = self._control.fileno()
        pause_s = _FIRST_LOOK_S
        while True:
            left_s = max(0.0, deadline - time.monotonic())
            asked_s = min(pause_s if is_settled is not None else _LONGEST_LOOK_S, left_s)
            ready = dict(poll.poll(asked_s * 1000))
            now = time.monotonic()
            # Time in which this process was stopped itself says nothing about the zygote.
            deadline += max(0.0, now - looked - asked_s - _GRACE_S)
            looked = now
            if not ready and is_settled is None and now < deadline:
                continue
            if not ready and is_settled is not None and left_s > pause_s:
                pause_s *= 2
                if is_settled():
                    is_settled = None
                    with contextlib.suppress(OSError):
                        self._control.send(STOP)
                continue
            if not ready:
                raise WorkerDied("the zygote does not answer: it is stopped, or the machine is")
            if stderr in ready:
                tail, more = _drained(stderr, tail)
                if not more:
                    poll.unregister(stderr)
            if control in ready:
                result = self._answer()
                return result, _drained(stderr, tail)[0]

    def end(self) -> None:
        """Kill it, and with it whatever it started; wait until it is gone."""
        self._control.close()
        if self._zygote is not None:
            # Bubblewrap would end it too, but is not allowed to once it is another user.
            with contextlib.suppress(ProcessLookupError):
                signal.pidfd_send_signal(self._zygote, signal.SIGKILL)
            os.close(self._zygote)
            self._zygote = None
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()

    def _answer(self) -> ForkResult:
        try:
            packet = self._control.recv(PACKET_BYTES)
        except OSError as error:
            raise WorkerDied(str(error)) from None
        if not packet:
            raise WorkerDied("the zygote ended in the middle of a job")
        try:
            return unpack_result(packet)
        except RecordError as error:
            raise WorkerDied(f"the zygote said something strange: {error}") from None


@contextlib.contextmanager
def _on_core(core: int | None) -> Iterator[None]:
    """Bind the calling thread to a core for the block; what it starts there stays bound."""
    if core is None:
        yield
        return
    allowed = os.sched_getaffinity(0)
    _bind({core})
    try:
        yield
    finally:
        _bind(allowed)


def _bind(cores: set[int]) -> None:
    # A matter of speed alone: where it is forbidden, everything works as well.
    with contextlib.suppress(OSError):
        os.sched_setaffinity(0, cores)


_CREDENTIALS = struct.Struct("@iII")
_CREDENTIALS_SPACE = socket.CMSG_SPACE(_CREDENTIALS.size)


def _descriptor_of_sender(notes: list[tuple[int, int, bytes]]) -> int | None:
    """Open the process that sent a packet, which may live in a namespace of its own."""
    for level, kind, data in notes:
        if (level, kind) == (socket.SOL_SOCKET, socket.SCM_CREDENTIALS):
            pid, _, _ = _CREDENTIALS.unpack(data[: _CREDENTIALS.size])
            return os.pidfd_open(pid) if pid > 0 else None
    return None


def memory_file(data: bytes) -> int:
    """Make a file in memory that holds the data, with its position at the start."""
    fd = os.memfd_create("gptcc", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING)
    if data:
        view = memoryview(data)
        while view:
            view = view[os.write(fd, view) :]
        os.lseek(fd, 0, os.SEEK_SET)
    return fd


def _drained(fd: int, tail: bytes) -> tuple[bytes, bool]:
    """Read what is there of a non-blocking pipe; say whether more may come."""
    while True:
        try:
            chunk = os.read(fd, _STDERR_BYTES)
        except BlockingIOError:
            return tail, True
        if not chunk:
            return tail, False
        tail = (tail + chunk)[-_STDERR_BYTES:]


@functools.cache
def _codes() -> list[tuple[str, object]]:
    """Return the code of what runs inside, in the order it is needed."""
    codes: list[tuple[str, object]] = []
    for name in _INSIDE:
        code = None
        if name.startswith("gptcc_cli.sandbox.inside."):
            spec = importlib.util.find_spec(name)
            assert spec is not None and spec.loader is not None
            code = spec.loader.get_code(name)  # type: ignore[attr-defined]
        codes.append((name, code))
    return codes
