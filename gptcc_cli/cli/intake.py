"""From the names on a command line to problems, their tests, and what there is to say of them."""

import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from gptcc_cli.console import Reporter
from gptcc_cli.errors import ProblemError, UsageError
from gptcc_cli.problem import AnswerRules, GivenTest, IOTest, Mode, Problem, SampleTest
from gptcc_cli.reading import understand
from gptcc_cli.sources import (
    Package,
    Source,
    TestSet,
    read_entry_point,
    read_sources,
    read_test_set,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """A problem to work on."""

    problem: Problem
    tests: tuple[GivenTest, ...]
    """Tests beside the samples that the user gave. Never in a prompt."""
    hidden: tuple[IOTest, ...] = ()
    """Tests that lie beside the statement as data; only checking looks at them."""
    origin: str = ""
    """Where the problem was read, for messages."""
    notes: tuple[str, ...] = ()
    """What was passed over with the tests, in sentences; a statement's are warned of at once."""

    @property
    def verifying(self) -> tuple[SampleTest | GivenTest, ...]:
        """The tests that may reject a program: trusted samples, and whatever was given."""
        return (*self.problem.trusted_samples, *self.tests)

    @property
    def judged_on(self) -> tuple[SampleTest | GivenTest, ...]:
        """The tests a candidate is run on: all samples, and whatever was given."""
        return (*self.problem.samples, *self.tests)

    @property
    def checked_on(self) -> tuple[IOTest, ...]:
        """The tests a finished solution is run on: those, and what lies beside the statement."""
        return (*self.problem.samples, *self.hidden, *self.tests)


def named_or_piped(names: Sequence[str] | None, command: str) -> tuple[str, ...]:
    """Return the names given, or ``-`` when standard input is a pipe or a file.

    Raises:
        UsageError: nothing was given, and standard input is a terminal.
    """
    if names:
        return tuple(names)
    if sys.stdin is not None and not sys.stdin.isatty():
        return ("-",)
    raise UsageError(
        "no problem was given",
        hint=f"name a file, or pipe a statement: gptcc {command} problem.txt",
    )


def read_tasks(
    names: Sequence[str],
    *,
    starter: Path | None,
    tests: Path | None,
    reporter: Reporter,
    with_hidden: bool = False,
) -> tuple[Task, ...]:
    """Read every problem that is named, and say what could not be understood.

    Args:
        names: files, directories, or ``-``.
        starter: code the solutions must start from.
        tests: tests to judge on beside the samples.
        reporter: where warnings go.
        with_hidden: also judge on tests that lie beside the statement as data. Checking does;
            solving does not, so that what it calls solved was found with the samples alone.

    Raises:
        ProblemError: a problem, the starter code or the tests can't be read.
    """
    starter_code = None if starter is None else _starter(starter)
    test_set = TestSet(tests=()) if tests is None else read_test_set(tests)
    entry_point = None if tests is None else read_entry_point(tests)
    given = _given(test_set)
    return tuple(
        _task(
            _completed(source, starter_code, entry_point, test_set.package),
            given,
            source.tests if with_hidden else (),
            reporter,
        )
        for name in names
        for source in read_sources(name)
    )


def task_of_tests(name: str, tests: Path) -> Task:
    """Return a task of which only the tests are known; its statement is empty.

    Raises:
        ProblemError: the tests can't be read.
    """
    test_set = read_test_set(tests)
    given, package = _given(test_set), test_set.package or Package(format="")
    called = bool(given) and isinstance(given[0].input, tuple)
    problem = Problem(
        id=name,
        statement="",
        mode=Mode.CALL if called else Mode.STDIN,
        entry_point=read_entry_point(tests),
        answer=package.answer or AnswerRules(),
        time_limit_s=package.time_limit_s,
        memory_limit_bytes=package.memory_limit_bytes,
    )
    return Task(problem=problem, tests=given, notes=package.all_notes)


def _completed(
    source: Source, starter_code: str | None, entry_point: str | None, package: Package | None
) -> Source:
    """Add what the user gave beside the statement; starter code names its own function."""
    if package is not None:
        source = replace(
            source,
            answer=source.answer or package.answer,
            notes=(*source.notes, *package.all_notes),
        )
    if starter_code is not None:
        source = replace(source, starter_code=starter_code, entry_point=None)
    return source if source.entry_point else replace(source, entry_point=entry_point)


def _given(test_set: TestSet) -> tuple[GivenTest, ...]:
    return tuple(
        GivenTest(name=test.name, input=test.input, expected=test.expected)
        for test in test_set.tests
    )


def _task(
    source: Source, tests: tuple[GivenTest, ...], hidden: tuple[IOTest, ...], reporter: Reporter
) -> Task:
    reading = understand(source)
    for warning in reading.warnings:
        reporter.warn(f"{source.origin or source.id}: {warning.message}")
    task = Task(problem=reading.problem, tests=tests, hidden=hidden, origin=source.origin)
    _refuse_other_kind(task)
    return task


def _refuse_other_kind(task: Task) -> None:
    kinds = {Mode.STDIN: str, Mode.CALL: tuple}
    wanted = kinds[task.problem.mode]
    odd = next((test for test in task.checked_on if not isinstance(test.input, wanted)), None)
    if odd is not None:
        have = "standard input" if wanted is tuple else "arguments of a call"
        raise ProblemError(
            f"test {odd.name!r} gives {have}, but problem {task.problem.id!r} is "
            f"{'call-based' if wanted is tuple else 'a standard-input problem'}",
            hint="give tests of the problem's own kind, or its starter code with --starter",
        )


def _starter(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "not UTF-8 text"
        raise ProblemError(
            f"starter code {str(path)!r} can't be read: {reason}",
            hint="name a readable Python file with --starter",
        ) from error
