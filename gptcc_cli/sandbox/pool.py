"""Several workers behind one ``Sandbox``: who runs what, and who is replaced.

Workers start when they are first needed. A worker that dies in the middle of a job is replaced
and the job runs once more; if that one dies too, the record says ``fault``.
"""

import fcntl
import marshal
import math
import os
import queue
import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Self

from gptcc_cli.sandbox.box import Box
from gptcc_cli.sandbox.execution import Exceeded, Execution, IsSettled, Job, Level, Stage
from gptcc_cli.sandbox.facts import Raw, cpu_limit_s, execution_of
from gptcc_cli.sandbox.inside.records import ForkRequest, RequestKind, unpack_answers
from gptcc_cli.sandbox.worker import Worker, WorkerDied, WorkerRefused, memory_file

_SEALS = fcntl.F_SEAL_SEAL | fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_GROW | fcntl.F_SEAL_WRITE
_SPARE_BYTES = 1 << 20
_MOST_S = 1e6
_MOST_BYTES = 1 << 46


_KEPT_CODES = 64


class CodeCache:
    """The texts that ran last, and the code of those that ran twice."""

    def __init__(self) -> None:
        """Keep nothing yet."""
        self._lock = threading.Lock()
        self._files: OrderedDict[str, int | None] = OrderedDict()

    def file_for(self, source: str) -> tuple[int | None, bool]:
        """Return a descriptor for this run, to be closed by the caller, and whether it is full.

        An empty one comes back through ``keep``; ``None``: let the run compile for itself.
        """
        with self._lock:
            if source not in self._files:
                self._files[source] = None
                self._forget_oldest()
                return None, False
            self._files.move_to_end(source)
            kept = self._files[source]
            if kept is not None:
                return os.dup(kept), True
        return os.memfd_create("gptcc-code", os.MFD_CLOEXEC | os.MFD_ALLOW_SEALING), False

    def keep(self, source: str, fd: int) -> None:
        """Seal a file that a run has filled, and give it to later runs."""
        if os.fstat(fd).st_size == 0:
            return
        fcntl.fcntl(fd, fcntl.F_ADD_SEALS, _SEALS)
        with self._lock:
            if source in self._files and self._files[source] is None:
                self._files[source] = os.dup(fd)

    def close(self) -> None:
        """Forget everything."""
        with self._lock:
            for fd in self._files.values():
                if fd is not None:
                    os.close(fd)
            self._files.clear()

    def _forget_oldest(self) -> None:
        while len(self._files) > _KEPT_CODES:
            _, fd = self._files.popitem(last=False)
            if fd is not None:
                os.close(fd)


