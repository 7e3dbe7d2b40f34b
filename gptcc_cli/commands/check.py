"""``gptcc check``: find solutions, answer from the cache or run them, and show the results.

If every result is cached, neither the judge nor the statement reader is imported, so that a hook on
an unchanged file takes milliseconds. Everything else runs in a pool of forked worker processes
(``check_worker``).
"""

import gc
import os
import time
from collections import deque
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from gptcc_cli.commands import report_sandbox, reporter_of
from gptcc_cli.console.check_formats import open_report
from gptcc_cli.console.reporter import Reporter
from gptcc_cli.errors import ExitCode, ProblemError, UsageError
from gptcc_cli.options.check import CheckFormat, CheckOptions
from gptcc_cli.places import cache_directory
from gptcc_cli.workspace import (
    Assignment,
    CheckOutcome,
    ResultStore,
    all_assignments,
    assignments_of,
    changed_files,
    contents_of,
    digest,
    is_skipped,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from concurrent.futures import Future

Stamps: TypeAlias = dict[Path, str]
"""For each solution, a text that changes with any file its result depends on."""

WATCH_INTERVAL_S = 0.5
"""Seconds between two looks at the files."""
_PER_WORKER = 16
"""Solutions that are submitted ahead of the oldest unfinished one, per worker."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckItem:
    """One solution to answer for: its answer, or what is needed to find it."""

    assignment: Assignment
    key: str | None = None
    """Where its result is kept; ``None``: it is not kept."""
    outcome: CheckOutcome | None = None
    """The answer, where it is known."""


def run(options: CheckOptions) -> ExitCode:
    """Check what is named; return the gravest exit code.

    Raises:
        GptccError: nothing was named, or nothing can be run here.
    """
    reporter = reporter_of(options.report)
    if options.statements:
        from gptcc_cli.commands.check_worker import check_statements

        return _shown(options, reporter, check_statements(_named(options)))
    if options.watch:
        return _watch(options, reporter)
    return check(options, reporter, _named(options))


def _watch(options: CheckOptions, reporter: Reporter) -> ExitCode:
    """Check everything, then each solution whose files change, until Ctrl-C."""
    seen = _stamps(options)
    check(options, reporter, tuple(seen))
    reporter.info("watching, Ctrl-C stops")
    while True:
        time.sleep(WATCH_INTERVAL_S)
        now = _stamps(options)
        changed = tuple(path for path, stamp in now.items() if seen.get(path) != stamp)
        seen = now
        if changed:
            check(options, reporter, changed)


def check(options: CheckOptions, reporter: Reporter, paths: tuple[Path, ...]) -> ExitCode:
    """Check some files and show what comes out."""
    store = ResultStore(cache_directory() / "checks.sqlite3")
    try:
        return _shown(
            options, reporter, _outcomes(options, reporter, store, _assignments(options, paths))
        )
    finally:
        # Also after an interrupt, so that no result is lost.
        store.save()
        if store.error:
            reporter.debug(f"results could not be cached: {store.error}")


def _stamps(options: CheckOptions) -> Stamps:
    """Return what would change with any file that a solution's result depends on."""
    stamps: Stamps = {}
    for entry in _assignments(options, _named(options)):
        if isinstance(entry, CheckOutcome):
            stamps[Path(entry.path)] = entry.error or ""
            continue
        try:
            stamps[entry.solution] = digest(contents_of(entry, options.tests), "")
        except OSError as error:
            stamps[entry.solution] = str(error)
    return stamps


def _named(options: CheckOptions) -> tuple[Path, ...]:
    """Return the files to check.

    Raises:
        UsageError: none are named.
    """
    if options.files:
        paths = tuple(options.files)
    elif options.all_ or options.changed_only or options.watch:
        paths = (Path(),)
    elif options.hook:
        return ()
    else:
        raise UsageError("no file was given", hint="name a solution, or use gptcc check --all")
    if not options.changed_only:
        return paths
    roots = [path.resolve() for path in paths]
    return tuple(
        Path(os.path.relpath(changed))
        for changed in changed_files(Path())
        if any(changed.is_relative_to(root) for root in roots)
    )


def _assignments(
    options: CheckOptions, paths: tuple[Path, ...]
) -> Iterator[Assignment | CheckOutcome]:
    """Yield each solution once, in the order it is first concerned, as soon as it is found."""
    skips_others = options.hook or options.changed_only
    seen: set[Path] = set()
    for path in paths:
        for entry in _concerned(options, path):
            name = entry.solution if isinstance(entry, Assignment) else Path(entry.path)
            if name in seen:
                continue
            seen.add(name)
            if not (
                skips_others and isinstance(entry, Assignment) and _belongs_to_none(options, entry)
            ):
                yield entry


def _concerned(options: CheckOptions, path: Path) -> Iterator[Assignment | CheckOutcome]:
    """Yield the solutions that a path concerns, or why there are none."""
    if path.is_dir():
        unreadable: list[OSError] = []
        for entry in all_assignments(path, unreadable=unreadable.append):
            yield _with_named_problem(options, entry)
        yield from map(_unreadable_directory, unreadable)
        return
    try:
        assigned = assignments_of(path)
    except ProblemError as error:
        yield CheckOutcome(path=str(path), error=error.message, hint=error.hint)
        return
    if not assigned and not (options.hook or options.changed_only):
        yield CheckOutcome(
            path=str(path),
            error=f"{str(path)!r} belongs to no known problem",
            hint="give a Python file, or a statement or test with a solution next to it",
        )
    yield from (_with_named_problem(options, entry) for entry in assigned)


def _unreadable_directory(error: OSError) -> CheckOutcome:
    reason = (error.strerror or "error").lower()
    return CheckOutcome(
        path=str(error.filename),
        error=f"directory {str(error.filename)!r} can't be read: {reason}",
        hint="check its permissions",
    )


def _with_named_problem(options: CheckOptions, assignment: Assignment) -> Assignment:
    if options.problem is None:
        return assignment
    return Assignment(solution=assignment.solution, problem=Path(options.problem))


def _belongs_to_none(options: CheckOptions, assignment: Assignment) -> bool:
    return assignment.problem is None and options.tests is None


def _looked_up(
    options: CheckOptions, store: ResultStore, entry: Assignment | CheckOutcome
) -> CheckItem:
    """Read a solution and all it depends on, and look whether its answer is known."""
    if isinstance(entry, CheckOutcome):
        return CheckItem(
            assignment=Assignment(solution=Path(entry.path), problem=None), outcome=entry
        )
    name = str(entry.solution)
    if _belongs_to_none(options, entry):
        error = f"no statement was found for {name!r}"
        hint = "give one with --problem FILE, or tests with --tests FILE|DIR"
        return CheckItem(assignment=entry, outcome=CheckOutcome(path=name, error=error, hint=hint))
    try:
        if is_skipped(entry.solution.read_bytes()):
            return CheckItem(assignment=entry, outcome=CheckOutcome(path=name, skipped=True))
        contents = list(contents_of(entry, options.tests))
        starter = b"" if options.starter is None else options.starter.read_bytes()
    except OSError:
        # The worker reads the file again and tells what is wrong.
        return CheckItem(assignment=entry)
    key = digest([*contents, ("starter", starter)], options.settings)
    forbidden = options.no_cache or os.environ.get("GPTCC_EXEC") == "0"
    return CheckItem(assignment=entry, key=key, outcome=None if forbidden else store.get(key, name))


def _outcomes(
    options: CheckOptions,
    reporter: Reporter,
    store: ResultStore,
    entries: Iterator[Assignment | CheckOutcome],
) -> Iterator[CheckOutcome]:
    """Yield every answer in order; while the first are shown, those after them are still run."""
    with ExitStack() as stack:
        pool: CheckPool | None = None
        waiting: deque[tuple[CheckItem, Future[CheckOutcome] | None]] = deque()
        ahead: deque[Assignment | CheckOutcome] = deque()
        while (entry := ahead.popleft() if ahead else next(entries, None)) is not None:
            item, future = _looked_up(options, store, entry), None
            if item.outcome is None:
                if pool is None:
                    # For two solutions no more than two processes are started.
                    ahead.extend(islice(entries, os.cpu_count()))
                    pool = stack.enter_context(open_pool(options, reporter, 1 + len(ahead)))
                future = pool.submit(item.assignment)
            waiting.append((item, future))
            while waiting and _is_due(waiting[0][1], len(waiting), pool):
                yield _answer(store, *waiting.popleft())
        for item, future in waiting:
            yield _answer(store, item, future)


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckPool:
    """Worker processes that check solutions."""

    submit: "Callable[[Assignment], Future[CheckOutcome]]"
    n_workers: int


@contextmanager
def open_pool(options: CheckOptions, reporter: Reporter, n_items: int) -> Iterator[CheckPool]:
    """Open a sandbox and a forked process for each of its workers; all end with the block.

    Reading a problem and comparing outputs is Python and takes a quarter of the time that small
    programs take to run: threads would wait for each other.

    Args:
        options: the command's options.
        reporter: told how programs are isolated.
        n_items: how many solutions there can be; no more processes are started.

    Raises:
        ExecutionRefused: programs can't be run here.
    """
    from gptcc_cli.sandbox import open_sandbox, usable_cores

    with open_sandbox(
        workers=min(options.judge.jobs or usable_cores(), n_items),
        unsafe=options.judge.unsafe,
        starts_all=True,
        meanwhile=_import_worker,
    ) as sandbox:
        import multiprocessing
        from concurrent.futures import ProcessPoolExecutor

        from gptcc_cli.commands.check_worker import check_in_worker, start_worker

        report_sandbox(sandbox, reporter)
        context = multiprocessing.get_context("fork")
        numbers = context.SimpleQueue()
        for number in range(sandbox.workers):
            numbers.put(number)
        executor = ProcessPoolExecutor(
            sandbox.workers,
            mp_context=context,
            initializer=start_worker,
            initargs=(options, sandbox, numbers, os.getpid()),
        )
        # The collector writes to every object it looks at, and each worker would copy it.
        gc.freeze()
        try:
            yield CheckPool(
                submit=lambda one: executor.submit(check_in_worker, one), n_workers=sandbox.workers
            )
        finally:
            # Ctrl-C must not wait for a program to time out.
            for process in multiprocessing.active_children():
                process.kill()
            executor.shutdown(cancel_futures=True)
            gc.unfreeze()


def _import_worker() -> None:
    """Import what reads and judges once, before the processes are forked."""
    import concurrent.futures.process  # noqa: F401

    import gptcc_cli.commands.check_worker  # noqa: F401


def _is_due(
    future: "Future[CheckOutcome] | None", n_waiting: int, pool: "CheckPool | None"
) -> bool:
    """Whether the oldest answer is known, or enough others are submitted to wait for it."""
    if future is None or future.done():
        return True
    return pool is not None and n_waiting > _PER_WORKER * pool.n_workers


def _answer(
    store: ResultStore, item: CheckItem, future: "Future[CheckOutcome] | None"
) -> CheckOutcome:
    if future is None:
        assert item.outcome is not None, "what is not cached is run"
        return item.outcome
    outcome = future.result()
    if item.key is not None:
        store.put(item.key, outcome)
    return outcome


def _shown(options: CheckOptions, reporter: Reporter, outcomes: Iterator[CheckOutcome]) -> ExitCode:
    codes = []
    name = CheckFormat.JSON if options.report.as_json else options.format_
    with open_report(
        name.value, quiet=options.report.quiet, verbose=options.report.verbose
    ) as report:
        for outcome in outcomes:
            report.add(outcome)
            codes.append(_exit_code(options, outcome))
    if not codes:
        return _nothing_found(options, reporter)
    order = (ExitCode.REFUSED, ExitCode.FAILED, ExitCode.UNREADABLE, ExitCode.UNVERIFIED)
    return next((code for code in order if code in codes), ExitCode.DONE)


def _nothing_found(options: CheckOptions, reporter: Reporter) -> ExitCode:
    """Tell that there was nothing to check."""
    if options.changed_only:
        reporter.info("nothing has changed since the last commit")
    elif not (options.hook or options.watch):
        what = "problem" if options.statements else "solution of a problem"
        reporter.warn(f"no {what} was found", hint="give a file, or a directory that contains some")
        return ExitCode.FAILED if options.strict else ExitCode.UNVERIFIED
    return ExitCode.DONE


def _exit_code(options: CheckOptions, outcome: CheckOutcome) -> ExitCode:
    if outcome.error is not None:
        return ExitCode.UNREADABLE
    if outcome.skipped or outcome.verdict in ("AC", "OK"):
        return ExitCode.DONE
    if outcome.verdict is None:
        if options.strict:
            return ExitCode.FAILED
        return ExitCode.DONE if options.hook else ExitCode.UNVERIFIED
    return ExitCode.REFUSED if outcome.verdict == "IE" else ExitCode.FAILED
