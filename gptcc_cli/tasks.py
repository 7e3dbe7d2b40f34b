"""Files, directories and standard input -> problems with the tests to judge them by."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from gptcc_cli.errors import ProblemError
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
class SolveTask:
    """A problem with every test that its programs may be judged by."""

    problem: Problem
    tests: tuple[GivenTest, ...] = ()
    """Tests that the user gave in addition to the samples. Never in a prompt."""
    hidden: tuple[IOTest, ...] = ()
    """Tests stored next to the statement as data; only checking uses them."""
    origin: str = ""
    """Where the problem was read, for messages."""
    notes: tuple[str, ...] = ()
    """What was skipped in the tests, in sentences; those of a statement are warned of at once."""

    @property
    def verifying(self) -> tuple[SampleTest | GivenTest, ...]:
        """The tests that may reject a program: trusted samples, and what the user gave."""
        return (*self.problem.trusted_samples, *self.tests)

    @property
    def judged_on(self) -> tuple[SampleTest | GivenTest, ...]:
        """The tests that a candidate is run on: all samples, and what the user gave."""
        return (*self.problem.samples, *self.tests)

    @property
    def checked_on(self) -> tuple[IOTest, ...]:
        """The tests that a finished solution is run on: those, and the hidden ones."""
        return (*self.problem.samples, *self.hidden, *self.tests)


def read_tasks(
    names: Sequence[str],
    *,
    starter: Path | None = None,
    tests: Path | None = None,
    with_hidden: bool = False,
    warn: Callable[[str], None] = lambda _: None,
) -> Iterator[SolveTask]:
    """Read every problem that is named.

    Args:
        names: files, directories, or ``-`` for standard input.
        starter: code that the solutions must start from.
        tests: tests to judge on in addition to the samples.
        with_hidden: also judge on tests stored next to the statement as data. Checking does;
            solving does not, so that what it calls solved was found with the samples alone.
        warn: called with a sentence for whatever could not be understood.

    Raises:
        ProblemError: a problem, the starter code or the tests can't be read.
    """
    starter_code = None if starter is None else _starter(starter)
    test_set = TestSet(tests=()) if tests is None else read_test_set(tests)
    entry_point = None if tests is None else read_entry_point(tests)
    given = _given(test_set)
    for name in names:
        for source in read_sources(name):
            hidden = source.tests if with_hidden else ()
            yield _task(
                _with(source, starter_code, entry_point, test_set.package), given, hidden, warn
            )


def task_of_tests(name: str, tests: Path) -> SolveTask:
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
    return SolveTask(problem=problem, tests=given, notes=package.all_notes)


def _with(
    source: Source, starter_code: str | None, entry_point: str | None, package: Package | None
) -> Source:
    """Add what the user gave with the statement; starter code names its own function."""
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
    source: Source,
    tests: tuple[GivenTest, ...],
    hidden: tuple[IOTest, ...],
    warn: Callable[[str], None],
) -> SolveTask:
    reading = understand(source)
    for warning in reading.warnings:
        warn(f"{source.origin or source.id}: {warning.message}")
    problem = reading.problem
    task = SolveTask(problem=problem, tests=tests, hidden=hidden, origin=source.origin)
    wanted = str if problem.mode is Mode.STDIN else tuple
    other = next((test for test in task.checked_on if not isinstance(test.input, wanted)), None)
    if other is not None:
        have = "standard input" if wanted is tuple else "arguments of a call"
        raise ProblemError(
            f"test {other.name!r} gives {have}, but problem {problem.id!r} is "
            f"{'call-based' if wanted is tuple else 'a standard-input problem'}",
            hint="give tests of the problem's own kind, or its starter code with --starter",
        )
    return task


def _starter(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "not UTF-8 text"
        raise ProblemError(
            f"starter code {str(path)!r} can't be read: {reason}",
            hint="give a readable Python file with --starter",
        ) from error
