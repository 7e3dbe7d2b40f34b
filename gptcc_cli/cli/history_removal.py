"""What ``gptcc history prune`` does: choose, ask, remove, shrink."""

import sqlite3
import sys
import time
from pathlib import Path

from gptcc_cli.console import Reporter, write_answer
from gptcc_cli.console.history import runs_table
from gptcc_cli.errors import UsageError
from gptcc_cli.history import (
    RecordedResult,
    RunSummary,
    find_run,
    history_path,
    list_runs,
    open_for_reading,
    prunable_runs,
    remove_runs,
    vacuum,
)


def run_prune(
    history: Path | None,
    names: tuple[str, ...],
    *,
    older_than_s: float | None,
    keep: int | None,
    every: bool,
    dry_run: bool,
    yes: bool,
) -> None:
    """Remove the runs that are chosen, after asking.

    Raises:
        HistoryError: the history can't be written.
        UsageError: nothing chooses, or too much; or nobody is there to be asked.
    """
    by_rule = older_than_s is not None or keep is not None
    if (bool(names), by_rule, every).count(True) != 1:
        raise UsageError(
            "say which runs to remove",
            hint="name them, or choose by --older-than 30d and --keep 100, or --all",
        )
    reporter = Reporter()
    path = history_path(history)
    with open_for_reading(path) as connection:
        if connection is None:
            reporter.info("no runs yet")
            return
        before_s = None if older_than_s is None else time.time() - older_than_s
        chosen = (
            tuple(_named(connection, name) for name in names)
            if names
            else prunable_runs(connection, before_s=before_s, keep=keep or 0)
        )
        n_running = sum(run.result is RecordedResult.RUNNING for run in list_runs(connection))
        if n_running:
            reporter.info(f"{_counted(n_running)} under way, left alone")
        if not chosen:
            reporter.info("there is nothing to remove")
            return
        if dry_run:
            write_answer(runs_table(chosen))
            return
        if not (yes or _agreed(len(chosen), path)):
            reporter.info("nothing was removed")
            return
        count = remove_runs(connection, [run.id for run in chosen])
        reporter.info(f"{_counted(count)} removed")
        if not vacuum(connection):
            reporter.warn(
                "the file was not made smaller: another process is using it",
                hint="what was removed leaves the file with the next prune",
            )


def _named(connection: sqlite3.Connection, name: str) -> RunSummary:
    run = find_run(connection, name).summary
    if run.result is RecordedResult.RUNNING:
        raise UsageError(f"run {run.id} is under way", hint="remove it when it has ended")
    return run


def _agreed(count: int, path: Path) -> bool:
    """Ask whoever sits at the terminal.

    Raises:
        UsageError: nobody does.
    """
    if sys.stdin is None or not sys.stdin.isatty():
        raise UsageError(
            f"{_counted(count)} would be removed from {str(path)!r} for good",
            hint="add --yes to do so, or --dry-run to see which",
        )
    import typer

    return typer.confirm(f"Remove {_counted(count)} from {str(path)!r} for good?", err=True)


def _counted(count: int) -> str:
    return f"{count} run" if count == 1 else f"{count} runs"
