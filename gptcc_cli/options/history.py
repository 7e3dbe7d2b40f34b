"""The options of ``gptcc history`` and its commands."""

from dataclasses import MISSING, dataclass, field
from pathlib import Path

from gptcc_cli.options import shared
from gptcc_cli.options.definition import Definition, age, argument, flag, option, use
from gptcc_cli.options.shared import OutputOptions

RUN = Definition(
    metavar="RUN", help="A run ID, the start of one, or 'last'.", complete="history_runs"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryListOptions:
    """List past runs, newest first."""

    limit: int | None = option(
        "--limit", minimum=1, help="Show at most N runs. [default: 20 on a terminal, else all]"
    )
    solved: bool | None = option(
        "--solved/--unsolved", help="Only solved runs, or only unsolved ones."
    )
    history: Path | None = use(shared.HISTORY)
    as_json: bool = use(shared.AS_JSON, False)


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryShowOptions:
    """Show one run: its problem, config, programs with verdicts, and the answer."""

    run: str = use(RUN, MISSING)
    program: bool = flag("--program", help="Only print the program, exactly as it was run.")
    rank: int | None = option(
        "--rank", minimum=1, help="With --program: print the program of this rank instead."
    )
    history: Path | None = use(shared.HISTORY)
    as_json: bool = use(shared.AS_JSON, False)


@dataclass(frozen=True, slots=True, kw_only=True)
class HistorySearchOptions:
    """Find past runs by words in their statements and programs, newest first.

    Exit code 1: no run matches.
    """

    words: tuple[str, ...] = argument(
        "WORDS...", help="Words that the problem or a program of the run contains.", default=MISSING
    )
    limit: int | None = option("--limit", minimum=1, help="Show at most N runs.")
    history: Path | None = use(shared.HISTORY)
    as_json: bool = use(shared.AS_JSON, False)


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryReplayOptions:
    """Re-run a past run from its recorded completions, and compare the results.

    Exit code 0: everything is identical. 1: something differs; the differences are shown.
    """

    run: str = use(RUN, MISSING)
    generate: bool = flag(
        "--generate",
        help="Also generate the completions again with the same model, and compare them.",
    )
    jobs: int | None = use(shared.JOBS)
    unsafe: bool = use(shared.UNSAFE, False)
    history: Path | None = use(shared.HISTORY)
    report: OutputOptions = field(default_factory=OutputOptions)


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryExportOptions:
    """Write completions as JSON lines, for gptcc solve --replay and gptcc grade."""

    run: str | None = argument(
        "[RUN]", help="A run ID, the start of one, or 'last'.", complete="history_runs"
    )
    every: bool = flag("--all", help="Export every run, oldest first.")
    output: Path | None = option("--output", "-o", help="Write to this file.")
    history: Path | None = use(shared.HISTORY)


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryPruneOptions:
    """Delete past runs permanently and shrink the file. Running ones are kept."""

    runs: tuple[str, ...] = argument(
        "[RUN]...", help="The runs to delete.", complete="history_runs", default=()
    )
    older_than: float | None = option(
        "--older-than",
        parse=age,
        metavar="TIME",
        help="Delete runs older than this, such as 30d or 12h.",
    )
    """Seconds."""
    keep: int | None = option("--keep", minimum=0, help="Delete all but the newest N runs.")
    every: bool = flag("--all", help="Delete all runs.")
    dry_run: bool = flag("--dry-run", help="Only list what would be deleted.")
    yes: bool = flag("--yes", "-y", help="Don't ask for confirmation.")
    history: Path | None = use(shared.HISTORY)
