"""program + input + Limits -> Execution. Knows nothing of problems, models or verdicts.

The public face is ``open_sandbox``; the parts behind it could be published alone.
"""

from gptcc_cli.sandbox.execution import (
    Assertions,
    Call,
    Exceeded,
    Execution,
    Job,
    Level,
    Limits,
    Sandbox,
    Stage,
)

__all__ = [
    "Assertions",
    "Call",
    "Exceeded",
    "Execution",
    "Job",
    "Level",
    "Limits",
    "Sandbox",
    "Stage",
]
