"""What reading a statement gives: the problem, and what could not be understood.

The type of the room ``statement``; the rules themselves stand in the other files of the package.
"""

from dataclasses import dataclass

from gptcc_cli.problem import Problem, Span


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementWarning:
    """Text that looks like a sample, or a limit, but could not be used."""

    message: str
    """One sentence."""
    span: Span | None = None
    """Where in the statement."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A statement, understood as far as it goes."""

    problem: Problem
    """The problem with the samples, limits and answer rules that were found."""
    warnings: tuple[StatementWarning, ...] = ()
    """What was left out and why; never a guess."""
