"""What each command does: options in, calls into the library, answers and progress out.

A module here has the name of its module in ``options``. Covers the exit codes and what is printed
around the library's work; parses no command line (``cli``) and draws no tables (``console``).
"""

import sys
from collections.abc import Sequence
from contextlib import ExitStack
from typing import TYPE_CHECKING

from gptcc_cli.console.reporter import Reporter
from gptcc_cli.errors import UsageError
from gptcc_cli.options.shared import OutputOptions

if TYPE_CHECKING:
    from gptcc_cli.models import FoundModel, ModelSpec
    from gptcc_cli.sandbox import Sandbox


def reporter_of(output: OutputOptions) -> Reporter:
    """Return the reporter that a command's options ask for."""
    return Reporter(quiet=output.quiet, verbose=output.verbose)


def named_or_piped(names: Sequence[str | None], command: str) -> tuple[str, ...]:
    """Return the names given, or ``-`` when standard input is a pipe or a file.

    Raises:
        UsageError: nothing was given, and standard input is a terminal.
    """
    if given := tuple(name for name in names if name is not None):
        return given
    if sys.stdin is not None and not sys.stdin.isatty():
        return ("-",)
    raise UsageError(
        "no problem was given",
        hint=f"name a file, or pipe a statement: gptcc {command} problem.txt",
    )


def report_sandbox(sandbox: "Sandbox", reporter: Reporter) -> None:
    """Tell how programs are isolated, and warn if they are not."""
    from gptcc_cli.sandbox import Level

    if sandbox.level is Level.UNSAFE:
        reporter.warn("programs run WITHOUT a sandbox (--unsafe)")
    reporter.debug(f"sandbox: {sandbox.level.value}, {sandbox.workers} programs in parallel")


def find_model(spec: "ModelSpec", reporter: Reporter) -> "FoundModel":
    """Find a model, showing downloads as they go on.

    Raises:
        ModelError: there is no such model, or it can't be downloaded now.
    """
    from gptcc_cli.console.reporter import FetchView
    from gptcc_cli.models import find

    with FetchView(reporter) as view:
        found = find(spec, progress=view)
    if found.notice:
        reporter.info(found.notice)
    return found


def model_found(found: "FoundModel", reporter: Reporter, stack: ExitStack) -> None:
    """Tell what a user should know of a model, and show that it is loaded until the stack ends."""
    if found.notice:
        reporter.info(found.notice)
    stack.enter_context(reporter.status(f"loading {found.name}"))
