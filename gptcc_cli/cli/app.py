"""The commands of gptcc, gathered. Each stands in a file of its own; here is only the list."""

from typing import Annotated

import typer

import gptcc_cli
from gptcc_cli.cli.configuration import fill_defaults
from gptcc_cli.cli.plain_values import PlainGroup

app = typer.Typer(
    name="gptcc",
    cls=PlainGroup,
    add_completion=True,
    no_args_is_help=False,
    invoke_without_command=True,
    # Plain help: rich alone would cost as much time as all the rest of `gptcc --help`.
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def command_group(name: str, about: str) -> typer.Typer:
    """Return a group of commands under ``gptcc NAME``; by itself it shows its help."""
    group = typer.Typer(
        name=name,
        help=about,
        invoke_without_command=True,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    group.callback(help=about)(_show_help_unless_called)
    app.add_typer(group)
    return group


def _show_help_unless_called(context: typer.Context) -> None:
    if context.invoked_subcommand is None:
        typer.echo(context.get_help(), err=True)
        raise typer.Exit(2)


def _show_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"gptcc {gptcc_cli.__version__}")
        raise typer.Exit()


@app.callback()
def gptcc(
    context: typer.Context,
    version: Annotated[
        bool,
        typer.Option("--version", help="Show the version.", callback=_show_version, is_eager=True),
    ] = False,
) -> None:
    """Write many candidate programs for a problem, and print one that passes its samples.

    Start with: gptcc solve problem.txt
    """
    _show_help_unless_called(context)
    if context.invoked_subcommand != "config":
        fill_defaults(context)
