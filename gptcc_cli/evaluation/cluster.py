"""The two stages on a Ray cluster: actors that write, tasks that grade.

Problems are handed out in order and their lines come back in order, a bounded number at a time,
so that a run on one worker and a run on many give the same files. A worker or node that dies is
replaced and its problem done again. Ray is the extra ``ray`` and is imported here alone; it is
told to report nothing about its use to anybody.
"""

import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Self

from gptcc_cli.benchmarks import Benchmark, BenchmarkEntry, BenchmarkItem
from gptcc_cli.checkers import CheckerOptions
from gptcc_cli.errors import GptccError, ModelError, UsageError
from gptcc_cli.evaluation.completions import Written
from gptcc_cli.evaluation.generating import ProblemWriter, WriteAll
from gptcc_cli.evaluation.grading import GradeAll, Grader, GradeSettings, grade_problem
from gptcc_cli.evaluation.selftest import refuse_failing_controls
from gptcc_cli.evaluation.stages import Record
from gptcc_cli.judging import AskedLimits, Judge
from gptcc_cli.problem import Problem
from gptcc_cli.sandbox import open_sandbox

LOCAL = "local"
"""The address of a cluster that is started for this run alone, on this machine."""

_PATIENCE_S = 900
"""A model may have to be fetched and loaded before its worker is ready."""

_MOST_DEATHS = 10
"""So many workers may die in a row before anything is written."""

_RETRIES = 5
"""How often a problem is begun anew when the worker that had it dies."""

