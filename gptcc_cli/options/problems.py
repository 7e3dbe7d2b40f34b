"""The options of the commands that read and write problems: samples, listen, init, new."""

from dataclasses import MISSING, dataclass
from enum import Enum
from pathlib import Path

from gptcc_cli.options import shared
from gptcc_cli.options.definition import argument, flag, option, use


class SampleFormat(Enum):
    """How samples are written."""

    TEXT = "text"
    """For people; on a terminal, the statement with its samples highlighted."""
    JSON = "json"
    """One JSON object per problem."""
    APPS = "apps"
    """The content of an APPS ``input_output.json``."""
    OJ = "oj"
    """``sample-1.in`` and ``sample-1.out`` in the directory of ``--output``."""


class Workflow(Enum):
    """A continuous integration service."""

    GITHUB = "github"


@dataclass(frozen=True, slots=True, kw_only=True)
class SamplesOptions:
    """Show the samples found in a statement, and where.

    Exit code 0: there are samples. 3: there are none.
    """

    problems: tuple[str, ...] = use(shared.PROBLEMS, ())
    format_: SampleFormat = option(
        "--format", "-f", help="Output format.", default=SampleFormat.TEXT
    )
    rows: bool = flag(
        "--jsonl",
        help="Read rows with id, statement and starter_code, and write a row of samples for each.",
    )
    output: Path | None = option("--output", "-o", help="Directory for --format oj.")
    starter: Path | None = use(shared.STARTER)
    quiet: bool = use(shared.QUIET, False)


@dataclass(frozen=True, slots=True, kw_only=True)
class ListenOptions:
    """Receive problems from the Competitive Companion browser extension and save them.

    Prints the directory of each problem. Stops at Ctrl-C, or after --count problems.
    """

    output: Path = option(
        "--output", "-o", help="Directory to save problems in.", default=Path("problems")
    )
    port: int | None = option(
        "--port",
        "-p",
        minimum=0,
        maximum=65535,
        help="Port on 127.0.0.1; 0 for any. [default: the extension's first free port]",
        envvar="GPTCC_PORT",
    )
    count: int | None = option("--count", "-c", minimum=1, help="Stop after N problems.")
    solve: bool = flag("--solve", help="Solve each problem as it arrives.")
    force: bool = flag("--force", help="Overwrite existing problems.")
    quiet: bool = use(shared.QUIET, False)


@dataclass(frozen=True, slots=True, kw_only=True)
class InitOptions:
    """Set up a workspace: problems, settings, and pre-commit hooks.

    Existing files are kept: hooks and ignored names are added to them. Running it again changes
    nothing.
    """

    directory: Path = argument("[DIR]", help="The workspace; created if missing.", default=Path())
    ci: Workflow | None = option("--ci", help="Also write a CI workflow.")
    dry_run: bool = flag("--dry-run", help="Show what would be written, and write nothing.")
    force: bool = flag("--force", help="Overwrite gptcc's own files if they were changed.")


@dataclass(frozen=True, slots=True, kw_only=True)
class NewOptions:
    """Create a problem's directory: its statement, tests, and starter code.

    NAME becomes problems/NAME in a workspace, otherwise NAME in the current directory.
    """

    name: str = argument("NAME", help="The problem's directory.", default=MISSING)
    origin: str | None = option(
        "--from",
        metavar="FILE|-|apps:ID",
        help="A statement, a Competitive Companion problem (JSON), standard input, or a "
        "benchmark problem. [default: a statement to fill in]",
    )
