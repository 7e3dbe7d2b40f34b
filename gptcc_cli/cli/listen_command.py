"""What ``gptcc listen`` does, behind its options."""

import subprocess
import sys
from pathlib import Path

from gptcc_cli.console import Reporter, write_answer
from gptcc_cli.errors import ExitCode
from gptcc_cli.sources import Source, write_problem
from gptcc_cli.sources.receiving import open_receiver


def run(
    directory: Path, port: int | None, count: int | None, solve: bool, force: bool, quiet: bool
) -> ExitCode:
    """Save problems as they arrive, until interrupted or enough have come.

    Raises:
        UsageError: the port can't be listened on.
        OutputError: a problem can't be saved.
    """
    reporter = Reporter(quiet=quiet)
    worst = ExitCode.DONE
    n_saved = 0
    with open_receiver(port, lambda what: reporter.warn(f"refused {what}")) as receiver:
        reporter.info(f"listening on 127.0.0.1:{receiver.port}; send a problem from the browser")
        while count is None or n_saved < count:
            # A short wait, over and over: a wait without end can't be interrupted everywhere.
            source = receiver.wait(timeout_s=0.5)
            if source is None:
                continue
            n_saved += 1
            saved = _save(source, directory, reporter, force=force)
            if solve and saved is not None:
                worst = max(worst, _solve(saved))
    return worst


def _save(source: Source, directory: Path, reporter: Reporter, *, force: bool) -> Path | None:
    """Save a problem in a directory of its own; leave one alone that is there already."""
    target = directory / source.id
    if target.exists() and not force:
        reporter.warn(f"{target} is already there", hint="save over it with --force")
        return None
    write_problem(target, source)
    write_answer(str(target))
    reporter.info(f"{target}: {len(source.samples or ())} samples")
    return target


def _solve(problem: Path) -> ExitCode:
    """Solve a saved problem in a process of its own, beside its statement."""
    solution = problem / "solution.py"
    command = [sys.executable, "-m", "gptcc_cli", "solve", str(problem), "-o", str(solution)]
    code = subprocess.run(command, check=False).returncode
    return ExitCode(code) if code in set(ExitCode) else ExitCode.BUG
