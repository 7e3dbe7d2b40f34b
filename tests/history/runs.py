"""Runs to record: completions from memory, real extraction, real ranking, a judge that only looks.

``python -m tests.history.runs FILE N [hang]`` records N runs in a file, as a process that tests
start twice or kill; with ``hang`` the last run never ends.
"""

import sys
from collections.abc import Iterable, Iterator
from concurrent.futures import Future
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Event

from gptcc_cli.errors import ExitCode
from gptcc_cli.extraction import Candidate, extract
from gptcc_cli.generation import Completion, Request, Sampling, Watcher, plan
from gptcc_cli.history import Recorder, RunLog, RunStart
from gptcc_cli.judging import CaseResult, Judgement, Verdict
from gptcc_cli.options.solve_config import SolveConfig
from gptcc_cli.problem import GivenTest, Problem, SampleTest
from gptcc_cli.solving import Solution, Until, solve
from tests.programs import completion, prompt

RIGHT = "a, b = map(int, input().split())\nprint(a + b)\n"
WRONG = "print('no')\n"

SAMPLES = (
    SampleTest(name="sample 1", input="3 4\n", expected="7\n", span=(10, 13), explanation="sum"),
    SampleTest(name="sample 2", input="1 1\n", expected="2\n", suspect="ellipsis"),
)
PROBLEM = Problem(id="coins", statement="Coins in jars.\n\nPrint their sum.", samples=SAMPLES)
CONFIG = SolveConfig.from_settings_v0({"seed": 3, "until": "all"})


@dataclass(frozen=True, slots=True)
class FromMemory:
    """Answers the n-th request with the n-th text."""

    texts: tuple[str, ...]
    name: str = "from memory"
    notes: tuple[str, ...] = ()

    def generate(
        self,
        requests: Iterable[Request],
        sampling: Sampling,
        *,
        cancel: Event | None = None,
        watch: Watcher | None = None,
    ) -> Iterator[Completion]:
        for request in requests:
            made = completion(self.texts[request.index], index=request.index)
            yield replace(
                made,
                prompt=request.prompt,
                seed=request.seed,
                temperature=request.temperature,
                mean_logprob=-0.25,
            )


class Looking:
    """Accepts a program on every test if and only if its text adds two numbers."""

    def submit(self, candidate: Candidate) -> "Future[Judgement]":
        right = "a + b" in candidate.source
        verdict = Verdict.AC if right else Verdict.WA
        cases = [
            CaseResult(test=test, verdict=verdict, detail="" if right else "got no", execution=None)
            for test in SAMPLES[: 2 if right else 1]
        ]
        future: Future[Judgement] = Future()
        future.set_result(Judgement(candidate=candidate, cases=tuple(cases), n_tests=2))
        return future


def run_start(
    problem: Problem = PROBLEM, *, tests: tuple[GivenTest, ...] = (), model: str = "from memory"
) -> RunStart:
    """What is known of a run before it starts."""
    return RunStart(
        problem=problem,
        origin="coins.txt",
        tests=tests,
        n_tests=2,
        config=CONFIG,
        model=model,
        provenance={"commit": "1a2b3c4"},
        version="0.1.0",
    )


def go(log: RunLog, texts: Iterable[str], problem: Problem = PROBLEM) -> Solution:
    """Solve a problem with these texts, while a log records it."""
    texts = tuple(texts)
    sampling = Sampling(n=len(texts), seed=3)
    return solve(
        problem,
        problem.trusted_samples,
        plan((prompt("first"), prompt("second")), sampling, problem.id),
        sampling,
        generator=FromMemory(texts),
        extract=lambda one: extract(one, problem),
        judge=Looking(),
        until=Until.ALL,
        listen=log.on_event,
    )


def solved_by(*texts: str, problem: Problem = PROBLEM) -> Solution:
    """Return the solution that these texts give."""
    return go(RunLog(), texts, problem)


def record(path: Path, *texts: str, problem: Problem = PROBLEM) -> str:
    """Record one whole run and return its ID."""
    with Recorder(path) as recorder:
        log = recorder.start(run_start(problem))
        log.answered(go(log, texts or (WRONG, RIGHT, RIGHT + "\n"), problem))
        log.end(ExitCode.DONE)
    assert recorder.error is None, recorder.error
    return log.id


def main() -> None:
    path, n = Path(sys.argv[1]), int(sys.argv[2])
    for _ in range(n - 1):
        record(path, *(f"print({number})\n" for number in range(20)), RIGHT)
    with Recorder(path) as recorder:
        log = recorder.start(run_start())
        log.answered(go(log, (WRONG, RIGHT)))
        if sys.argv[3:] == ["hang"]:
            sys.stdout.write("hanging\n")
            sys.stdout.flush()
            Event().wait()
        log.end(ExitCode.DONE)
    assert recorder.error is None, recorder.error
    sys.stdout.write("done\n")


if __name__ == "__main__":
    main()
