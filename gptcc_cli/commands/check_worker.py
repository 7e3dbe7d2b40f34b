"""What the worker processes of ``gptcc check`` do: read a solution and its problem, and run it.

Also ``gptcc check --problems``, which reads statements and runs nothing. The pool of processes is
opened by ``check``.
"""

import json
import os
import re
import signal
from collections.abc import Iterator
from dataclasses import dataclass
from multiprocessing.queues import SimpleQueue
from pathlib import Path

from gptcc_cli import api
from gptcc_cli.console.cases import case_lines, slowest_s
from gptcc_cli.errors import ProblemError
from gptcc_cli.extraction import Candidate
from gptcc_cli.judging import CaseResult, Judge, Verdict
from gptcc_cli.options.check import CheckOptions
from gptcc_cli.places import statement_file
from gptcc_cli.problem import IOTest, Problem, SampleTest
from gptcc_cli.reading import understand
from gptcc_cli.sandbox import Sandbox
from gptcc_cli.sources import Source, read_sources
from gptcc_cli.tasks import SolveTask, read_tasks, task_of_tests
from gptcc_cli.workspace import Assignment, CaseOutcome, CheckOutcome, problem_places

_CODE_LINE = re.compile(r"line (\d+): ")
_CRASHES = frozenset({Verdict.RE, Verdict.TLE, Verdict.MLE, Verdict.OLE})
_SEED = 0
_MAX_SHOWN = 200
_PR_SET_PDEATHSIG = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class _Worker:
    """What this process checks with; set by ``start_worker``."""

    options: CheckOptions
    judge: Judge


_worker: _Worker | None = None


def start_worker(
    options: CheckOptions, sandbox: Sandbox, numbers: "SimpleQueue[int]", parent: int
) -> None:
    """Prepare a forked process: it ends with its parent, and leaves Ctrl-C to it."""
    global _worker  # noqa: PLW0603 - one process is one worker
    import ctypes

    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        os._exit(1)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    judge = api.make_judge(sandbox.part(numbers.get()), options.judge)
    _worker = _Worker(options=options, judge=judge)


def check_in_worker(assignment: Assignment) -> CheckOutcome:
    """Check a solution with the judge of this process."""
    assert _worker is not None, "the pool's initializer ran"
    return check_solution(_worker.options, _worker.judge, assignment)


def check_solution(options: CheckOptions, judge: Judge, assignment: Assignment) -> CheckOutcome:
    """Read a solution and its problem, run it on every test, and return how it went."""
    solution = assignment.solution
    warnings: list[str] = []
    if options.judge.unsafe:
        warnings.append(f"{solution}: it was run WITHOUT a sandbox (--unsafe)")
    try:
        candidate = api.read_program(solution)
        task = _task(options, assignment, warnings)
        judgement = judge.judge(candidate, task.problem, task.checked_on)
        if options.mutated and judgement.verdict is Verdict.AC:
            warnings += _crash_warnings(options.mutated, judge, candidate, task.problem, solution)
    except ProblemError as error:
        return CheckOutcome(path=str(solution), error=error.message, hint=error.hint)
    return CheckOutcome(
        path=str(solution),
        warnings=tuple(warnings),
        verdict=judgement.verdict.value if judgement.verdict else None,
        n_passed=judgement.n_passed,
        n_tests=judgement.n_tests,
        slowest_s=round(slowest_s(judgement), 4),
        cases=tuple(_case(case, candidate, task.problem) for case in judgement.cases),
    )


def _case(case: CaseResult, candidate: Candidate, problem: Problem) -> CaseOutcome:
    execution = case.execution
    return CaseOutcome(
        test=case.test.name,
        verdict=case.verdict.value,
        detail=case.detail,
        line=_line(case, candidate.source, problem.entry_point),
        advisory=case.advisory,
        shown=tuple(case_lines(case)[1:]),
        wall_s=round(execution.wall_s, 4) if execution else None,
        peak_memory_bytes=execution.peak_memory_bytes if execution else None,
    )


def _line(case: CaseResult, source: str, name: str | None) -> int:
    """Return the line that raised or does not compile; else where the function begins, or 1."""
    told = _CODE_LINE.match(case.detail)
    if told and case.verdict in (Verdict.RE, Verdict.CE, Verdict.MLE):
        return min(int(told[1]), source.count("\n") + 1)
    begins = name and re.search(rf"^[ \t]*def\s+{re.escape(name)}\b", source, re.MULTILINE)
    return source.count("\n", 0, begins.start()) + 1 if begins else 1


