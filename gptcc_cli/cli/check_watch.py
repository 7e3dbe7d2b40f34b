"""``gptcc check --watch``: check again what changes, until the user has seen enough."""

import time
from collections.abc import Callable
from pathlib import Path

from gptcc_cli.cli.checking import Stamps
from gptcc_cli.console import Reporter
from gptcc_cli.errors import ExitCode

PAUSE_S = 0.5
"""Seconds between two looks at the files."""


def watch(
    stamps: Callable[[], Stamps],
    check: Callable[[tuple[Path, ...]], ExitCode],
    reporter: Reporter,
) -> ExitCode:
    """Check everything, then each solution whose files change; end with Ctrl-C.

    Args:
        stamps: tells for each solution what would change with any of its files.
        check: checks some solutions and shows the results.
        reporter: where it is said that we wait.
    """
    seen = stamps()
    check(tuple(seen))
    reporter.info("watching, Ctrl-C ends")
    while True:
        time.sleep(PAUSE_S)
        now = stamps()
        changed = tuple(path for path, stamp in now.items() if seen.get(path) != stamp)
        seen = now
        if changed:
            check(changed)
