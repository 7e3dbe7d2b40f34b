"""``gptcc check``: run solutions on the samples of their problem; no model is ever loaded."""

from enum import Enum
from pathlib import Path
from typing import Annotated

import typer

from gptcc_cli.cli import options as o
from gptcc_cli.cli.app import app
from gptcc_cli.cli.completion import complete_problems


class Format(Enum):
    """How results are written."""

    TEXT = "text"
    JSON = "json"
    SARIF = "sarif"
    GITHUB = "github"


@app.command("check")
def check(
    context: typer.Context,
    files: Annotated[
        list[Path] | None,
        typer.Argument(
            metavar="[FILE|DIR]...",
            help="Solutions, statements, tests, or directories of them.",
            show_default=False,
            autocompletion=complete_problems,
        ),
    ] = None,
    problem: Annotated[
        str | None,
        typer.Option(
            "--problem",
            "-p",
            help="The statement. [default: the one beside the solution]",
            show_default=False,
        ),
    ] = None,
    starter: o.Starter = None,
    tests: o.Tests = None,
    all_: Annotated[
        bool, typer.Option("--all", help="Every solution below the current directory.")
    ] = False,
    changed_only: Annotated[
        bool, typer.Option("--changed-only", help="Only what differs from the last git commit.")
    ] = False,
    statements: Annotated[
        bool,
        typer.Option("--problems", help="Run nothing: read statements and tests, and complain."),
    ] = False,
    hook: Annotated[
        bool,
        typer.Option(
            "--hook",
            help="As a git hook: pass over files that are no problem's, and let a solution "
            "without tests pass with a warning.",
        ),
    ] = False,
    strict: Annotated[
        bool,
        typer.Option(
            "--strict", help="Fail where nothing could be verified.", envvar="GPTCC_STRICT"
        ),
    ] = False,
    watch: Annotated[
        bool, typer.Option("--watch", help="Check again whenever a file changes, until Ctrl-C.")
    ] = False,
    mutated: Annotated[
        int,
        typer.Option(
            "--mutated",
            metavar="N",
            min=0,
            help="Also run what passes on N inputs like its samples; tell, as advice, what "
            "crashes or is too slow there.",
            show_default=False,
        ),
    ] = 0,
    no_cache: Annotated[
        bool, typer.Option("--no-cache", help="Run also what was checked before.")
    ] = False,
    format_: Annotated[
        Format,
        typer.Option("--format", help="How results are written.", envvar="GPTCC_FORMAT"),
    ] = Format.TEXT,
    time_limit: o.TimeLimit = None,
    memory_limit: o.MemoryLimit = None,
    output_limit: o.OutputLimit = None,
    strict_layout: o.StrictLayout = False,
    jobs: o.Jobs = None,
    unsafe: o.Unsafe = False,
    as_json: o.AsJson = False,
    quiet: o.Quiet = False,
    verbose: o.Verbose = False,
) -> None:
    """Run solutions on their problem's samples, and on the tests that lie beside it.

    A file checked before is not run again, unless it, its problem or a limit has changed. A
    line `# gptcc: skip` in a solution leaves it out.

    Exit code 0: every solution passes every test. 1: one does not. 3: there was nothing to
    verify one with. 4: a file can't be read, or is no problem's.
    """
    from gptcc_cli.cli.checking import CheckWish, run

    raise typer.Exit(run(CheckWish(**context.params)))
