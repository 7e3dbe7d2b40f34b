"""``gptcc history``: past runs, listed, shown, done again, and removed."""

from pathlib import Path
from typing import Annotated

import typer

from gptcc_cli.cli import options as o
from gptcc_cli.cli.app import command_group
from gptcc_cli.cli.completion import complete_kept_runs
from gptcc_cli.cli.units import age

history = command_group("history", "List, show, search and replay past runs.")

RunArgument = Annotated[
    str,
    typer.Argument(
        metavar="RUN",
        help="A run's name, the beginning of one, or 'last'.",
        autocompletion=complete_kept_runs,
    ),
]


@history.command("list")
def list_runs(
    limit: Annotated[
        int | None,
        typer.Option(
            "--limit", min=1, help="Show at most so many. [default: 20 at a terminal, else all]"
        ),
    ] = None,
    solved: Annotated[
        bool | None, typer.Option("--solved/--unsolved", help="Only these.", show_default=False)
    ] = None,
    history: o.History = None,
    as_json: o.AsJson = False,
) -> None:
    """List past runs, the newest first."""
    from gptcc_cli.cli.history_commands import run_list

    run_list(history, limit=limit, solved=solved, as_json=as_json)


@history.command("show")
def show(
    run: RunArgument,
    program: Annotated[
        bool, typer.Option("--program", help="Print only the program, as it was run.")
    ] = False,
    rank: Annotated[
        int | None,
        typer.Option(
            "--rank",
            min=1,
            help="With --program: another than the answer, by its place.",
            show_default=False,
        ),
    ] = None,
    history: o.History = None,
    as_json: o.AsJson = False,
) -> None:
    """Show one run: its problem, settings, programs with their verdicts, and the answer."""
    from gptcc_cli.cli.history_commands import run_show

    run_show(history, run, program=program or rank is not None, rank=rank, as_json=as_json)


@history.command("search")
def search(
    words: Annotated[
        list[str],
        typer.Argument(
            metavar="WORDS...", help="Each must stand in the problem or in a program of the run."
        ),
    ],
    limit: Annotated[
        int | None, typer.Option("--limit", min=1, help="Show at most so many.", show_default=False)
    ] = None,
    history: o.History = None,
    as_json: o.AsJson = False,
) -> None:
    """Find past runs by words of their statements and programs, the newest first.

    Exit code 1: there is none.
    """
    from gptcc_cli.cli.history_commands import run_search

    raise typer.Exit(run_search(history, words, limit=limit, as_json=as_json))


@history.command("replay")
def replay(
    run: RunArgument,
    generate: Annotated[
        bool,
        typer.Option("--generate", help="Let the same model write again, and compare the texts."),
    ] = False,
    jobs: o.Jobs = None,
    unsafe: o.Unsafe = False,
    history: o.History = None,
    as_json: o.AsJson = False,
    quiet: o.Quiet = False,
    verbose: o.Verbose = False,
) -> None:
    """Do a run again with what the model wrote then, and compare programs, verdicts and answer.

    Exit code 0: all is identical. 1: something differs, and is shown.
    """
    from gptcc_cli.cli.history_commands import run_replay
    from gptcc_cli.console import Reporter

    raise typer.Exit(
        run_replay(
            history,
            run,
            generate=generate,
            jobs=jobs,
            unsafe=unsafe,
            as_json=as_json,
            reporter=Reporter(quiet=quiet, verbose=verbose),
        )
    )


@history.command("export")
def export(
    run: Annotated[
        str | None,
        typer.Argument(
            metavar="[RUN]",
            help="A run's name, the beginning of one, or 'last'.",
            show_default=False,
            autocompletion=complete_kept_runs,
        ),
    ] = None,
    every: Annotated[bool, typer.Option("--all", help="Every run, the oldest first.")] = False,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", help="Write to this file.", show_default=False),
    ] = None,
    history: o.History = None,
) -> None:
    """Write what a model wrote as JSON lines, for gptcc solve --replay and gptcc grade."""
    from gptcc_cli.cli.history_commands import run_export

    run_export(history, run, every=every, output=output)


@history.command("prune")
def prune(
    runs: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[RUN]...",
            help="Only these runs.",
            show_default=False,
            autocompletion=complete_kept_runs,
        ),
    ] = None,
    older_than: Annotated[
        float | None,
        typer.Option(
            "--older-than",
            parser=age,
            metavar="TIME",
            help="Runs that began before, such as 30d or 12h.",
            show_default=False,
        ),
    ] = None,
    keep: Annotated[
        int | None,
        typer.Option("--keep", min=0, help="All but so many of the newest.", show_default=False),
    ] = None,
    every: Annotated[bool, typer.Option("--all", help="All runs.")] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only list what would be removed.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask.")] = False,
    history: o.History = None,
) -> None:
    """Remove past runs for good, and make the file smaller. Runs under way stay."""
    from gptcc_cli.cli.history_removal import run_prune

    run_prune(
        history,
        tuple(runs or ()),
        older_than_s=older_than,
        keep=keep,
        every=every,
        dry_run=dry_run,
        yes=yes,
    )