OpenWriter = Callable[[], ProblemWriter]
"""Opens a model where it is to run; must pickle."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoteJudge:
    """What a judge is opened with, far away."""

    limits: AskedLimits
    options: CheckerOptions
    unsafe: bool = False


@contextmanager
def connect(address: str) -> Iterator[None]:
    """Join a cluster for the length of the block.

    Args:
        address: ``local`` starts one here; ``auto`` looks for a running one; else its address.

    Raises:
        UsageError: Ray is not installed, or there is no such cluster.
    """
    ray = _ray()
    if ray.is_initialized():
        yield
        return
    options: dict[str, Any] = {"log_to_driver": False, "logging_level": "ERROR"}
    if address == LOCAL:
        options |= {"include_dashboard": False}
    else:
        options |= {"address": address}
    try:
        ray.init(**options)
    except (ConnectionError, ValueError, RuntimeError) as error:
        raise UsageError(
            f"there is no Ray cluster at {address!r}: {str(error).splitlines()[0]}",
            hint="start one with ray start --head, or use --ray local",
        ) from error
    try:
        yield
    finally:
        ray.shutdown()


def write_on_cluster(open_writer: OpenWriter, workers: int | None) -> WriteAll:
    """Write with several models at once.

    Args:
        open_writer: opens the model in each worker.
        workers: how many; ``None``: one for each GPU of the cluster, or one.
    """

    def write_all(entries: Iterable[BenchmarkEntry]) -> Iterator[tuple[Record, ...]]:
        ray = _ray()
        n = workers or max(1, int(ray.cluster_resources().get("GPU", 0)))
        remote = ray.remote(**_needs())(_RemoteWriter)
        with _Crew(lambda: remote.remote(open_writer), n) as crew:
            yield from crew.write(entries)

    return write_all


def describe_on_cluster(open_writer: OpenWriter, describe: Callable[[ProblemWriter], Any]) -> Any:
    """Open the model once on the cluster and return what it says of itself."""
    remote = _ray().remote(**_needs(), max_retries=_RETRIES)(lambda: describe(open_writer()))
    return _result(remote.remote())


def _needs() -> dict[str, Any]:
    """What a worker that writes takes of its node."""
    gpus = _ray().cluster_resources().get("GPU", 0)
    return {"num_gpus": 1} if gpus else {"num_cpus": 1}


def grade_on_cluster(benchmark: Benchmark, settings: GradeSettings, judge: RemoteJudge) -> GradeAll:
    """Grade with one task for each problem; every worker proves its own grader first."""
    entries = {entry.id: entry for entry in benchmark.entries}

    def grade_all(written: Iterable[Written]) -> Iterator[tuple[Record, ...]]:
        ray = _ray()
        remote = ray.remote(num_cpus=1, max_retries=_RETRIES)(_grade_far_away)
        ahead = 2 * max(1, int(ray.cluster_resources().get("CPU", 1)))

        def send(_: int, one: Written) -> Any:
            return remote.remote(settings, judge, entries[one.problem].load(), one)

        yield from _in_order(written, send, ahead=ahead)

    return grade_all


def _in_order(work: Iterable[Any], send: Callable[[int, Any], Any], *, ahead: int) -> Iterator[Any]:
    """Keep a bounded number of pieces under way and yield their results in order."""
    pending: deque[Any] = deque()
    for number, piece in enumerate(work):
        pending.append(send(number, piece))
        if len(pending) > ahead:
            yield _result(pending.popleft())
    while pending:
        yield _result(pending.popleft())


def _result(reference: Any) -> Any:
    ray = _ray()
    try:
        return ray.get(reference)
    except ray.exceptions.RayTaskError as error:
        if isinstance(error.cause, GptccError):
            raise error.cause from error
        raise


class _RemoteWriter:
    """A model that lives in a worker."""

    def __init__(self, open_writer: OpenWriter) -> None:
        self._open_writer = open_writer
        self._writer: ProblemWriter | None = None

    def ready(self) -> None:
        """Load the model: here and not in ``__init__``, whose errors would not come home."""
        self._writer = self._open_writer()

    def write(self, id_: str, problem: Problem) -> tuple[Record, ...]:
        """Write the programs of one problem."""
        assert self._writer is not None
        return self._writer.write_problem(id_, problem)


@dataclass(slots=True)
class _Piece:
    """One problem under way."""

    number: int
    entry: BenchmarkEntry
    deaths: int = 0
    """Workers that died over it."""


class _Crew:
    """Workers that write, replaced when they die.

    Whoever is free takes the next problem; results come out in order. A worker whose node is gone
    may wait for another node for as long as it likes: the others go on.
    """

    def __init__(self, hire: Callable[[], Any], n: int) -> None:
        self._hire = hire
        self._coming: dict[Any, Any] = {}
        self._free: list[Any] = []
        self._busy: dict[Any, tuple[_Piece, Any]] = {}
        self._ahead = 2 * n
        self._exhausted = False
        self._deaths = 0
        for _ in range(n):
            self._replace()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        ray = _ray()
        for actor in (
            *self._coming.values(),
            *self._free,
            *(one for _, one in self._busy.values()),
        ):
            ray.kill(actor)

    def write(self, entries: Iterable[BenchmarkEntry]) -> Iterator[tuple[Record, ...]]:
        """Yield the lines of each entry, in the order of the entries."""
        source = iter(enumerate(entries))
        again: deque[_Piece] = deque()
        done: dict[int, tuple[Record, ...]] = {}
        out = 0
        while True:
            while out in done:
                yield done.pop(out)
                out += 1
            while self._free and len(self._busy) + len(done) < self._ahead + len(again):
                piece = again.popleft() if again else self._next(source)
                if piece is None:
                    break
                self._send(piece)
            if not self._busy and not again and self._exhausted:
                return
            self._wait(done, again)

    def _next(self, source: Iterator[tuple[int, BenchmarkEntry]]) -> _Piece | None:
        found = next(source, None)
        if found is None:
            self._exhausted = True
            return None
        return _Piece(number=found[0], entry=found[1])

    def _send(self, piece: _Piece) -> None:
        actor = self._free.pop()
        reference = actor.write.remote(piece.entry.id, piece.entry.load().problem)
        self._busy[reference] = (piece, actor)

    def _wait(self, done: dict[int, tuple[Record, ...]], again: deque[_Piece]) -> None:
        """Wait until a worker is ready or has written, or has died."""
        ray = _ray()
        waiting = [*self._busy, *self._coming]
        ready, _ = ray.wait(waiting, num_returns=1, timeout=_PATIENCE_S)
        if not ready and not self._busy:
            raise ModelError(
                f"no worker of the Ray cluster became ready within {_PATIENCE_S} s",
                hint="ray status shows what the cluster has and what is asked of it",
            )
        for reference in ready:
            piece, actor = self._busy.pop(reference, (None, None))
            if piece is None:
                actor = self._coming.pop(reference)
            try:
                result = _result(reference)
            except ray.exceptions.RayActorError as error:
                self._mourn(piece, again, error)
                continue
            self._free.append(actor)
            if piece is not None:
                done[piece.number] = result
                self._deaths = 0

    def _mourn(self, piece: _Piece | None, again: deque[_Piece], error: Exception) -> None:
        """Replace a worker that died, and begin its problem anew."""
        self._deaths += 1
        if piece is not None:
            piece.deaths += 1
            again.appendleft(piece)
        if self._deaths > _MOST_DEATHS or (piece is not None and piece.deaths > _RETRIES):
            raise ModelError(
                f"workers of the Ray cluster keep dying: {str(error).splitlines()[0]}",
                hint="ray status and the cluster's logs say why; memory is the usual reason",
            ) from error
        self._replace()

    def _replace(self) -> None:
        actor = self._hire()
        self._coming[actor.ready.remote()] = actor


_graders: dict[tuple[GradeSettings, RemoteJudge], Grader] = {}
"""Of this worker process: opened once, closed with the process."""


def _grade_far_away(
    settings: GradeSettings, judge: RemoteJudge, item: BenchmarkItem, written: Written
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
