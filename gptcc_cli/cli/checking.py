"""One ``gptcc check``: from the options to an exit code."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

from gptcc_cli.cli.collaborators.judge import JudgeWish, open_judge
from gptcc_cli.cli.intake import Task, read_tasks, statement_beside, task_of_tests
from gptcc_cli.console import Talk, write_answer, write_json
from gptcc_cli.console.checking import check_lines, check_record
from gptcc_cli.errors import ExitCode, ProblemError
from gptcc_cli.extraction import Candidate
from gptcc_cli.judging import Judge, Judgement, Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckWish:
    """The options of ``gptcc check``, by the names of its parameters."""

    solutions: list[Path]
    problem: str | None
    starter: Path | None
    tests: Path | None
    time_limit: float | None
    memory_limit: int | None
    output_limit: int | None
    strict_layout: bool
    jobs: int | None
    unsafe: bool
    as_json: bool
    quiet: bool
    verbose: bool

    def judge(self) -> JudgeWish:
        """Return how programs are run and compared."""
        return JudgeWish(
            time_limit_s=self.time_limit,
            memory_limit_bytes=self.memory_limit,
            output_limit_bytes=self.output_limit,
            strict_layout=self.strict_layout,
            jobs=self.jobs,
            unsafe=self.unsafe,
        )


def run(wish: CheckWish) -> ExitCode:
    """Check every solution; return the gravest exit code.

    Raises:
        GptccError: a file can't be read, or nothing can be run here.
    """
    talk = Talk(quiet=wish.quiet, verbose=wish.verbose)
    work = [(path, _candidate(path), _task(wish, path, talk)) for path in wish.solutions]
    codes = []
    with open_judge(wish.judge(), talk) as judge:
        for path, candidate, task in work:
            judgement = _judgement(judge, candidate, task)
            _show(wish, talk, path, judgement)
            codes.append(_exit_code(judgement))
    order = (ExitCode.REFUSED, ExitCode.FAILED, ExitCode.UNVERIFIED)
    return next((code for code in order if code in codes), ExitCode.DONE)


def _judgement(judge: Judge, candidate: Candidate, task: Task) -> Judgement:
    if not task.judged_on:
        return Judgement(candidate=candidate, cases=(), n_tests=0)
    return judge.judge(candidate, task.problem, task.judged_on)


def _show(wish: CheckWish, talk: Talk, path: Path, judgement: Judgement) -> None:
    if wish.as_json:
        write_json("gptcc.check/1", check_record(path, judgement))
        return
    if judgement.verdict is not Verdict.AC or not wish.quiet:
        write_answer("\n".join(check_lines(path, judgement, verbose=wish.verbose)))
    if judgement.n_tests == 0:
        talk.warn(
            f"{path}: not verified, no samples or tests were found",
            hint="name tests with --tests FILE|DIR",
        )


def _exit_code(judgement: Judgement) -> ExitCode:
    match judgement.verdict:
        case None:
            return ExitCode.UNVERIFIED
        case Verdict.AC:
            return ExitCode.DONE
        case Verdict.IE:
            return ExitCode.REFUSED
        case _:
            return ExitCode.FAILED


def _candidate(path: Path) -> Candidate:
    """Read a program as the interpreter would see it; nothing is cleaned."""
    try:
        source = path.read_bytes()
    except OSError as error:
        raise ProblemError(
            f"solution {str(path)!r} can't be read: {error.strerror}",
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


def _task(wish: CheckWish, path: Path, talk: Talk) -> Task:
    name = wish.problem or statement_beside(path)
    if name is None and wish.tests is not None:
        return task_of_tests(path.stem, wish.tests)
    if name is None:
        raise ProblemError(
            f"no statement lies beside {str(path)!r}",
            hint="name one with --problem FILE, or tests with --tests FILE|DIR",
        )
    tasks = read_tasks([name], starter=wish.starter, tests=wish.tests, talk=talk, with_hidden=True)
    if len(tasks) > 1:
        raise ProblemError(
            f"{name!r} holds {len(tasks)} problems", hint="name the one this solution solves"
        )
    return tasks[0]
