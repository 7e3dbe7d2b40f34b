"""Options that only ``gptcc check`` has; those it shares stand in ``options``."""

from enum import Enum
from pathlib import Path
from typing import Annotated, TypeAlias

import typer

from gptcc_cli.cli.completion import complete_problems


class Format(Enum):
    """How results are written."""

    TEXT = "text"
    JSON = "json"
    SARIF = "sarif"
    GITHUB = "github"


Files: TypeAlias = Annotated[
    list[Path] | None,
    typer.Argument(
        metavar="[FILE|DIR]...",
        help="Solutions, statements, tests, or directories of them.",
        show_default=False,
        # Each file that can't be read is told beside the others, as one that is gone.
        readable=False,
        autocompletion=complete_problems,
    ),
]
ProblemFile: TypeAlias = Annotated[
    str | None,
    typer.Option(
        "--problem",
        "-p",
        help="The statement. [default: the one beside the solution]",
        show_default=False,
    ),
]
All: TypeAlias = Annotated[
    bool, typer.Option("--all", help="Every solution below the current directory.")
]
ChangedOnly: TypeAlias = Annotated[
    bool, typer.Option("--changed-only", help="Only what differs from the last git commit.")
]
Statements: TypeAlias = Annotated[
    bool,
    typer.Option("--problems", help="Run nothing: read statements and tests, and complain."),
]
Hook: TypeAlias = Annotated[
    bool,
    typer.Option(
        "--hook",
        help="As a git hook: pass over files that are no problem's, and let a solution "
        "without tests pass with a warning.",
    ),
]
Strict: TypeAlias = Annotated[
    bool,
    typer.Option("--strict", help="Fail where nothing could be verified.", envvar="GPTCC_STRICT"),
]
Watch: TypeAlias = Annotated[
    bool, typer.Option("--watch", help="Check again whenever a file changes, until Ctrl-C.")
]
Mutated: TypeAlias = Annotated[
    int,
    typer.Option(
        "--mutated",
        metavar="N",
        min=0,
        help="Also run what passes on N inputs like its samples; tell, as advice, what "
        "crashes or is too slow there.",
        show_default=False,
    ),
]
NoCache: TypeAlias = Annotated[
    bool, typer.Option("--no-cache", help="Run also what was checked before.")
]
ResultFormat: TypeAlias = Annotated[
    Format,
    typer.Option("--format", help="How results are written.", envvar="GPTCC_FORMAT"),
]
