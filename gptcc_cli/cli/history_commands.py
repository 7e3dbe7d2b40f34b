"""What ``gptcc history`` does, behind its options."""

import sys
from pathlib import Path

from gptcc_cli.console import Talk, write_answer, write_json
from gptcc_cli.console.history import (
    difference_lines,
    difference_record,
    run_lines,
    run_record,
    runs_table,
    summary_record,
)
from gptcc_cli.errors import ExitCode, UsageError
from gptcc_cli.history import (
    KeptProgram,
    KeptRun,
    completions_of,
    find_run,
    place_of,
    reading,
    requests_of,
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
    with reading(place_of(history)) as connection:
        runs = [] if connection is None else list(runs_of(connection, limit=limit, solved=solved))
    if as_json:
        for run in runs:
            write_json("gptcc.run/1", summary_record(run))
    elif runs:
        write_answer(runs_table(runs))
    else:
        Talk().say("no runs yet" if solved is None else "no such runs yet")


def run_show(
    history: Path | None, name: str, *, program: bool, rank: int | None, as_json: bool
) -> None:
    """Print one run, or a program of it.

    Raises:
        HistoryError: the history can't be read.
        UsageError: there is no such run or program.
    """
    with reading(place_of(history)) as connection:
        run = find_run(connection, name)
    if program:
        write_answer(_program(run, rank).source)
    elif as_json:
        write_json("gptcc.run/1", run_record(run))
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
    talk: Talk,
) -> ExitCode:
    """Do a run again and say what is not as it was; return 1 if anything is not.

    Raises:
        ExecutionRefused: programs can't be run here.
        HistoryError: the history can't be read.
        ModelError: the model can't be loaded.
        UsageError: there is no such run, or it can't be written again.
    """
    from gptcc_cli.cli.replaying import Kept, judge_again, write_again

    with reading(place_of(history)) as connection:
        run = find_run(connection, name)
        assert connection is not None, "a run was found"
        kept = Kept(
            run=run,
            completions=tuple(completions_of(connection, run)),
            rounds=requests_of(connection, run),
        )
    found = write_again(kept, talk=talk) if generate else []
    found += judge_again(kept, jobs=jobs, unsafe=unsafe, talk=talk)
    if as_json:
        write_json("gptcc.replay/1", difference_record(run, found, generated=generate))
    else:
        write_answer("\n".join(difference_lines(run, found, generated=generate)))
    return ExitCode.FAILED if found else ExitCode.DONE


def _program(run: KeptRun, rank: int | None) -> KeptProgram:
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
