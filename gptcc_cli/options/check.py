"""The options of ``gptcc check``."""

from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path

from gptcc_cli.options import shared
from gptcc_cli.options.definition import argument, flag, option, use
from gptcc_cli.options.shared import JudgeOptions, OutputOptions


class CheckFormat(Enum):
    """How results are written."""

    TEXT = "text"
    JSON = "json"
    SARIF = "sarif"
    GITHUB = "github"


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckOptions:
    """Run solutions on their problem's samples and on the tests next to them.

    Results are cached: a file is run again only if it, its problem or a limit has changed. A
    line `# gptcc: skip` in a solution excludes it.

    Exit code 0: every solution passes every test. 1: at least one fails. 3: there was no
    solution, or nothing to verify one with. 4: a file is unreadable or belongs to no known
    problem.
    """

    files: tuple[Path, ...] = argument(
        "[FILE|DIR]...",
        help="Solutions, statements, tests, or directories of them.",
        complete="problems",
        default=(),
    )
    problem: str | None = option(
        "--problem", "-p", help="The statement. [default: the one next to the solution]"
    )
    starter: Path | None = use(shared.STARTER)
    tests: Path | None = use(shared.TESTS)
    all_: bool = flag("--all", help="Check every solution below the current directory.")
    changed_only: bool = flag(
        "--changed-only", help="Only check what differs from the last git commit."
    )
    statements: bool = flag(
        "--problems", help="Run nothing: read statements and tests and report problems."
    )
    hook: bool = flag(
        "--hook",
        help="Run as a git hook: skip files that belong to no problem, and only warn about "
        "solutions without tests.",
    )
    strict: bool = flag(
        "--strict", help="Fail if nothing could be verified.", envvar="GPTCC_STRICT"
    )
    watch: bool = flag("--watch", help="Check again whenever a file changes, until Ctrl-C.")
    mutated: int = option(
        "--mutated",
        metavar="N",
        minimum=0,
        help="Also run passing solutions on N inputs derived from the samples, and warn "
        "about crashes and timeouts.",
        default=0,
    )
    no_cache: bool = flag("--no-cache", help="Ignore cached results.")
    format_: CheckFormat = option(
        "--format", help="Output format.", envvar="GPTCC_FORMAT", default=CheckFormat.TEXT
    )
    judge: JudgeOptions = field(default_factory=JudgeOptions)
    report: OutputOptions = field(default_factory=OutputOptions)

    @property
    def settings(self) -> str:
        """Whatever of the options may change a result, as text for a cache's key."""
        judge = self.judge
        limits = (judge.time_limit, judge.memory_limit, judge.output_limit)
        return repr((limits, judge.strict_layout, judge.unsafe, self.mutated))
