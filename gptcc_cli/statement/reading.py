"""What reading a statement gives: the problem, how it was read, and what could not be understood.

Holds the types alone; the rules are in the other files of the package.
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
class Mark:
    """A part of a statement and what it was read as."""

    span: Span
    """Where in the statement."""
    part: str
    """``heading``, ``input``, ``output`` or ``call``."""
    why: str
    """What it was recognised by, in one phrase."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """A statement, understood as far as it goes."""

    problem: Problem
    """The problem with the samples, limits and answer rules that were found."""
    warnings: tuple[StatementWarning, ...] = ()
    """What was left out and why; never a guess."""
    found_by: tuple[str, ...] = ()
    """How the samples were found: each markup that was rewritten, then the kind of layout."""
    marks: tuple[Mark, ...] = ()
    """The parts of the statement that were used, in its order."""
    no_samples: str | None = None
    """Why there are no samples, with what was seen instead; ``None`` where there are some."""
