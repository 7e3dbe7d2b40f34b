"""One ``gptcc check``: from the options to an exit code.

Whatever was checked before is answered from the store of results, and then neither the judge nor
the reader of statements is imported: a hook on an unchanged file costs milliseconds.
"""

import os
from collections import deque
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from gptcc_cli.cli.check_options import Format
from gptcc_cli.cli.wishes import JudgingWish
from gptcc_cli.console import Reporter
from gptcc_cli.console.check_formats import CheckReport, open_report
from gptcc_cli.errors import ExitCode, ProblemError, UsageError
from gptcc_cli.models.cache import cache_directory
from gptcc_cli.workspace import (
    Assignment,
    Outcome,
    ResultStore,
    all_assignments,
    assignments_of,
    changed_files,
    contents_of,
    digest,
    is_skipped,
)

if TYPE_CHECKING:
    from gptcc_cli.cli.check_crew import CheckCrew, CheckTicket

Stamps: TypeAlias = dict[Path, str]
"""For each solution, a text that changes with any file its result depends on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckWish(JudgingWish):
    """The options of ``gptcc check``, by the names of its parameters."""

    files: list[Path] | None
    problem: str | None
    starter: Path | None
    tests: Path | None
    all_: bool
    changed_only: bool
    statements: bool
    hook: bool
    strict: bool
    watch: bool
    mutated: int
    no_cache: bool
    format_: Format

    @property
    def settings(self) -> str:
        """Whatever of the options may change a result."""
        limits = (self.time_limit, self.memory_limit, self.output_limit)
        return repr((limits, self.strict_layout, self.unsafe, self.mutated))

    def report(self) -> CheckReport:
        """Return where results are shown."""
        name = Format.JSON.value if self.as_json else self.format_.value
        return open_report(name, quiet=self.quiet, verbose=self.verbose)


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One solution to answer for: its answer, or what is needed to find it."""

    assignment: Assignment
    key: str | None = None
    """Where its result is kept; ``None``: it is not kept."""
    outcome: Outcome | None = None
    """The answer, where it is known."""


def run(wish: CheckWish) -> ExitCode:
    """Check what is named; return the gravest exit code.

    Raises:
        GptccError: nothing was named, or nothing can be run here.
    """
    reporter = wish.reporter()
    if wish.statements:
        from gptcc_cli.cli.check_statements import outcomes_of_statements

        return _shown(wish, reporter, outcomes_of_statements(_named(wish)))
    if wish.watch:
        from gptcc_cli.cli.check_watch import watch

        return watch(lambda: _stamps(wish), lambda paths: check(wish, reporter, paths), reporter)
    return check(wish, reporter, _named(wish))


def check(wish: CheckWish, reporter: Reporter, paths: tuple[Path, ...]) -> ExitCode:
    """Check some files and show what comes out."""
    store = ResultStore(cache_directory() / "checks.sqlite3")
    try:
        return _shown(wish, reporter, _outcomes(wish, reporter, store, _assignments(wish, paths)))
    finally:
        # Also after an interrupt: what has been found is known from now on.
        store.save()
        if store.trouble:
            reporter.debug(f"results could not be kept: {store.trouble}")


def _stamps(wish: CheckWish) -> Stamps:
    """Return what would change with any file that a solution's result depends on."""
    stamps: Stamps = {}
    for entry in _assignments(wish, _named(wish)):
        if isinstance(entry, Outcome):
            stamps[Path(entry.path)] = entry.error or ""
            continue
        try:
            stamps[entry.solution] = digest(contents_of(entry, wish.tests), "")
        except OSError as error:
            stamps[entry.solution] = str(error)
    return stamps


def _named(wish: CheckWish) -> tuple[Path, ...]:
    """Return the files to check.

    Raises:
        UsageError: none are named.
    """
    if wish.files:
        paths = tuple(wish.files)
    elif wish.all_ or wish.changed_only or wish.watch:
        paths = (Path(),)
    elif wish.hook:
        return ()
    else:
        raise UsageError("no file was given", hint="name a solution, or: gptcc check --all")
    if not wish.changed_only:
        return paths
    roots = [path.resolve() for path in paths]
    return tuple(
        Path(os.path.relpath(changed))
        for changed in changed_files(Path())
        if any(changed.is_relative_to(root) for root in roots)
    )


def _assignments(wish: CheckWish, paths: tuple[Path, ...]) -> Iterator[Assignment | Outcome]:
    """Yield each solution once, in the order it is first concerned, as soon as it is found."""
    passed_over = wish.hook or wish.changed_only
    seen: set[Path] = set()
    for path in paths:
        for entry in _concerned(wish, path):
            name = entry.solution if isinstance(entry, Assignment) else Path(entry.path)
            if name in seen:
                continue
            seen.add(name)
            if not (passed_over and isinstance(entry, Assignment) and _is_no_problems(wish, entry)):
                yield entry


def _concerned(wish: CheckWish, path: Path) -> Iterator[Assignment | Outcome]:
    """Yield the solutions that a path concerns, or why there are none."""
    if path.is_dir():
        unreadable: list[OSError] = []
        for entry in all_assignments(path, unreadable=unreadable.append):
            yield _with_named_problem(wish, entry)
        yield from map(_unreadable_directory, unreadable)
        return
    try:
        assigned = assignments_of(path)
    except ProblemError as error:
        yield Outcome(path=str(path), error=error.message, hint=error.hint)
        return
    if not assigned and not (wish.hook or wish.changed_only):
        yield Outcome(
            path=str(path),
            error=f"{str(path)!r} is no problem's: neither solution, statement nor test",
            hint="name a Python file, or a statement or test with a solution beside it",
        )
    yield from (_with_named_problem(wish, entry) for entry in assigned)


