"""``gptcc init``: make a directory a workspace of problems, with hooks that check solutions."""

from enum import Enum
from pathlib import Path
from typing import Annotated

import typer

from gptcc_cli.cli.app import app


class Continuous(Enum):
    """Where checks run beside this machine."""

    GITHUB = "github"


@app.command("init")
def init(
    directory: Annotated[
        Path, typer.Argument(metavar="[DIR]", help="Where; it need not exist.")
    ] = Path(),
    ci: Annotated[
        Continuous | None,
        typer.Option("--ci", help="Also write a workflow.", show_default=False),
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Write nothing, show what would be.")
    ] = False,
    force: Annotated[
        bool, typer.Option("--force", help="Write gptcc's own files anew where they were changed.")
    ] = False,
) -> None:
    """Make a directory a workspace: problems, settings, and hooks for pre-commit.

    What is there stays: hooks and ignored names are added to files that exist, with comments and
    order kept. A second time nothing changes.
    """
    from gptcc_cli.console import write_answer
    from gptcc_cli.console.reporter import print_error
    from gptcc_cli.workspace.scaffold import workspace_changes, write_changes

    changes = workspace_changes(directory, github=ci is Continuous.GITHUB, force=force)
    if not dry_run:
        write_changes(changes)
    for change in changes:
        write_answer(f"{change.kind} {change.path}")
        if change.kind == "change":
            write_answer(change.diff())
    if dry_run:
        print_error("nothing was written, as --dry-run asks")
    elif any(change.kind != "keep" for change in changes):
        print_error("next: pre-commit install --hook-type pre-commit --hook-type pre-push")
