"""A program and where it came from."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from gptcc_cli.extraction.canonical import hash_of
from gptcc_cli.extraction.lexing import lines_of
from gptcc_cli.extraction.parsing import trouble_of

if TYPE_CHECKING:
    # Whoever checks a file has no completion, and waits for no import of those who write them.
    from gptcc_cli.generation import Completion

NO_CODE = "no_code: the answer holds no program"
"""The ``syntax_error`` of a candidate without source."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A program. Equal programs are one candidate."""

    id: str
    """SHA-256 (hexadecimal) of the source after normalising line ends and trailing blanks."""
    source: str
    """The program's text; empty when no code was found."""
    completions: "tuple[Completion, ...]"
    """The completions that gave it, in order of their index."""
    cleaning: tuple[str, ...] = ()
    """The steps that changed the text, in order: ``stop``, ``reindent``, ``truncated``, ..."""
    syntax_error: str | None = None
    """Why it does not parse, ``no_code`` included; ``None``: it parses."""
    round: int = 0
    """0 for a first attempt; the round of repair otherwise."""
    parent: str | None = None
    """The id of the candidate that this one repairs."""

    @property
    def canonical_hash(self) -> str:
        """What programs share that do the same on every input, by their syntax alone.

        Computed when first asked for; a text that does not parse has its ``id``.
        """
        return hash_of(self.source) or self.id


def candidate_of(source: str) -> Candidate:
    """Make a candidate of a program as it stands: a file to check, not a model's answer."""
    return make_candidate(source, completions=(), cleaning=())


def make_candidate(
    source: str,
    *,
    completions: "tuple[Completion, ...]",
    cleaning: tuple[str, ...],
    round: int = 0,
    parent: str | None = None,
) -> Candidate:
    """Make a candidate, with its id and its syntax error."""
    trouble = trouble_of(source)
    error = None if trouble is None else f"SyntaxError: {trouble.message}"
    return Candidate(
        id=program_id(source),
        source=source,
        completions=completions,
        cleaning=cleaning,
        syntax_error=error if source.strip() else NO_CODE,
        round=round,
        parent=parent,
    )


def program_id(source: str) -> str:
    """SHA-256 of a program; line ends, trailing blanks and blank lines at its end don't count.

    Blanks at the end of a line inside a string do count: they are part of the program.
    """
    text = source.replace("\r\n", "\n").replace("\r", "\n")
    lines = (line.text if line.ends_in_string else line.text.rstrip() for line in lines_of(text))
    return hashlib.sha256("\n".join(lines).rstrip("\n").encode(errors="replace")).hexdigest()


def merge(candidates: Iterable[Candidate]) -> tuple[Candidate, ...]:
    """Join equal programs, in order of first appearance; the first one's text is kept."""
    merged: dict[str, Candidate] = {}
    for candidate in candidates:
        known = merged.get(candidate.id)
        merged[candidate.id] = candidate if known is None else _join(known, candidate)
    return tuple(merged.values())


def _join(first: Candidate, second: Candidate) -> Candidate:
    completions = sorted((*first.completions, *second.completions), key=lambda one: one.index)
    return replace(first, completions=tuple(completions))
