"""Solutions whose answer is not known: read, run on all cores, and put into plain outcomes."""

import hashlib
import re
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from threading import Semaphore

from gptcc_cli.cli.checking import CheckWish, Item
from gptcc_cli.cli.collaborators.judge import JudgeWish, open_judge
from gptcc_cli.cli.intake import Task, read_tasks, task_of_tests
from gptcc_cli.console import Talk
from gptcc_cli.console.judged import case_lines, slowest_s
from gptcc_cli.errors import ProblemError
from gptcc_cli.extraction import Candidate
from gptcc_cli.judging import CaseResult, Judge, Judgement, Verdict
from gptcc_cli.workspace import CaseOutcome, Outcome

_AHEAD = 16
"""How many problems, for each worker, are read before they can be judged. More would hold the
tests of a whole workspace in memory."""
_CODE_LINE = re.compile(r"line (\d+): ")


@dataclass(frozen=True, kw_only=True)
class _Notebook(Talk):
    """Takes down warnings, so that they can be kept and shown with the result."""

    warnings: list[str] = field(default_factory=list)

    def warn(self, sentence: str, *, hint: str | None = None) -> None:
        """Take a warning down, with its hint."""
        self.warnings.append(f"{sentence} ({hint})" if hint else sentence)


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """A solution on its way; without a judgement it can't be run, and the outcome says why."""

    so_far: Outcome
    source: str = ""
    task: Task | None = None
    judgement: "Future[Judgement] | None" = None

    @property
    def is_done(self) -> bool:
        """Whether nobody has to wait for the outcome."""
        return self.judgement is None or self.judgement.done()

    def outcome(self) -> Outcome:
        """Wait for the last test, and say how it went."""
        if self.judgement is None:
            return self.so_far
        try:
            judgement = self.judgement.result()
        except ProblemError as error:
            return Outcome(path=self.so_far.path, error=error.message, hint=error.hint)
        return replace(
            self.so_far,
            verdict=judgement.verdict.value if judgement.verdict else None,
            n_passed=judgement.n_passed,
            n_tests=judgement.n_tests,
            slowest_s=round(slowest_s(judgement), 4),
            cases=tuple(_case(case, self) for case in judgement.cases),
        )


class Runner:
    """Reads solutions and their problems, and has them run on all cores."""

    def __init__(self, wish: CheckWish, judge: Judge) -> None:
        """Keep the collaborators; the caller closes the judge."""
        self._wish = wish
        self._judge = judge
        self._room = Semaphore(_AHEAD * judge.workers)

    def start(self, item: Item) -> Running:
        """Read a solution and its problem, and begin to run it; waits where many are begun."""
        wish, solution = self._wish, item.assignment.solution
        notes = _Notebook()
        if wish.unsafe:
            notes.warn(f"{solution}: it was run WITHOUT a sandbox, as --unsafe asks")
        try:
            candidate = _candidate(solution)
            task = _task(wish, item, notes)
        except ProblemError as error:
            return Running(so_far=Outcome(path=str(solution), error=error.message, hint=error.hint))
        return Running(
            so_far=Outcome(path=str(solution), warnings=tuple(notes.warnings)),
            source=candidate.source,
            task=task,
            judgement=self._judged(candidate, task) if task.checked_on else None,
        )

    def _judged(self, candidate: Candidate, task: Task) -> "Future[Judgement]":
        self._room.acquire()
        judgement = self._judge.submit(
            candidate, task.problem, task.checked_on, stop_at_first_failure=False
        )
        judgement.add_done_callback(lambda _: self._room.release())
        return judgement


@contextmanager
def open_runner(wish: CheckWish, talk: Talk) -> Iterator[Runner]:
    """Open a sandbox to run solutions in; it ends with the block.

    Raises:
        ExecutionRefused: programs can't be run here.
    """
    with open_judge(JudgeWish.of(wish), talk) as judge:
        yield Runner(wish, judge)


def _case(case: CaseResult, entry: Running) -> CaseOutcome:
    execution = case.execution
    return CaseOutcome(
        test=case.test.name,
        verdict=case.verdict.value,
        detail=case.detail,
        line=_line(case, entry),
        advisory=case.advisory,
        shown=tuple(case_lines(case)[1:]),
        wall_s=round(execution.wall_s, 4) if execution else None,
        peak_memory_bytes=execution.peak_memory_bytes if execution else None,
    )


def _line(case: CaseResult, entry: Running) -> int:
    """Return the line that raised or does not compile; else where the function begins, or 1."""
    told = _CODE_LINE.match(case.detail)
    if told and case.verdict in (Verdict.RE, Verdict.CE, Verdict.MLE):
        return min(int(told[1]), entry.source.count("\n") + 1)
    name = entry.task.problem.entry_point if entry.task else None
    begins = name and re.search(rf"^[ \t]*def\s+{re.escape(name)}\b", entry.source, re.MULTILINE)
    return entry.source.count("\n", 0, begins.start()) + 1 if begins else 1


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


def _task(wish: CheckWish, item: Item, talk: Talk) -> Task:
    solution, problem = item.assignment.solution, item.assignment.problem
    if problem is None:
        assert wish.tests is not None, "an item has a problem or tests"
        return task_of_tests(solution.stem, wish.tests)
    tasks = read_tasks(
        [str(problem)], starter=wish.starter, tests=wish.tests, talk=talk, with_hidden=True
    )
    if len(tasks) > 1:
        raise ProblemError(
            f"{str(problem)!r} holds {len(tasks)} problems",
            hint="name the one this solution solves",
        )
    return tasks[0]
