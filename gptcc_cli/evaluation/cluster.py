"""Both stages on a Ray cluster: actors that generate, tasks that grade.

Problems are handed out in order and their lines come back in order, with a bounded number in
progress, so one worker and many give the same files. A worker whose process or node dies is
replaced and its problem is done again. Ray is the extra ``ray``; its usage statistics are off.
"""

import os
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from gptcc_cli.benchmarks import Benchmark, BenchmarkEntry, BenchmarkItem
from gptcc_cli.checkers import CheckerOptions
from gptcc_cli.errors import GptccError, ModelError, UsageError
from gptcc_cli.evaluation.completions import ProblemCompletions, ProblemWriter, WriteAll
from gptcc_cli.evaluation.grading import GradeAll, Grader, GradeSettings, grade_problem
from gptcc_cli.evaluation.selftest import refuse_failing_controls
from gptcc_cli.evaluation.stages import Record
from gptcc_cli.judging import AskedLimits, Judge
from gptcc_cli.problem import Problem
from gptcc_cli.sandbox import open_sandbox

_READY_TIMEOUT_S = 900
"""Enough for a worker to download and load a model."""
_MAX_DEATHS = 10
"""Workers that may die in a row before one finishes a problem."""
_MAX_RETRIES = 5
"""How often a problem is started again when its worker dies."""

OpenWriter = Callable[[], ProblemWriter]
"""Opens the model in a worker; must be picklable."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoteJudgeOptions:
    """The options that each worker opens its judge with."""

    limits: AskedLimits
    options: CheckerOptions
    unsafe: bool = False


@contextmanager
def connect(address: str) -> Iterator[None]:
    """Connect to a cluster for the duration of the block.

    Args:
        address: ``local`` starts a cluster here, ``auto`` finds a running one; else its address.

    Raises:
        UsageError: Ray is not installed, or there is no such cluster.
    """
    ray = _ray()
    if ray.is_initialized():
        yield
        return
    where = {"include_dashboard": False} if address == "local" else {"address": address}
    try:
        ray.init(**where, log_to_driver=False, logging_level="ERROR")
    except (ConnectionError, ValueError, RuntimeError) as error:
        raise UsageError(
            f"cannot connect to a Ray cluster at {address!r}: {str(error).splitlines()[0]}",
            hint="start one with ray start --head, or use --ray local",
        ) from error
    try:
        yield
    finally:
        ray.shutdown()


def write_on_cluster(open_writer: OpenWriter, workers: int | None) -> WriteAll:
    """Generate with several models at once.

    Args:
        open_writer: opens the model in each worker.
        workers: how many; ``None``: one for each GPU of the cluster, or one.
    """

    def write_all(entries: Iterable[BenchmarkEntry]) -> Iterator[tuple[Record, ...]]:
        ray = _ray()
        n = workers or max(1, int(ray.cluster_resources().get("GPU", 0)))
        actor = ray.remote(**_resources())(_RemoteWriter)
        pool = _WriterPool(lambda: actor.remote(open_writer), n)
        try:
            yield from pool.write(list(entries))
        finally:
            pool.close()

    return write_all


def describe_on_cluster(open_writer: OpenWriter, describe: Callable[[ProblemWriter], Any]) -> Any:
    """Open the model once on the cluster and return what ``describe`` makes of it."""
    remote = _ray().remote(**_resources(), max_retries=_MAX_RETRIES)
    return _result(remote(lambda: describe(open_writer())).remote())


def _resources() -> dict[str, Any]:
    """Return what a worker with a model needs on its node."""
    return {"num_gpus": 1} if _ray().cluster_resources().get("GPU", 0) else {"num_cpus": 1}


def grade_on_cluster(
    benchmark: Benchmark, settings: GradeSettings, judge: RemoteJudgeOptions
) -> GradeAll:
    """Grade with one task per problem; every worker runs the grader's self-test first."""
    entries = {entry.id: entry for entry in benchmark.entries}

    def grade_all(written: Iterable[ProblemCompletions]) -> Iterator[tuple[Record, ...]]:
        ray = _ray()
        remote = ray.remote(num_cpus=1, max_retries=_MAX_RETRIES)(_grade_remotely)
        limit = 2 * max(1, int(ray.cluster_resources().get("CPU", 1)))
        pending: deque[Any] = deque()
        for one in written:
            pending.append(remote.remote(settings, judge, entries[one.problem].load(), one))
            if len(pending) > limit:
                yield _result(pending.popleft())
        while pending:
            yield _result(pending.popleft())

    return grade_all


