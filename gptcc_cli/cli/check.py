"""``gptcc check``: run solutions on the samples of their problem; no model is ever loaded."""

from pathlib import Path
from typing import Annotated

import typer

from gptcc_cli.cli import options as o
from gptcc_cli.cli.app import app


@app.command("check")
def check(
    context: typer.Context,
    solutions: Annotated[
        list[Path], typer.Argument(metavar="SOLUTION...", help="Python programs to run.")
    ],
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

    Exit code 0: every solution passes every test. 1: one does not. 3: there was nothing to
    verify one with.
    """
    from gptcc_cli.cli.checking import CheckWish, run

    raise typer.Exit(run(CheckWish(**context.params)))