def _unreadable_directory(error: OSError) -> Outcome:
    reason = (error.strerror or "error").lower()
    return Outcome(
        path=str(error.filename),
        error=f"directory {str(error.filename)!r} can't be read: {reason}",
        hint="check its permissions",
    )


def _with_named_problem(wish: CheckWish, assignment: Assignment) -> Assignment:
    if wish.problem is None:
        return assignment
    return Assignment(solution=assignment.solution, problem=Path(wish.problem))


def _is_no_problems(wish: CheckWish, assignment: Assignment) -> bool:
    return assignment.problem is None and wish.tests is None


def _looked_up(wish: CheckWish, store: ResultStore, entry: Assignment | Outcome) -> Item:
    """Read a solution and all it depends on, and look whether its answer is known."""
    if isinstance(entry, Outcome):
        return Item(assignment=Assignment(solution=Path(entry.path), problem=None), outcome=entry)
    name = str(entry.solution)
    if _is_no_problems(wish, entry):
        error = f"no statement lies beside {name!r}"
        hint = "name one with --problem FILE, or tests with --tests FILE|DIR"
        return Item(assignment=entry, outcome=Outcome(path=name, error=error, hint=hint))
    try:
        if is_skipped(entry.solution.read_bytes()):
            return Item(assignment=entry, outcome=Outcome(path=name, skipped=True))
        contents = list(contents_of(entry, wish.tests))
        starter = b"" if wish.starter is None else wish.starter.read_bytes()
    except OSError:
        # Said in its own words by whoever reads the file in earnest, or here where it is gone.
        return Item(assignment=entry)
    key = digest([*contents, ("starter", starter)], wish.settings)
    forbidden = wish.no_cache or os.environ.get("GPTCC_EXEC") == "0"
    return Item(assignment=entry, key=key, outcome=None if forbidden else store.get(key, name))


def _outcomes(
    wish: CheckWish,
    reporter: Reporter,
    store: ResultStore,
    entries: Iterator[Assignment | Outcome],
) -> Iterator[Outcome]:
    """Yield every answer in order; while the first are shown, those after them are still run."""
    with ExitStack() as stack:
        crew: CheckCrew | None = None
        waiting: deque[tuple[Item, CheckTicket | None]] = deque()
        ahead: deque[Assignment | Outcome] = deque()
        while (entry := ahead.popleft() if ahead else next(entries, None)) is not None:
            item, ticket = _looked_up(wish, store, entry), None
            if item.outcome is None:
                if crew is None:
                    # For two solutions no more than two processes are started.
                    ahead.extend(islice(entries, os.cpu_count()))
                    crew = stack.enter_context(_opened(wish, reporter, 1 + len(ahead)))
                ticket = crew.submit(item)
            waiting.append((item, ticket))
            while waiting and (waiting[0][1] is None or waiting[0][1].is_done):
                yield _answer(store, *waiting.popleft())
        for item, ticket in waiting:
            yield _answer(store, item, ticket)


def _answer(store: ResultStore, item: Item, ticket: "CheckTicket | None") -> Outcome:
    if ticket is None:
        assert item.outcome is not None, "what is not known is run"
        return item.outcome
    outcome = ticket.answer()
    if item.key is not None:
        store.put(item.key, outcome)
    return outcome


def _opened(
    wish: CheckWish, reporter: Reporter, n_items: int
) -> "AbstractContextManager[CheckCrew]":
    """Start what runs programs, where something must be run."""
    from gptcc_cli.cli.check_crew import open_crew

    return open_crew(wish, reporter, n_items)


def _shown(wish: CheckWish, reporter: Reporter, outcomes: Iterator[Outcome]) -> ExitCode:
    codes = []
    with wish.report() as report:
        for outcome in outcomes:
            report.add(outcome)
            codes.append(_exit_code(wish, outcome))
    if not codes:
        return _nothing(wish, reporter)
    order = (ExitCode.REFUSED, ExitCode.FAILED, ExitCode.UNREADABLE, ExitCode.UNVERIFIED)
    return next((code for code in order if code in codes), ExitCode.DONE)


def _nothing(wish: CheckWish, reporter: Reporter) -> ExitCode:
    """Say that there was nothing to check."""
    if wish.changed_only:
        reporter.info("nothing has changed since the last commit")
    elif not (wish.hook or wish.watch):
        what = "problem" if wish.statements else "solution of a problem"
        reporter.warn(f"no {what} was found", hint="name a file, or a directory that holds some")
        return ExitCode.FAILED if wish.strict else ExitCode.UNVERIFIED
    return ExitCode.DONE


def _exit_code(wish: CheckWish, outcome: Outcome) -> ExitCode:
    if outcome.error is not None:
        return ExitCode.UNREADABLE
    if outcome.skipped or outcome.verdict in ("AC", "OK"):
        return ExitCode.DONE
    if outcome.verdict is None:
        if wish.strict:
            return ExitCode.FAILED
        return ExitCode.DONE if wish.hook else ExitCode.UNVERIFIED
    return ExitCode.REFUSED if outcome.verdict == "IE" else ExitCode.FAILED