class WorkerPool:
    """Runs jobs on zygotes that are all boxed in the same way."""

    def __init__(self, box: Box, *, workers: int) -> None:
        """Remember the box; nothing starts yet."""
        self._box = box
        self._workers = workers
        self._slots = threading.BoundedSemaphore(workers)
        self._lock = threading.Lock()
        self._idle: list[Worker] = []
        self._all: set[Worker] = set()
        self._codes = CodeCache()
        self._starter = _Starter()
        self._load = _MachineLoad()
        self._closed = False

    @property
    def level(self) -> Level:
        """How strongly programs are held here."""
        return self._box.level

    @property
    def workers(self) -> int:
        """How many jobs run at once."""
        return self._workers

    @property
    def description(self) -> str:
        """The level and what it is made of, in one line."""
        return f"{self._box.level.value}: {self._box.detail}"

    def run(self, job: Job, *, is_settled: IsSettled | None = None) -> Execution:
        """Run one job and return its facts."""
        with self._slots:
            if job.assertions is not None:
                return self._run(job, RequestKind.ASSERT)
            if job.calls is not None:
                return self._run(job, RequestKind.CALLS, is_settled)
            return self._run(job, RequestKind.CALL if job.call is not None else RequestKind.MAIN)

    def start(self, *, all_: bool = False, meanwhile: Callable[[], None] | None = None) -> None:
        """Start one worker now.

        Args:
            all_: begin to start the others too, without waiting for them.
            meanwhile: what to do while the first one starts.

        Raises:
            WorkerRefused: the host does not allow what the box is made of.
        """
        begun = [self._begun(core) for core in (self._cores() if all_ else (None,))]
        if meanwhile is not None:
            meanwhile()
        begun[0].wait_until_ready()
        for worker in reversed(begun):
            self._give_back(worker)

    def part(self, number: int) -> "WorkerPool":
        """Return a pool of one of the workers that were started, for a copy of this process.

        The copy that asks is bound to that worker's core, if it has one.

        Args:
            number: from 0; no two processes may have the same, and this one none.
        """
        pool = WorkerPool(self._box, workers=1)
        worker = self._idle[number]
        worker.share_core()
        pool._all.add(worker)
        pool._idle.append(worker)
        return pool

    def close(self) -> None:
        """End every worker. A second call does nothing."""
        with self._lock:
            self._closed = True
            workers = list(self._all)
            self._all.clear()
            self._idle.clear()
        for worker in workers:
            worker.end()
        self._codes.close()
        self._starter.close()

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close."""
        self.close()

    def _run(self, job: Job, kind: RequestKind, is_settled: IsSettled | None = None) -> Execution:
        """Run a job, and again where a run says nothing, or little, of the program.

        A program that ran out of time by the clock with little of the processor may have been
        kept waiting, which looks like sleeping; on a busy machine it gets more tries than one
        that used its time up.
        """
        execution = self._run_once(job, kind, is_settled)
        for number in range(_MOST_REPEATS):
            ran_out = execution.exceeded in (Exceeded.WALL, Exceeded.CPU)
            if execution.fault is None and not (ran_out and self._load.was_busy(execution)):
                break
            waited = ran_out and execution.cpu_s < _WAITING_PART * job.limits.wall_s
            if number > 0 and not waited:
                break
            again = self._run_once(job, kind, is_settled)
            execution = again if again.fault is None or execution.fault is not None else execution
        return execution

    def _run_once(self, job: Job, kind: RequestKind, is_settled: IsSettled | None) -> Execution:
        try:
            return execution_of(job, self._tried(job, kind, is_settled))
        except (WorkerDied, WorkerRefused) as error:
            return _fault(str(error))

    def _tried(self, job: Job, kind: RequestKind, is_settled: IsSettled | None) -> Raw:
        worker = self._take()
        try:
            raw = _served(worker, job, kind, self._codes, is_settled)
        except BaseException:
            # Also an interrupt: the worker may be in the middle of a job.
            self._discard(worker)
            raise
        self._give_back(worker)
        return raw

    def _take(self) -> Worker:
        with self._lock:
            if self._closed:
                raise RuntimeError("the sandbox is closed")
            worker = self._idle.pop() if self._idle else None
        worker = worker or self._begun()
        try:
            worker.wait_until_ready()
        except BaseException:
            # Also an interrupt: nobody else knows of this worker yet.
            self._discard(worker)
            raise
        return worker

    def _cores(self) -> Sequence[int | None]:
        """Return a core for each worker, or none at all where they are not one for each.

        Who starts a program waits for it, so both do best on one core: the kernel would look for
        an idle one at each of their turns, and leave another idle meanwhile.
        """
        cores = sorted(os.sched_getaffinity(0))
        return cores if len(cores) == self._workers > 1 else (None,) * self._workers

    def _begun(self, core: int | None = None) -> Worker:
        worker = self._starter.run(lambda: Worker(self._box, core=core))
        with self._lock:
            closed = self._closed
            self._all.add(worker)
        if closed:
            self._discard(worker)
            raise RuntimeError("the sandbox is closed")
        return worker

    def _give_back(self, worker: Worker) -> None:
        with self._lock:
            if worker in self._all:
                self._idle.append(worker)

    def _discard(self, worker: Worker) -> None:
        with self._lock:
            self._all.discard(worker)
        worker.end()


class _MachineLoad:
    """Whether other work took the processor from a program that ran out of time."""

    def __init__(self) -> None:
        self._ticks = self._steal_and_all()

    def was_busy(self, execution: Execution) -> bool:
        """Whether the program may have been slow because the machine was."""
        steal, ticks = (
            now - before for now, before in zip(self._steal_and_all(), self._ticks, strict=True)
        )
        self._ticks = self._steal_and_all()
        if steal > _BUSY_STEAL * ticks or execution.delay_s > _BUSY_DELAY * execution.wall_s:
            return True
        pressure = _words_of("/proc/pressure/cpu")
        return len(pressure) > 1 and float(pressure[1].removeprefix("avg10=")) > _BUSY_PRESSURE

    @staticmethod
    def _steal_and_all() -> tuple[int, int]:
        ticks = [int(word) for word in _words_of("/proc/stat")[1:9]]
        return (ticks[7] if len(ticks) == 8 else 0), sum(ticks)


_BUSY_STEAL, _BUSY_DELAY, _BUSY_PRESSURE = 0.05, 0.1, 50.0
_MOST_REPEATS, _WAITING_PART = 4, 0.75
"""Parts of the time taken by another virtual machine, and by other processes; percent of the last
ten seconds in which some process waited for a processor."""


def _words_of(path: str) -> list[str]:
    try:
        with Path(path).open(encoding="ascii") as file:
            return file.readline().split()
    except OSError:
        return []


class _Starter:
    """A thread that starts workers and runs until the pool is closed.

    The kernel ends a worker when the thread that started it ends. The main thread starts its own.
    """

    def __init__(self) -> None:
        self._starts: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None
        self._lock = threading.Lock()

    def run(self, start: Callable[[], Worker]) -> Worker:
        if threading.current_thread() is threading.main_thread():
            return start()
        with self._lock:
            if self._thread is None:
                self._thread = threading.Thread(
                    target=self._work, name="gptcc-sandbox", daemon=True
                )
                self._thread.start()
        done: queue.SimpleQueue[Worker | WorkerRefused] = queue.SimpleQueue()

        def start_one() -> None:
            try:
                done.put(start())
            except WorkerRefused as error:
                done.put(error)

        self._starts.put(start_one)
        worker = done.get()
        if isinstance(worker, WorkerRefused):
            raise worker
        return worker

    def close(self) -> None:
        self._starts.put(None)
        if self._thread is not None:
            self._thread.join()

    def _work(self) -> None:
        while (start_one := self._starts.get()) is not None:
            start_one()


def _served(
    worker: Worker, job: Job, kind: RequestKind, codes: CodeCache, is_settled: IsSettled | None
) -> Raw:
    """Make a job's files, have it run, and read them."""
    nonce = os.urandom(16) if kind is RequestKind.CALLS else b""
    task, check_task = _tasks(job, nonce)
    compiles = _compiled_again(job)
    # No process that runs a program may hold the code of a check.
    code, is_full = codes.file_for(compiles) if kind in _KEEPS_CODE else (None, False)
    reading, writing = os.pipe()
    fds = [_sealed(job.stdin), memory_file(b""), writing, memory_file(task)]
    if kind is RequestKind.ASSERT:
        fds.append(memory_file(check_task))
    if code is not None:
        fds.append(code)
    try:
        os.set_blocking(reading, False)
        stops = None
        if is_settled is not None:
            stops = _Settled(is_settled, nonce, fds[3], len(task), _report_bytes(job))
        request = _request(job, kind, len(fds), len(task))
        result, stderr = worker.serve(request, fds, reading, stops)
        if code is not None and not is_full:
            codes.keep(compiles, code)
        report_bytes = _report_bytes(job)
        return Raw(
            result=result,
            stdout=_content(fds[1], 0, job.limits.output_bytes + 1),
            stderr=stderr,
            report=_content(fds[3], len(task), report_bytes),
            check_report=_content(fds[4], len(check_task), report_bytes)
            if kind is RequestKind.ASSERT
            else b"",
            nonce=nonce,
            settled=stops is not None and stops.held,
        )
    finally:
        for fd in fds:
            os.close(fd)
        os.close(reading)


