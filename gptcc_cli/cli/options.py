"""Options that several commands share, so that one name means one thing everywhere.

Each has an environment variable ``GPTCC_*``; the option wins.
"""

from typing import Annotated, TypeAlias

import typer

Quiet: TypeAlias = Annotated[
    bool, typer.Option("--quiet", "-q", help="Say nothing but errors.", envvar="GPTCC_QUIET")
]
Verbose: TypeAlias = Annotated[
    bool, typer.Option("--verbose", "-v", help="Say more.", envvar="GPTCC_VERBOSE")
]
AsJson: TypeAlias = Annotated[
    bool, typer.Option("--json", help="Write JSON lines to standard output, errors too.")
]
ProblemArgument: TypeAlias = Annotated[
    str | None,
    typer.Argument(
        metavar="[PROBLEM|-]",
        help="A statement: a file, a directory, or - for standard input.",
        show_default=False,
    ),
]
