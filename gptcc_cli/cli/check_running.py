"""A solution whose answer is not known: read, run, and put into a plain outcome."""

import hashlib
import re
from dataclasses import dataclass, field
from pathlib import Path

from gptcc_cli.cli.check_mutated import crash_on_mutated
from gptcc_cli.cli.checking import CheckWish, Item
from gptcc_cli.cli.intake import Task, read_tasks, task_of_tests
from gptcc_cli.console import Reporter
from gptcc_cli.console.cases import case_lines, slowest_s
from gptcc_cli.errors import ProblemError
from gptcc_cli.extraction import Candidate
from gptcc_cli.judging import CaseResult, Judge, Verdict
from gptcc_cli.problem import Problem
from gptcc_cli.workspace import CaseOutcome, Outcome

_CODE_LINE = re.compile(r"line (\d+): ")


@dataclass(frozen=True, kw_only=True)
class _Notebook(Reporter):
    """Takes down warnings, so that they can be kept and shown with the result."""

    warnings: list[str] = field(default_factory=list)

    def warn(self, sentence: str, *, hint: str | None = None) -> None:
        """Take a warning down, with its hint."""
        self.warnings.append(f"{sentence} ({hint})" if hint else sentence)


def check_item(wish: CheckWish, judge: Judge, item: Item) -> Outcome:
    """Read a solution and its problem, run it on every test, and say how it went."""
    solution = item.assignment.solution
    notes = _Notebook()
    if wish.unsafe:
        notes.warn(f"{solution}: it was run WITHOUT a sandbox, as --unsafe asks")
    try:
        candidate = _candidate(solution)
        task = _task(wish, item, notes)
        judgement = judge.judge(candidate, task.problem, task.checked_on)
        if wish.mutated and judgement.verdict is Verdict.AC:
            _note_crash(wish.mutated, judge, candidate, task.problem, solution, notes)
    except ProblemError as error:
        return Outcome(path=str(solution), error=error.message, hint=error.hint)
    return Outcome(
        path=str(solution),
        warnings=tuple(notes.warnings),
        verdict=judgement.verdict.value if judgement.verdict else None,
        n_passed=judgement.n_passed,
        n_tests=judgement.n_tests,
        slowest_s=round(slowest_s(judgement), 4),
        cases=tuple(_case(case, candidate, task.problem) for case in judgement.cases),
    )


def _note_crash(
    n: int, judge: Judge, candidate: Candidate, problem: Problem, solution: Path, reporter: Reporter
) -> None:
    """Warn where a solution that passes crashes on an input like the samples."""
    found = crash_on_mutated(judge, candidate, problem, n)
    if found is not None:
        case, words = found
        line = _line(case, candidate.source, problem.entry_point)
        reporter.warn(f"{solution}:{line}: advice: {words}")


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


def _candidate(path: Path) -> Candidate:
    """Read a program as the interpreter would see it; nothing is cleaned."""
    try:
        source = path.read_bytes()
    except OSError as error:
        raise ProblemError(
            f"solution {str(path)!r} can't be read: {(error.strerror or 'error').lower()}",
            hint="name a readable Python file",
        ) from error
    try:
        text = source.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ProblemError(
            f"solution {str(path)!r} is not UTF-8 text (byte {error.start})",
            hint="save it as UTF-8",
        ) from error
    return Candidate(id=hashlib.sha256(source).hexdigest(), source=text, completions=())


def _task(wish: CheckWish, item: Item, reporter: Reporter) -> Task:
    solution, problem = item.assignment.solution, item.assignment.problem
    if problem is None:
        assert wish.tests is not None, "an item has a problem or tests"
        return task_of_tests(solution.stem, wish.tests)
    tasks = read_tasks(
        [str(problem)], starter=wish.starter, tests=wish.tests, reporter=reporter, with_hidden=True
    )
    if len(tasks) > 1:
        raise ProblemError(
            f"{str(problem)!r} holds {len(tasks)} problems",
            hint="name the one this solution solves",
        )
    return tasks[0]
