"""Stage one: problems -> completions.jsonl.

A problem's completions are written by one call of the generator and appended at once. The unit
of work is always the whole problem, so that the batch a candidate rides in is the same in a run
that was killed and resumed, on one worker or on four.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from gptcc_cli.benchmarks import Benchmark, BenchmarkEntry
from gptcc_cli.errors import ModelError, ProblemError
from gptcc_cli.evaluation import completions as lines
from gptcc_cli.evaluation.stages import Record, StageWriter, Unit
from gptcc_cli.generation import Completion, Finish, Generator, Sampling, Watcher, plan
from gptcc_cli.problem import Problem
from gptcc_cli.prompting import Prompt

Prompts = Callable[[Problem], tuple[Prompt, ...]]
"""The prompts a model reads for a problem; they share the candidates in turn."""


@dataclass(frozen=True, slots=True, kw_only=True)
class EvalProgress:
    """How far a stage is."""

    stage: str
    """``generate`` or ``grade``."""
    n_done: int
    """Problems finished, those of an earlier try included."""
    n_before: int
    """How many of them an earlier try had finished."""
    n_problems: int
    n_tokens: int = 0
    """Tokens written by this try."""
    verdicts: tuple[tuple[str, int], ...] = ()
    """Programs by verdict, as far as graded by this try."""


Listener = Callable[[EvalProgress], None]
"""Hears of each finished problem; must be quick."""


class ProblemWriter:
    """Writes all completions of one problem."""

    def __init__(self, generator: Generator, prompts: Prompts, sampling: Sampling) -> None:
        """Keep the collaborators."""
        self._generator = generator
        self._prompts = prompts
        self._sampling = sampling

    @property
    def name(self) -> str:
        """The model and how it runs."""
        return self._generator.name

    def write_problem(
        self, id_: str, problem: Problem, watch: Watcher | None = None
    ) -> tuple[Record, ...]:
        """Return the lines of one problem, in the order of their indexes.

        A problem that does not fit into the model's window gets empty completions that say so:
        what a model can't read it can't solve, and a run must not end for it.

        Raises:
            ModelError: the generator gave fewer completions than were asked for.
        """
        try:
            prompts = self._prompts(problem)
        except ProblemError as error:
            return tuple(
                lines.unread_record(id_, i, error.message) for i in range(self._sampling.n)
            )
        requests = plan(prompts, self._sampling, problem.id)
        found: dict[int, Completion] = {}
        for completion in self._generator.generate(requests, self._sampling, watch=watch):
            if completion.finish is not Finish.CANCELLED:
                found[completion.index] = completion
        if sorted(found) != list(range(self._sampling.n)):
            raise ModelError(
                f"{self._generator.name} wrote {len(found)} of {self._sampling.n} completions "
                f"of {problem.id}"
            )
        return tuple(lines.record_of(id_, i, found[i]) for i in range(self._sampling.n))


WriteAll = Callable[[Iterable[BenchmarkEntry]], Iterator[tuple[Record, ...]]]
"""Writes one entry after another and yields their lines in the same order."""


def generate(
    benchmark: Benchmark,
    directory: Path,
    *,
    header: Record,
    n: int,
    write_all: WriteAll,
    listen: Listener | None = None,
) -> Path:
    """Write every completion that is not there yet.

    Args:
        benchmark: the problems.
        directory: of the run.
        header: everything the completions are made with.
        n: completions of each problem.
        write_all: who writes.
        listen: hears of progress.

    Returns:
        The finished file.

    Raises:
        UsageError: the file there was made with other settings, or is damaged.
    """
    path = directory / lines.FILE
    units = units_for(benchmark.entries, n)
    with StageWriter(path, header, units) as writer:
        before = writer.n_done
        rest = islice(benchmark.entries, before, None)
        n_tokens = 0
        for records in write_all(rest) if before < len(units) else ():
            writer.append(records)
            n_tokens += sum(int(record.get("n_tokens", 0)) for record in records)
            if listen is not None:
                listen(
                    EvalProgress(
                        stage="generate",
                        n_done=writer.n_done,
                        n_before=before,
                        n_problems=len(units),
                        n_tokens=n_tokens,
                    )
                )
        assert writer.n_done == len(units)
    return path


def units_for(entries: Sequence[BenchmarkEntry], n: int) -> tuple[Unit, ...]:
    """The plan of a file in which each problem has n completions."""
    indexes = tuple(range(n))
    return tuple(Unit(problem=entry.id, indexes=indexes) for entry in entries)


def one_by_one(writer: ProblemWriter, watch: Watcher | None = None) -> WriteAll:
    """Write on this machine, one problem after another."""

    def write_all(entries: Iterable[BenchmarkEntry]) -> Iterator[tuple[Record, ...]]:
        for entry in entries:
            yield writer.write_problem(entry.id, entry.load().problem, watch)

    return write_all


def benchmark_header(benchmark: Benchmark) -> dict[str, Any]:
    """What a header says of the problems."""
    return {
        "benchmark": benchmark.name,
        "split": benchmark.split,
        "n_problems": len(benchmark.entries),
        "problems_sha256": benchmark.digest,
    }
