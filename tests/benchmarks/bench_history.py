"""What keeping runs costs, and how long a large history takes to read.

    python -m tests.benchmarks.bench_history [--runs 10000]

First: the same run with and without a history, in interleaved rounds: processor time a candidate
(all threads), time by the clock a candidate, and how long the listener blocks its caller.
Then: a history of many runs, listed and searched. Completions come from memory and verdicts from
a judge that only looks, so that next to nothing but the history costs time.
"""

import argparse
import statistics
import tempfile
import time
from contextlib import closing
from pathlib import Path

from gptcc_cli.errors import ExitCode
from gptcc_cli.history import Recorder, list_runs, open_history, search_runs
from gptcc_cli.history.run_writer import RunWriter
from gptcc_cli.problem import Problem
from gptcc_cli.solving import Judged, SolveEvent, Wrote
from tests.history.runs import PROBLEM, RIGHT, go, run_start

N_CANDIDATES = 1000
ROUNDS = 7
PROGRAMS_A_RUN = 30


def texts(n: int, salt: int = 0) -> list[str]:
    """Programs of the length that small models write, all different."""
    body = "    if values[i] > best:\n        best = values[i]\n" * 4
    head = "n = int(input())\nvalues = list(map(int, input().split()))\nbest = 0\n"
    return [f"{head}for i in range(n):\n{body}print(best + {salt + k})\n" for k in range(n)]


class Stopwatch:
    """A listener that measures how long another one takes."""

    def __init__(self, listener: object) -> None:
        self.seconds: list[float] = []
        self._listener = listener

    def on_event(self, event: SolveEvent) -> None:
        before_s = time.perf_counter()
        self._listener(event)  # type: ignore[operator]
        if isinstance(event, Wrote | Judged):
            self.seconds.append(time.perf_counter() - before_s)


class Deaf:
    """A log that hears nothing."""

    def on_event(self, event: SolveEvent) -> None:
        pass


def measure_writing() -> None:
    programs = texts(N_CANDIDATES)
    kept: list[tuple[float, float]] = []
    unkept: list[tuple[float, float]] = []
    held: list[float] = []
    for _ in range(ROUNDS):
        before = time.perf_counter(), time.process_time()
        go(Deaf(), programs)  # type: ignore[arg-type]
        unkept.append(_since(before))
        with tempfile.TemporaryDirectory() as directory:
            before = time.perf_counter(), time.process_time()
            with Recorder(Path(directory) / "history.sqlite") as recorder:
                log = recorder.start(run_start())
                watch = Stopwatch(log.on_event)
                log.answered(go(watch, programs))  # type: ignore[arg-type]
                log.end(ExitCode.DONE)
            kept.append(_since(before))
            assert recorder.error is None, recorder.error
            held += watch.seconds
    for name, place in (("by the clock", 0), ("processor", 1)):
        with_, without = _median(kept, place), _median(unkept, place)
        print(
            f"{name}: {1e3 * without:.3f} ms a candidate without, {1e3 * with_:.3f} with, "
            f"so {1e3 * (with_ - without):.3f} ms for the history"
        )
    held.sort()
    print(
        f"listener: median {1e6 * statistics.median(held):.1f} us, "
        f"99 % under {1e6 * held[int(0.99 * len(held))]:.1f} us, most {1e6 * held[-1]:.0f} us"
    )


def measure_reading(n_runs: int) -> None:
    with tempfile.TemporaryDirectory() as directory:
        path = Path(directory) / "history.sqlite"
        with closing(open_history(path)) as connection:
            _fill(connection, n_runs)
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            print(f"{n_runs} runs: {path.stat().st_size / 1e6:.0f} MB")
            for name, read in (
                ("list 20", lambda: list(list_runs(connection, limit=20))),
                ("list all", lambda: list(list_runs(connection))),
                ("search, a word of one problem", lambda: list(search_runs(connection, ["p77."]))),
                ("search, no run", lambda: list(search_runs(connection, ["zeppelin"]))),
            ):
                before_s = time.perf_counter()
                found = read()
                print(f"{name}: {time.perf_counter() - before_s:.3f} s, {len(found)} runs")


def _fill(connection: object, n_runs: int) -> None:
    solution = go(Deaf(), [*texts(PROGRAMS_A_RUN - 1), RIGHT])  # type: ignore[arg-type]
    connection.execute("BEGIN")  # type: ignore[attr-defined]
    for number in range(n_runs):
        name = f"p{number % 500}."
        problem = Problem(
            id=name, statement=f"{name} " + "words of a statement " * 60, samples=PROBLEM.samples
        )
        writer = RunWriter(id=f"{number:012}")
        writer.start(connection, run_start(problem), 1e9 + number)  # type: ignore[arg-type]
        for ranked in solution.ranked:
            for completion in ranked.judgement.candidate.completions:
                writer.add_completion(connection, completion, 0.1)  # type: ignore[arg-type]
        writer.end(connection, solution, 0, None, 1e9 + number + 1)  # type: ignore[arg-type]
    connection.execute("COMMIT")  # type: ignore[attr-defined]


def _since(before: tuple[float, float]) -> tuple[float, float]:
    now = time.perf_counter(), time.process_time()
    return (now[0] - before[0]) / N_CANDIDATES, (now[1] - before[1]) / N_CANDIDATES


def _median(rounds: list[tuple[float, float]], place: int) -> float:
    return statistics.median(one[place] for one in rounds)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=10_000)
    arguments = parser.parse_args()
    measure_writing()
    measure_reading(arguments.runs)


if __name__ == "__main__":
    main()
