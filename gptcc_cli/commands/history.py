"""``gptcc history``: list, show, search, export and prune past runs."""

import sqlite3
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from gptcc_cli.atomic_writes import write_atomically
from gptcc_cli.console.history import run_lines, runs_table
from gptcc_cli.console.records import run_details_record, run_record
from gptcc_cli.console.reporter import Reporter, write_answer, write_json
from gptcc_cli.errors import ExitCode, UsageError
from gptcc_cli.history import (
    RecordedProgram,
    RecordedResult,
    RecordedRun,
    RunSummary,
    completions_of,
    export_lines,
    find_run,
    history_path,
    open_for_reading,
    prunable_runs,
    remove_runs,
    search_runs,
    vacuum,
)
from gptcc_cli.history import list_runs as runs_of
from gptcc_cli.options.history import (
    HistoryExportOptions,
    HistoryListOptions,
    HistoryPruneOptions,
    HistorySearchOptions,
    HistoryShowOptions,
)

_SCREEN = 20
"""Runs shown on a terminal by default."""


def list_runs(options: HistoryListOptions) -> None:
    """Print past runs, one per line.

    Raises:
        HistoryError: the history can't be read.
    """
    limit, solved = options.limit, options.solved
    if limit is None and not options.as_json and sys.stdout is not None and sys.stdout.isatty():
        limit = _SCREEN
    with open_for_reading(history_path(options.history)) as connection:
        runs = [] if connection is None else list(runs_of(connection, limit=limit, solved=solved))
    _print_runs(runs, as_json=options.as_json)
    if not runs and not options.as_json:
        Reporter().info("no runs yet" if solved is None else "no such runs yet")


def search(options: HistorySearchOptions) -> ExitCode:
    """Print the runs that contain every word; return 1 if there is none.

    Raises:
        HistoryError: the history can't be read.
    """
    with open_for_reading(history_path(options.history)) as connection:
        runs: list[RunSummary] = []
        if connection is not None:
            runs = list(search_runs(connection, options.words, limit=options.limit))
    _print_runs(runs, as_json=options.as_json)
    if not runs and not options.as_json:
        Reporter().info(f"no run contains {' and '.join(map(repr, options.words))}")
    return ExitCode.DONE if runs else ExitCode.FAILED


def show(options: HistoryShowOptions) -> None:
    """Print one run, or a program of it.

    Raises:
        HistoryError: the history can't be read.
        UsageError: there is no such run or program.
    """
    with open_for_reading(history_path(options.history)) as connection:
        run = find_run(connection, options.run)
    if options.program or options.rank is not None:
        write_answer(_program(run, options.rank).source)
    elif options.as_json:
        write_json("gptcc.run/2", run_details_record(run))
    else:
        write_answer("\n".join(run_lines(run)))


def export(options: HistoryExportOptions) -> None:
    """Write completions as JSON lines.

    Raises:
        HistoryError: the history can't be read.
        OutputError: the file can't be written.
        UsageError: no run is named, or there is no such run.
    """
    if (options.run is None) is not options.every:
        raise UsageError(
            "name one run to export, or all of them", hint="gptcc history export last, or --all"
        )
    with open_for_reading(history_path(options.history)) as connection:
        if options.run is not None:
            names = [options.run]
        else:
            names = [] if connection is None else [run.id for run in runs_of(connection)][::-1]
        parts = _exported(connection, names)
        if options.output is not None:
            hint = "choose another file with -o, or print to standard output"
            write_atomically(options.output, "".join(parts), hint=hint)
            return
        for part in parts:
            write_answer(part)


def prune(options: HistoryPruneOptions) -> None:
    """Delete the runs that are chosen, after asking.

    Raises:
        HistoryError: the history can't be written.
        UsageError: nothing is chosen, or too much; or nobody can be asked.
    """
    older_than_s, keep = options.older_than, options.keep
    by_rule = older_than_s is not None or keep is not None
    if (bool(options.runs), by_rule, options.every).count(True) != 1:
        raise UsageError(
            "no runs were chosen",
            hint="name them, or choose by --older-than 30d and --keep 100, or use --all",
        )
    reporter, path = Reporter(), history_path(options.history)
    with open_for_reading(path) as connection:
        if connection is None:
            reporter.info("no runs yet")
            return
        before_s = None if older_than_s is None else time.time() - older_than_s
        chosen: Sequence[RunSummary] = (
            tuple(_ended_run(connection, name) for name in options.runs)
            if options.runs
            else prunable_runs(connection, before_s=before_s, keep=keep or 0)
        )
        n_running = sum(run.result is RecordedResult.RUNNING for run in runs_of(connection))
        if n_running:
            reporter.info(f"{_counted(n_running)} in progress, kept")
        if not chosen:
            reporter.info("nothing to delete")
            return
        if options.dry_run:
            write_answer(runs_table(chosen))
            return
        if not (options.yes or _confirmed(len(chosen), path)):
            reporter.info("nothing was deleted")
            return
        count = remove_runs(connection, [run.id for run in chosen])
        reporter.info(f"{_counted(count)} deleted")
        if not vacuum(connection):
            reporter.warn(
                "the file was not made smaller: another process is using it",
                hint="the next prune shrinks it",
            )


def _print_runs(runs: list[RunSummary], *, as_json: bool) -> None:
    if as_json:
        for run in runs:
            write_json("gptcc.run/2", run_record(run))
    elif runs:
        write_answer(runs_table(runs))


def _exported(connection: sqlite3.Connection | None, names: list[str]) -> Iterator[str]:
    """Yield the lines of each run; those of one problem are numbered consecutively."""
    counts: Counter[str] = Counter()
    for name in names:
        run = find_run(connection, name)
        assert connection is not None, "a run was found"
        first = counts[run.problem.id]
        lines = [*export_lines(run, completions_of(connection, run), first_index=first)]
        counts[run.problem.id] += len(lines)
        yield "".join(lines)


def _program(run: RecordedRun, rank: int | None) -> RecordedProgram:
    """Return the answer, or the program of a rank from 1."""
    hint = f"gptcc history show {run.summary.id}"
    if rank is not None and rank > len(run.programs):
        raise UsageError(
            f"run {run.summary.id} has {len(run.programs)} programs, none of rank {rank}", hint=hint
        )
    chosen = run.best if rank is None else run.programs[rank - 1]
    if chosen is None:
        raise UsageError(
            f"run {run.summary.id} has no program: it is {run.summary.result.value}", hint=hint
        )
    return chosen


def _ended_run(connection: sqlite3.Connection, name: str) -> RunSummary:
    run = find_run(connection, name).summary
    if run.result is RecordedResult.RUNNING:
        raise UsageError(f"run {run.id} is in progress", hint="delete it when it has ended")
    return run


def _confirmed(count: int, path: Path) -> bool:
    """Ask on the terminal.

    Raises:
        UsageError: there is no terminal.
    """
    if sys.stdin is None or not sys.stdin.isatty():
        raise UsageError(
            f"{_counted(count)} would be deleted from {str(path)!r} permanently",
            hint="add --yes to delete, or --dry-run to list them",
        )
    import typer

    return typer.confirm(f"Delete {_counted(count)} from {str(path)!r} permanently?", err=True)


def _counted(count: int) -> str:
    return f"{count} run" if count == 1 else f"{count} runs"
