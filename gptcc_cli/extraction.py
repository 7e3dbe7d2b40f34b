"""Completion -> Candidate: cleaning that is recorded, with the raw text kept.

Pure. Never looks at tests, never runs code, never decides by a verdict.
"""

from dataclasses import dataclass

from gptcc_cli.generation import Completion


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A program. Equal programs are one candidate."""

    id: str
    """SHA-256 (hexadecimal) of the source after normalising line ends and trailing blanks."""
    source: str
    """The program's text; empty when no code was found."""
    completions: tuple[Completion, ...]
    """The completions that gave it, in order of their index."""
    cleaning: tuple[str, ...] = ()
    """The steps that changed the text, in order: ``stop``, ``reindent``, ``truncated``, ..."""
    syntax_error: str | None = None
    """Why it does not parse, ``no code`` included; ``None``: it parses."""
    round: int = 0
    """0 for a first attempt; the round of repair otherwise."""
    parent: str | None = None
    """The id of the candidate that this one repairs."""
