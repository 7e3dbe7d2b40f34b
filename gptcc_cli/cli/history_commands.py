"""What ``gptcc history`` does, behind its options."""

import sqlite3
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from gptcc_cli.atomic_writes import write_atomically
from gptcc_cli.cli.delivery import OUTPUT_HINT
from gptcc_cli.console import Reporter, write_answer, write_json
from gptcc_cli.console.history import (
    difference_lines,
    run_lines,
    runs_table,
)
from gptcc_cli.console.records import replay_record, run_details_record, run_record
from gptcc_cli.errors import ExitCode, UsageError
from gptcc_cli.history import (
    RecordedProgram,
    RecordedRun,
    RunSummary,
    completions_of,
    export_lines,
    find_run,
    history_path,
    open_for_reading,
    requests_of,
    search_runs,
)
from gptcc_cli.history import list_runs as runs_of

_SCREEN = 20
"""Runs shown at a terminal unless another number is asked for."""


def run_list(
    history: Path | None, *, limit: int | None, solved: bool | None, as_json: bool
) -> None:
    """Print past runs, one a line.

    Raises:
        HistoryError: the history can't be read.
    """
    if limit is None and not as_json and sys.stdout is not None and sys.stdout.isatty():
        limit = _SCREEN
    with open_for_reading(history_path(history)) as connection:
        runs = [] if connection is None else list(runs_of(connection, limit=limit, solved=solved))
    _print_runs(runs, as_json=as_json)
    if not runs and not as_json:
        Reporter().info("no runs yet" if solved is None else "no such runs yet")


def run_search(
    history: Path | None, words: list[str], *, limit: int | None, as_json: bool
) -> ExitCode:
    """Print the runs that hold every word; return 1 if there is none.

    Raises:
        HistoryError: the history can't be read.
    """
    with open_for_reading(history_path(history)) as connection:
        found = [] if connection is None else list(search_runs(connection, words, limit=limit))
    _print_runs(found, as_json=as_json)
    if not found and not as_json:
        Reporter().info(f"no run holds {' and '.join(map(repr, words))}")
    return ExitCode.DONE if found else ExitCode.FAILED


def run_export(history: Path | None, name: str | None, *, every: bool, output: Path | None) -> None:
    """Write completions as JSON lines.

    Raises:
        HistoryError: the history can't be read.
        OutputError: the file can't be written.
        UsageError: no run is named, or there is no such run.
    """
    if (name is None) is not every:
        raise UsageError(
            "name one run to export, or all of them", hint="gptcc history export last, or --all"
        )
    with open_for_reading(history_path(history)) as connection:
        if name is not None:
            names = [name]
        else:
            names = [] if connection is None else [run.id for run in runs_of(connection)][::-1]
        parts = _exported(connection, names)
        if output is not None:
            write_atomically(output, "".join(parts), hint=OUTPUT_HINT)
            return
        for part in parts:
            write_answer(part)


def _exported(connection: sqlite3.Connection | None, names: list[str]) -> Iterator[str]:
    """Yield the lines of each run; those of one problem are numbered through."""
    counts: Counter[str] = Counter()
    for name in names:
        run = find_run(connection, name)
        assert connection is not None, "a run was found"
        first = counts[run.problem.id]
        lines = [*export_lines(run, completions_of(connection, run), first_index=first)]
        counts[run.problem.id] += len(lines)
        yield "".join(lines)


def run_show(
    history: Path | None, name: str, *, program: bool, rank: int | None, as_json: bool
) -> None:
    """Print one run, or a program of it.

    Raises:
        HistoryError: the history can't be read.
        UsageError: there is no such run or program.
    """
    with open_for_reading(history_path(history)) as connection:
        run = find_run(connection, name)
    if program:
        write_answer(_program(run, rank).source)
    elif as_json:
        write_json("gptcc.run/2", run_details_record(run))
    else:
        write_answer("\n".join(run_lines(run)))


def run_replay(
    history: Path | None,
    name: str,
    *,
    generate: bool,
    jobs: int | None,
    unsafe: bool,
    as_json: bool,
    reporter: Reporter,
) -> ExitCode:
    """Do a run again and say what is not as it was; return 1 if anything is not.

    Raises:
        ExecutionRefused: programs can't be run here.
        HistoryError: the history can't be read.
        ModelError: the model can't be loaded.
        UsageError: there is no such run, or it can't be written again.
    """
    from gptcc_cli.cli.replaying import Kept, judge_again, write_again

    with open_for_reading(history_path(history)) as connection:
        run = find_run(connection, name)
        assert connection is not None, "a run was found"
        kept = Kept(
            run=run,
            completions=tuple(completions_of(connection, run)),
            rounds=requests_of(connection, run),
        )
    found = write_again(kept, reporter=reporter) if generate else []
    found += judge_again(kept, jobs=jobs, unsafe=unsafe, reporter=reporter)
    if as_json:
        write_json("gptcc.replay/1", replay_record(run, found, generated=generate))
    else:
        write_answer("\n".join(difference_lines(run, found, generated=generate)))
    return ExitCode.FAILED if found else ExitCode.DONE


def _print_runs(runs: list[RunSummary], *, as_json: bool) -> None:
    if as_json:
        for run in runs:
            write_json("gptcc.run/2", run_record(run))
    elif runs:
        write_answer(runs_table(runs))


def _program(run: RecordedRun, rank: int | None) -> RecordedProgram:
    """Return the answer, or the program at a place from 1."""
    if rank is not None and rank > len(run.programs):
        raise UsageError(
            f"run {run.summary.id} has {len(run.programs)} programs, and none at place {rank}",
            hint=f"gptcc history show {run.summary.id}",
        )
    chosen = run.best if rank is None else run.programs[rank - 1]
    if chosen is None:
        raise UsageError(
            f"run {run.summary.id} has no program: it is {run.summary.result.value}",
            hint=f"gptcc history show {run.summary.id}",
        )
    return chosen
