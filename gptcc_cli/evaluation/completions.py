"""Stage one: problems -> completions.jsonl.

Covers generating completions, their lines, and reading them back. One call of the generator writes
all completions of a problem, which are appended at once: the batch a candidate is generated in is
the same in a run that was killed and resumed, on one worker or on four. A line keeps what grading
and reporting need; of the prompt's text only the SHA-256.
"""

import hashlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from gptcc_cli.benchmarks import Benchmark, BenchmarkEntry
from gptcc_cli.errors import ModelError, ProblemError, UsageError
from gptcc_cli.evaluation.stages import (
    COMPLETIONS_FILE,
    ProgressListener,
    Record,
    Unit,
    by_problem,
    read_header,
    read_records,
    run_stage,
)
from gptcc_cli.generation import Completion, Finish, Generator, Sampling, Watcher, plan
from gptcc_cli.problem import Problem
from gptcc_cli.prompting import Prompt, PromptTemplate

SCHEMA = "gptcc.run-completions"
VERSION = 1

Prompts = Callable[[Problem], tuple[Prompt, ...]]
"""Returns the prompts for a problem, among which its candidates are divided in turn."""


class ProblemWriter:
    """Generates all completions of a problem."""

    def __init__(self, generator: Generator, prompts: Prompts, sampling: Sampling) -> None:
        """Keep the collaborators."""
        self._generator = generator
        self._prompts = prompts
        self._sampling = sampling

    def write_problem(
        self, id_: str, problem: Problem, watch: Watcher | None = None
    ) -> tuple[Record, ...]:
        """Return the lines of one problem, in the order of their indexes.

        A problem that does not fit the model's window gets empty completions with the reason: it
        counts as not solved and does not end the run.

        Raises:
            ModelError: the generator returned fewer completions than requested.
        """
        n = self._sampling.n
        try:
            prompts = self._prompts(problem)
        except ProblemError as error:
            unread = {"text": "", "prefix": "", "unread": error.message}
            return tuple({"problem": id_, "index": i, **unread} for i in range(n))
        requests = plan(prompts, self._sampling, problem.id)
        found: dict[int, Completion] = {}
        for completion in self._generator.generate(requests, self._sampling, watch=watch):
            if completion.finish is not Finish.CANCELLED:
                found[completion.index] = completion
        if sorted(found) != list(range(n)):
            raise ModelError(
                f"{self._generator.name} returned {len(found)} of {n} completions of {problem.id}"
            )
        return tuple(record_of(id_, i, found[i]) for i in range(n))


WriteAll = Callable[[Iterable[BenchmarkEntry]], Iterator[tuple[Record, ...]]]
"""Generates for one entry after another and yields their lines in the same order."""


def one_by_one(writer: ProblemWriter, watch: Watcher | None = None) -> WriteAll:
    """Generate on this machine, one problem after another."""
    return lambda entries: (
        writer.write_problem(entry.id, entry.load().problem, watch) for entry in entries
    )


def generate(
    benchmark: Benchmark,
    directory: Path,
    *,
    header: Record,
    n: int,
    write_all: WriteAll,
    listen: ProgressListener | None = None,
) -> Path:
    """Generate every completion that a run lacks.

    Args:
        benchmark: the problems.
        directory: of the run.
        header: everything the completions are made with.
        n: completions per problem.
        write_all: generates them.
        listen: called after each problem.

    Returns:
        The finished file.

    Raises:
        UsageError: the file was made with other settings, or is damaged.
    """
    indexes = tuple(range(n))
    return run_stage(
        "generate",
        directory / COMPLETIONS_FILE,
        header,
        [Unit(problem=entry.id, indexes=indexes) for entry in benchmark.entries],
        lambda n_done: write_all(islice(benchmark.entries, n_done, None)),
        listen,
    )


def benchmark_header(benchmark: Benchmark) -> dict[str, Any]:
    """Return a header's fields about the problems."""
    return {
        "benchmark": benchmark.name,
        "split": benchmark.split,
        "n_problems": len(benchmark.entries),
        "problems_sha256": benchmark.digest,
    }


def record_of(problem: str, index: int, completion: Completion) -> Record:
    """Return the line of a completion."""
    prompt = completion.prompt
    return {
        "problem": problem,
        "index": index,
        "text": completion.text,
        "prefix": prompt.prefix,
        "body": prompt.ends_with_body,
        "n_tokens": completion.n_tokens,
        "finish": completion.finish.value,
        "mean_logprob": completion.mean_logprob,
        "temperature": completion.temperature,
        "seed": completion.seed,
        "template": prompt.template.name,
        "chat": prompt.template.chat,
        "prompt_tokens": prompt.n_tokens,
        "prompt_sha256": hashlib.sha256(prompt.text.encode("utf-8", "surrogatepass")).hexdigest(),
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class ProblemCompletions:
    """The completions of one problem."""

    problem: str
    """The problem's id."""
    completions: tuple[Completion, ...]


def read_completions(path: Path) -> Iterator[ProblemCompletions]:
    """Yield the completions of one problem after another; only one problem is held in memory.

    Raises:
        UsageError: a line is damaged or not a completion.
    """
    for problem, records in by_problem(read_records(path)):
        completions = tuple(map(completion_of, records))
        yield ProblemCompletions(problem=problem, completions=completions)


def completion_of(record: Record) -> Completion:
    """Read a line back; of the prompt's text only its prefix is known.

    Raises:
        UsageError: a field is missing or invalid.
    """
    try:
        prefix = str(record.get("prefix", ""))
        template = PromptTemplate(
            name=str(record.get("template", "")),
            sha256="",
            stop_strings=(),
            chat=bool(record.get("chat", False)),
        )
        logprob = record.get("mean_logprob")
        return Completion(
            prompt=Prompt(
                text=prefix,
                template=template,
                n_tokens=int(record.get("prompt_tokens", 0)),
                prefix=prefix,
                ends_with_body=bool(record.get("body", False)),
            ),
            index=int(record["index"]),
            text=str(record["text"]),
            n_tokens=int(record.get("n_tokens", 0)),
            finish=Finish(record.get("finish", Finish.LENGTH.value)),
            mean_logprob=None if logprob is None else float(logprob),
            temperature=float(record.get("temperature", 0.0)),
            seed=int(record.get("seed", 0)),
        )
    except (KeyError, TypeError, ValueError) as error:
        raise UsageError(
            f"a line of {record.get('problem')!r} is not a completion: {error}",
            hint="each line needs problem, index and text",
        ) from error


def header_of(path: Path) -> dict[str, Any]:
    """Return the header of a file of completions.

    Raises:
        UsageError: it is missing or has another schema.
    """
    header = read_header(path)
    if header.get("schema") != SCHEMA:
        raise UsageError(
            f"{str(path)!r} does not hold the completions of a run: its schema is "
            f"{header.get('schema')!r}",
            hint="to grade completions made elsewhere: gptcc grade FILE",
        )
    return header


def n_unread(path: Path) -> int:
    """Count the problems of a file that did not fit the model's window."""
    return len({record["problem"] for record in read_records(path) if "unread" in record})
