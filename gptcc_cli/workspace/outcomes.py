"""What a check says of one file, in plain values that can be kept and shown in any format."""

from dataclasses import dataclass, replace
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseOutcome:
    """One test of one solution."""

    test: str
    """Its name, such as ``sample 1``."""
    verdict: str
    """The letters of the verdict: ``AC``, ``WA``, ..."""
    detail: str
    """One line for people."""
    line: int
    """The line of the solution that it is about, from 1."""
    advisory: bool
    """Whether it is not held against the solution, because the sample is suspect."""
    shown: tuple[str, ...]
    """Input, expected and actual output, cut short, a line each."""
    wall_s: float | None
    peak_memory_bytes: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a check says of one solution, or of one file that can't be checked."""

    path: str
    """The solution, as it was named."""
    verdict: str | None = None
    """``None``: nothing was verified."""
    n_passed: int = 0
    n_tests: int = 0
    slowest_s: float = 0.0
    """Wall seconds of the slowest test, measured when it ran."""
    cases: tuple[CaseOutcome, ...] = ()
    warnings: tuple[str, ...] = ()
    """What could not be understood of the problem, a sentence each."""
    error: str | None = None
    """Why it can't be checked, in one sentence."""
    hint: str | None = None
    """What mends the error."""
    skipped: bool = False
    """Whether the file asks not to be checked."""
    cached: bool = False
    """Whether it was known from an earlier check of the same content."""

    @property
    def failures(self) -> tuple[CaseOutcome, ...]:
        """The cases that are held against the solution."""
        return tuple(c for c in self.cases if c.verdict != "AC" and not c.advisory)

    def to_record(self) -> dict[str, Any]:
        """Return what the store keeps: everything but the place and how it was come by."""
        record = {name: getattr(self, name) for name in _KEPT}
        record["cases"] = [
            {name: getattr(case, name) for name in CaseOutcome.__slots__} for case in self.cases
        ]
        return record


_KEPT = tuple(
    name
    for name in Outcome.__slots__
    if name not in ("path", "error", "hint", "skipped", "cached", "cases")
)


def outcome_from_record(record: dict[str, Any], path: str) -> Outcome:
    """Return a kept outcome, for the file that is named now.

    Raises:
        KeyError, TypeError: it is not what ``to_record`` returns.
    """
    cases = tuple(
        CaseOutcome(**{**case, "shown": tuple(case["shown"])}) for case in record["cases"]
    )
    plain = {**record, "cases": cases, "warnings": tuple(record["warnings"])}
    return replace(Outcome(path=path, **plain), cached=True)
