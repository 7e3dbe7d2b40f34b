"""``gptcc new``: make the directory of one problem."""

from typing import Annotated

import typer

from gptcc_cli.cli.app import app


@app.command("new")
def new(
    name: Annotated[str, typer.Argument(metavar="NAME", help="The problem's directory.")],
    origin: Annotated[
        str | None,
        typer.Option(
            "--from",
            metavar="FILE|-|apps:ID",
            help="A statement, a problem of Competitive Companion (JSON), standard input, or a "
            "problem of a benchmark. [default: a statement to fill in]",
            show_default=False,
        ),
    ] = None,
) -> None:
    """Make a problem's directory: its statement, its tests, its starter code.

    NAME becomes problems/NAME in a workspace, else NAME here.
    """
    from gptcc_cli.cli.scaffolding import new_problem
    from gptcc_cli.console import write_answer

    write_answer("\n".join(map(str, new_problem(name, origin))))
