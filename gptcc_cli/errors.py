"""What can go wrong for a user, drawn as a tree, and the exit codes of the command.

    GptccError                  a sentence with the value, a hint, an exit code
    ├── UsageError         2    an option or argument that can't be meant
    ├── ProblemError       4    the problem can't be read or parsed
    ├── ModelError         5    the model can't be loaded or reached
    ├── ExecutionRefused   6    the sandbox can't keep its promises on this host
    ├── BudgetExhausted  124    the time ended with nothing to print
    ├── TrainingError      1    a training run can't begin, or can't go on
    ├── HistoryError       1    the history of runs can't be read or written
    └── OutputError        1    the answer could not be written where it was asked to be

Anything else that escapes is a bug and exits 70 with its traceback. This module does not
print: that is the error boundary's work, in ``gptcc_cli.cli``.
"""

from enum import IntEnum
from typing import ClassVar


class ExitCode(IntEnum):
    """Exit codes of every gptcc command."""

    DONE = 0
    """The program printed passes every sample, or ``--no-check`` was asked."""
    FAILED = 1
    """A program was printed, but none passed every sample; or a check failed."""
    USAGE = 2
    """Wrong usage."""
    UNVERIFIED = 3
    """A program was printed, but there was nothing to verify it with."""
    UNREADABLE = 4
    """The problem can't be read or parsed."""
    MODEL = 5
    """The model can't be loaded."""
    REFUSED = 6
    """Execution refused, or an internal error left the answer undecided."""
    BUG = 70
    """A bug in gptcc, with its traceback."""
    BUDGET = 124
    """The budget ended with nothing to print."""
    INTERRUPTED = 130
    """Interrupted by the user."""


class GptccError(Exception):
    """Something the user can mend: one sentence naming the value, and a hint that mends it."""

    exit_code: ClassVar[ExitCode] = ExitCode.FAILED

    def __init__(self, message: str, *, hint: str | None = None) -> None:
        """Keep the sentence and the hint.

        Args:
            message: one sentence that names the offending value.
            hint: the command or option that mends it, without the word ``hint``.
        """
        super().__init__(message)
        self.message = message
        self.hint = hint


class UsageError(GptccError):
    """An option or argument whose value can't be meant."""

    exit_code = ExitCode.USAGE


class ProblemError(GptccError):
    """The problem can't be read or parsed."""

    exit_code = ExitCode.UNREADABLE


class ModelError(GptccError):
    """The model can't be found, loaded, reached or run here."""

    exit_code = ExitCode.MODEL


class ExecutionRefused(GptccError):
    """The sandbox can't enforce its limits on this host, or execution is forbidden."""

    exit_code = ExitCode.REFUSED


class BudgetExhausted(GptccError):
    """The time budget ended before there was anything to print."""

    exit_code = ExitCode.BUDGET


class TrainingError(GptccError):
    """A training run can't begin, or can't go on."""

    exit_code = ExitCode.FAILED


class HistoryError(GptccError):
    """The history of runs can't be read or written."""

    exit_code = ExitCode.FAILED


class OutputError(GptccError):
    """The answer could not be written where it was asked to be."""

    exit_code = ExitCode.FAILED
