"""Options that only ``gptcc solve`` has; those it shares stand in ``options``."""

from enum import Enum
from pathlib import Path
from typing import Annotated, TypeAlias

import typer

from gptcc_cli.cli.completion import complete_problems
from gptcc_cli.cli.units import seconds


class UntilChoice(Enum):
    """When to stop writing candidates."""

    FIRST = "first"
    AGREED = "agreed"
    ALL = "all"


class StyleChoice(Enum):
    """How a server is asked."""

    CHAT = "chat"
    COMPLETIONS = "completions"


Problems: TypeAlias = Annotated[
    list[str] | None,
    typer.Argument(
        metavar="[PROBLEM|-]...",
        help="Statements: files, directories, or - for standard input.",
        show_default=False,
        autocompletion=complete_problems,
    ),
]
Number: TypeAlias = Annotated[
    int | None,
    typer.Option(
        "-n",
        "--number",
        help="Candidates to write. [default: 32; with --budget, as many as it allows]",
        envvar="GPTCC_N",
        show_default=False,
    ),
]
Output: TypeAlias = Annotated[
    Path | None,
    typer.Option(
        "--output",
        "-o",
        help="Write the program to this file; for several problems, into this directory.",
        show_default=False,
    ),
]
Until: TypeAlias = Annotated[
    UntilChoice | None,
    typer.Option(
        "--until",
        help="Stop when the first candidate passes, when different ones that pass also agree on "
        "further inputs, or write all. [default: first; with --budget or --write-tests, agreed]",
        envvar="GPTCC_UNTIL",
        show_default=False,
    ),
]
Budget: TypeAlias = Annotated[
    float | None,
    typer.Option(
        "--budget",
        parser=seconds,
        metavar="TIME",
        help="Time for one problem, such as 60s; then the best so far is printed.",
        envvar="GPTCC_BUDGET",
        show_default=False,
    ),
]
Repair: TypeAlias = Annotated[
    int,
    typer.Option(
        "--repair",
        metavar="N",
        min=0,
        help="Where none passes, show the model its best programs and the first sample each "
        "fails, up to N times. For chat models; small ones seldom mend anything.",
        envvar="GPTCC_REPAIR",
    ),
]
WriteTests: TypeAlias = Annotated[
    int,
    typer.Option(
        "--write-tests",
        metavar="N",
        min=0,
        max=100,
        help="First ask the model for N tests of the problem. They judge no program, and help to "
        "put those that pass in order. For chat models; the embedded one does not chat.",
        envvar="GPTCC_WRITE_TESTS",
    ),
]
Seed: TypeAlias = Annotated[
    int, typer.Option("--seed", help="Same seed, same settings: same program.", envvar="GPTCC_SEED")
]
TopP: TypeAlias = Annotated[
    float,
    typer.Option("--top-p", help="Draw from this much probability.", envvar="GPTCC_TOP_P"),
]
BatchSize: TypeAlias = Annotated[
    int | None,
    typer.Option(
        "--batch-size",
        help="Candidates written at once. [default: as many as fit]",
        envvar="GPTCC_BATCH_SIZE",
        show_default=False,
    ),
]
RequirePass: TypeAlias = Annotated[
    bool,
    typer.Option("--require-pass", help="Print nothing unless a program passes every sample."),
]
NoCheck: TypeAlias = Annotated[
    bool, typer.Option("--no-check", help="Never run a program; print the likeliest one.")
]
SaveAll: TypeAlias = Annotated[
    Path | None,
    typer.Option(
        "--save-all",
        metavar="DIR",
        help="Keep every candidate and completion in this directory.",
        show_default=False,
    ),
]
Replay: TypeAlias = Annotated[
    Path | None,
    typer.Option(
        "--replay",
        metavar="FILE",
        help="Read completions from this JSONL file; no model runs.",
        show_default=False,
    ),
]
Endpoint: TypeAlias = Annotated[
    str | None,
    typer.Option(
        "--endpoint",
        metavar="URL",
        help="Let an OpenAI-compatible server write; -m names one of its models.",
        envvar="GPTCC_ENDPOINT",
        show_default=False,
    ),
]
EndpointStyle: TypeAlias = Annotated[
    StyleChoice,
    typer.Option(
        "--endpoint-style",
        help="Ask the server to chat, or to go on from a text.",
        envvar="GPTCC_ENDPOINT_STYLE",
    ),
]
ShowSamples: TypeAlias = Annotated[
    bool, typer.Option("--show-samples", help="First show the samples that were found.")
]
KeepLog: TypeAlias = Annotated[
    bool,
    typer.Option("--log/--no-log", help="Keep the run in the history.", envvar="GPTCC_LOG"),
]
Fill: TypeAlias = Annotated[
    bool,
    typer.Option(
        "--fill",
        help="For each problem below the directories that has no solution, write solution.py if "
        "a program passes every sample. Exit code 1 if anything was missing.",
    ),
]