def _result(reference: Any) -> Any:
    """Return a remote result; a ``GptccError`` is raised as itself."""
    ray = _ray()
    try:
        return ray.get(reference)
    except ray.exceptions.RayTaskError as error:
        if isinstance(error.cause, GptccError):
            raise error.cause from error
        raise


class _RemoteWriter:
    """A model in a worker process."""

    def __init__(self, open_writer: OpenWriter) -> None:
        self._open_writer = open_writer
        self._writer: ProblemWriter | None = None

    def ready(self) -> None:
        """Load the model; not in ``__init__``, whose errors Ray does not return."""
        self._writer = self._open_writer()

    def write(self, id_: str, problem: Problem) -> tuple[Record, ...]:
        """Generate the completions of one problem."""
        assert self._writer is not None
        return self._writer.write_problem(id_, problem)


class _WriterPool:
    """Actors with a model, replaced when they die.

    Any idle actor takes the next problem. Ray's own restarts are not used: a restarted actor may
    wait for a lost node indefinitely, and its problem with it.
    """

    def __init__(self, start: Callable[[], Any], n: int) -> None:
        """Start n actors with ``start``."""
        self._start = start
        self._idle: list[Any] = []
        self._running: dict[Any, tuple[Any, int | None]] = {}
        """By reference: an actor, and the number of its problem or ``None`` while it loads."""
        self._limit = 2 * n
        self._deaths_in_a_row = 0
        self._deaths: Counter[int] = Counter()
        """By the number of the problem."""
        for _ in range(n):
            self._start_actor()

    def write(self, entries: list[BenchmarkEntry]) -> Iterator[tuple[Record, ...]]:
        """Yield the lines of each entry, in order."""
        waiting, done = deque(range(len(entries))), dict[int, tuple[Record, ...]]()
        for number in range(len(entries)):
            while number not in done:
                while self._idle and waiting and waiting[0] < number + self._limit:
                    entry = entries[waiting[0]]
                    actor = self._idle.pop()
                    reference = actor.write.remote(entry.id, entry.load().problem)
                    self._running[reference] = (actor, waiting.popleft())
                self._wait(done, waiting)
            yield done.pop(number)

    def close(self) -> None:
        """Kill every actor."""
        for actor in (*self._idle, *(actor for actor, _ in self._running.values())):
            _ray().kill(actor)

    def _start_actor(self) -> None:
        actor = self._start()
        self._running[actor.ready.remote()] = (actor, None)

    def _wait(self, done: dict[int, tuple[Record, ...]], waiting: deque[int]) -> None:
        """Wait until an actor has loaded its model, has finished a problem, or has died."""
        ray = _ray()
        ready, _ = ray.wait(list(self._running), num_returns=1, timeout=_READY_TIMEOUT_S)
        if not ready and all(number is None for _, number in self._running.values()):
            raise ModelError(
                f"no worker of the Ray cluster became ready within {_READY_TIMEOUT_S} s",
                hint="ray status shows the resources that the cluster has and that are requested",
            )
        for reference in ready:
            actor, number = self._running.pop(reference)
            try:
                result = _result(reference)
            except ray.exceptions.RayActorError as error:
                self._replace(number, error)
                if number is not None:
                    waiting.appendleft(number)
                continue
            self._idle.append(actor)
            if number is not None:
                done[number] = result
                self._deaths_in_a_row = 0

    def _replace(self, number: int | None, error: Exception) -> None:
        self._deaths_in_a_row += 1
        if number is not None:
            self._deaths[number] += 1
        most = max(self._deaths.values(), default=0)
        if self._deaths_in_a_row > _MAX_DEATHS or most > _MAX_RETRIES:
            raise ModelError(
                f"workers of the Ray cluster keep dying: {str(error).splitlines()[0]}",
                hint="see ray status and the cluster's logs; memory is the usual reason",
            ) from error
        self._start_actor()


_graders: dict[tuple[GradeSettings, RemoteJudgeOptions], Grader] = {}
"""The graders of this worker process, opened once."""


def _grade_remotely(
    settings: GradeSettings,
    judge: RemoteJudgeOptions,
    item: BenchmarkItem,
    written: ProblemCompletions,
) -> tuple[Record, ...]:
    grader = _graders.get((settings, judge))
    if grader is None:
        sandbox = open_sandbox(workers=1, unsafe=judge.unsafe)
        opened = Judge(sandbox, limits=judge.limits, options=judge.options)
        refuse_failing_controls(opened)
        grader = _graders[settings, judge] = Grader(opened, settings)
    return grade_problem(grader, item, written)


def _ray() -> Any:
    os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
    try:
        import ray
    except ImportError as error:
        raise UsageError(
            "--ray needs Ray, which is not installed", hint="pip install 'gptcc[ray]'"
        ) from error
    return ray
