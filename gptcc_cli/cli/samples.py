"""``gptcc samples``: show the sample tests found in a statement, and where."""

from enum import Enum
from pathlib import Path
from typing import Annotated

import typer

from gptcc_cli.cli import options as o
from gptcc_cli.cli.app import app


class Layout(Enum):
    """What samples are written as."""

    TEXT = "text"
    """Text for people; on a terminal, the statement with its samples marked."""
    JSON = "json"
    """One JSON object a problem."""
    APPS = "apps"
    """The content of an APPS ``input_output.json``."""
    OJ = "oj"
    """``sample-1.in`` and ``sample-1.out`` in the directory of ``--output``."""


@app.command("samples")
def samples(
    problems: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[PROBLEM|-]...",
            help="Statements: files, directories, or - for standard input.",
            show_default=False,
        ),
    ] = None,
    layout: Annotated[
        Layout, typer.Option("--format", "-f", help="What to write the samples as.")
    ] = Layout.TEXT,
    rows: Annotated[
        bool,
        typer.Option(
            "--jsonl",
            help="Read rows with id, statement and starter_code; write a row of samples for each.",
        ),
    ] = False,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", help="Where --format oj writes.", show_default=False),
    ] = None,
    starter: o.Starter = None,
    quiet: o.Quiet = False,
) -> None:
    """Show the sample tests found in a statement, and where they stand.

    Exit code 0: there are samples. 3: there are none.
    """
    from gptcc_cli.cli.samples_command import run

    raise typer.Exit(run(problems, layout, rows, output, starter, quiet))