class _Settled:
    """Looks at a report that is still being written, when it has grown."""

    def __init__(self, is_settled: IsSettled, nonce: bytes, fd: int, start: int, most: int) -> None:
        self._is_settled = is_settled
        self._nonce = nonce
        self._place = (fd, start, most)
        self._seen_bytes = 0
        self.held = False

    def __call__(self) -> bool:
        report = _content(*self._place)
        if len(report) > self._seen_bytes:
            self._seen_bytes = len(report)
            self.held = self._is_settled(unpack_answers(report, self._nonce))
        return self.held


_KEEPS_CODE = frozenset({RequestKind.MAIN, RequestKind.CALL, RequestKind.CALLS, RequestKind.ASSERT})


def _compiled_again(job: Job) -> str:
    """Return the text that later jobs may need compiled: a program's, or a check's."""
    if job.assertions is None:
        return job.source
    return f"check\0{job.assertions.check_source}"


def _tasks(job: Job, nonce: bytes) -> tuple[bytes, bytes]:
    """Write what a program's process reads, and a check's."""
    if job.call is not None:
        call = job.call
        task = (job.source, call.entry_point, call.arguments_json, call.int_keys)
        return marshal.dumps(task), b""
    if job.calls is not None:
        task_of_calls = (job.source, job.calls.entry_point, nonce, job.calls.arguments)
        return marshal.dumps(task_of_calls), b""
    if job.assertions is None:
        return job.source.encode("utf-8", "surrogatepass"), b""
    name, check = job.assertions.entry_point, job.assertions.check_source
    return marshal.dumps((job.source, name)), marshal.dumps((check, name))


