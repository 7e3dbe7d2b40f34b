"""``gptcc listen``: receive problems from the Competitive Companion browser extension."""

from pathlib import Path
from typing import Annotated

import typer

from gptcc_cli.cli import options as o
from gptcc_cli.cli.app import app


@app.command("listen")
def listen(
    directory: Annotated[
        Path, typer.Option("--output", "-o", help="Where problems are saved.")
    ] = Path("problems"),
    port: Annotated[
        int | None,
        typer.Option(
            "--port",
            "-p",
            min=0,
            max=65535,
            help="The port on 127.0.0.1; 0: any. [default: the first free one of the extension's]",
            envvar="GPTCC_PORT",
            show_default=False,
        ),
    ] = None,
    count: Annotated[
        int | None,
        typer.Option(
            "--count", "-c", min=1, help="End after so many problems.", show_default=False
        ),
    ] = None,
    solve: Annotated[
        bool, typer.Option("--solve", help="Start solving each problem as it arrives.")
    ] = False,
    force: Annotated[
        bool, typer.Option("--force", help="Save over a problem that is already there.")
    ] = False,
    quiet: o.Quiet = False,
) -> None:
    """Receive problems from the Competitive Companion browser extension, and save them.

    Prints the directory of each problem. Ends at Ctrl-C, or after --count problems.
    """
    from gptcc_cli.cli.listen_command import run

    raise typer.Exit(run(directory, port, count, solve, force, quiet))
