"""program + input + Limits -> Execution. Knows nothing of problems, models or verdicts.

The public face is ``open_sandbox``; the parts behind it could be published alone.
"""

import os
import sys
from collections.abc import Callable

from gptcc_cli.errors import ExecutionRefused
from gptcc_cli.sandbox.execution import (
    Assertions,
    Call,
    Calls,
    Exceeded,
    Execution,
    Job,
    Level,
    Limits,
    Sandbox,
    Stage,
)
from gptcc_cli.sandbox.inside.values import StrangeAnswerError, answer_of
from gptcc_cli.sandbox.levels import CheckLine, self_check

__all__ = [
    "Assertions",
    "Call",
    "Calls",
    "CheckLine",
    "Exceeded",
    "Execution",
    "Job",
    "Level",
    "Limits",
    "Sandbox",
    "Stage",
    "StrangeAnswerError",
    "answer_of",
    "open_sandbox",
    "self_check",
    "usable_cores",
]


def open_sandbox(
    *,
    workers: int | None = None,
    level: Level | None = None,
    unsafe: bool = False,
    starts_all: bool = False,
    meanwhile: Callable[[], None] | None = None,
) -> Sandbox:
    """Open a sandbox at the strongest level this host can hold.

    Args:
        workers: how many jobs run at once; ``None``: one for each usable core.
        level: insist on this level instead of choosing.
        unsafe: run without isolation, with resource limits only.
        starts_all: start all workers now, and not when they are first needed.
        meanwhile: what to do while the first worker starts, such as imports.

    Raises:
        ExecutionRefused: no level holds here, or ``GPTCC_EXEC=0`` forbids execution.
    """
    if os.environ.get("GPTCC_EXEC") == "0":
        raise ExecutionRefused(
            "execution is forbidden by GPTCC_EXEC=0", hint="unset GPTCC_EXEC, or use --no-check"
        )
    if sys.platform != "linux":
        raise ExecutionRefused(
            f"programs can be held on Linux only, and this is {sys.platform}",
            hint="run gptcc in a Linux virtual machine or container, or use --no-check",
        )
    from gptcc_cli.sandbox.levels import PREFERENCE, open_pool

    levels = (Level.UNSAFE,) if unsafe else PREFERENCE if level is None else (level,)
    return open_pool(
        levels, workers=workers or usable_cores(), starts_all=starts_all, meanwhile=meanwhile
    )


def usable_cores() -> int:
    """Return how many programs run at once where nobody says how many."""
    return len(os.sched_getaffinity(0))
