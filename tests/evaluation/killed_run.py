"""A whole run, generate and grade, as a process that a test can kill: ``killed_run DIRECTORY``.

The model is ``CountingGenerator``: its n-th completion of a problem adds two numbers rightly if
a hash of the prompt and n is even, and wrongly otherwise. Everything else is real.
"""

import hashlib
import json
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from threading import Event
from typing import Any

from gptcc_cli.benchmarks import Benchmark, open_benchmark
from gptcc_cli.errors import ModelError
from gptcc_cli.evaluation.completions import ProblemWriter, benchmark_header, generate, one_by_one
from gptcc_cli.evaluation.grading import GradeSettings
from gptcc_cli.generation import Completion, Finish, Request, Sampling
from gptcc_cli.judging import Judge
from gptcc_cli.problem import Problem
from gptcc_cli.prompting import Prompt, load_template
from gptcc_cli.sandbox import open_sandbox
from tests.benchmark_records.records import APPS_STDIN
from tests.evaluation.small import grade_run

N_PROBLEMS, N = 40, 3


class CountingGenerator:
    """Right with probability one half, by a hash of prompt and index."""

    name = "counting"
    notes = ()

    def generate(
        self,
        requests: Iterable[Request],
        sampling: Sampling,
        *,
        cancel: Event | None = None,
        watch: Any = None,
    ) -> Iterator[Completion]:
        for request in requests:
            digest = hashlib.sha256(f"{request.prompt.text}{request.index}".encode()).digest()
            sign = "+" if digest[0] % 2 else "-"
            yield Completion(
                prompt=request.prompt,
                index=request.index,
                text=f"a, b = map(int, input().split())\nprint(a {sign} b)\n# {digest.hex()}\n",
                n_tokens=20,
                finish=Finish.STOP,
                mean_logprob=-1.0,
                temperature=request.temperature,
                seed=request.seed,
            )


def benchmark_in(directory: Path) -> Benchmark:
    """Write the problems if they are not there, and open them."""
    rows = directory / "problems.jsonl"
    if not rows.exists():
        text = "".join(json.dumps(APPS_STDIN | {"problem_id": i}) + "\n" for i in range(N_PROBLEMS))
        aside = directory / "aside"
        aside.write_text(text)
        aside.replace(rows)
    return open_benchmark(str(rows))


def writer() -> ProblemWriter:
    """Open the model."""
    template = load_template("apps")

    def prompts(problem: Problem) -> tuple[Prompt, ...]:
        return (Prompt(text=f"{problem.id} {problem.statement}", template=template, n_tokens=1),)

    return ProblemWriter(CountingGenerator(), prompts, Sampling(n=N, temperatures=(0.8,)))


def missing_model() -> ProblemWriter:
    """Fail as a model does that is not there."""
    raise ModelError("there is no such model", hint="name another")


def header(benchmark: Benchmark) -> dict[str, Any]:
    """What the completions are made with."""
    return {"schema": "gptcc.run-completions", **benchmark_header(benchmark), "n": N}


def run(directory: Path) -> None:
    """Generate and grade what is not there yet."""
    benchmark = benchmark_in(directory)
    generate(benchmark, directory, header=header(benchmark), n=N, write_all=one_by_one(writer()))
    with open_sandbox(workers=2) as sandbox, Judge(sandbox) as judge:
        grade_run(judge, benchmark, directory, GradeSettings())


if __name__ == "__main__":
    run(Path(sys.argv[1]))