def _task(options: CheckOptions, assignment: Assignment, warnings: list[str]) -> SolveTask:
    solution, problem = assignment.solution, assignment.problem
    if problem is None:
        assert options.tests is not None, "an item has a problem or tests"
        task = task_of_tests(solution.stem, options.tests)
        warnings += task.notes
        return task
    tasks = list(
        read_tasks(
            [str(problem)],
            starter=options.starter,
            tests=options.tests,
            with_hidden=True,
            warn=warnings.append,
        )
    )
    if len(tasks) > 1:
        raise ProblemError(
            f"{str(problem)!r} holds {len(tasks)} problems",
            hint="name the one that this solution solves",
        )
    return tasks[0]


def _crash_warnings(
    n: int, judge: Judge, candidate: Candidate, problem: Problem, solution: Path
) -> list[str]:
    found = find_crash(judge, candidate, problem, n)
    if found is None:
        return []
    case, words = found
    line = _line(case, candidate.source, problem.entry_point)
    return [f"{solution}:{line}: advice: {words}"]


def find_crash(
    judge: Judge, candidate: Candidate, problem: Problem, n: int
) -> tuple[CaseResult, str] | None:
    """Run a solution on inputs derived from the samples until it crashes or exceeds a limit.

    Its answers are ignored: nobody knows what is right. Such an input may not even be allowed, so
    a crash is only a warning.

    Args:
        judge: runs it.
        candidate: the solution.
        problem: its samples are what the inputs are derived from; the same ones each time.
        n: maximum number of inputs.

    Returns:
        The first run that failed, and the words for it.
    """
    from gptcc_cli.input_generation import generate_inputs

    for probe in generate_inputs(problem, problem.trusted_samples, n=n, seed=_SEED):
        test = IOTest(name=f"an input like {probe.steps[0]}", input=probe.input, expected="")
        (case,) = judge.judge(candidate, problem, (test,)).cases
        if case.verdict in _CRASHES:
            shown = json.dumps(probe.input, ensure_ascii=False)
            if len(shown) > _MAX_SHOWN:
                shown = f"{shown[:_MAX_SHOWN]}... ({len(shown)} characters)"
            return case, f"{case.verdict.value} on {test.name}, {shown}: {case.detail}"
    return None


def check_statements(paths: tuple[Path, ...]) -> Iterator[CheckOutcome]:
    """Yield an outcome for each problem that the files concern, once each."""
    seen: set[Path] = set()
    for path in paths:
        try:
            places = [place for place in problem_places(path) if place not in seen]
        except ProblemError as error:
            yield CheckOutcome(path=str(path), error=error.message, hint=error.hint)
            continue
        for place in places:
            seen.add(place)
            yield _statement_outcome(place)


def _statement_outcome(place: Path) -> CheckOutcome:
    name = str(statement_file(place) or place)
    try:
        sources = read_sources(place)
        found = [_understood(source, name) for source in sources]
    except ProblemError as error:
        return CheckOutcome(path=name, error=error.message, hint=error.hint)
    n_tests = sum(n for n, _ in found)
    return CheckOutcome(
        path=name,
        verdict="OK" if n_tests else None,
        n_tests=n_tests,
        warnings=tuple(warning for _, warnings in found for warning in warnings),
    )


def _understood(source: Source, name: str) -> tuple[int, list[str]]:
    """Return how many tests a problem has to judge by, and what is odd about it."""
    reading = understand(source)
    problem = reading.problem
    warnings = []
    for warning in reading.warnings:
        line = _line_at(problem.statement, warning.span[0] if warning.span else 0)
        warnings.append(f"{name}:{line}: {warning.message}")
    warnings += [
        f"{name}:{_line_at(problem.statement, sample.span[0] if sample.span else 0)}: "
        f"{sample.name} can't be trusted ({sample.suspect})"
        for sample in problem.samples
        if isinstance(sample, SampleTest) and sample.suspect
    ]
    return len(problem.trusted_samples) + len(source.tests), warnings


def _line_at(text: str, offset: int) -> int:
    return text.count("\n", 0, offset) + 1