def _request(job: Job, kind: RequestKind, n_fds: int, task_bytes: int) -> ForkRequest:
    limits = job.limits
    return ForkRequest(
        kind=kind,
        n_fds=n_fds,
        cpu_s=math.ceil(_within(cpu_limit_s(job), 1, _MOST_S)),
        memory_bytes=int(_within(limits.memory_bytes, 0, _MOST_BYTES)),
        file_bytes=int(_within(_report_bytes(job) + 16 * task_bytes, 0, _MOST_BYTES)),
        wall_us=round(_within(limits.wall_s, 1e-6, _MOST_S) * 1e6),
    )


def _within(value: float, least: float, most: float) -> float:
    """Bring a limit into the range that the kernel's words can carry."""
    return min(max(value, least), most)


def _report_bytes(job: Job) -> int:
    return job.limits.output_bytes + _SPARE_BYTES


def _content(fd: int, start: int, most: int) -> bytes:
    """Read a file from a place on; asks for its size, as room for ``most`` bytes costs time."""
    size = min(os.fstat(fd).st_size - start, most)
    return os.pread(fd, size, start) if size > 0 else b""


def _sealed(data: bytes) -> int:
    fd = memory_file(data)
    fcntl.fcntl(fd, fcntl.F_ADD_SEALS, _SEALS)
    return fd


def _fault(problem: str) -> Execution:
    return Execution(
        stage=Stage.RUN,
        exit_code=None,
        signal=None,
        stdout=b"",
        stderr=b"",
        wall_s=0.0,
        cpu_s=0.0,
        peak_memory_bytes=None,
        fault=problem,
    )


_SEALS = fcntl.F_SEAL_SEAL | fcntl.F_SEAL_SHRINK | fcntl.F_SEAL_GROW | fcntl.F_SEAL_WRITE
